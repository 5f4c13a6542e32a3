"""Inside a network: point at a number and see which numbers it was computed from, down to the pixels."""

from functools import lru_cache
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np

from helpers import datasets
from helpers.explorers.network import picture, pointing
from helpers.explorers.network.chain import check_answers, read, taken, taps, trace, way
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.board import Board
from helpers.explorers.parts.controls import Choice, Integer
from helpers.numerals import fixed, many, minus
from helpers.ops.losses import softmax
from helpers.pretrained import garments

MINE, DRAWING = "my picture", "my drawing"


class InsideTheNetwork(Explorer):
    """All layers of a small network on one picture, one number chosen, and where it came from.

    ``model`` is a chain of the book's or of PyTorch's layers, such as a Sequential, by default the LeNet
    that the book trained on garments; ``picture`` an array (C, H, W) or (H, W) with values from 0 to 1;
    ``classes`` the names of the scores.
    """

    title = "Inside a network"
    caption = (
        "A column for each layer; red is positive, blue negative, the picture grey. Amber: "
        "the chosen number; the others frame what it was computed from, layer by layer, down to the pixels."
    )
    size = picture.SIZE
    inputs = {
        "image": Choice("Picture", list(datasets.FASHION_CLASSES), "Ankle boot"),
        "layer": Choice("Layer", list(garments.untrained(np.random.default_rng(0)).layers), "conv2"),
        "map": Integer("Map, or place in the list", 1, 400, 3),
        "row": Integer("Row", 0, 27, 4),
        "column": Integer("Column", 0, 27, 5),
    }
    tour = {"image": ("T-shirt/top", "Bag"), "layer": inputs["layer"].options, "map": (1, 3, 10)}
    tour |= {"row": range(0, 28, 2), "column": (*range(0, 28, 2), 5)}  # a press takes the nearest

    def __init__(self, model=None, picture=None, classes=None, **state):
        chain = taken(model) if model is not None else garments.trained().layers
        own = None if picture is None else _own(picture)
        first = next(iter(pictures().values())) if own is None else own
        stages = way(chain, first)
        if model is not None:
            check_answers(model, stages)
        names = [stage.name for stage in stages]
        self._chain, self._pictures = chain, ({} if own is None else {MINE: own}) | pictures()
        if own is not None and own.shape != next(iter(pictures().values())).shape:
            self._pictures = {MINE: own}
        if len(first) == 1:  # grey: it can be drawn on
            self._pictures[DRAWING] = np.zeros_like(first)
        self._drawn, self._pen = 0, None
        self._classes = _named(classes, stages[-1].values.size)
        brought = {"model": model, "picture": picture, "classes": classes}
        self._brought = [name for name, given in brought.items() if given is not None]
        default = "conv2" if "conv2" in names else names[min(1, len(names) - 1)]
        longest, rows, columns = (max(stage.values.shape[axis] for stage in stages) for axis in range(3))
        self.inputs = {
            "image": Choice("Picture", list(self._pictures)),
            "layer": Choice("Layer", names, default),
            "map": Integer("Map, or place in the list", 1, longest, min(3, longest)),
            "row": Integer("Row", 0, rows - 1, min(4, rows - 1)),
            "column": Integer("Column", 0, columns - 1, min(5, columns - 1)),
        }
        super().__init__(**state)

    @property
    def brought(self):
        return self._brought + ["drawing"] * bool(self._drawn)

    def actions(self):
        ink = widgets.Button(description="Ink here", tooltip="Draw at this row and column of the picture")
        clear = widgets.Button(description="Clear", tooltip="Begin a drawing on an empty sheet")
        ink.on_click(lambda _: self.ink(self._state["row"], self._state["column"]))
        clear.on_click(lambda _: self._draw(np.zeros_like(self._pictures[DRAWING])))
        return {"ink": ink, "clear": clear} if DRAWING in self._pictures else {}

    def point(self, spot):
        """Choose a number, or draw: strokes of one touch are joined."""
        if spot.label.startswith(pointing.PAPER):
            self.ink(spot.settings["row"], spot.settings["column"])
        else:
            self._pen = None
            super().point(spot)

    def ink(self, row, column):
        """Draw a stroke from the last place, if it is near, to this one; the picture shown is drawn on."""
        start = (
            self._pen if self._pen and max(abs(row - self._pen[0]), abs(column - self._pen[1])) < 6 else None
        )
        self._pen = (row, column)
        old = self._pictures[self._state["image"]]
        self._draw(np.maximum(old, _stroke(old.shape[1:], start or self._pen, self._pen)))

    def _draw(self, new):
        self._drawn += 1
        self._pictures[DRAWING] = new
        self.take(
            {"image": DRAWING, "layer": "input"} | dict(zip(("row", "column"), self._pen or (), strict=False))
        )

    def stages(self, name):
        return self._way(name, self._drawn if name == DRAWING else 0)

    @lru_cache(maxsize=8)  # noqa: B019  (an explorer lives as long as its page)
    def _way(self, name, drawn):
        return way(self._chain, self._pictures[name])

    def limits(self, state):
        stages = self.stages(state["image"])
        (shape,) = (stage.values.shape for stage in stages if stage.name == state["layer"])
        return {"map": shape[0], "row": shape[1] - 1, "column": shape[2] - 1}

    def unused(self, state):
        off = [] if state["layer"] == "input" else ["ink", "clear"]
        return off + [name for name, most in self.limits(state).items() if most == self.inputs[name].low]

    def solve(self, state):
        stages = self.stages(state["image"])
        place = next(i for i, stage in enumerate(stages) if stage.name == state["layer"])
        unit = (state["map"] - 1, state["row"], state["column"])
        scores = stages[-1].values.ravel().astype(np.float64)
        model = SimpleNamespace(
            **state, stages=stages, place=place, unit=unit, trace=trace(stages, place, unit),
            value=float(stages[place].values[unit]), chances=softmax(scores, dim=0), classes=self._classes,
        )  # fmt: skip
        model.title = f"{_where(stages[place], unit)} = {fixed(model.value)}"
        model.reckoning = _reckoning(model) if place else ""
        return model

    def start(self, fig, model):
        picture.frame(Board(fig), model.stages)
        return {"board": Board(fig)}

    def update(self, artists, model):
        artists["board"].clear()
        picture.draw(artists["board"], model)

    def words(self, model):
        best = int(np.argmax(model.chances))
        text = f"{model.image}: the network says {model.classes[best]} with {fixed(model.chances[best])}. "
        text += f"{model.title[0].upper()}{model.title[1:]}. " + model.reckoning.replace("\n", "; ")
        if model.place:
            _, (top, bottom), (left, right) = model.trace[0]
            text += f". It sees rows {top} to {bottom}, columns {left} to {right} of the picture."
        return text

    def torch_code(self, model):
        layer = model.stages[model.place].layer
        return f"torch.nn.{str(layer).split('  ')[0]}" if layer else ""

    def spots(self, artists, model):
        return pointing.places(self.size, model, DRAWING)


