"""The picture: a plane with its windows, one axis of it, and the small array that the windows belong to."""

import numpy as np

from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import tint
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts.panels import LEAST
from helpers.explorers.stride import axis
from helpers.numerals import label, many, sizes

AXIS = (3.6, 1.9)  # inches of the picture of one axis


def start(fig):
    """Draw what never moves; return the artists that do, by name."""
    plane, line = axes(fig, 0.1, 1.35, 4.4), axes(fig, 4.7, 2.4, *AXIS)
    small, kernel = axes(fig, 4.75, 0.2, 1.75), axes(fig, 6.85, 0.55, 1.4)
    note = "dot: first tap of a window; stripes: in no window"
    text(fig, 2.3, 1.156, note, "muted", 10, ha="center")
    return {
        "plane": CellGrid(plane),
        "axis": CellGrid(line, fontsize=9),
        "small": CellGrid(small),
        "kernel": CellGrid(kernel),
        "window": frame(plane, 0, 0, 1, 1),
        "cell": frame(small, 0, 0, 1, 1, linewidth=2.2),
        "corners": plane.plot([], [], "o", color=ROLES["kernel"], markersize=4.5)[0],
        "plane title": Lines(fig, 2.3, 5.97, align="center", stand="middle"),
        "axis title": Lines(fig, 4.75, 4.5, stand="middle"),
        "small title": Lines(fig, 4.75, 2.12, 10.5, stand="middle"),
        "kernel title": Lines(fig, 6.85, 2.12, 10.5, stand="middle"),
        "formula": Lines(fig, 4.75, 6.1),
        "sum": Lines(fig, 0.15, 0.98, 10.5),
    }


def update(artists, model):
    """Set the artists to the model."""
    down, across, big, little = model.down, model.across, "input", "output"
    if model.transposed:
        big, little = little, big
    faces = np.where(model.inside[..., None], tint(big, 0.35), tint("padding", 0.35))
    faces[model.block] = np.where(
        model.inside[model.block][..., None], tint("window", 0.75), tint("window", 0.4)
    )
    hatch = np.add.outer(down.missed, across.missed) & (not model.hidden)
    shown = model.numbers and not model.hidden
    numbered = _cells(artists["plane"], model.plane, faces, shown, hatch)
    move(artists["window"], down.starts[model.row], across.starts[model.column], down.span, across.span)
    y, x = np.meshgrid(down.starts, across.starts, indexing="ij")
    artists["corners"].set_data(x.ravel(), y.ravel())
    artists["corners"].set_visible(not model.hidden and not shown)
    _draw_axis(artists["axis"], model, big)

    _cells(artists["small"], model.small, tint(little, 0.35), shown)
    move(artists["cell"], model.row, model.column)
    _cells(artists["kernel"], model.weight, tint("kernel", 0.35), model.numbers, least=4)
    for name in ("small", "cell"):
        artists[name].set_visible(not model.hidden or model.transposed)

    cut = model.transposed and model.padding
    name = "Output before the cut" if cut else "Output" if model.transposed else "Padded input"
    size = "" if model.hidden and model.transposed else f" {sizes(model.plane.shape, ' × ')}"
    few = "" if numbered or not shown else ", no room for numbers"
    artists["plane title"].set_text(f"{name}{size}{few}")
    windows = "how many windows?" if model.hidden else many(across.windows, "window")
    artists["axis title"].set_text(f"Along one axis: {windows}")
    size = "?" if model.hidden and not model.transposed else sizes(model.small.shape, " × ")
    artists["small title"].set_text(f"{little.capitalize()} {size}")
    artists["kernel title"].set_text(f"Kernel {sizes(model.weight.shape, ' × ')}")
    artists["formula"].set_text(axis.formula(model))
    artists["sum"].set_text(reckoned(model) if shown else "")


def _draw_axis(grid, model, big):
    """The plane's first row on top, below it one row per window with its taps."""
    across, padding, windows = model.across, model.padding, 0 if model.hidden else model.across.windows
    bars = np.ones((1 + windows, across.length, 3))
    bars[0] = np.where(across.inside[:, None], tint(big, 0.35), tint("padding", 0.35))
    names, striped = np.full(bars.shape[:2], "", dtype=object), np.zeros(bars.shape[:2], bool)
    names[0, across.inside] = [str(i) for i in range(across.length - 2 * padding)]
    striped[0] = across.missed & (not model.hidden)
    for i in range(windows):
        bars[1 + i, across.starts[i] + across.taps] = tint("window", 0.75 if i == model.column else 0.4)
    grid.set_cells(np.zeros(bars.shape[:2]), bars, names, striped)
    wide = max(across.length, (1 + windows) * AXIS[0] / AXIS[1])
    grid.axes.set(xlim=(-0.5, wide - 0.5), ylim=(wide * AXIS[1] / AXIS[0] - 0.5, -0.5))
    _legible(grid)


def _cells(grid, values, faces, numbered, hatch=None, least=1):
    """Let values fill square axes, numbered unless that would be too small to read; whether they are."""
    names = [[label(value) if numbered else "" for value in row] for row in values.tolist()]
    grid.set_cells(values, faces, names, hatch)
    count = max(least, *values.shape)
    grid.axes.set(xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
    return numbered and _legible(grid)


def _legible(grid):
    """Whether a reader can read the numbers in the cells; if not, they are taken out."""
    fits = grid.type_size() >= LEAST
    if not fits:
        grid.set_cells(grid.values, grid.colours, np.full(grid.values.shape, ""), grid.hatch)
    return fits


def reckoned(model):
    """The marked window's products and what they add up to, in lines of one row of the kernel each."""
    at = model.small[model.row, model.column]
    if model.transposed:
        return f"{label(at)} times the kernel is added to the cells of the window."
    values = model.plane[model.block]
    if values.size > 9:
        return f"{values.size} products add up to {label(at)}."
    rows = [
        " + ".join(f"{label(value)}·{label(weight)}" for value, weight in zip(*pair, strict=True))
        for pair in zip(values.tolist(), model.weight.tolist(), strict=True)
    ]
    return "\n+ ".join(rows) + f" = {label(at)}"
