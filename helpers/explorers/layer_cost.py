"""The layer cost calculator: what a convolution holds, does and makes, beside a dense layer."""

import math
from types import SimpleNamespace

import ipywidgets as widgets
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from helpers.architectures import Conv, Flatten, Linear, describe
from helpers.drawing.lettering import Lines
from helpers.drawing.places import sheet, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import boxes, spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.contract import saying
from helpers.explorers.parts.controls import Integer, Toggle
from helpers.numerals import in_bytes, many, sizes

# Inches, on one plane.
MIDDLES, GROUND = {"input": 1.35, "kernel": 4.15, "output": 7.05}, 3.55  # of the three drawings
ROWS = {"parameters": 2.1, "macs": 1.46, "memory": 0.82, "dense": 0.18}  # lower edges of the bars
LEFT, LENGTH, THICK, RIGHT = 0.3, 5.4, 0.19, 8.2
DECADES = 18  # the bars end at 10^18, above every count that the controls can reach
# What is set by pointing at a drawing or a bar, and the values it takes, one after the other.
NEXT = {
    "input": {"channels": (1, 3, 16, 64)},
    "kernel": {"kernel": (1, 3, 5, 7)},
    "output": {"filters": (10, 64, 256)},
    "parameters bar": {"bias": (True, False)},
    "macs bar": {"stride": (1, 2, 4)},
    "memory bar": {"batch": (1, 16, 256)},
    "dense bar": {"height": (16, 32, 64), "width": (16, 32, 64)},
}
COLOURS = {"parameters": "kernel", "macs": "window", "memory": "output", "dense": "muted"}


