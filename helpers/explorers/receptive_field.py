"""Receptive field: what one unit of a small stack of layers can see, and where it really looks."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers.architectures import MaxPool, Residual, fields
from helpers.architectures.fields import EQUAL, PRESETS, RANDOM
from helpers.drawing.cells import Cells, bare, frame, move, tint
from helpers.drawing.lettering import MONO, Lines
from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle

DEPTH = 5  # layers that can be chosen


class ReceptiveField(Explorer):
    """A stack of up to five layers, one unit of the last, its field on the input and its patch on the way."""

    title = "Receptive field"
    size = (8.4, 5.5)
    layout = None
    inputs = {
        **{f"layer{i}": Choice(f"Layer {i}", list(PRESETS), "none") for i in range(1, DEPTH + 1)},
        "size": Integer("Input size W", 1, 32, 24),
        "padded": Toggle("Padding", True),
        "row": Integer("Row of the unit", 0, 31, 12),
        "column": Integer("Column of the unit", 0, 31, 12),
        "weights": Choice("Weights", [EQUAL, RANDOM]),
    }
    for _layer, _preset in (("layer1", "conv 3×3"), ("layer2", "conv 3×3"), ("layer3", "conv 3×3")):
        inputs[_layer].value = _preset
    player = "column"

    def impossible(self, state):
        stack, size = _stack(state), state["size"]
        for depth in range(DEPTH):
            try:
                size = fields.views(stack[: depth + 1], state["size"], state["padded"])[-1].size
            except ValueError:
                return (
                    f"No output. Layer {depth + 1}, {stack[depth]}, gets {size} × {size} numbers, and its "
                    "window spans more: take a larger input, padding, or less stride before it."
                )
        return ""

    def limits(self, state):
        if self.impossible(state):
            return {}
        last = _views(state)[-1].size - 1
        return {"row": last, "column": last}

    def start(self, fig, state):
        width, height = self.size  # axes are placed in inches, so that pixels are square
        places = [(0.15, 0.75, 4.3)]
        places += [(4.72 + 1.24 * (i % 3), 2.4 - 1.65 * (i // 3), 1.1) for i in range(DEPTH)]
        artists = {}
        for i, (left, bottom, side) in enumerate(places):
            ax = fig.add_axes([left / width, bottom / height, side / width, side / height])
            bare(ax)
            artists[f"heat {i}"] = Cells(ax)
            artists[f"box {i}"] = frame(ax, 0, 0, 1, 1, "ink", linewidth=2.2 if i == 0 else 1.4)
            x, y = (left + side / 2) / width, (bottom + side + (0.27 if i == 0 else 0.21)) / height
            artists[f"name {i}"] = Lines(fig, x, y, 12 if i == 0 else 9, centred=True)
        image = artists["heat 0"].axes
        artists["centre"] = image.plot([], [], "+", color=ROLES["input"], markersize=11, mew=2)[0]
        artists["table"] = Lines(fig, 4.72 / width, 5.42 / height, 9.5, MONO)
        legend = "box: theoretical field; red: what moves the unit most\n"
        legend += "+: centre of the field; grey: outside the image"
        muted = {"fontsize": 10, "color": ROLES["muted"]}
        fig.text(2.3 / width, 0.4 / height, legend, ha="center", va="center", **muted)
        return artists

    def update(self, artists, state):
        views, heats = _views(state), _heats(state)
        chosen = [i for i, name in enumerate(_stack(state), start=1) if name != "none"]
        shown = dict(zip([0, *chosen], zip(views, heats, strict=True), strict=True))
        unit = (state["row"], state["column"])
        for i in range(DEPTH + 1):
            for kind in ("heat", "box", "name"):
                artists[f"{kind} {i}"].set_visible(i in shown)
            if i not in shown:
                continue
            view, heat = shown[i]
            margin = max(1, round(view.size / 12))
            low, high = -margin - 0.5, view.size + margin - 0.5
            artists[f"heat {i}"].axes.set(xlim=(low, high), ylim=(high, low))
            artists[f"heat {i}"].colours = _colours(heat, margin)
            (top, bottom), (left, right) = (_span(view.patch, at, -margin, view.size + margin) for at in unit)
            move(artists[f"box {i}"], top, left, bottom - top, right - left)
            name = f"Input {view.size} × {view.size}" if i == 0 else f"after {i}: {view.size} × {view.size}"
            artists[f"name {i}"].lines = [name]
        centre = [views[-1].seen.centre + at * views[-1].seen.jump for at in unit]
        artists["centre"].set_data([centre[1]], [centre[0]])
        artists["table"].lines = _table(views, chosen)

    def words(self, state):
        views, heat = _views(state), _heats(state)[0]
        size, field, last = state["size"], views[-1].seen, views[-1].size
        names = ", then ".join(view.name for view in views[1:]) or "no layer"
        reach = [field.first + at * field.jump for at in (state["row"], state["column"])]
        ends = [(first, first + field.size - 1) for first in reach]
        text = (
            f"Input {size} × {size}; {names}; {'with' if state['padded'] else 'no'} padding. The output is "
            f"{last} × {last}. Its unit ({state['row']}, {state['column']}) has a receptive field of "
            f"{field.size} × {field.size}: rows {_minus(ends[0][0])} to {ends[0][1]}, columns "
            f"{_minus(ends[1][0])} to {ends[1][1]}. Jump {field.jump:g}, first centre "
            f"{_minus(field.centre)}. "
        )
        if any(low < 0 or high >= size for low, high in ends):
            text += "Part of it lies outside the image. "
        moving = np.argwhere(heat > 0)
        if len(moving) == 0:
            return text + "Just here no pixel moves it: a ReLU has cut every way."
        (top, left), (bottom, right) = moving.min(axis=0), moving.max(axis=0)
        text += (
            f"Pixels that move it: {len(moving)}, in rows {top} to {bottom}, columns {left} to {right}. "
            f"Two standard deviations to each side of the mean span {4 * fields.spread(heat):.1f} columns."
        )
        return text

    def torch_code(self, state):
        words = fields.words(_stack(state), state["padded"])
        if not words or any(isinstance(word, Residual) for word in words):
            return ""
        return f"torch.nn.Sequential({', '.join(map(_in_torch, words))})"


def _stack(state):
    return tuple(state[f"layer{i}"] for i in range(1, DEPTH + 1))


def _views(state):
    return fields.views(_stack(state), state["size"], state["padded"])


def _heats(state):
    where = (state[name] for name in ("size", "padded", "weights", "row", "column"))
    return fields.heats(_stack(state), *where)


def _colours(heat, margin):
    """Grey outside the image, pale blue where nothing moves the unit, yellow to dark red where it does."""
    strength = np.sqrt(heat / (heat.max() or 1))[..., None]  # the square root keeps faint pixels visible
    pale, strong = np.array([1.0, 0.93, 0.72]), np.array(to_rgb(ROLES["positive"]))
    inside = np.where(heat[..., None] > 0, pale + strength * (strong - pale), tint("input", 0.14))
    shown = np.full((heat.shape[0] + 2 * margin, heat.shape[1] + 2 * margin, 3), tint("padding", 0.3))
    shown[margin:-margin, margin:-margin] = inside
    return shown


def _span(field, unit, low, high):
    """Where a unit's field begins and ends, cut where the picture ends."""
    first = field.first + unit * field.jump
    return max(first, low), min(first + field.size, high)


def _minus(number):
    """The number with a true minus sign."""
    return f"{number:g}".replace("-", "\u2212")


def _table(views, chosen):
    lines = [f"{'first':>44}", f"{'field jump centre':>44}"]
    for i, view in zip([0, *chosen], views, strict=True):
        name = f"{i} {view.name}" if i else "  input"
        lines.append(f"{name:<26}{view.seen.size:>6}{view.seen.jump:>5g}{_minus(view.seen.centre):>7}")
    return lines


def _in_torch(word):
    """The word as a PyTorch call: torch.nn.Conv2d(1, 1, 3, stride=2)."""
    options = {"stride": 1, "padding": 0, "dilation": 1}
    if isinstance(word, MaxPool):
        options["stride"] = word.kernel_size
    given = [f", {name}={getattr(word, name)}" for name, usual in options.items()
             if getattr(word, name) not in (usual, None)]  # fmt: skip
    kind = "MaxPool2d(" if isinstance(word, MaxPool) else "Conv2d(1, 1, "
    return f"torch.nn.{kind}{word.kernel_size}{''.join(given)})"
