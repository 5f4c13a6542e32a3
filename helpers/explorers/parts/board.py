"""A board for explorers: cells, numbers, boxes and words at places in inches, painted from cached renderings.

A matplotlib Text costs a millisecond whenever it changes; a board of a hundred words takes a few in all.
"""

import numpy as np
from matplotlib.artist import Artist

from helpers.drawing.cells import paint, split
from helpers.drawing.colours import dark
from helpers.drawing.lettering import line_height, write
from helpers.drawing.style import RGB


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
                middle = x + (j + 0.5) * width / columns, y + height - (i + 0.5) * height / rows
                self.text(*middle, words, size, "paper" if dark(colours[i][j]) else "ink", "center")

    def box(self, x, y, width, height, role="window", line=0.025):
        """An outline around the rectangle at (x, y), in a role's colour."""
        face = RGB[role][None, None]
        for left, bottom, wide, high in (
            (x - line, y - line, width + 2 * line, line),
            (x - line, y + height, width + 2 * line, line),
            (x - line, y, line, height),
            (x + width, y, line, height),
        ):
            self.pieces.append((left, bottom, wide, high, face))

    def bar(self, x, y, width, height, role):
        """A rectangle filled with a role's colour."""
        self.pieces.append((x, y, width, height, RGB[role][None, None]))

    def text(self, x, y, words, size=10.0, role="ink", align="left", bold=False):
        """One line of words whose middle stands at the height y; ``align`` says which of its ends is at x."""
        self.words.append((x, y, words, size, role, align, bold))

    def draw(self, renderer):
        if not self.get_visible():
            return
        dpi = self.get_figure().dpi
        for x, y, width, height, colours in self.pieces:
            left, bottom = round(x * dpi), round(y * dpi)
            right, top = max(round((x + width) * dpi), left + 1), max(round((y + height) * dpi), bottom + 1)
            paint(renderer, *split(left, right, bottom, top, *colours.shape[:2]), colours)
        for x, y, words, size, *look in self.words:
            pixels = round(size * dpi / 72)
            write(renderer, x * dpi, y * dpi - line_height(pixels) / 2, words, pixels, *look)