@lru_cache
def pictures():
    """The first test picture of each garment, name -> (1, 28, 28), float32 in [0, 1]."""
    images, labels = datasets.fashion_mnist("test", raw=True)
    first = {name: int(np.flatnonzero(labels == i)[0]) for i, name in enumerate(datasets.FASHION_CLASSES)}
    return {name: images[place].astype(np.float32) / 255 for name, place in first.items()}


def _stroke(shape, start, end):
    """A line of ink, (rows, columns) from 0 to 1, about two pixels wide and soft at its edge."""
    place = np.stack(np.indices(shape), axis=-1)
    start, way = np.array(start), np.subtract(end, start)
    along = np.clip((place - start) @ way / max(way @ way, 1), 0, 1)
    away = np.hypot(*np.moveaxis(place - start - along[..., None] * way, -1, 0))
    return np.clip(1.8 - away, 0, 1)


def _own(array):
    """A reader's picture, (C, H, W)."""
    array = np.asarray(array, dtype=np.float32)
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"picture.shape={array.shape}: give finite numbers (H, W) or (C, H, W), from 0 to 1")
    return array


def _named(classes, count):
    """The names of the scores."""
    if classes is None:
        known = list(datasets.FASHION_CLASSES)
        return known if count == len(known) else [str(i) for i in range(count)]
    if len(classes) != count:
        raise ValueError(f"classes={classes!r}: the network has {count} scores; give as many names")
    return list(classes)


def _where(stage, unit):
    """A unit in words."""
    if stage.flat:
        return f"{stage.name}, number {unit[0] + 1} of {len(stage.values)}"
    return f"{stage.name}, map {unit[0] + 1} of {len(stage.values)}, row {unit[1]}, column {unit[2]}"


def _reckoning(model):
    """How the chosen number came about, in lines."""
    stage, before, unit = model.stages[model.place], model.stages[model.place - 1], model.unit
    values, value = taps(before, read(stage, before, unit)), fixed(model.value)
    if stage.kind == "ReLU":
        return f"max(0, {fixed(values.item())}) = {value}"
    if stage.kind == "Tanh":
        return f"tanh({fixed(values.item())}) = {value}"
    if stage.kind == "Flatten":
        channel, row, column = np.unravel_index(unit[0], before.values.shape)
        return f"the number of {before.name} in map {channel + 1}, row {row}, column {column}"
    if stage.kind in ("MaxPool2d", "AvgPool2d"):
        return f"the {'largest' if stage.kind == 'MaxPool2d' else 'mean'} of {values.size}: {value}"
    weight, bias = stage.layer.weight.data[unit[0]], float(stage.layer.bias.data[unit[0]])
    products = values.reshape(weight.shape) * weight
    if stage.kind == "Conv2d":
        lines = [f"{many(products.size, 'product')}: {fixed(products.sum())}", f"bias: {fixed(bias)}"]
        return "\n".join([*lines, f"together: {value}"])
    order = np.argsort(-np.abs(products), kind="stable")[: picture.SHOWN]
    lines = [
        f"{before.name} {i + 1}: {fixed(values.ravel()[i])} · {fixed(weight[i])} = {fixed(products[i])}"
        for i in order
    ]
    rest = products.sum() - products[order].sum()
    lines.append(f"the other {len(products) - len(order)} products: {fixed(rest)}")
    return "\n".join([*lines, minus(f"with the bias {bias:.2f} together: {model.value:.2f}")])
