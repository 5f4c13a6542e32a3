"""The layer cost calculator: what a convolution holds, does and makes, beside a dense layer."""

import math

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from helpers.architectures import Conv, Flatten, Linear, describe
from helpers.drawing.cells import tint
from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Toggle

# Inches, on one plane.
MIDDLES, GROUND = {"input": 1.35, "kernel": 4.15, "output": 7.05}, 3.55  # of the three drawings
ROWS = {"parameters": 2.1, "macs": 1.46, "memory": 0.82, "dense": 0.18}  # lower edges of the bars
LEFT, LENGTH, THICK, RIGHT = 0.3, 5.4, 0.19, 8.2
DECADES = 18  # the bars end at 10^18, above every count that the controls can reach
DEEP = np.array([0.55, 0.35])  # where the third axis points
COLOURS = {"parameters": "kernel", "macs": "window", "memory": "output", "dense": "muted"}


class LayerCost(Explorer):
    """A convolution's shapes, parameters, MACs and memory, as drawings, bars and reckoning."""

    title = "Layer cost"
    size = (8.4, 5.8)
    layout = "none"
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

    def __init__(self, **state):
        self._kept = None
        super().__init__(**state)

    def actions(self):
        keep = widgets.Button(description="Keep", tooltip="Keep this layer, to compare the next with it")
        forget = widgets.Button(description="Forget", tooltip="Compare with the kept layer no longer")
        keep.on_click(lambda _: self._keep(self.state))
        forget.on_click(lambda _: self._keep(None))
        return {"keep": keep, "forget": forget}

    def _keep(self, state):
        if state is None or not self.impossible(state):
            self._kept = state and _costs(state)
            self._refresh()

    def impossible(self, state):
        try:
            _layer(state).output(_shape(state))
        except ValueError as reason:
            return f"No output. {reason}"
        return ""

    def start(self, fig, state):
        width, height = self.size
        ax = fig.add_axes([0, 0, 1, 1])
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")

        def text(x, y, words="", role="ink", size=12, **look):
            return ax.text(x, y, words, color=ROLES[role], fontsize=size, **look)

        artists = {}
        for role, name in (("input", "Input"), ("kernel", "Filters"), ("output", "Output")):
            x = MIDDLES[role]
            text(x, height - 0.25, name, role, ha="center", fontweight="bold")
            boxes = PolyCollection([], edgecolors=ROLES[role], linewidths=0.8)
            artists[role] = ax.add_collection(boxes, autolim=False)
            artists[f"{role} shape"] = text(x, GROUND - 0.32, ha="center")
        text(2.75, GROUND + 0.6, "∗", "muted", 18, ha="center")
        text(5.6, GROUND + 0.6, "=", "muted", 18, ha="center")
        window = Rectangle((0, 0), 0, 0, fill=False, edgecolor=ROLES["window"], linewidth=2.5)
        artists["window"] = ax.add_patch(window)
        scale = "sides and bars on logarithmic scales; each grid line is 1,000 times the one before"
        text(width / 2, 2.82, scale, "muted", 9.5, ha="center")
        for power in range(0, DECADES + 1, 3):
            x = LEFT + LENGTH * power / DECADES
            ax.plot([x, x], [0.1, 2.7], color=ROLES["padding"], linewidth=0.6, alpha=0.4, zorder=0)
        for name, y in ROWS.items():
            bar = Rectangle((LEFT, y), 0, THICK, facecolor=ROLES[COLOURS[name]], edgecolor="none")
            artists[f"{name} bar"] = ax.add_patch(bar)
            artists[f"{name} kept"] = ax.plot([], [], color=ROLES["ink"], linewidth=2.5)[0]
            over, right = y + THICK + 0.13, {"ha": "right", "va": "center"}
            artists[f"{name} label"] = text(LEFT, over, size=10.5, va="center")
            artists[f"{name} ratio"] = text(RIGHT, over, size=10.5, **right)
            artists[f"{name} number"] = text(RIGHT, y + THICK / 2, fontweight="bold", **right)
        return artists

    def update(self, artists, state):
        self._draw_boxes(artists, state)
        costs, labels, hidden = _costs(state), _reckoning(state), state["predict"]
        for name, y in ROWS.items():
            value, kept = costs[name], self._kept and self._kept[name]
            number = _bytes(value) if name == "memory" else f"{value:,}"
            artists[f"{name} bar"].set_width(0 if hidden else _length(value))
            artists[f"{name} label"].set_text(labels[name].partition(":")[0] if hidden else labels[name])
            artists[f"{name} number"].set_text("?" if hidden else number)
            compared = bool(kept) and not hidden
            artists[f"{name} ratio"].set_text(f"{_ratio(value, kept)} the kept" if compared else "")
            x = LEFT + _length(kept or 1)
            artists[f"{name} kept"].set_data([x, x], [y - 0.05, y + THICK + 0.05])
            artists[f"{name} kept"].set_visible(compared)

    def _draw_boxes(self, artists, state):
        shape, output, filter_shape = _shape(state), _costs(state)["output"], _filter_shape(state)
        _fill(artists["input"], "input", shape, bands=state["groups"])
        _fill(artists["kernel"], "kernel", filter_shape, copies=min(state["filters"], 3))
        _fill(artists["output"], "output", output, bands=state["filters"])
        artists["output"].set_visible(not state["predict"])
        high, wide = (min(_side(state["kernel"]), _side(size)) for size in shape[1:])
        artists["window"].set_bounds(_left("input", shape), GROUND + _side(shape[1]) - high, wide, high)
        artists["input shape"].set_text(_times(shape))
        artists["kernel shape"].set_text(f"{state['filters']:,} of {_times(filter_shape)}")
        artists["output shape"].set_text("?" if state["predict"] else _times(output))

    def words(self, state):
        costs, filters = _costs(state), state["filters"]
        text = f"{_many(filters, 'filter')} of {_times(_filter_shape(state))}"
        text += f", in {state['groups']} groups," if state["groups"] > 1 else ""
        text += f" on {_many(state['batch'], 'image')} of {_times(_shape(state))}"
        text += f", stride {state['stride']}, padding {state['padding']}"
        if state["predict"]:
            bias = "a bias each" if state["bias"] else "no bias"
            return f"{text}, {bias}. How large is the output? How many parameters, MACs and bytes?"
        numbers, out = math.prod(_shape(state)), math.prod(costs["output"])
        times = costs["dense"] / costs["parameters"]
        text += (
            f". The output of an image is {_times(costs['output'])}. {_many(costs['weights'], 'weight')} and "
            f"{_many(filters * state['bias'], 'bias')} make {_many(costs['parameters'], 'parameter')}. "
            f"The layer does {_many(costs['macs'], 'MAC')}. Its output takes {_bytes(costs['memory'])}. "
            f"A dense layer from {numbers:,} to {out:,} numbers would have "
            f"{_many(costs['dense'], 'parameter')}, {times:,.{0 if times >= 100 else 1}f} times as many."
        )
        if self._kept:
            ratios = [
                f"{name} {_ratio(costs[name], self._kept[name])}" for name in ("parameters", "macs", "memory")
            ]
            text += f" Compared with the kept layer: {', '.join(ratios)}.".replace("macs", "MACs")
        return text

    def torch_code(self, state):
        usual = {"stride": 1, "padding": 0, "groups": 1, "bias": True}
        chosen = "".join(f", {name}={state[name]}" for name, value in usual.items() if state[name] != value)
        return f"torch.nn.Conv2d({state['channels']}, {state['filters']}, {state['kernel']}{chosen})"


