"""Colours of roles and of numbers: arrays in, arrays of colours out."""

from functools import lru_cache

import matplotlib
import numpy as np

from helpers.drawing.style import DIVERGING, RGB, SEQUENTIAL
from helpers.images import LUMA

LIFT = 0.3  # of a grid's highest number: its greys begin so far below 0, which is dark grey then, not black


def colours(values, cmap=DIVERGING, limit=None, low=None, high=None):
    """Return colours (rows, columns, 3) for values: symmetric about zero unless low and high are given.

    ``limit`` is the largest magnitude; panels that are compared share it. NaN is shown as paper.
    """
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    if low is None or high is None:
        limit = limit or max(np.abs(finite).max(initial=0), 1e-12)
        low, high = -limit, limit
    table = _table(cmap)
    if cmap == DIVERGING:  # its ends are nearly black; a tenth further in they are the roles' blue and red
        table = 1 - 0.9 * (1 - table[len(table) // 10 : -(len(table) // 10)])  # and numbers stay readable
    steps = (np.clip(np.nan_to_num(values), low, high) - low) / (high - low) * len(table)
    rgb = table[np.minimum(steps.astype(int), len(table) - 1)]
    return np.where(np.isfinite(values)[..., None], rgb, 1.0)


def shades(values, limit=None, high=1.0):
    """Colours in full strength, uint8: blue, white, red from −limit to limit, or grey from 0 to ``high``."""
    values = np.asarray(values, float)
    steps = values / high * 255 if limit is None else (values / limit + 1) * 127.5  # 0: exactly the middle
    return _bytes(SEQUENTIAL if limit is None else DIVERGING)[np.clip(steps + 0.5, 0, 255).astype(np.uint8)]


def tint(role, strength=0.25):
    """Return a role's colour, lightened towards paper: strength 1 is the full colour."""
    return tuple(1 - strength * (1 - RGB[role] / 255))


def dark(colour):
    """Whether white reads better than black on a colour, (..., 3) from 0 to 255."""
    return np.asarray(colour) @ LUMA < 128


@lru_cache
def _table(name):
    """A colour map's colours, (256, 3) in [0, 1]: matplotlib copies the map each time it is asked for one."""
    colormap = matplotlib.colormaps[name]
    return colormap(np.arange(colormap.N))[:, :3]


@lru_cache
def _bytes(name):
    return np.round(255 * _table(name)).astype(np.uint8)
