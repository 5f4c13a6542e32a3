"""The narrowing-and-deepening drawing: a network's outputs as a row of boxes, each as high as its maps."""

from math import log2

import numpy as np

from helpers.drawing.colours import tint
from helpers.drawing.style import ROLES
from helpers.numerals import sizes

DEEP, GAP, SIZE = np.array([0.30, 0.24]), 0.06, 9.0  # where the third axis points; inches; points
POOLS = ("max pool", "average pool", "global average")


def row_of_boxes(board, shapes, kinds, marked, area):
    """Polygons, faces and edges of the boxes in ``area`` (x, y, width, height); their sizes go on the board.

    ``kinds`` are those of the layers that made the shapes, "input" the first. A map's side is drawn to scale
    with the largest; channels and features are drawn by their logarithm.
    """
    x, y, width, height = area
    scale = 1.0
    while (spare := width - sum(_slots(shapes, height, scale))) < 0 and scale > 0.1:
        scale -= 0.02
    spare = min(max(spare, 0) / len(shapes), 0.5)
    polygons, faces, edges = [], [], []
    for place, (shape, slot) in enumerate(zip(shapes, _slots(shapes, height, scale), strict=True)):
        slot += spare
        thick, high, back = _box(shape, shapes, height, scale)
        corner = np.array([x + (slot - thick - back * DEEP[0]) / 2, y + 0.34])
        along, up, inwards = np.array([thick, 0]), np.array([0, high]), back * DEEP
        beside, over = corner + along, corner + up
        polygons += [
            [corner, beside, beside + up, over],
            [over, over + along, over + along + inwards, over + inwards],
            [beside, beside + inwards, beside + inwards + up, beside + up],
        ]
        role, here = _role(kinds[place]), place == marked
        faces += [tint(role, 0.35), tint(role, 0.2), tint(role, 0.55)]
        edges += [ROLES["ink" if here else role]] * 3
        middle, top = x + slot / 2, over[1] + inwards[1] + 0.1
        board.text(middle, top, _short(shape[0]), SIZE, "ink", "center", here)
        board.text(middle, y + 0.24, sizes(shape[1:]), SIZE, "ink", "center", here)
        board.text(middle, y + 0.08, str(place) if place else "input", SIZE, "muted", "center", here)
        x += slot
    return polygons, faces, edges


def _slots(shapes, height, scale):
    """How much room each box takes from left to right."""
    slots = []
    for shape in shapes:
        thick, _, back = _box(shape, shapes, height, scale)
        letters = max(len(_short(shape[0])), len(sizes(shape[1:])))
        slots.append(max(thick + back * DEEP[0], 0.08 * letters) + GAP)
    return slots


def _box(shape, shapes, height, scale):
    """(thickness, height, depth) of a shape's box, in inches."""
    tallest = height - 0.54  # below the boxes stand two lines, above them one
    if len(shape) == 1:
        return 0.09, min(0.2 + 0.055 * log2(shape[0]), tallest - 0.05), 0.12
    largest = max(shape[1] for shape in shapes if len(shape) == 3)
    side = max(scale * tallest * shape[1] / largest / (1 + DEEP[1]), 0.04)
    return scale * (0.05 + 0.05 * log2(shape[0])), side, side


def _role(kind):
    if kind in POOLS:
        return "window"
    return {"input": "input", "conv": "output"}.get(kind, "muted")


def _short(count):
    return f"{count:,}" if count < 1e6 else f"{count / 1e6:,.0f} M"