def _layer(state):
    """The layer as helpers.architectures writes it."""
    options = {name: state[name] for name in ("stride", "padding", "groups", "bias")}
    return Conv(state["filters"], state["kernel"], **options)


def _shape(state):
    """The shape of one image, (channels, rows, columns)."""
    return state["channels"], state["height"], state["width"]


def _filter_shape(state):
    """The shape of one filter: it spans the channels of its group."""
    return state["channels"] // state["groups"], state["kernel"], state["kernel"]


def _costs(state):
    """What the layer costs, by name; MACs and the output's memory (in bytes) are those of the whole batch."""
    (row,) = describe([_layer(state)], _shape(state))
    _, dense = describe([Flatten(), Linear(math.prod(row.shape), bias=state["bias"])], _shape(state))
    return {
        "output": row.shape,
        "weights": row.weights,
        "parameters": row.parameters,
        "macs": row.macs * state["batch"],
        "memory": row.memory * state["batch"],
        "dense": dense.parameters,
    }


def _reckoning(state):
    """Where each number comes from, as a line each."""
    costs, filters = _costs(state), state["filters"]
    numbers, out = math.prod(_shape(state)), math.prod(costs["output"])
    weights = _times((filters, *_filter_shape(state)), "·")
    places, output = _times(costs["output"][1:], "·"), _times(costs["output"], "·")
    images = "" if state["batch"] == 1 else f" · {state['batch']} images"
    bias, biases = (f" + {filters:,}", f" + {out:,}") if state["bias"] else ("", "")
    return {
        "parameters": f"Parameters: {weights}{bias}",
        "macs": f"MACs: {_many(costs['weights'], 'weight')} · {places} places{images}",
        "memory": f"Memory of the output: 4 bytes · {output}{images}",
        "dense": f"Parameters of a dense layer: {numbers:,}·{out:,}{biases}",
    }


def _length(count):
    """A bar's length in inches, never invisible."""
    return max(LENGTH * math.log10(count) / DECADES, 0.02)


def _side(count):
    """The length in inches at which a side of that many is drawn."""
    return 0.14 + 0.135 * math.log2(count)


def _left(role, shape):
    """The left edge of a box that stands in the middle of its place."""
    return MIDDLES[role] - (_side(shape[2]) + DEEP[0] * _side(shape[0])) / 2


def _fill(boxes, role, shape, bands=1, copies=1):
    """Draw a box of that shape, its depth in bands, with copies behind it."""
    depth, height, width = map(_side, shape)
    right, up, bands = np.array([width, 0]), np.array([0, height]), min(bands, 16)
    polygons, faces = [], []
    for copy in reversed(range(copies)):
        corner = np.array([_left(role, shape) + 0.05 * (copies - 1 - 2 * copy), GROUND + 0.09 * copy])
        for band in range(bands):
            near, far = corner + DEEP * depth * band / bands, corner + DEEP * depth * (band + 1) / bands
            polygons.append([near + up, near + right + up, far + right + up, far + up])
            polygons.append([near + right, far + right, far + right + up, near + right + up])
            faces += [tint(role, 0.2 if band % 2 else 0.45), tint(role, 0.35 if band % 2 else 0.6)]
        polygons.append([corner, corner + right, corner + right + up, corner + up])
        faces.append(tint(role, 0.3))
    boxes.set_verts(polygons)
    boxes.set_facecolor(faces)


def _times(shape, sign=" × "):
    return sign.join(f"{size:,}" for size in shape)


def _many(count, noun):
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{count:,} {noun if count == 1 else plural}"


def _ratio(value, kept):
    ratio = value / kept
    return f"{ratio:,.0f} ×" if ratio >= 1000 else f"{ratio:.3g} ×"


def _bytes(count):
    """A number of bytes, and the same in a unit that leaves it short."""
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if count >= 1024**power:
            return f"{count:,} bytes = {count / 1024**power:,.4g} {unit}"
    return f"{count:,} bytes"
