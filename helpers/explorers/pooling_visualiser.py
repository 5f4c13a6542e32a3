"""Pooling: which windows there are, which pixel wins each, and what a shift does to the output."""

import textwrap
from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from helpers.drawing.cells import CellGrid, frame, label, move, tint
from helpers.drawing.lettering import Lines
from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer
from helpers.ops.conv import conv2d
from helpers.ops.padding import pad
from helpers.ops.pool import avg_pool2d, max_pool2d
from helpers.ops.shapes import pool_output_size

# The first data sets are the chapter's own; those after them are drawn from their number as seed.
CHAPTER = (
    [[0, 1, 0, 0], [2, 9, 1, 0], [0, 0, 3, 1], [0, 0, 1, 0]],
    [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]],
    [[1, 3, 2, 4], [5, 6, 1, 8], [3, 2, 7, 1], [9, 4, 8, 3]],
)
LAST = 99
BLUR = np.outer([1, 2, 1], [1, 2, 1]) / 16
COLOURS = [tint(role, 0.5) for role in ("input", "window", "output", "kernel")]
PLANE, SIDE, BOTTOM, UPPER = 4.55, 2.1, 0.95, 3.4  # inches: sides and lower edges of the grids
GAP, RIGHT = 0.25, 5.2  # inches: left edges


