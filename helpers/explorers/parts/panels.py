"""Panels: a map or a kernel with its title, its value range and a frame around what is strongest."""

import numpy as np

from helpers.drawing.cells import CellGrid, Cells, bare, colours, frame, move
from helpers.drawing.lettering import Lines
from helpers.drawing.style import DIVERGING, DPI, SEQUENTIAL
from helpers.explorers.parts import numerals

NUMBERED = 10  # a map with more cells a side is shown without numbers


def panel(fig, key, left, bottom, side, role):
    """Lay out a square panel, in inches, and return its artists by name."""
    width, height = fig.get_size_inches()
    ax = bare(fig.add_axes([left / width, bottom / height, side / width, side / height]))
    ax.set_zorder(1)
    middle = (left + side / 2) / width
    return {
        f"map {key}": Cells(ax),
        f"cells {key}": CellGrid(ax, np.zeros((1, 1)), 1.0, fontsize=numerals.MOST * 72 / DPI),
        f"edge {key}": frame(ax, 0, 0, 1, 1, "muted", 0.8, clip_on=False),
        f"mark {key}": frame(ax, 0, 0, 1, 1, "window", 2.6, clip_on=False),
        f"title {key}": Lines(fig, middle, (bottom + side + 0.27) / height, 11, centred=True, role=role),
        f"range {key}": Lines(fig, middle, (bottom - 0.02) / height, 9, centred=True, role="muted"),
    }


def put(artists, key, values, title, below, limit=None, mark=None, like=None):
    """Show ``values`` (H, W) in a panel: signed up to ``limit``, or in grey without one.

    ``below`` are the lines under it. ``mark`` is the block to be framed, (row, column, height, width), or
    None. The numbers have as many digits as those of the map ``like`` would have, by default their own.
    """
    rows, columns = values.shape
    side = max(rows, columns)
    square = np.full((side, side), np.nan)  # what a flat kernel leaves free stays paper
    square[:rows, :columns] = values
    low, high = min(values.min(), 0.0), max(values.max(), 1.0)
    painted = (
        colours(square, SEQUENTIAL, low=low, high=high)
        if limit is None
        else colours(square, DIVERGING, limit)
    )
    cells, map_ = artists[f"cells {key}"], artists[f"map {key}"]
    if cells.axes.get_xlim()[1] != side - 0.5:
        cells.axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    places, cell = None, cells.axes.bbox.width / side
    if side <= NUMBERED:
        places = numerals.places(values if like is None else like, cell)
    cells.set_visible(places is not None)
    map_.set_visible(places is None)
    if places is None:
        map_.colours = painted
    else:
        cells.set_cells(square, painted, numerals.texts(square, places))
    move(artists[f"edge {key}"], 0, 0, rows, columns)
    artists[f"edge {key}"].set_visible(True)
    artists[f"mark {key}"].set_visible(mark is not None)
    if mark is not None:
        move(artists[f"mark {key}"], *_around(mark, side // 22, rows, columns))
    for name, lines in (("title", [title]), ("range", below)):
        artists[f"{name} {key}"].lines = lines
        artists[f"{name} {key}"].set_visible(True)


def hide(artists, key):
    """Show nothing in a panel."""
    for name in ("map", "cells", "edge", "mark", "title", "range"):
        artists[f"{name} {key}"].set_visible(False)


def _around(block, more, rows, columns):
    """The block (row, column, height, width) with ``more`` cells around it, but none outside the map.

    A frame of one cell in a large map would not be seen.
    """
    row, column, height, width = block
    top, left = max(row - more, 0), max(column - more, 0)
    bottom, right = min(row + height + more, rows), min(column + width + more, columns)
    return top, left, bottom - top, right - left