class LayerCost(Explorer):
    """A convolution's shapes, parameters, MACs and memory, as drawings, bars and reckoning."""

    title = "Layer cost"
    caption = (
        "Boxes: sides and depth grow with their logarithm; stripes on the input are groups, on the output "
        "filters. Bars: each grid line is 1,000 times the one before; a black mark is the layer you kept."
    )
    size = (8.4, 5.8)
    inputs = {
        "channels": Integer("Channels in", 1, 1024, 3),
        "filters": Integer("Filters (channels out)", 1, 1024, 10),
        "kernel": Integer("Kernel size K", 1, 11, 5),
        "height": Integer("Height H", 1, 512, 32),
        "width": Integer("Width W", 1, 512, 32),
        "stride": Integer("Stride S", 1, 8, 1),
        "padding": Integer("Padding P", 0, 8, 2),
        "groups": Integer("Groups", 1, 1024, 1),
        "batch": Integer("Images in the batch N", 1, 256, 1),
        "bias": Toggle("Bias", True),
        "predict": Toggle("Predict first"),
    }

    tour = [
        {
            "channels": (1, 3, 6, 16, 64),
            "filters": (10, 20, 64),
            "kernel": (1, 3, 5, 7),
            "height": (32, 64),
            "width": (32, 64),
            "stride": (1, 2),
            "padding": range(4),
            "bias": (False, True),
        },
        {"channels": (3, 16), "filters": (10, 64), "kernel": (3, 5), "stride": (1, 2), "predict": (True,)},
        {"channels": (3, 64), "filters": (10, 64), "kernel": (5, 11), "padding": range(2, 6)},
        {"channels": (64,), "filters": (64,), "groups": range(1, 5)},
    ]

    def __init__(self, **state):
        self._kept = None
        super().__init__(**state)

    def actions(self):
        keep = widgets.Button(description="Keep", tooltip="Keep this layer, to compare the next with it")
        forget = widgets.Button(description="Forget", tooltip="Compare with the kept layer no longer")
        keep.on_click(lambda _: self._model and self._keep(self._model.costs))
        forget.on_click(lambda _: self._keep(None))
        return {"keep": keep, "forget": forget}

    def _keep(self, costs):
        self._kept = costs
        self.take({})

    def solve(self, state):
        with saying("No output."):
            costs = _costs(state)
        each = (state["channels"] // state["groups"], state["kernel"], state["kernel"])  # it spans its group
        return SimpleNamespace(**state, costs=costs, kept=self._kept, image=_image(state), each=each)

    def start(self, fig, model):
        width, height = self.size
        ax = sheet(fig)
        artists = {}
        for role, name in (("input", "Input"), ("kernel", "Filters"), ("output", "Output")):
            x = MIDDLES[role]
            text(fig, x, height - 0.25, name, role, ha="center", fontweight="bold")
            drawn = PolyCollection([], edgecolors=ROLES[role], linewidths=0.8)
            artists[role] = ax.add_collection(drawn, autolim=False)
            artists[f"{role} shape"] = Lines(fig, x, GROUND - 0.32, align="center", stand="baseline")
        text(fig, 2.75, GROUND + 0.6, "∗", "muted", 18, ha="center")
        text(fig, 5.6, GROUND + 0.6, "=", "muted", 18, ha="center")
        window = Rectangle((0, 0), 0, 0, fill=False, edgecolor=ROLES["window"], linewidth=2.5)
        artists["window"] = ax.add_patch(window)
        scale = "sides and bars on logarithmic scales; each grid line is 1,000 times the one before"
        text(fig, width / 2, 2.82, scale, "muted", 9.5, ha="center")
        for power in range(0, DECADES + 1, 3):
            x = LEFT + LENGTH * power / DECADES
            ax.plot([x, x], [0.1, 2.7], color=ROLES["padding"], linewidth=0.6, alpha=0.4, zorder=0)
        for name, y in ROWS.items():
            bar = Rectangle((LEFT, y), 0, THICK, facecolor=ROLES[COLOURS[name]], edgecolor="none")
            artists[f"{name} bar"] = ax.add_patch(bar)
            artists[f"{name} kept"] = ax.plot([], [], color=ROLES["ink"], linewidth=2.5)[0]
            over, right = y + THICK + 0.13, {"align": "right", "stand": "middle"}
            artists[f"{name} label"] = Lines(fig, LEFT, over, 10.5, stand="middle")
            artists[f"{name} ratio"] = Lines(fig, RIGHT, over, 10.5, **right)
            artists[f"{name} number"] = Lines(fig, RIGHT, y + THICK / 2, bold=True, **right)
        return artists

    def update(self, artists, model):
        self._draw_boxes(artists, model)
        labels, hidden = _reckoning(model), model.predict
        for name, y in ROWS.items():
            value, kept = model.costs[name], model.kept and model.kept[name]
            number = _bytes(value) if name == "memory" else f"{value:,}"
            artists[f"{name} bar"].set_width(0 if hidden else _length(value))
            artists[f"{name} label"].set_text(labels[name].partition(":")[0] if hidden else labels[name])
            artists[f"{name} number"].set_text("?" if hidden else number)
            compared = bool(kept) and not hidden
            artists[f"{name} ratio"].set_text(f"{_ratio(value, kept)} the kept" if compared else "")
            x = LEFT + _length(kept or 1)
            artists[f"{name} kept"].set_data([x, x], [y - 0.05, y + THICK + 0.05])
            artists[f"{name} kept"].set_visible(compared)

    def _draw_boxes(self, artists, model):
        image, output, each = model.image, model.costs["output"], model.each
        for role, shape, pieces in (
            ("input", image, {"bands": model.groups}),
            ("kernel", each, {"copies": min(model.filters, 3)}),
            ("output", output, {"bands": model.filters}),
        ):
            boxes.fill(artists[role], role, (MIDDLES[role], GROUND), shape, **pieces)
        artists["output"].set_visible(not model.predict)
        side, left = boxes.side, boxes.left(MIDDLES["input"], image)
        high, wide = (min(side(model.kernel), side(size)) for size in image[1:])
        artists["window"].set_bounds(left, GROUND + side(image[1]) - high, wide, high)
        artists["input shape"].set_text(sizes(image, " × "))
        artists["kernel shape"].set_text(f"{model.filters:,} of {sizes(each, ' × ')}")
        artists["output shape"].set_text("?" if model.predict else sizes(output, " × "))

    def words(self, model):
        costs, filters = model.costs, model.filters
        text = f"{many(filters, 'filter')} of {sizes(model.each, ' × ')}"
        text += f", in {model.groups} groups," if model.groups > 1 else ""
        text += f" on {many(model.batch, 'image')} of {sizes(model.image, ' × ')}"
        text += f", stride {model.stride}, padding {model.padding}"
        if model.predict:
            bias = "a bias each" if model.bias else "no bias"
            return f"{text}, {bias}. How large is the output? How many parameters, MACs and bytes?"
        numbers, out = math.prod(model.image), math.prod(costs["output"])
        times = costs["dense"] / costs["parameters"]
        text += (
            f". The output of an image is {sizes(costs['output'], ' × ')}. "
            f"{many(costs['weights'], 'weight')} and {many(filters * model.bias, 'bias')} make "
            f"{many(costs['parameters'], 'parameter')}. "
            f"The layer does {many(costs['macs'], 'MAC')}. Its output takes {_bytes(costs['memory'])}. "
            f"A dense layer from {numbers:,} to {out:,} numbers would have "
            f"{many(costs['dense'], 'parameter')}, {times:,.{0 if times >= 100 else 1}f} times as many."
        )
        if model.kept:
            names = {"parameters": "parameters", "macs": "MACs", "memory": "memory"}
            ratios = [f"{words} {_ratio(costs[name], model.kept[name])}" for name, words in names.items()]
            text += f" Compared with the kept layer: {', '.join(ratios)}."
        return text

    def torch_code(self, model):
        state, usual = vars(model), {"stride": 1, "padding": 0, "groups": 1, "bias": True}
        chosen = "".join(f", {name}={state[name]}" for name, value in usual.items() if state[name] != value)
        return f"torch.nn.Conv2d({model.channels}, {model.filters}, {model.kernel}{chosen})"

    def spots(self, artists, model):
        found = []
        for name, given in NEXT.items():
            if artists[name].get_visible() and not (model.predict and name.endswith("bar")):
                labels = " and ".join(self.inputs[input_].label for input_ in given)
                settings = [
                    dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)
                ]
                found.append(spots.part(artists[name], f"{labels}: take the next", settings))
        return found


