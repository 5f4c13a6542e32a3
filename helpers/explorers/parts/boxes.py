"""Boxes: a shape (channels, rows, columns) drawn as a box, each side as long as its logarithm."""

import math

import numpy as np

from helpers.drawing.colours import tint

DEEP = np.array([0.55, 0.35])  # where the third axis points


def side(count):
    """The length in inches at which a side of that many is drawn."""
    return 0.14 + 0.135 * math.log2(count)


def left(middle, shape):
    """The left edge of a box that stands with its middle there."""
    return middle - (side(shape[2]) + DEEP[0] * side(shape[0])) / 2


def fill(polygons, role, place, shape, bands=1, copies=1):
    """Draw a box of that shape, its depth in bands, with copies behind it; ``place`` is (middle, ground)."""
    depth, height, width = map(side, shape)
    right, up, bands = np.array([width, 0]), np.array([0, height]), min(bands, 16)
    drawn, faces = [], []
    for copy in reversed(range(copies)):
        start = left(place[0], shape) + 0.05 * (copies - 1 - 2 * copy), place[1] + 0.09 * copy
        corner = np.array(start)
        for band in range(bands):
            near, far = corner + DEEP * depth * band / bands, corner + DEEP * depth * (band + 1) / bands
            drawn.append([near + up, near + right + up, far + right + up, far + up])
            drawn.append([near + right, far + right, far + right + up, near + right + up])
            faces += [tint(role, 0.2 if band % 2 else 0.45), tint(role, 0.35 if band % 2 else 0.6)]
        drawn.append([corner, corner + right, corner + right + up, corner + up])
        faces.append(tint(role, 0.3))
    polygons.set_verts(drawn)
    polygons.set_facecolor(faces)
