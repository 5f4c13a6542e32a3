"""A picture as a list of what is in it: a renderer for matplotlib that writes down instead of painting.

    scene.of(fig)             everything in a figure
    scene.of(artist)          what one artist of a figure draws

Each entry is a tuple of numbers, texts and arrays, all places in pixels from the upper left corner. The
book's own painters hand over cells and lines (cells.py, lettering.py), matplotlib's artists the rest.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from helpers.drawing.lettering import BEFORE
from helpers.drawing.style import ROLES

_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


class Cells(NamedTuple):
    """Cells between edges x and y: colours (rows, columns, 3), uint8, and for numbered ones the rest."""

    x: list
    y: list
    colours: np.ndarray
    labels: list | None  # a list of texts for each row
    hatch: list | None  # the same of True and False: is the cell striped?
    pixels: int  # size of type


class Image(NamedTuple):
    """A picture of pixels (rows, columns, 4), uint8, one to one."""

    x: float
    y: float
    colours: np.ndarray


class Look(NamedTuple):
    """How a shape is painted: colours as #rrggbb or none, a line's width and dashes in pixels, opacity."""

    fill: str | None
    line: str | None
    width: float
    opacity: float
    dashes: list


class Shape(NamedTuple):
    """An outline in SVG's words (M, L, Q, C, Z), drawn at each place; ``clip`` is x, y, width, height."""

    outline: str
    places: list
    look: Look
    clip: list | None


class Words(NamedTuple):
    """One line of text on its baseline; x is the place of the end that ``align`` names."""

    x: float
    y: float
    text: str
    pixels: float
    colour: str
    align: str
    bold: bool
    mono: bool
    angle: float  # degrees, against the clock
    width: float


def of(drawn):
    """Return what a figure or an artist draws, as a list; a figure leaves out its animated artists."""
    fig = drawn.get_figure()
    renderer = _Scene(*map(int, fig.bbox.size), fig.dpi)
    drawn.draw(renderer)
    return renderer.found


class _Scene(RendererBase):
    def __init__(self, width, height, dpi):
        super().__init__()
        self.width, self.height, self.dpi = width, height, dpi
        self.found, self._paper = [], _paper(width, height, dpi)

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points * self.dpi / 72

    def get_text_width_height_descent(self, s, prop, ismath):
        return self._paper.get_text_width_height_descent(s, prop, ismath)

    def draw_cells(self, x, y, faces, labels, hatch, pixels):
        labels, hatch = (None if rows is None else rows.tolist() for rows in (labels, hatch))
        self.found.append(Cells(x.tolist(), (self.height - y).tolist(), faces.copy(), labels, hatch, pixels))

    def draw_words(self, x, baseline, text, pixels, role, align, bold, mono, width):
        if text.strip():
            place = _short(x), _short(self.height - baseline)
            self.found.append(Words(*place, text, pixels, ROLES[role], align, bold, mono, 0, _short(width)))

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        width, _, _ = self._paper.get_text_width_height_descent(s, prop, False)
        align = "left" if mtext is None or angle else mtext.get_horizontalalignment()
        bold, mono = prop.get_weight() in ("bold", 700), "Mono" in "".join(prop.get_family())
        place = _short(x + BEFORE[align] * width), _short(y)
        pixels, colour = self.points_to_pixels(prop.get_size_in_points()), to_hex(gc.get_rgb())
        self.found.append(Words(*place, s, _short(pixels), colour, align, bold, mono, angle, _short(width)))

    def draw_image(self, gc, x, y, im, transform=None):
        place = _short(x), _short(self.height - y - len(im))
        self.found.append(Image(*place, np.array(im[::-1])))

    def draw_path(self, gc, path, transform, rgbFace=None):
        self._shape(gc, self._outline(path, transform, self.height), [(0, 0)], rgbFace)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = [
            (_short(points[-2]), _short(self.height - points[-1]))
            for points, _ in path.iter_segments(trans, simplify=False)
        ]
        self._shape(gc, self._outline(marker_path, marker_trans, 0), places, rgbFace)

    def _outline(self, path, transform, height):
        """The path in SVG's words, y growing downwards from ``height``."""
        flipped = transform + Affine2D().scale(1, -1).translate(0, height)
        return "".join(
            "Z" if code == Path.CLOSEPOLY else _LETTERS[code] + " ".join(str(_short(p)) for p in points)
            for points, code in path.iter_segments(flipped, simplify=False)
        )

    def _shape(self, gc, outline, places, face):
        width, line = _short(self.points_to_pixels(gc.get_linewidth())), gc.get_rgb()
        fill = None if face is None or (len(face) == 4 and face[3] == 0) else to_hex(face[:3])
        stroke = to_hex(line[:3]) if width and line[3] else None
        if not (outline and places and (fill or stroke)):
            return
        seen = gc.get_alpha() if gc.get_forced_alpha() else face[3] if fill and len(face) == 4 else line[3]
        _, dashes = gc.get_dashes()
        dashes = [] if dashes is None else [_short(self.points_to_pixels(dash)) for dash in dashes]
        clip = gc.get_clip_rectangle()
        if clip is not None:
            clip = [_short(v) for v in (clip.x0, self.height - clip.y1, clip.width, clip.height)]
        look = Look(fill, stroke, width, round(float(seen), 2), dashes)
        self.found.append(Shape(outline, places, look, clip))


@lru_cache(maxsize=4)
def _paper(width, height, dpi):
    """A renderer that paints, which knows how wide texts are; to make one takes longer than most artists."""
    return RendererAgg(width, height, dpi)


def _short(value):
    """A tenth of a pixel is fine enough, and short when it is written down."""
    value = round(float(value), 1)
    return int(value) if value == int(value) else value
