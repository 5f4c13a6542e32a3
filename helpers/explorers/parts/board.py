"""A board for explorers: cells, numbers, boxes and words at places in inches, painted from cached renderings.

A matplotlib Text costs a millisecond whenever it changes; a board of a hundred words takes a few in all.
"""

from functools import lru_cache

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageDraw, ImageFont

from helpers.drawing.style import DIVERGING, ROLES, SEQUENTIAL


class Board(Artist):
    """What is drawn is listed anew for every state: call clear(), then cells(), box() and text()."""

    def __init__(self, fig, zorder=5):
        super().__init__()
        self.set_zorder(zorder)
        self.clear()
        fig.add_artist(self)

    def clear(self):
        """Take everything away."""
        self.pieces, self.words = [], []

    def cells(self, x, y, width, height, colours, labels=None, size=9.0):
        """Cells in ``colours`` (rows, columns, 3), uint8, with their lower left corner at (x, y).

        ``labels`` are the words in the cells, row by row; they are black or white, whichever reads better.
        """
        self.pieces.append((x, y, width, height, np.asarray(colours, np.uint8)))
        rows, columns = len(colours), len(colours[0])
        for i, line in enumerate([] if labels is None else labels):
            for j, words in enumerate(line):
                dark = np.asarray(colours[i][j]) @ (0.299, 0.587, 0.114) < 128
                middle = x + (j + 0.5) * width / columns, y + height - (i + 0.5) * height / rows
                self.text(*middle, words, size, "paper" if dark else "ink", "center")

    def box(self, x, y, width, height, role="window", line=0.025):
        """An outline around the rectangle at (x, y), in a role's colour."""
        face = _paint(role)
        for left, bottom, wide, high in (
            (x - line, y - line, width + 2 * line, line),
            (x - line, y + height, width + 2 * line, line),
            (x - line, y, line, height),
            (x + width, y, line, height),
        ):
            self.pieces.append((left, bottom, wide, high, face))

    def bar(self, x, y, width, height, role):
        """A rectangle filled with a role's colour."""
        self.pieces.append((x, y, width, height, _paint(role)))

    def text(self, x, y, words, size=10.0, role="ink", align="left", bold=False):
        """One line of words whose middle stands at the height y; ``align`` says which of its ends is at x."""
        self.words.append((x, y, words, size, role, align, bold))

    def extents(self, dpi):
        """(words, left, bottom, right, top, points) of every line of words, in inches."""
        found = []
        for x, y, words, size, role, align, bold in self.words:
            height, width = (
                side / dpi for side in _rendered(words, _pixels(size, dpi), role, bold).shape[:2]
            )
            left = x - {"left": 0, "center": 0.5, "right": 1}[align] * width
            found.append((words, left, y - height / 2, left + width, y + height / 2, size))
        return found

    def draw(self, renderer):
        if not self.get_visible():
            return
        dpi, context = self.get_figure().dpi, renderer.new_gc()
        for x, y, width, height, colours in self.pieces:
            left, bottom = round(x * dpi), round(y * dpi)
            columns, rows = (
                max(round((x + width) * dpi) - left, 1),
                max(round((y + height) * dpi) - bottom, 1),
            )
            renderer.draw_image(context, left, bottom, _raster(colours, rows, columns))
        for x, y, words, size, role, align, bold in self.words:
            picture = _rendered(words, _pixels(size, dpi), role, bold)
            height, width = picture.shape[:2]
            left = x * dpi - {"left": 0, "center": 0.5, "right": 1}[align] * width
            renderer.draw_image(context, round(left), round(y * dpi - height / 2), picture)
        context.restore()


def shades(values, limit=None):
    """Colours (rows, columns, 3), uint8: blue, white, red from −limit to limit, or grey from 0 to 1."""
    if limit is None:
        steps = np.asarray(values, float) * 255
    else:
        steps = (np.asarray(values, float) / limit + 1) * 127.5
    table = _table(SEQUENTIAL if limit is None else DIVERGING)
    return table[np.clip(steps + 0.5, 0, 255).astype(np.uint8)]


@lru_cache
def _table(name):
    """A colour map's 256 colours, uint8."""
    return np.round(255 * matplotlib.colormaps[name](np.arange(256))[:, :3]).astype(np.uint8)


@lru_cache
def _paint(role):
    """One cell of a role's colour."""
    return np.round(255 * np.array(to_rgb(ROLES[role]))).astype(np.uint8)[None, None]


def _raster(colours, rows, columns):
    """The cells enlarged to that many pixels, (rows, columns, 4), rows from the bottom up."""
    if colours.shape[:2] == (1, 1):
        return _plain(colours.tobytes(), rows, columns)
    raster = np.full((rows, columns, 4), 255, np.uint8)
    y = (np.arange(rows) + 0.5) * len(colours) // rows
    x = (np.arange(columns) + 0.5) * colours.shape[1] // columns
    raster[..., :3] = colours[y[::-1].astype(int)][:, x.astype(int)]
    return raster


@lru_cache(maxsize=1024)
def _plain(colour, rows, columns):
    """A rectangle of one colour, given as three bytes."""
    return np.tile(np.frombuffer(colour + b"\xff", np.uint8), (rows, columns, 1))


@lru_cache
def _font(pixels, bold):
    weight = "bold" if bold else "normal"
    return ImageFont.truetype(findfont(FontProperties(family="DejaVu Sans", weight=weight)), pixels)


def _pixels(size, dpi):
    return round(size * dpi / 72)


@lru_cache(maxsize=4096)
def _rendered(words, pixels, role, bold):
    """The words in a role's colour on a transparent ground, (rows, columns, 4), rows from the bottom up."""
    font = _font(pixels, bold)
    cover = Image.new("L", (max(round(font.getlength(words)), 1), round(1.35 * pixels)))
    ImageDraw.Draw(cover).text((0, 1.02 * pixels), words, fill=255, font=font, anchor="ls")
    picture = np.empty((cover.height, cover.width, 4), np.uint8)
    picture[..., :3] = _paint(role)
    picture[..., 3] = np.asarray(cover)
    return np.ascontiguousarray(picture[::-1])
