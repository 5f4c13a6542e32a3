"""Words and numbers as small pictures: rendered once, stamped many times.

A matplotlib Text costs 0.3 ms to draw and 1 to 4 ms to change; a stamp costs a copy.
"""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont
from matplotlib.transforms import Bbox
from PIL import Image, ImageDraw, ImageFont

from helpers.drawing.style import ROLES, look

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
LINE = 1.35  # height of a line, in sizes of type


@lru_cache(maxsize=64)
def _font(family, pixels):
    with look():  # which would otherwise be bold or slanted with the reader's
        return ImageFont.truetype(findfont(family), pixels)


@lru_cache(maxsize=4096)
def stamp(text, pixels):
    """Return the coverage (h, w) in [0, 1] of a short text, cut close around it."""
    font = _font(SANS, pixels)
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    # Every stamp of a size is as high as a digit, so that numbers in a row stand on one line.
    _, cap, _, _ = font.getbbox("0", anchor="ls")
    top, bottom = min(top, cap), max(bottom, 0)
    image = Image.new("L", (max(right - left, 1), bottom - top))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=font, anchor="ls")
    return np.asarray(image, dtype=np.float32) / 255


@lru_cache(maxsize=512)
def _line(text, family, pixels, role):
    """A line in its role's colour on a transparent ground, (rows, columns, 4), rows from the bottom up."""
    font = _font(family, pixels)
    cover = Image.new("L", (max(round(font.getlength(text)), 1), round(LINE * pixels)))
    ImageDraw.Draw(cover).text((0, 1.05 * pixels), text, fill=255, font=font, anchor="ls")
    picture = np.empty((cover.height, cover.width, 4), np.uint8)
    picture[..., :3] = np.round(255 * np.array(to_rgb(ROLES[role])))
    picture[..., 3] = np.asarray(cover)
    return np.ascontiguousarray(picture[::-1])


class Lines(Artist):
    """Lines of text whose top stands at (x, y) of the figure; set ``lines`` to change them."""

    def __init__(self, fig, x, y, fontsize, family=SANS, centred=False, role="ink"):
        super().__init__()
        self.lines, self.place, self.fontsize = [], (x, y), fontsize
        self.family, self.centred, self.role = family, centred, role
        self.set_transform(fig.transFigure)
        fig.add_artist(self)

    def draw(self, renderer):
        if not self.get_visible():
            return
        for left, bottom, picture in self._placed(renderer):
            renderer.draw_image(renderer.new_gc(), left, bottom, picture)

    def get_window_extent(self, renderer):
        """Return the box around all lines, in pixels of the figure."""
        boxes = [
            Bbox.from_bounds(left, bottom, picture.shape[1], picture.shape[0])
            for left, bottom, picture in self._placed(renderer)
        ]
        return Bbox.union(boxes) if boxes else Bbox.null()

    def _placed(self, renderer):
        """Yield (left, bottom, picture) of every line."""
        x, y = self.get_transform().transform(self.place)
        pixels = round(renderer.points_to_pixels(self.fontsize))
        for line in self.lines:
            picture = _line(line, self.family, pixels, self.role)
            height, width = picture.shape[:2]
            y -= height
            yield round(x - width / 2 if self.centred else x), round(y), picture
