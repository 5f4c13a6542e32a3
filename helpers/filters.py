"""Named kernels and small test images, small enough to check with a pencil."""

import numpy as np

from helpers.ops.shapes import is_whole

# Cross-correlation kernels: Sobel x is positive where the picture brightens to the right.
KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "box blur": np.full((3, 3), 1 / 9),
    "gaussian": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "sobel x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "laplacian": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "corner": [[1, -2, 1], [-2, 4, -2], [1, -2, 1]],
    "prewitt x": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "prewitt y": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "diagonal": [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
    "antidiagonal": [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]],
    "gaussian 5x5": np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256,
}
KERNELS = {name: np.array(values, dtype=np.float64) for name, values in KERNELS.items()}


def kernel(name):
    """A copy of a named kernel, float64; ValueError lists the names."""
    return _named(KERNELS, name, "kernel").copy()


def gaussian(size, sigma):
    """A Gaussian kernel (size, size) of standard deviation ``sigma`` pixels that sums to one, size odd."""
    if not is_whole(size) or size < 1 or size % 2 == 0:
        raise ValueError(f"size={size!r}: a kernel with a middle has an odd size; give 1, 3, 5, ...")
    if not sigma > 0:
        raise ValueError(f"sigma={sigma!r}: a width in pixels; give a positive number")
    bell = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * sigma**2))
    plane = np.outer(bell, bell)
    return plane / plane.sum()


def _grids(size):
    """Row and column number of every pixel, each (size, size)."""
    return np.mgrid[:size, :size]


def _noise(size):
    return np.random.default_rng(0).integers(0, 2, (size, size))


PATTERNS = {
    "vertical edge": lambda size: _grids(size)[1] >= size // 2,
    "horizontal edge": lambda size: _grids(size)[0] >= size // 2,
    "diagonal edge": lambda size: _grids(size)[1] >= _grids(size)[0],
    "bright bar": lambda size: abs(_grids(size)[1] - (size - 1) / 2) < 1,
    "checkerboard": lambda size: _grids(size).sum(axis=0) % 2,
    "centre blob": lambda size: ((_grids(size) - (size - 1) / 2) ** 2).sum(axis=0) <= (size / 4) ** 2 + 0.5,
    "corner": lambda size: (_grids(size) >= size // 2).all(axis=0),
    "cross": lambda size: (abs(_grids(size) - (size - 1) / 2) < 1).any(axis=0),
    "ramp": lambda size: _grids(size)[1],
    "noise": _noise,
}


def pattern(name, size=7):
    """A named test image (size, size), float64: 0 is dark and 1 bright (the ramp goes on to size - 1).

    ValueError for an unknown name, or a size under 3 pixels.
    """
    make = _named(PATTERNS, name, "pattern")
    if not is_whole(size) or size < 3:
        raise ValueError(f"size={size!r}: a pattern needs at least 3 pixels a side; give an int from 3 up")
    return np.asarray(make(size), dtype=np.float64)


def _named(known, name, what):
    if name not in known:
        raise ValueError(f"{what}={name!r}: choose one of {', '.join(known)}")
    return known[name]