class PoolingVisualiser(Explorer):
    """Coloured windows on a small map, their winners, and the output before and after a shift."""

    title = "Pooling"
    size = (8.4, 5.85)
    layout = "none"
    inputs = {
        "kind": Choice("Kind", ["max", "average", "blurred max"]),
        "window": Integer("Window K", 1, 5, 2),
        "stride": Integer("Stride S", 1, 4, 2),
        "padding": Integer("Padding P", 0, 2, 0),
        "shift": Integer("Shift to the right", 0, 7, 0),
        "data": Integer("Data set", 0, LAST, 0),
        "position": Integer("Marked window", 0, 80, 0),
    }
    player = "position"

    def actions(self):
        button = widgets.Button(description="New data", tooltip="Take the next data set")
        button.on_click(lambda _: self.set(data=(self.controls["data"].value + 1) % (LAST + 1)))
        return {"new data": button}

    def impossible(self, state):
        try:
            _side(state)
        except ValueError as reason:
            return f"No output. {reason}"
        return ""

    def limits(self, state):
        limits = {"shift": len(_data(state)) - 1}
        return limits if self.impossible(state) else limits | {"position": _side(state) ** 2 - 1}

    def start(self, fig, state):
        width, height = self.size

        def axes(left, bottom, side):
            ax = fig.add_axes([left / width, bottom / height, side / width, side / height])
            ax.axis("off")
            return ax

        def lines(x, top, size=12, role="ink"):
            return Lines(fig, x / width, top / height, size, role=role)

        note = "ring: wins a window    stripes: no window reads it    red dot: changed by the shift"
        fig.text(GAP / width, 0.76 / height, note, fontsize=10, va="center", color=ROLES["muted"])
        plane, before, now = axes(GAP, BOTTOM, PLANE), axes(RIGHT, UPPER, SIDE), axes(RIGHT, BOTTOM, SIDE)
        artists = {}
        ring = {"markerfacecolor": "none", "markeredgecolor": ROLES["ink"], "markeredgewidth": 2.2}
        for name, ax in (("plane", plane), ("before", before), ("now", now)):
            artists[name] = CellGrid(ax, np.zeros((1, 1)), 1.0, fontsize=13 if name == "plane" else 11)
            artists[f"{name} mark"] = frame(ax, 0, 0, 1, 1, "ink", 2.5, clip_on=False)
        return artists | {
            "winners": plane.plot([], [], "o", clip_on=False, **ring)[0],
            "changed": now.plot([], [], "o", color=ROLES["positive"], markersize=5, clip_on=False)[0],
            "plane title": lines(GAP, BOTTOM + PLANE + 0.29),
            "before title": lines(RIGHT, UPPER + SIDE + 0.29, role="output"),
            "now title": lines(RIGHT, BOTTOM + SIDE + 0.29, role="output"),
            "sum": lines(GAP, 0.58, 11),
        }

    def update(self, artists, state):
        image, padding, kernel = _image(state), state["padding"], state["window"]
        size, side = len(image), _side(state)
        padded = size + 2 * padding
        starts = np.arange(side) * state["stride"]
        row, column = divmod(state["position"], side)

        # A pixel read by several windows has the mean of their colours.
        faces, count = np.zeros((padded, padded, 3)), np.zeros((padded, padded, 1))
        output_faces = np.array([[COLOURS[2 * (i % 2) + j % 2] for j in range(side)] for i in range(side)])
        for i, top in enumerate(starts):
            for j, left in enumerate(starts):
                faces[top : top + kernel, left : left + kernel] += output_faces[i, j]
                count[top : top + kernel, left : left + kernel] += 1
        faces = np.where(count > 0, faces / np.maximum(count, 1), 1.0)
        outside = np.ones((padded, padded), bool)
        outside[padding : padding + size, padding : padding + size] = False
        faces[outside] = 0.5 * faces[outside] + 0.5 * np.array(tint("padding", 0.5))
        labels = np.full((padded, padded), "0" if state["kind"] == "average" else "\u2212∞", dtype=object)
        labels[~outside] = [label(value) for value in image.ravel().tolist()]
        # One row and one column more, for the numbers of the columns and the rows.
        numbers = [""] * (padding + 1) + [str(i) for i in range(size)] + [""] * padding
        labels = np.vstack([numbers, np.column_stack([numbers[1:], labels])])
        faces = np.pad(faces, ((1, 0), (1, 0), (0, 0)), constant_values=0.96)
        hatch = np.pad(count[..., 0] == 0, ((1, 0), (1, 0)))
        artists["plane"].set_cells(np.zeros(labels.shape), faces, labels, hatch, (-1, -1))
        artists["plane"].axes.set(xlim=(-1.5, padded - 0.5), ylim=(padded - 0.5, -1.5))
        move(artists["plane mark"], starts[row], starts[column], kernel, kernel)

        rings = artists["winners"]
        rings.set_visible(state["kind"] != "average")
        rings.set_data(*(np.array(_winners(state)).T[::-1] + padding))
        rings.set_markersize(0.78 * 72 * PLANE / (padded + 1))  # points

        before, now = _pool(_data(state), state), _pool(image, state)
        for name, values in (("before", before), ("now", now)):
            texts = [[_short(v, side) for v in line] for line in values.tolist()]
            artists[name].set_cells(values, output_faces, texts)
            artists[name].axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
            move(artists[f"{name} mark"], row, column)
        y, x = np.nonzero(~np.isclose(before, now))
        artists["changed"].set_data(x + 0.36, y - 0.36)
        artists["changed"].set_markersize(5 if side <= 5 else 3.5)

        shift = state["shift"]
        moved = f"moved {shift} to the right" if shift else "not moved"
        artists["plane title"].lines = [f"Input {size} × {size}, {moved}"]
        artists["before title"].lines = [f"Output without the shift: {side} × {side}"]
        changed = f"{len(x)} of {side**2} changed" if shift else "no shift, so the same"
        artists["now title"].lines = [f"Output now: {changed}"]
        artists["sum"].lines = textwrap.wrap(_reckon(state, row, column), 98)

    def words(self, state):
        image, side = _image(state), _side(state)
        before, now = _pool(_data(state), state), _pool(image, state)
        kernel, stride, padding = (state[name] for name in ("window", "stride", "padding"))
        text = (
            f"{state['kind'].capitalize()} pooling with {kernel} × {kernel} windows, stride {stride}"
            f"{f', padding {padding}' if padding else ''}, of data set {state['data']}, "
            f"{len(image)} × {len(image)}: the output is {side} × {side}. "
        )
        if side <= 4:
            text += f"It is {_rows(now)}. "
        if shift := state["shift"]:
            changed = int((~np.isclose(before, now)).sum())
            text += f"The input is rolled {shift} to the right, and {changed} of {side**2} outputs changed. "
            steps, rest = divmod(shift, stride)
            if changed and not rest and np.allclose(np.roll(before, steps, axis=1), now):
                text += f"The output only moved, {steps} to the right. "
        if missed := _missed(state):
            text += f"No window reads rows and columns {', '.join(map(str, missed))}. "
        return text + _reckon(state, *divmod(state["position"], side))

    def torch_code(self, state):
        if state["kind"] == "blurred max":
            return ""
        layer = "MaxPool2d" if state["kind"] == "max" else "AvgPool2d"
        stride = f", stride={state['stride']}" if state["stride"] != state["window"] else ""
        padding = f", padding={state['padding']}" if state["padding"] else ""
        return f"torch.nn.{layer}({state['window']}{stride}{padding})"


