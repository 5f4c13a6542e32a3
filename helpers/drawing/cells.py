"""Drawing arrays as the book draws them: axes and arrays in, artists out, nothing else touched.

A renderer that has ``draw_cells(x, y, faces, labels, hatch, pixels)`` is given the cells themselves instead
of pixels: their edges in pixels from the lower left corner of the picture, x from left to right and y from
top to bottom, their colours (rows, columns, 3) as uint8, and, where there are any, the texts, the stripes and
the size of type.
"""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from helpers.drawing.colours import colours, dark
from helpers.drawing.lettering import stamp, stamp_width
from helpers.drawing.style import RGB, ROLES
from helpers.numerals import label


class CellGrid(Artist):
    """Coloured cells, one unit wide, painted as one image: with a number in each, or as plain pixels.

    A matplotlib Text costs 0.3 ms to draw and a grid holds hundreds, so numbers are stamped from cached
    renderings and only the cells that changed are painted again.
    """

    def __init__(self, ax, values=None, colours=1.0, labels=None, hatch=None, origin=(0, 0), fontsize=11):
        super().__init__()
        self.fontsize = fontsize
        self._painted = None
        self.set_transform(ax.transData)
        ax.add_artist(self)
        self.set_cells(np.zeros((1, 1)) if values is None else values, colours, labels, hatch, origin)

    def set_cells(self, values, colours, labels=None, hatch=None, origin=None):
        """Show ``values`` (rows, columns) in ``colours`` (rows, columns, 3); a hatched cell is striped.

        ``labels`` are strings (rows, columns), by default the values. ``origin`` is the (row, column) of
        the first cell in the axes' data coordinates.
        """
        self.values = np.asarray(values)
        self.colours = np.broadcast_to(np.array(colours, dtype=float), (*self.values.shape, 3))
        if labels is None:
            labels = [[label(value) for value in row] for row in self.values.tolist()]
        self.labels = np.array(labels, dtype=object).reshape(self.values.shape)
        self.hatch = np.zeros(self.values.shape, bool) if hatch is None else np.array(hatch, bool)
        self._place(origin)

    def set_pixels(self, colours, origin=None):
        """Show ``colours`` (rows, columns, 3), uint8 or from 0 to 1, without numbers: much faster."""
        self.values = self.labels = self.hatch = None
        self.colours = np.asarray(colours)
        self._place(origin)

    def _place(self, origin):
        if origin is not None:
            self.origin = origin
        self.stale = True

    @property
    def faces(self):
        """The colours as uint8."""
        whole = self.colours.dtype == np.uint8
        return self.colours if whole else np.round(255 * self.colours).astype(np.uint8)

    def edges(self):
        """Return the edges of columns, from left to right, and of rows, from top to bottom, in pixels."""
        rows, columns = self.colours.shape[:2]
        top, left = self.origin[0] - 0.5, self.origin[1] - 0.5
        # data -> pixels; y grows upwards in pixels, rows grow downwards
        (x0, y0), (x1, y1) = self.get_transform().transform([(left, top), (left + columns, top + rows)])
        if self.labels is None:
            return split(round(x0), round(x1), round(y1), round(y0), rows, columns)
        x = np.round(np.linspace(x0, x1, columns + 1)).astype(int)
        y = np.round(np.linspace(0, y0 - y1, rows + 1)).astype(int)
        return x, round(y1) + y[-1] - y

    def draw(self, renderer):
        if not self.get_visible() or self.colours.size == 0:
            return
        x, y = self.edges()
        if self.labels is None:
            paint(renderer, x, y, self.faces)
            return
        pixels = self.type_size((x, y))
        if hasattr(renderer, "draw_cells"):
            renderer.draw_cells(x, y, self.faces, self.labels, self.hatch, pixels)
        else:
            renderer.draw_image(renderer.new_gc(), x[0], y[-1], self._raster(x - x[0], y[0] - y, pixels))

    def type_size(self, edges=None):
        """Return the size of type, in pixels, at which the widest label still fits its cell."""
        (x, y), dpi = edges or self.edges(), self.get_figure().dpi
        wide, high = np.diff(x).min(), -np.diff(y).max()
        size = max(int(self.fontsize * dpi / 72), 4)
        size = max(min(size, int(0.62 * high)), 1)
        widest = max(self.labels.ravel(), key=len, default="")
        room = min(wide - 4, 2.2 * high)
        taken = stamp_width(widest, size) if widest else 1
        return max(min(size, int(size * room / taken)), 1) if taken > room else max(size, 1)

    def _raster(self, x, y, pixels):
        """Return the picture of cells with these edges, rows from the bottom up."""
        form = (tuple(x), tuple(y), pixels)
        if self._painted is None or self._painted[0] != form:
            self._painted = (form, np.zeros((y[-1], x[-1], 4), np.uint8), None)
        _, raster, before = self._painted
        now = (self.colours, self.labels, self.hatch)
        changed = np.ones(self.values.shape, bool)
        if before is not None:
            if all(new is old for new, old in zip(now, before, strict=True)):
                return raster[::-1]
            changed = (now[0] != before[0]).any(axis=2) | (now[1] != before[1]) | (now[2] != before[2])
        faces = self.faces
        for i, j in np.argwhere(changed).tolist():
            area = raster[y[i] : y[i + 1], x[j] : x[j + 1]]
            looks = self.labels[i, j], faces[i, j].tobytes(), bool(self.hatch[i, j])
            area[...] = _cell(*area.shape[:2], *looks, pixels)
        self._painted = (form, raster, now)
        return raster[::-1]


