"""Receptive field: what one unit of a small stack of layers can see, and where it really looks."""

from types import SimpleNamespace

import numpy as np

from helpers.architectures import MaxPool, Residual, fields
from helpers.architectures.fields import EQUAL, PRESETS, RANDOM
from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import tint
from helpers.drawing.lettering import MONO, Lines
from helpers.drawing.places import axes, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.numerals import general

DEPTH = 5  # layers that can be chosen


class ReceptiveField(Explorer):
    """A stack of up to five layers, one unit of the last, its field on the input and its patch on the way."""

    title = "Receptive field"
    caption = (
        "The box is all that the chosen unit can see, the cross its centre. Yellow to red: how strongly a "
        "pixel moves the unit; grey lies outside the image. Small pictures: the same after each layer."
    )
    size = (8.4, 5.5)
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
    tour = [
        {
            "layer1": ("none", "conv 3×3", "conv 3×3, stride 2", "conv 3×3, dilation 2", "residual block"),
            "layer2": ("none", "conv 3×3", "conv 3×3, dilation 2", "residual block"),
            "layer3": ("none", "conv 3×3", "conv 3×3, stride 2"),
            "layer4": ("none", "conv 3×3", "max pool 2×2, stride 2"),
            "row": (0, 6, 12),
            "column": (0, 3, 6, 9, 12, 18),
        },
        {"layer4": ("max pool 2×2, stride 2",), "layer5": ("conv 3×3",), "row": (0, 6), "column": (0, 3, 6)},
        {
            "layer4": ("none", "max pool 2×2, stride 2"),
            "padded": (False,),
            "row": (0, 6),
            "column": (0, 3, 6),
        },
        {
            "layer1": ("conv 3×3", "residual block"),
            "layer2": ("none", "conv 3×3", "residual block"),
            "layer3": ("none", "conv 3×3"),
            "layer4": ("none", "conv 3×3", "max pool 2×2, stride 2"),
            "row": (0, 6, 12),
            "column": (0, 3, 6, 9, 12),
            "weights": (RANDOM,),
        },
    ]

    def limits(self, state):
        last = _views(state)[-1].size - 1
        return {"row": last, "column": last}

    def solve(self, state):
        stack = _stack(state)
        try:
            views = _views(state)
        except ValueError:
            raise ValueError(_trouble(stack, state)) from None
        where = (state[name] for name in ("size", "padded", "weights", "row", "column"))
        chosen = [i for i, name in enumerate(stack, start=1) if name != "none"]
        unit = (state["row"], state["column"])
        found = {"stack": stack, "views": views, "heats": fields.heats(stack, *where), "unit": unit}
        return SimpleNamespace(**state, **found, places=[0, *chosen])

    def start(self, fig, model):
        places = [(0.15, 0.75, 4.3)]
        places += [(4.72 + 1.24 * (i % 3), 2.4 - 1.65 * (i // 3), 1.1) for i in range(DEPTH)]
        artists = {}
        for i, (left, bottom, side) in enumerate(places):
            ax = axes(fig, left, bottom, side)
            artists[f"heat {i}"] = CellGrid(ax)
            artists[f"box {i}"] = frame(ax, 0, 0, 1, 1, "ink", linewidth=2.2 if i == 0 else 1.4)
            above, size = (0.21, 9) if i else (0.27, 12)
            artists[f"name {i}"] = Lines(fig, left + side / 2, bottom + side + above, size, align="center")
        image = artists["heat 0"].axes
        artists["centre"] = image.plot([], [], "+", color=ROLES["input"], markersize=11, mew=2)[0]
        artists["table"] = Lines(fig, 4.72, 5.42, 9.5, family=MONO)
        legend = "box: theoretical field; red: what moves the unit most\n"
        legend += "+: centre of the field; grey: outside the image"
        text(fig, 2.3, 0.4, legend, "muted", 10, ha="center", va="center")
        return artists

    def update(self, artists, model):
        shown = dict(zip(model.places, zip(model.views, model.heats, strict=True), strict=True))
        for i in range(DEPTH + 1):
            for kind in ("heat", "box", "name"):
                artists[f"{kind} {i}"].set_visible(i in shown)
            if i not in shown:
                continue
            view, heat = shown[i]
            margin = _margin(view)
            low, high = -margin - 0.5, view.size + margin - 0.5
            artists[f"heat {i}"].axes.set(xlim=(low, high), ylim=(high, low))
            artists[f"heat {i}"].set_pixels(_colours(heat, margin), (-margin, -margin))
            (top, bottom), (left, right) = (
                _span(view.patch, at, -margin, view.size + margin) for at in model.unit
            )
            move(artists[f"box {i}"], top, left, bottom - top, right - left)
            name = f"Input {view.size} × {view.size}" if i == 0 else f"after {i}: {view.size} × {view.size}"
            artists[f"name {i}"].lines = [name]
        field = model.views[-1].seen
        row, column = (field.centre + at * field.jump for at in model.unit)
        artists["centre"].set_data([column], [row])
        artists["table"].lines = _table(model.views, model.places)

    def words(self, model):
        views, heat, size = model.views, model.heats[0], model.size
        field, last = views[-1].seen, views[-1].size
        names = ", then ".join(view.name for view in views[1:]) or "no layer"
        reach = [field.first + at * field.jump for at in model.unit]
        ends = [(first, first + field.size - 1) for first in reach]
        text = (
            f"Input {size} × {size}; {names}; {'with' if model.padded else 'no'} padding. The output is "
            f"{last} × {last}. Its unit {model.unit} has a receptive field of "
            f"{field.size} × {field.size}: rows {general(ends[0][0])} to {ends[0][1]}, columns "
            f"{general(ends[1][0])} to {ends[1][1]}. Jump {field.jump:g}, first centre "
            f"{general(field.centre)}. "
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

    def torch_code(self, model):
        words = fields.words(model.stack, model.padded)
        if not words or any(isinstance(word, Residual) for word in words):
            return ""
        return f"torch.nn.Sequential({', '.join(map(_in_torch, words))})"

    def spots(self, artists, model):
        input_, last = model.views[0], model.views[-1]
        # A pixel of the input stands for the unit whose centre is nearest, one of the last map for itself.
        looks = [(model.places[-1], last, "Unit", 0, 1)]
        looks += [(0, input_, "Pixel", last.seen.centre, last.seen.jump)] if last is not input_ else []
        found = []
        for i, view, label, centre, jump in looks:
            units = np.clip(np.round((np.arange(view.size) - centre) / jump), 0, last.size - 1)
            down, across = ((name, units.astype(int).tolist()) for name in ("row", "column"))
            found.append(spots.plane(artists[f"heat {i}"], label, down, across, margin=_margin(view)))
        return found


def _stack(state):
    return tuple(state[f"layer{i}"] for i in range(1, DEPTH + 1))


def _views(state):
    return fields.views(_stack(state), state["size"], state["padded"])


def _trouble(stack, state):
    """Say which layer is the first that does not fit."""
    size = state["size"]
    for depth in range(DEPTH):
        try:
            size = fields.views(stack[: depth + 1], state["size"], state["padded"])[-1].size
        except ValueError:
            break
    return (
        f"No output. Layer {depth + 1}, {stack[depth]}, gets {size} × {size} numbers, and its "
        "window spans more: take a larger input, padding, or less stride before it."
    )


def _margin(view):
    """How many cells outside a map are shown at each side."""
    return max(1, round(view.size / 12))


def _colours(heat, margin):
    """Grey outside the image, pale blue where nothing moves the unit, yellow to dark red where it does."""
    strength = np.sqrt(heat / (heat.max() or 1))[..., None]  # the square root keeps faint pixels visible
    pale, strong = np.array([1.0, 0.93, 0.72]), np.array(tint("positive", 1))
    inside = np.where(heat[..., None] > 0, pale + strength * (strong - pale), tint("input", 0.14))
    shown = np.full((heat.shape[0] + 2 * margin, heat.shape[1] + 2 * margin, 3), tint("padding", 0.3))
    shown[margin:-margin, margin:-margin] = inside
    return shown


def _span(field, unit, low, high):
    """Where a unit's field begins and ends, cut where the picture ends."""
    first = field.first + unit * field.jump
    return max(first, low), min(first + field.size, high)


def _table(views, places):
    lines = [f"{'first':>44}", f"{'field jump centre':>44}"]
    for i, view in zip(places, views, strict=True):
        name = f"{i} {view.name}" if i else "  input"
        lines.append(f"{name:<26}{view.seen.size:>6}{view.seen.jump:>5g}{general(view.seen.centre):>7}")
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