def _data(state):
    """Return the data set before any shift, (rows, columns), whole numbers as float64."""
    return _data_set(state["data"])


@lru_cache
def _data_set(number):
    if number < len(CHAPTER):
        return np.array(CHAPTER[number], dtype=float)
    rng = np.random.default_rng(number)
    if number % 3 == 0:  # sparse, as after ReLU
        return np.maximum(np.round(4 * rng.normal(size=(8, 8)) - 1), 0)
    if number % 3 == 1:
        return rng.integers(0, 10, size=(8, 8)).astype(float)
    return rng.integers(-9, 10, size=(6, 6)).astype(float)  # smaller: a minus sign takes room


def _image(state):
    return np.roll(_data(state), state["shift"], axis=1)


def _side(state):
    return pool_output_size(len(_data(state)), state["window"], state["stride"], state["padding"])


def _pool(image, state):
    kernel, stride, padding = (state[name] for name in ("window", "stride", "padding"))
    if state["kind"] == "average":
        return avg_pool2d(image[None], kernel, stride, padding)[0]
    if state["kind"] == "max":
        return max_pool2d(image[None], kernel, stride, padding)[0]
    every = max_pool2d(image[None], kernel, 1, padding)  # then blur, and of that every S-th
    return conv2d(pad(every, (1, 1, 1, 1), mode="replicate"), BLUR[None, None], stride=stride)[0]


def _winners(state):
    """Return (row, column) of each window's winner, the first of equals, windows in reading order."""
    image = _image(state)
    options = (state["window"], state["stride"], state["padding"])
    _, places = max_pool2d(image[None], *options, return_indices=True)
    return [divmod(int(place), image.shape[1]) for place in places.ravel()]


def _missed(state):
    size, starts = len(_data(state)), np.arange(_side(state)) * state["stride"] - state["padding"]
    read = (starts[:, None] + np.arange(state["window"])).ravel()
    return [pixel for pixel in range(size) if pixel not in read]


def _reckon(state, row, column):
    """Say how the marked window's output comes about."""
    image, kernel, padding = _image(state), state["window"], state["padding"]
    top, left = (at * state["stride"] - padding for at in (row, column))
    block = image[max(top, 0) : top + kernel, max(left, 0) : left + kernel]
    result = label(_pool(image, state)[row, column])
    text = f"Output ({row}, {column}): "
    if state["kind"] == "average":
        return text + f"{_rows(block)} sums to {label(block.sum())}; divided by {kernel**2}: {result}."
    won = _winners(state)[row * _side(state) + column]
    ties = int((block == block.max()).sum())
    which = f"the first of {ties} equals, " if ties > 1 else ""
    text += f"the largest of {_rows(block)} is {label(block.max())}, {which}at row {won[0]}, column {won[1]}"
    blurred = f"; blended with its neighbours' largest: {result}"
    return text + (blurred if state["kind"] != "max" else "") + "."


def _short(value, side):
    """Return a number that fits an output cell: fewer decimals where there are many cells."""
    return label(value if side <= 5 else round(value, 1))


def _rows(values):
    return " / ".join(" ".join(label(value) for value in line) for line in values.tolist())