@lru_cache(maxsize=4096)  # an explorer asks for the same ones at every move
def split(left, right, bottom, top, rows, columns):
    """Return the edges of cells that fill a rectangle of pixels, each pixel in the cell of its middle."""
    x, y = (
        np.ceil(np.linspace(0, length, count + 1) - 0.5).astype(int)
        for length, count in ((right - left, columns), (top - bottom, rows))
    )
    return left + x, top - y


def paint(renderer, x, y, faces):
    """Paint plain cells (rows, columns, 3), uint8, with these edges: x from the left, y from the top down."""
    if hasattr(renderer, "draw_cells"):
        renderer.draw_cells(x, y, faces, None, None, 0)
        return
    opaque = np.full((*faces.shape[:2], 4), 255, np.uint8)
    opaque[..., :3] = faces
    whole = opaque.view(np.uint32)[::-1, :, 0]  # a pixel as one number; an image's rows begin at the bottom
    large = whole.repeat(x[1:] - x[:-1], axis=1).repeat((y[:-1] - y[1:])[::-1], axis=0)
    renderer.draw_image(renderer.new_gc(), x[0], y[-1], large.view(np.uint8).reshape(*large.shape, 4))


@lru_cache(maxsize=512)  # the cells of a picture are few of a kind
def _cell(height, width, text, face, hatched, pixels):
    """One cell (height, width, 4): face, stripes where hatched, a thin border, text in black or white."""
    face = np.frombuffer(face, np.uint8)
    area, night = np.full((height, width, 4), 255, np.uint8), dark(face)
    area[..., :3] = face
    if hatched:
        y, x = np.ogrid[:height, :width]
        area[(x + y) % 10 < 2, :3] = 140
    border = np.round(0.85 * face + (38 if night else 0))
    area[0, :, :3] = area[:, 0, :3] = area[-1, :, :3] = area[:, -1, :3] = border
    if not text or pixels < 6:
        return area
    coverage = stamp(text, pixels)
    h, w = min(coverage.shape[0], height), min(coverage.shape[1], width)
    y, x = (height - h) // 2, (width - w) // 2
    coverage = coverage[:h, :w, None]
    spot = area[y : y + h, x : x + w, :3]
    spot[...] = np.round(spot * (1 - coverage) + RGB["paper" if night else "ink"] * coverage)
    return area


def bare(ax, rows=None, columns=None, title=None, role="ink"):
    """Prepare axes for cells: row 0 at the top, square, nothing but a title in the role's colour."""
    if rows is not None:
        ax.set(xlim=(-0.55, columns - 0.45), ylim=(rows - 0.45, -0.55))
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    if title:
        ax.set_title(title, color=ROLES[role])
    return ax


def grid(ax, values, title=None, role="ink", ticks=True, fontsize=11, hatch=None, labels=None, **colouring):
    """Draw a small array (rows, columns) as numbered cells and return its CellGrid.

    ``colouring`` goes to :func:`colours`. With ``ticks`` rows and columns are numbered from 0.
    """
    values = np.asarray(values)
    rows, columns = values.shape
    bare(ax, rows, columns, title, role)
    if ticks:
        ax.set_xticks(range(columns))
        ax.set_yticks(range(rows))
        ax.tick_params(length=0, labelsize=9)
        ax.xaxis.tick_top()
    return CellGrid(ax, values, colours(values, **colouring), labels, hatch, fontsize=fontsize)


class Outline(Rectangle):
    """A rectangle that is never turned, which a picture with two dozen of them draws in half the time."""

    def get_patch_transform(self):
        return Affine2D.from_values(self.get_width(), 0, 0, self.get_height(), *self.get_xy())


def frame(ax, row, column, height, width, role="window", linewidth=3, **style):
    """Outline a block of cells and return the Rectangle; move it with :func:`move`."""
    box = Outline((0, 0), 1, 1, fill=False, edgecolor=ROLES[role], linewidth=linewidth, **style)
    ax.add_patch(box)
    return move(box, row, column, height, width)


def move(box, row, column, height=None, width=None):
    """Move an outline to the block of cells that starts at (row, column) and return it."""
    box.set_xy((column - 0.5, row - 0.5))
    if height is not None:
        box.set_height(height)
        box.set_width(width)
    return box
