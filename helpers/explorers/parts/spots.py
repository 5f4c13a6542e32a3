"""Spots: the places of a picture that can be pointed at, and what pointing at each of them sets."""

from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from matplotlib.collections import PolyCollection

from helpers.numerals import many


class Spot(NamedTuple):
    """A rectangle of the picture, as fractions of its width and height from its upper left corner.

    ``label`` are the words for a screen reader. ``settings`` is a dict, name -> value, or a list of several,
    which pointing at the spot again and again goes through.
    """

    left: float
    top: float
    width: float
    height: float
    label: str
    settings: dict | list

    def after(self, state):
        """Return what pointing sets in this state."""
        if isinstance(self.settings, dict):
            return self.settings
        now = [place for place, given in enumerate(self.settings) if given.items() <= state.items()]
        return self.settings[(now[0] + 1) % len(self.settings)] if now else self.settings[0]


class Plane(NamedTuple):
    """A rectangle of many small cells, such as a map's pixels: pointing at a cell sets one or two inputs.

    ``down`` is (name of an input, its value for each row of cells) and ``across`` the same for the columns;
    ``also`` is what each of them sets besides. Where both have a list of values for each row and column, the
    cells are an input's, and the lists are the outputs that read them: see readers().
    """

    left: float
    top: float
    width: float
    height: float
    label: str
    down: tuple
    across: tuple
    also: dict = MappingProxyType({})

    def spot(self, row, column):
        """Return the spot of one cell."""
        (down, rows), (across, columns) = self.down, self.across
        wide, high = self.width / len(columns), self.height / len(rows)
        place = self.left + column * wide, self.top + row * high, wide, high
        label, given = f"{self.label} ({row}, {column})", (rows[row], columns[column])

        def setting(one, other):
            return {**self.also, down: one, across: other}

        if isinstance(given[0], list):
            words, settings = read_by(*given, setting, "output")
            return Spot(*place, label + words, settings)
        return Spot(*place, label, setting(*given))


def hit(regions, x, y):
    """Return the Spot at fractions of the picture, or None: the smallest, and of equal ones the first."""
    found = []
    for part in regions:
        right, lower = x - part.left, y - part.top
        if 0 <= right < part.width and 0 <= lower < part.height:
            if isinstance(part, Plane):
                cells = len(part.down[1]), len(part.across[1])
                part = part.spot(int(lower / part.height * cells[0]), int(right / part.width * cells[1]))
            found.append(part)
    return min(found, key=lambda spot: spot.width * spot.height, default=None)


def readers(length, windows):
    """Return for each of ``length`` cells along an axis the places of the windows that read it.

    ``windows`` holds the cells of each window. Those whose middles are nearest come first.
    """
    found = [[] for _ in range(length)]
    for place, window in enumerate(windows):
        for cell in window:
            if 0 <= cell < length:
                found[cell].append((abs(2 * cell - window[0] - window[-1]), place))
    return [[place for _, place in sorted(several)] for several in found]


def read_by(rows, columns, setting, what="window"):
    """Return (words, settings) for a cell of the input that the outputs in these rows and columns read.

    Pointing at it again and again goes through them; ``setting(row, column)`` is that of one.
    """
    found = [setting(row, column) for row in rows for column in columns]
    return f", read by {many(len(found), what)}", found or {}


def plane(grid, label, down, across, margin=0):
    """Return the plane of a CellGrid's cells but ``margin`` at each side."""
    x, y = (edges[margin : len(edges) - margin] for edges in grid.edges())
    box = _spot(grid.get_figure().bbox, (x[0], y[-1], x[-1], y[0]), label, {})
    return Plane(*box[:5], down, across)


def cells(grid, meaning):
    """Return a spot for each cell of a CellGrid for which ``meaning(row, column)`` gives (label, settings).

    Rows and columns are those of the axes' data coordinates; None means that nothing is there to point at.
    """
    return _between(grid, *grid.edges(), meaning)


def rows(grid, meaning):
    """Return a spot for each whole row of a CellGrid; ``meaning(row)`` is as in cells()."""
    x, y = grid.edges()
    return _between(grid, x[[0, -1]], y, lambda row, _: meaning(row))


def _between(grid, x, y, meaning):
    """Spots between edges x and y in pixels; the first has the row and column of the grid's first cell."""
    box, found = grid.get_figure().bbox, []
    across = list(zip((x / box.width).tolist(), (np.diff(x) / box.width).tolist(), strict=False))
    down = list(zip((1 - y / box.height).tolist(), (-np.diff(y) / box.height).tolist(), strict=False))
    for i, (top, height) in enumerate(down):
        for j, (left, width) in enumerate(across):
            if told := meaning(i + grid.origin[0], j + grid.origin[1]):
                found.append(Spot(left, top, width, height, *told))
    return found


def part(artist, label, settings):
    """Return a spot that an axes, a patch or a collection of polygons fills."""
    if isinstance(artist, PolyCollection):
        corners = np.vstack([path.vertices for path in artist.get_paths()])
        points = artist.get_transform().transform(corners)
        extents = (*points.min(axis=0), *points.max(axis=0))
    else:
        extents = artist.get_window_extent().extents
    return _spot(artist.get_figure().bbox, extents, label, settings)


def inches(size, box, label, settings):
    """Return a spot at (x, y, width, height) in inches from the lower left corner of a picture that large."""
    x, y, width, height = box
    return Spot(x / size[0], 1 - (y + height) / size[1], width / size[0], height / size[1], label, settings)


def pulled(size, bar, ends):
    """Return the spots along a bar that is as long as a setting makes it, so that its end can be pulled.

    ``bar`` is (x, y, height) in inches, ``ends`` a list of (length, label, settings), the shortest first; an
    end can be pulled from half way to the one before it to half way to the one after it.
    """
    x, y, height = bar
    reach = [length for length, _, _ in ends]
    middles = [(a + b) / 2 for a, b in zip(reach, reach[1:], strict=False)]
    lows, highs = [0.0, *middles], [*middles, reach[-1] + 0.15]
    return [
        inches(size, (x + low, y, high - low, height), label, settings)
        for low, high, (_, label, settings) in zip(lows, highs, ends, strict=True)
        if high > low
    ]


def _spot(figure, extents, label, settings):
    left, bottom, right, top = (float(edge) for edge in extents)
    wide, high = float(figure.width), float(figure.height)
    place = left / wide, 1 - top / high, (right - left) / wide, (top - bottom) / high
    return Spot(*place, label, settings)
