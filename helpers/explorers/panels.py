"""Panels: a map or a kernel with its title, its value range and a frame around what is strongest."""

import re

import numpy as np

from helpers.drawing import CellGrid, Cells, bare, colours, frame, label, move
from helpers.lettering import Lines
from helpers.style import DIVERGING, SEQUENTIAL

NUMBERED = 10  # a map with more cells a side is shown without numbers


def panel(fig, key, left, bottom, side, role):
    """Lay out a square panel, in inches, and return its artists by name."""
    width, height = fig.get_size_inches()
    ax = bare(fig.add_axes([left / width, bottom / height, side / width, side / height]))
    ax.set_zorder(1)
    middle = (left + side / 2) / width
    return {
        f"map {key}": Cells(ax),
        f"cells {key}": CellGrid(ax, np.zeros((1, 1)), 1.0, fontsize=9.5),
        f"edge {key}": frame(ax, 0, 0, 1, 1, "muted", 0.8, clip_on=False),
        f"mark {key}": frame(ax, 0, 0, 1, 1, "window", 2.6, clip_on=False),
        f"title {key}": Lines(fig, middle, (bottom + side + 0.27) / height, 11, centred=True, role=role),
        f"range {key}": Lines(fig, middle, (bottom - 0.02) / height, 9, centred=True, role="muted"),
    }


def put(artists, key, values, title, below, limit=None, mark=None):
    """Show ``values`` (H, W) in a panel: signed up to ``limit``, or in grey without one.

    ``mark`` is the block to be framed, (row, column, height, width), or None.
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
    numbered = side <= NUMBERED
    cells.set_visible(numbered)
    map_.set_visible(not numbered)
    if numbered:
        cells.set_cells(square, painted, _short(square))
    else:
        map_.colours = painted
    move(artists[f"edge {key}"], 0, 0, rows, columns)
    artists[f"edge {key}"].set_visible(True)
    artists[f"mark {key}"].set_visible(mark is not None)
    if mark is not None:
        around = side // 22  # a frame of one cell in a large map would not be seen
        row, column, height, width = mark
        move(artists[f"mark {key}"], row - around, column - around, height + 2 * around, width + 2 * around)
    for name, text in (("title", title), ("range", below)):
        artists[f"{name} {key}"].lines = [text]
        artists[f"{name} {key}"].set_visible(True)


def hide(artists, key):
    """Show nothing in a panel."""
    for name in ("map", "cells", "edge", "mark", "title", "range"):
        artists[f"{name} {key}"].set_visible(False)


def _short(values):
    """Numbers as they fit their cells: fewer digits, and −.5 for a negative half, where cells are narrow."""
    room = 5 if len(values) <= 4 else 4 if len(values) <= 5 else 3
    for digits in (2, 1, 0) if len(values) <= 8 else (1, 0):
        different, places = np.unique(np.round(values, digits), return_inverse=True)
        texts = [label(value) for value in different.tolist()]
        if room < 5:
            texts = [re.sub(r"^(−?)0\.", r"\1.", text) for text in texts]
        if max(map(len, texts)) <= room:
            break
    return np.array(texts, dtype=object)[places].reshape(values.shape)
