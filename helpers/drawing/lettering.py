"""Words and numbers as small pictures: rendered once, stamped many times.

A matplotlib Text costs 0.3 ms to draw and 1 to 4 ms to change; a stamp costs a copy. A renderer that has
``draw_words(x, baseline, text, pixels, role, align, bold, mono, width)`` is given a line itself instead of
pixels; x is that of the end that ``align`` names, in pixels from the lower left corner, as is the baseline.
"""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageDraw, ImageFont

from helpers.drawing.style import RGB, look

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
LINE, BASE = 1.35, 1.05  # height of a line, and its baseline below its top, in sizes of type
BEFORE = {"left": 0, "center": 0.5, "right": 1}  # how much of a line lies before the place it is aligned to


@lru_cache(maxsize=64)
def _font(family, pixels, bold=False):
    weight = "bold" if bold else "normal"
    with look():  # which would otherwise be bold or slanted with the reader's
        return ImageFont.truetype(findfont(FontProperties(family=family, weight=weight)), pixels)


def _extent(text, pixels):
    """The box of a stamp, its ends from the text's left end and its baseline."""
    font = _font(SANS, pixels)
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    # Every stamp of a size is as high as a digit, so that numbers in a row stand on one line.
    _, cap, _, _ = font.getbbox("0", anchor="ls")
    return left, min(top, cap), max(right, left + 1), max(bottom, 0)


@lru_cache(maxsize=4096)
def stamp_width(text, pixels):
    """Return how wide a text's stamp is."""
    left, _, right, _ = _extent(text, pixels)
    return right - left


@lru_cache(maxsize=4096)
def stamp(text, pixels):
    """Return the coverage (h, w) in [0, 1] of a short text, cut close around it."""
    left, top, right, bottom = _extent(text, pixels)
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=_font(SANS, pixels), anchor="ls")
    return np.asarray(image, dtype=np.float32) / 255


@lru_cache(maxsize=4096)
def _line(text, family, pixels, role, bold):
    """A line in its role's colour on a transparent ground, (rows, columns, 4), rows from the bottom up."""
    font = _font(family, pixels, bold)
    cover = Image.new("L", (max(round(font.getlength(text)), 1), line_height(pixels)))
    ImageDraw.Draw(cover).text((0, BASE * pixels), text, fill=255, font=font, anchor="ls")
    picture = np.empty((cover.height, cover.width, 4), np.uint8)
    picture[..., :3] = RGB[role]
    picture[..., 3] = np.asarray(cover)
    return np.ascontiguousarray(picture[::-1])


def line_height(pixels):
    """The height of a line of that size of type, in pixels."""
    return round(LINE * pixels)


def write(renderer, x, bottom, text, pixels, role="ink", align="left", bold=False, family=SANS):
    """Draw one line: x is the place it is aligned to, ``bottom`` its lower edge, in pixels."""
    if hasattr(renderer, "draw_words"):
        baseline = bottom + line_height(pixels) - BASE * pixels
        width = _font(family, pixels, bold).getlength(text)
        renderer.draw_words(x, baseline, text, pixels, role, align, bold, family == MONO, width)
        return
    picture = _line(text, family, pixels, role, bold)
    left = round(x - BEFORE[align] * picture.shape[1])
    renderer.draw_image(renderer.new_gc(), left, round(bottom), picture)


class Lines(Artist):
    """Lines of text at (x, y), in inches from the figure's lower left corner; for words that change.

    ``align`` says which end of a line is at x, ``stand`` what is at y: the "top" of the lines, their
    "middle", or the first one's "baseline". Set ``lines`` to change them.
    """

    def __init__(
        self, fig, x, y, fontsize=12, role="ink", align="left", stand="top", bold=False, family=SANS
    ):
        super().__init__()
        self.lines, self.place, self.fontsize, self.stand = [], (x, y), fontsize, stand
        self.look = {"family": family, "align": align, "role": role, "bold": bold}
        self.set_zorder(3)  # as matplotlib's own texts
        fig.add_artist(self)

    def set_text(self, words):
        """Show words, a line after each line break, as a matplotlib Text does."""
        self.lines = words.split("\n") if words else []

    def get_text(self):
        return "\n".join(self.lines)

    def draw(self, renderer):
        if not self.get_visible():
            return
        x, y = (inches * self.get_figure().dpi for inches in self.place)
        pixels = round(renderer.points_to_pixels(self.fontsize))
        high = line_height(pixels)
        middle = high * len(self.lines) / 2 + 0.1 * pixels  # letters stand low in their line
        y += {"top": 0, "middle": middle, "baseline": BASE * pixels}[self.stand]
        for line in self.lines:
            y -= high
            write(renderer, x, y, line, pixels, **self.look)