def _image(state):
    """The shape of one image, (channels, rows, columns)."""
    return state["channels"], state["height"], state["width"]


def _costs(state):
    """What the layer costs, by name; MACs and the output's memory (in bytes) are those of the whole batch."""
    image, options = _image(state), {name: state[name] for name in ("stride", "padding", "groups", "bias")}
    layer = Conv(state["filters"], state["kernel"], **options)
    layer.output(image)  # where it does not fit, its own words say why
    (row,) = describe([layer], image)
    _, dense = describe([Flatten(), Linear(math.prod(row.shape), bias=state["bias"])], image)
    return {
        "output": row.shape,
        "weights": row.weights,
        "parameters": row.parameters,
        "macs": row.macs * state["batch"],
        "memory": row.memory * state["batch"],
        "dense": dense.parameters,
    }


def _reckoning(model):
    """Where each number comes from, as a line each."""
    costs, filters = model.costs, model.filters
    numbers, out = math.prod(model.image), math.prod(costs["output"])
    places, output = sizes(costs["output"][1:], "·"), sizes(costs["output"], "·")
    images = "" if model.batch == 1 else f" · {model.batch} images"
    bias, biases = (f" + {filters:,}", f" + {out:,}") if model.bias else ("", "")
    return {
        "parameters": f"Parameters: {sizes((filters, *model.each), '·')}{bias}",
        "macs": f"MACs: {many(costs['weights'], 'weight')} · {places} places{images}",
        "memory": f"Memory of the output: 4 bytes · {output}{images}",
        "dense": f"Parameters of a dense layer: {numbers:,}·{out:,}{biases}",
    }


def _length(count):
    """A bar's length in inches, never invisible."""
    return max(LENGTH * math.log10(count) / DECADES, 0.02)


def _ratio(value, kept):
    ratio = value / kept
    return f"{ratio:,.0f} ×" if ratio >= 1000 else f"{ratio:.3g} ×"


def _bytes(count):
    """A number of bytes, and the same in a unit that leaves it short."""
    return f"{count:,} bytes" + (f" = {in_bytes(count, ',.4g')}" if count >= 1024 else "")
