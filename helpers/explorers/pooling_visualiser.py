"""Pooling: which windows there are, which pixel wins each, and what a shift does to the output."""

import textwrap
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import tint
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.contract import saying
from helpers.explorers.parts.controls import Choice, Integer, Preset
from helpers.numerals import label, rows
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
    caption = (
        "Each colour is a window on the input and the output it makes. A ring marks the pixel that wins a "
        "window, stripes what no window reads, a red dot an output that the shift has changed."
    )
    size = (8.4, 5.85)
    inputs = {
        "kind": Choice("Kind", ["max", "average", "blurred max"]),
        "window": Integer("Window K", 1, 5, 2),
        "stride": Integer("Stride S", 1, 4, 2),
        "padding": Integer("Padding P", 0, 2, 0),
        "shift": Integer("Shift to the right", 0, 7, 0),
        "data": Integer("Data set", 0, LAST, 0),
        "position": Integer("Marked window", 0, 80, 0),
    }
    presets = {
        "new data": Preset(
            "New data", "Take the next data set", lambda state: {"data": (state["data"] + 1) % (LAST + 1)}
        )
    }
    player = "position"
    _often = {"kind": inputs["kind"].options, "padding": (0, 1), "position": range(81)}
    tour = [
        _often | {"window": range(1, 6), "stride": range(1, 5), "shift": range(4), "data": range(4)},
        _often | {"window": (2, 3), "stride": (2, 3), "shift": range(2), "data": (4, 5)},
    ]

    def limits(self, state):
        return {"shift": len(data_set(state["data"])) - 1, "position": _side(state) ** 2 - 1}

    def solve(self, state):
        with saying("No output."):
            side = _side(state)
        data = data_set(state["data"])
        image = np.roll(data, state["shift"], axis=1)
        starts = np.arange(side) * state["stride"]  # in padded coordinates
        reading = starts[:, None] + np.arange(state["window"]) - state["padding"]  # (side, K), pixels
        row, column = divmod(state["position"], side)
        before, now = _pool(data, state), _pool(image, state)
        found = {"image": image, "side": side, "starts": starts, "reading": reading, "row": row}
        found |= {"column": column, "before": before, "now": now, "changed": ~np.isclose(before, now)}
        return SimpleNamespace(**state, **found, winners=_winners(image, state))

    def start(self, fig, model):
        note = "ring: wins a window    stripes: no window reads it    red dot: changed by the shift"
        text(fig, GAP, 0.76, note, "muted", 10, va="center")
        plane = axes(fig, GAP, BOTTOM, PLANE)
        before, now = axes(fig, RIGHT, UPPER, SIDE), axes(fig, RIGHT, BOTTOM, SIDE)
        artists = {}
        ring = {"markerfacecolor": "none", "markeredgecolor": ROLES["ink"], "markeredgewidth": 2.2}
        for name, ax in (("plane", plane), ("before", before), ("now", now)):
            artists[name] = CellGrid(ax, fontsize=13 if name == "plane" else 11)
            artists[f"{name} mark"] = frame(ax, 0, 0, 1, 1, "ink", 2.5, clip_on=False)
        return artists | {
            "winners": plane.plot([], [], "o", clip_on=False, **ring)[0],
            "changed": now.plot([], [], "o", color=ROLES["positive"], markersize=5, clip_on=False)[0],
            "plane title": Lines(fig, GAP, BOTTOM + PLANE + 0.29, 12),
            "before title": Lines(fig, RIGHT, UPPER + SIDE + 0.29, 12, "output"),
            "now title": Lines(fig, RIGHT, BOTTOM + SIDE + 0.29, 12, "output"),
            "sum": Lines(fig, GAP, 0.58, 11),
        }

    def update(self, artists, model):
        image, padding, side, starts = model.image, model.padding, model.side, model.starts
        padded = len(image) + 2 * padding
        # A pixel read by several windows has the mean of their colours.
        own = np.array([[COLOURS[2 * (i % 2) + j % 2] for j in range(side)] for i in range(side)])
        reads = (model.reading[..., None] + padding == np.arange(padded)).sum(axis=1)  # (side, padded): 0, 1
        count = np.outer(reads.sum(axis=0), reads.sum(axis=0))[..., None]
        faces = np.einsum("ir,jc,ijk->rck", reads, reads, own)
        faces = np.where(count > 0, faces / np.maximum(count, 1), 1.0)
        outside = np.ones((padded, padded), bool)
        outside[padding : padded - padding, padding : padded - padding] = False
        faces[outside] = 0.5 * faces[outside] + 0.5 * np.array(tint("padding", 0.5))
        labels = np.full((padded, padded), "0" if model.kind == "average" else "\u2212∞", dtype=object)
        labels[~outside] = [label(value) for value in image.ravel().tolist()]
        # One row and one column more, for the numbers of the columns and the rows.
        numbers = [""] * (padding + 1) + [str(i) for i in range(len(image))] + [""] * padding
        labels = np.vstack([numbers, np.column_stack([numbers[1:], labels])])
        faces = np.pad(faces, ((1, 0), (1, 0), (0, 0)), constant_values=0.96)
        hatch = np.pad(count[..., 0] == 0, ((1, 0), (1, 0)))
        artists["plane"].set_cells(np.zeros(labels.shape), faces, labels, hatch, (-1, -1))
        artists["plane"].axes.set(xlim=(-1.5, padded - 0.5), ylim=(padded - 0.5, -1.5))
        move(artists["plane mark"], starts[model.row], starts[model.column], model.window, model.window)
        artists["winners"].set_visible(model.kind != "average")
        artists["winners"].set_data(*(np.array(model.winners).T[::-1] + padding))
        artists["winners"].set_markersize(0.78 * 72 * PLANE / (padded + 1))  # points

        for name, values in (("before", model.before), ("now", model.now)):
            shown = [[_short(v, side) for v in line] for line in values.tolist()]
            artists[name].set_cells(values, own, shown)
            artists[name].axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
            move(artists[f"{name} mark"], model.row, model.column)
        y, x = np.nonzero(model.changed)
        artists["changed"].set_data(x + 0.36, y - 0.36)
        artists["changed"].set_markersize(5 if side <= 5 else 3.5)
        moved = f"moved {model.shift} to the right" if model.shift else "not moved"
        artists["plane title"].lines = [f"Input {len(image)} × {len(image)}, {moved}"]
        artists["before title"].lines = [f"Output without the shift: {side} × {side}"]
        changed = f"{len(x)} of {side**2} changed" if model.shift else "no shift, so the same"
        artists["now title"].lines = [f"Output now: {changed}"]
        artists["sum"].lines = textwrap.wrap(_reckon(model), 98)

    def words(self, model):
        size, side, shift = len(model.image), model.side, model.shift
        text = (
            f"{model.kind.capitalize()} pooling with {model.window} × {model.window} windows, stride "
            f"{model.stride}{f', padding {model.padding}' if model.padding else ''}, of data set "
            f"{model.data}, {size} × {size}: the output is {side} × {side}. "
        )
        if side <= 4:
            text += f"It is {_rows(model.now)}. "
        if shift:
            changed = model.changed.sum()
            text += f"The input is rolled {shift} to the right, and {changed} of {side**2} outputs changed. "
            steps, rest = divmod(shift, model.stride)
            if changed and not rest and np.allclose(np.roll(model.before, steps, axis=1), model.now):
                text += f"The output only moved, {steps} to the right. "
        if missed := [pixel for pixel in range(size) if pixel not in model.reading]:
            text += f"No window reads rows and columns {', '.join(map(str, missed))}. "
        return text + _reckon(model)

    def torch_code(self, model):
        if model.kind == "blurred max":
            return ""
        layer = "MaxPool2d" if model.kind == "max" else "AvgPool2d"
        stride = f", stride={model.stride}" if model.stride != model.window else ""
        padding = f", padding={model.padding}" if model.padding else ""
        return f"torch.nn.{layer}({model.window}{stride}{padding})"

    def spots(self, artists, model):
        reading = spots.readers(len(model.image), model.reading.tolist())

        def setting(row, column):
            return {"position": row * model.side + column}

        def pixel(row, column):
            row, column = row - model.padding, column - model.padding
            if not (0 <= row < len(reading) and 0 <= column < len(reading)):
                return None
            words, settings = spots.read_by(reading[row], reading[column], setting)
            return f"Input ({row}, {column}){words}", settings

        def output(row, column):
            return f"Output ({row}, {column})", setting(row, column)

        grids = (("plane", pixel), ("before", output), ("now", output))
        return [spot for name, meaning in grids for spot in spots.cells(artists[name], meaning)]


