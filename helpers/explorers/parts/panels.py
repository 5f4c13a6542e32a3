"""Panels: a map or a kernel with its title, its value range and a frame around what is strongest."""

import numpy as np

from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import LIFT, colours
from helpers.drawing.lettering import Lines, stamp_width
from helpers.drawing.places import axes
from helpers.drawing.style import DIVERGING, DPI, SEQUENTIAL
from helpers.numerals import rounded, texts

NUMBERED = 10  # a map with more cells a side is shown without numbers
LEAST, MOST = 12, 19  # pixels of type in the stored picture; 12 are 8 on the page, the least to be read


def panel(fig, key, left, bottom, side, role):
    """Lay out a square panel, in inches, and return its artists by name."""
    ax = axes(fig, left, bottom, side)
    ax.set_zorder(1)
    middle = left + side / 2
    return {
        f"cells {key}": CellGrid(ax, fontsize=MOST * 72 / DPI),
        f"edge {key}": frame(ax, 0, 0, 1, 1, "muted", 0.8, clip_on=False),
        f"mark {key}": frame(ax, 0, 0, 1, 1, "window", 2.6, clip_on=False),
        f"title {key}": Lines(fig, middle, bottom + side + 0.27, 11, role, "center"),
        f"range {key}": Lines(fig, middle, bottom - 0.02, 9, "muted", "center"),
    }


def put(artists, key, values, title, below, limit=None, mark=None, like=None):
    """Show ``values`` (H, W) in a panel: signed up to ``limit``, or in grey without one.

    ``below`` are the lines under it. ``mark`` is the block to be framed, (row, column, height, width), or
    None. The numbers have as many digits as those of the map ``like`` would have, by default their own.
    """
    rows, columns = values.shape
    side = max(rows, columns)
    cells, digits_of = artists[f"cells {key}"], values if like is None else like
    asked = (values.shape, values.tobytes(), limit, digits_of.tobytes())
    if getattr(cells, "asked", None) != asked:  # else it shows them already
        cells.asked = asked
        _fill(cells, values, side, limit, digits_of)
    move(artists[f"edge {key}"], 0, 0, rows, columns)
    if mark is not None:
        move(artists[f"mark {key}"], *_around(mark, side // 22, rows, columns))
    for name, lines in (("title", [title]), ("range", below)):
        artists[f"{name} {key}"].lines = lines
    for name in ("cells", "edge", "title", "range"):
        artists[f"{name} {key}"].set_visible(True)
    artists[f"mark {key}"].set_visible(mark is not None)


def _fill(cells, values, side, limit, digits_of):
    """Paint the values into a square of ``side`` cells, with their numbers where they can be read."""
    square = np.full((side, side), np.nan)  # what a flat kernel leaves free stays paper
    square[: values.shape[0], : values.shape[1]] = values
    if limit is None:
        high = max(values.max(), 1.0)
        dark = LIFT * high if side <= NUMBERED else 0.0  # numbers stand on it
        painted = colours(square, SEQUENTIAL, low=min(values.min(), -dark), high=high)
    else:
        painted = colours(square, DIVERGING, limit)
    if cells.axes.get_xlim()[1] != side - 0.5:
        cells.axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    digits = places(digits_of, cells.axes.bbox.width / side) if side <= NUMBERED else None
    if digits is None:
        cells.set_pixels(painted)
    else:
        cells.set_cells(square, painted, texts(square, digits))


def hide(artists, key):
    """Show nothing in a panel."""
    for name in ("cells", "edge", "mark", "title", "range"):
        artists[f"{name} {key}"].set_visible(False)


def _around(block, more, rows, columns):
    """The block (row, column, height, width) with ``more`` cells around it, but none outside the map.

    A frame of one cell in a large map would not be seen.
    """
    row, column, height, width = block
    top, left = max(row - more, 0), max(column - more, 0)
    bottom, right = min(row + height + more, rows), min(column + width + more, columns)
    return top, left, bottom - top, right - left


def places(values, cell):
    """How many digits after the point to show in square cells of ``cell`` pixels.

    As many as can be read, two at most, one in large maps, and none from 1000 up. None where even whole
    numbers are too wide, or where rounding to them would leave the numbers hardly a digit.
    """
    strongest, fractions = np.abs(values).max(), (values % 1).any()
    room, size = int(cell) - 4, min(int(0.62 * int(cell)), MOST)
    most = 0 if strongest >= 1000 else 2 if len(values) <= 8 else 1
    for digits in range(most, -1, -1):
        if fractions and rounded(strongest, digits) < (10 if digits == 0 else 10.0**-digits):
            return None
        # The widest number need not be the longest: a minus sign is wider than a digit.
        widest = max(stamp_width(text, size) for text in set(texts(values, digits).ravel().tolist()))
        if min(size, size * room / widest) >= LEAST:
            return digits
    return None
