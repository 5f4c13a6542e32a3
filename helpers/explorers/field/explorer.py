"""Receptive field: what one unit of a small stack of layers can see, and where it really looks."""

from dataclasses import replace
from itertools import zip_longest
from types import SimpleNamespace

import numpy as np
from matplotlib.collections import LineCollection

from helpers.architectures import Residual, fields
from helpers.architectures.fields import EQUAL, PRESETS, RANDOM
from helpers.architectures.own import stages
from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import tint
from helpers.drawing.lettering import MONO, Lines
from helpers.drawing.places import axes, sheet, text
from helpers.drawing.style import ROLES
from helpers.explorers.field import picture
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.numerals import general, many

DEPTH = 5  # layers that can be chosen
LAYERS = [f"layer{i}" for i in range(1, DEPTH + 1)]


class ReceptiveField(Explorer):
    """A stack of up to five layers, one unit of the last, its field on the input and its patch on the way."""

    title = "Receptive field"
    caption = (
        "The box is all that the chosen unit can see, the cross its centre. Yellow to red: root mean square "
        "of its gradient there; grey: outside the image, or after the unit. Small pictures: after each layer."
    )
    size = (8.4, 5.5)
    inputs = {
        **{name: Choice(f"Layer {name[-1]}", list(PRESETS), "none") for name in LAYERS},
        "size": Integer("Input size W", 1, 32, 24),
        "padded": Toggle("Padding", True),
        "at": Integer("Layer of the unit", 1, DEPTH, DEPTH),
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

    def __init__(self, model=None, layers=None, **state):
        """``model`` is an nn.Sequential of PyTorch or of the book, ``layers`` the book's layer list."""
        self.inputs = dict(type(self).inputs)
        if model is not None and layers is not None:
            raise TypeError("model and layers: give one of the two")
        if model is not None or layers is not None:
            own = stages(layers if model is None else model, DEPTH)
            fields.OWN.update(own)
            for name, mine in zip_longest(LAYERS, own, fillvalue="none"):
                given = [mine, *PRESETS] if mine in own else list(PRESETS)
                self.inputs[name] = replace(self.inputs[name], options=given, value=mine)
        self._own = [name for name, given in (("model", model), ("layers", layers)) if given is not None]
        super().__init__(**state)

    @property
    def brought(self):
        return self._own

    def limits(self, state):
        last = _views(state)[_depth(state)].size - 1
        return {"at": max(len(_views(state)) - 1, 1), "row": last, "column": last}

    def settled(self, state, changed=frozenset()):
        """Another layer: its network's last unit is looked at."""
        if changed & set(LAYERS) and "at" not in changed:
            state = state | {"at": DEPTH}
        state = super().settled(state, changed)
        return super().settled(state, changed)  # another layer has other rows

    def unused(self, state):
        return ["padded"] if all(name in fields.OWN or name == "none" for name in _stack(state)) else ()

    def solve(self, state):
        stack = _stack(state)
        try:
            every = _views(state)
        except ValueError:
            raise ValueError(picture.trouble(stack, state)) from None
        chosen = [i for i, name in enumerate(stack, start=1) if name != "none"]
        kept = chosen[: _depth(state)]
        seen = tuple(name if i in kept else "none" for i, name in enumerate(stack, start=1))
        where = (state[name] for name in ("size", "padded", "weights", "row", "column"))
        views = fields.views(seen, state["size"], state["padded"])
        later = dict(zip(chosen[len(kept) :], every[len(views) :], strict=True))
        found = {"stack": seen, "views": views, "heats": fields.heats(seen, *where), "later": later}
        return SimpleNamespace(**state, **found, unit=(state["row"], state["column"]), places=[0, *kept])

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
        artists["table"] = Lines(fig, 4.72, picture.TABLE, picture.SIZE, family=MONO)
        artists["wires"] = sheet(fig).add_collection(LineCollection([], color=ROLES["muted"], linewidth=1.2))
        legend = "box: theoretical field; red: root mean square gradient\n"
        legend += "+: centre of the field; grey: outside the image"
        text(fig, 2.3, 0.4, legend, "muted", 10, ha="center", va="center")
        return artists

    def update(self, artists, model):
        shown = dict(zip(model.places, zip(model.views, model.heats, strict=True), strict=True))
        for i in range(DEPTH + 1):
            for kind in ("heat", "box", "name"):
                artists[f"{kind} {i}"].set_visible(i in shown or (i in model.later and kind != "box"))
            if i in model.later:
                self._later(artists, i, model.later[i])
            if i not in shown:
                continue
            view, heat = shown[i]
            margin = picture.margin(view)
            low, high = -margin - 0.5, view.size + margin - 0.5
            artists[f"heat {i}"].axes.set(xlim=(low, high), ylim=(high, low))
            artists[f"heat {i}"].set_pixels(picture.colours(heat, margin), (-margin, -margin))
            (top, bottom), (left, right) = (
                picture.span(view.patch, at, -margin, view.size + margin) for at in model.unit
            )
            move(artists[f"box {i}"], top, left, bottom - top, right - left)
            name = f"Input {view.size} × {view.size}" if i == 0 else f"after {i}: {view.size} × {view.size}"
            artists[f"name {i}"].lines = [name]
        field = model.views[-1].seen
        row, column = (field.centre + at * field.jump for at in model.unit)
        artists["centre"].set_data([column], [row])
        artists["table"].lines = picture.table(model.views, model.places)
        artists["wires"].set_segments(picture.wires(model.views))

    def _later(self, artists, place, view):
        """A map after the unit's: it moves nothing there, but can be pointed at."""
        low, high, size = -picture.margin(view) - 0.5, view.size + picture.margin(view) - 0.5, view.size
        artists[f"heat {place}"].axes.set(xlim=(low, high), ylim=(high, low))
        artists[f"heat {place}"].set_pixels(np.full((size, size, 3), tint("padding", 0.3)), (0, 0))
        artists[f"name {place}"].lines = [f"after {place}: {size} × {size}"]

    def words(self, model):
        views, heat, size = model.views, model.heats[0], model.size
        field, last = views[-1].seen, views[-1].size
        names = ", then ".join(picture.told(view.name) for view in views[1:]) or "no layer"
        reach = [field.first + at * field.jump for at in model.unit]
        ends = [(first, first + field.size - 1) for first in reach]
        own = any(name in fields.OWN for name in model.stack)
        padding = "" if own else f"; {'with' if model.padded else 'no'} padding"
        later = f" (then {many(len(model.later), 'more layer')})" if model.later else ""
        text = (
            f"Input {size} × {size}; {names}{later}{padding}. The {'map' if later else 'output'} is "
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
            f"Root mean square of its gradient{picture.averaged(model)}. "
            f"Pixels that move it: {len(moving)}, in rows {top} to {bottom}, columns {left} to {right}. "
            f"Two standard deviations to each side of the mean span {4 * fields.spread(heat):.1f} columns."
        )
        return text

    def torch_code(self, model):
        words = fields.words(model.stack, model.padded)
        if (
            not words
            or any(name in fields.OWN for name in model.stack)
            or any(isinstance(word, Residual) for word in words)
        ):
            return ""
        return f"torch.nn.Sequential({', '.join(map(picture.in_torch, words))})"

    def spots(self, artists, model):
        found, input_, last, here = [], model.views[0], model.views[-1], len(model.views) - 1
        for order, (i, view) in enumerate(self._maps(model), start=1):
            margin, units = 0 if i in model.later else picture.margin(view), range(view.size)
            look = spots.plane(
                artists[f"heat {i}"], f"Unit after layer {i}", ("row", units), ("column", units), margin
            )
            found.append(look if order == here else look._replace(also={"at": order}))
        if last is not input_:  # a pixel stands for the units in whose fields it lies
            size, jump, first = last.seen
            starts = [round(first + unit * jump) for unit in range(last.size)]
            units = spots.readers(input_.size, [range(start, start + size) for start in starts])
            margin, grid = picture.margin(input_), artists["heat 0"]
            found.append(spots.plane(grid, "Pixel", ("row", units), ("column", units), margin))
        return found

    def _maps(self, model):
        """(place, View) of all layers' maps, also of those after the unit."""
        return [*list(zip(model.places, model.views, strict=True))[1:], *model.later.items()]


def _stack(state):
    return tuple(state[name] for name in LAYERS)


def _depth(state):
    """How many layers lie before the unit."""
    return min(state["at"], sum(name != "none" for name in _stack(state)))


def _views(state):
    return fields.views(_stack(state), state["size"], state["padded"])