@lru_cache
def data_set(number):
    if number < len(CHAPTER):
        return np.array(CHAPTER[number], dtype=float)
    rng = np.random.default_rng(number)
    if number % 3 == 0:  # sparse, as after ReLU
        return np.maximum(np.round(4 * rng.normal(size=(8, 8)) - 1), 0)
    if number % 3 == 1:
        return rng.integers(0, 10, size=(8, 8)).astype(float)
    return rng.integers(-9, 10, size=(6, 6)).astype(float)  # smaller: a minus sign takes room


def _side(state):
    size = len(data_set(state["data"]))
    return pool_output_size(size, state["window"], state["stride"], state["padding"])


def _pool(image, state):
    kernel, stride, padding = (state[name] for name in ("window", "stride", "padding"))
    if state["kind"] == "average":
        return avg_pool2d(image[None], kernel, stride, padding)[0]
    if state["kind"] == "max":
        return max_pool2d(image[None], kernel, stride, padding)[0]
    every = max_pool2d(image[None], kernel, 1, padding)  # then blur, and of that every S-th
    return conv2d(pad(every, (1, 1, 1, 1), mode="replicate"), BLUR[None, None], stride=stride)[0]


def _winners(image, state):
    """Return (row, column) of each window's winner, the first of equals, windows in reading order."""
    options = (state["window"], state["stride"], state["padding"])
    _, places = max_pool2d(image[None], *options, return_indices=True)
    return [divmod(int(place), image.shape[1]) for place in places.ravel()]


def _reckon(model):
    """Say how the marked window's output comes about."""
    top, left = (model.starts[at] - model.padding for at in (model.row, model.column))
    block = model.image[max(top, 0) : top + model.window, max(left, 0) : left + model.window]
    result = label(model.now[model.row, model.column])
    text = f"Output ({model.row}, {model.column}): "
    if model.kind == "average":
        parts = model.window**2
        return text + f"{_rows(block)} sums to {label(block.sum())}; divided by {parts}: {result}."
    won = model.winners[model.position]
    ties = int((block == block.max()).sum())
    which = f"the first of {ties} equals, " if ties > 1 else ""
    text += f"the largest of {_rows(block)} is {label(block.max())}, {which}at row {won[0]}, column {won[1]}"
    blurred = f"; blended with its neighbours' largest: {result}"
    return text + (blurred if model.kind != "max" else "") + "."


def _short(value, side):
    """Return a number that fits an output cell: fewer decimals where there are many cells."""
    return label(value if side <= 5 else round(value, 1))


def _rows(values):
    return rows([[label(value) for value in line] for line in values.tolist()])
