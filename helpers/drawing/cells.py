"""Drawing arrays as the book draws them: axes and arrays in, artists out, nothing else touched."""

from functools import lru_cache

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import Normalize, to_rgb
from matplotlib.patches import Rectangle

from helpers.drawing.lettering import stamp
from helpers.drawing.style import DIVERGING, ROLES

# matplotlib copies a colour map each time it is asked for one.
_colormap = lru_cache(matplotlib.colormaps.__getitem__)


def label(value):
    """Return a number as a cell shows it: integers whole, others to two digits after the point."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float | np.floating) else str(value)
    return "0" if text in ("-0", "") else text.replace("-", "\u2212")


class CellGrid(Artist):
    """Coloured cells with a number in each, painted as one image.

    A matplotlib Text costs 0.3 ms to draw and a grid holds hundreds, so numbers are stamped from cached
    renderings and only the cells that changed are painted again.
    """

    def __init__(self, ax, values, colours, labels=None, hatch=None, origin=(0, 0), fontsize=11):
        super().__init__()
        self.fontsize = fontsize
        self._painted = None
        self.set_transform(ax.transData)
        ax.add_artist(self)
        self.set_cells(values, colours, labels, hatch, origin)

    def set_cells(self, values, colours, labels=None, hatch=None, origin=None):
        """Show ``values`` (rows, columns) in ``colours`` (rows, columns, 3); a hatched cell is striped.

        ``labels`` are strings (rows, columns), by default the values. ``origin`` is the (row, column) of
        the first cell in the axes' data coordinates, cells being one unit wide.
        """
        self.values = np.asarray(values)
        self.colours = np.broadcast_to(np.array(colours, dtype=float), (*self.values.shape, 3))
        if labels is None:
            labels = [[label(value) for value in row] for row in self.values.tolist()]
        self.labels = np.array(labels, dtype=object).reshape(self.values.shape)
        self.hatch = np.zeros(self.values.shape, bool) if hatch is None else np.array(hatch, bool)
        if origin is not None:
            self.origin = origin
        self.stale = True

    def draw(self, renderer):
        if not self.get_visible() or self.values.size == 0:
            return
        rows, columns = self.values.shape
        top, left = self.origin[0] - 0.5, self.origin[1] - 0.5
        # data -> pixels; y grows upwards in pixels, rows grow downwards
        (x0, y0), (x1, y1) = self.get_transform().transform([(left, top), (left + columns, top + rows)])
        x_edges = np.round(np.linspace(x0, x1, columns + 1)).astype(int) - round(x0)
        y_edges = np.round(np.linspace(0, y0 - y1, rows + 1)).astype(int)
        pixels = self._text_size(renderer, x_edges, y_edges)
        frame = (tuple(x_edges), tuple(y_edges), pixels)
        if self._painted is None or self._painted[0] != frame:
            self._painted = (frame, np.zeros((y_edges[-1], x_edges[-1], 4), np.uint8), None)
        _, raster, before = self._painted
        now = (self.colours, self.labels, self.hatch)
        changed = np.ones(self.values.shape, bool)
        if before is not None:
            changed = (now[0] != before[0]).any(axis=2) | (now[1] != before[1]) | (now[2] != before[2])
        for i, j in np.argwhere(changed):
            area = raster[y_edges[i] : y_edges[i + 1], x_edges[j] : x_edges[j + 1]]
            _paint(area, self.labels[i, j], self.colours[i, j], self.hatch[i, j], pixels)
        self._painted = (frame, raster, now)
        context = renderer.new_gc()
        renderer.draw_image(context, round(x0), round(y1), raster[::-1])
        context.restore()

    def _text_size(self, renderer, x_edges, y_edges):
        """Return the size of type, in pixels, at which the widest label still fits its cell."""
        size = max(int(renderer.points_to_pixels(self.fontsize)), 4)
        size = max(min(size, int(0.62 * np.diff(y_edges).min())), 1)
        widest = max(self.labels.ravel(), key=len, default="")
        room = min(np.diff(x_edges).min() - 4, 2.2 * np.diff(y_edges).min())
        width = stamp(widest, size).shape[1] if widest else 1
        return max(min(size, int(size * room / width)), 1) if width > room else max(size, 1)


class Cells(Artist):
    """Coloured cells (rows, columns, 3) that fill their axes: a plain image, drawn several times faster."""

    def __init__(self, ax):
        super().__init__()
        self.colours = np.ones((1, 1, 3))
        ax.add_artist(self)

    def draw(self, renderer):
        if not self.get_visible():
            return
        box = self.axes.bbox
        left, bottom, right, top = (round(edge) for edge in (box.x0, box.y0, box.x1, box.y1))
        rows, columns = self.colours.shape[:2]
        cells = np.full((rows, columns, 4), 255, np.uint8)
        cells[..., :3] = np.round(255 * self.colours)
        y = (np.arange(top - bottom) + 0.5) * rows // (top - bottom)
        x = (np.arange(right - left) + 0.5) * columns // (right - left)
        picture = cells[y[::-1].astype(int)][:, x.astype(int)]  # an image's rows begin at the bottom
        renderer.draw_image(renderer.new_gc(), left, bottom, np.ascontiguousarray(picture))


def _paint(area, text, colour, hatched, pixels):
    """Paint one cell: face, stripes where hatched, a thin border, and the text in black or white."""
    face = np.round(255 * colour)
    dark = face @ (0.299, 0.587, 0.114) < 128
    area[..., :3] = face
    area[..., 3] = 255
    height, width = area.shape[:2]
    if hatched:
        y, x = np.ogrid[:height, :width]
        area[(x + y) % 10 < 2, :3] = 140
    border = np.round(0.85 * face + (38 if dark else 0))
    area[0, :, :3] = area[:, 0, :3] = area[-1, :, :3] = area[:, -1, :3] = border
    if not text or pixels < 6:
        return
    coverage = stamp(text, pixels)
    h, w = min(coverage.shape[0], height), min(coverage.shape[1], width)
    y, x = (height - h) // 2, (width - w) // 2
    coverage = coverage[:h, :w, None]
    ink = np.array([255.0, 255.0, 255.0] if dark else [27.0, 30.0, 35.0])
    spot = area[y : y + h, x : x + w, :3]
    spot[...] = np.round(spot * (1 - coverage) + ink * coverage)


def colours(values, cmap=DIVERGING, limit=None, low=None, high=None):
    """Return colours (rows, columns, 3) for values: symmetric about zero unless low and high are given.

    ``limit`` is the largest magnitude; panels that are compared share it. NaN is shown as paper.
    """
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    if low is None or high is None:
        limit = limit or max(np.abs(finite).max(initial=0), 1e-12)
        low, high = -limit, limit
    # Half strength keeps the numbers in the cells readable on every colour.
    scale = Normalize(low, high, clip=True)(np.nan_to_num(values))
    rgb = _colormap(cmap)(np.asarray(scale))[..., :3]
    if cmap == DIVERGING:
        rgb = 1 - 0.75 * (1 - rgb)
    return np.where(np.isfinite(values)[..., None], rgb, 1.0)


def tint(role, strength=0.25):
    """Return a role's colour, lightened towards paper: strength 1 is the full colour."""
    return tuple(1 - strength * (1 - np.array(to_rgb(ROLES[role]))))


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


def frame(ax, row, column, height, width, role="window", linewidth=3, **style):
    """Outline a block of cells and return the Rectangle; move it with :func:`move`."""
    box = Rectangle((0, 0), 1, 1, fill=False, edgecolor=ROLES[role], linewidth=linewidth, **style)
    ax.add_patch(box)
    return move(box, row, column, height, width)


def move(box, row, column, height=None, width=None):
    """Move an outline to the block of cells that starts at (row, column) and return it."""
    box.set_xy((column - 0.5, row - 0.5))
    if height is not None:
        box.set_height(height)
        box.set_width(width)
    return box
