"""Where the pipeline's pictures come from: the book, or the reader."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import datasets, filters, images

SMALL, LARGE = 8, 66  # pixels a side: small enough for a number in every cell; a photograph
DIGIT = (
    "..........",
    "......##..",
    ".....###..",
    "....####..",
    "...##.##..",
    "..##..##..",
    "..#######.",
    "..#######.",
    "......##..",
    "......##..",
)
PATTERNS = ("vertical edge", "horizontal edge", "diagonal edge", "checkerboard", "centre blob", "corner")
GARMENTS = {"ankle boot": 0, "pullover": 1, "trouser": 2}  # places in Fashion-MNIST's test set
PHOTOS = ("cat", "coffee", "cameraman", "brick", "astronaut")
NAMES = (*PATTERNS, "noise", "digit 4", *GARMENTS, *PHOTOS)


@lru_cache
def picture(name):
    """A picture of the book by name, grey, (H, W), float64 in [0, 1]."""
    if name in GARMENTS:
        return _garments()[GARMENTS[name]].astype(np.float64)
    if name in PHOTOS:
        return datasets.photo(name, LARGE, grey=True)
    if name == "digit 4":
        return np.array([[mark == "#" for mark in row] for row in DIGIT], np.float64)
    return filters.pattern(name, SMALL)


@lru_cache
def _garments():
    return datasets.fashion_mnist("test")[0][: len(GARMENTS), 0].copy()


def about(name):
    """What a picture of the book shows, for its description in words."""
    if name in PHOTOS:
        return f"the photograph {name}, {datasets.PHOTOS[name]}"
    return f"{name} from Fashion-MNIST" if name in GARMENTS else name


def own_picture(source):
    """A reader's picture as a grey square (H, H), float64, at most 66 pixels a side.

    ``source`` is a path, the file's bytes, a Pillow image, or an array (H, W), (H, W, 3), (H, W, 4) or
    (3, H, W): uint8 from 0 to 255, or fractions from 0 to 1. The central square is taken, and scaled down if
    it is larger; transparent parts become white. ValueError or TypeError says what is wrong with it, and the
    way out.
    """
    if isinstance(source, np.ndarray) and source.dtype == np.uint8 and source.shape[2:] in ((3,), (4,)):
        source = Image.fromarray(source)  # a photograph is scaled much faster so
    if isinstance(source, np.ndarray):
        return _fit(_grey_array(source))
    if not isinstance(source, (str, Path, bytes, bytearray, memoryview, Image.Image)):
        raise TypeError(
            f"picture={type(source).__name__}: give a path, the file's bytes, a Pillow image or a NumPy array"
        )
    try:
        return images.read_image(source, LARGE, grey=True, enlarge=False)
    except ValueError as reason:
        raise ValueError(str(reason).replace("source", "picture", 1)) from reason


def _grey_array(array):
    """An array of any of the shapes as (H, W), float64 in [0, 1]."""
    if array.dtype.kind not in "buif" or array.size == 0:
        raise ValueError(f"picture: an array of {array.dtype}, {array.shape}; give numbers, at least one")
    values = array.astype(np.float64) / (255 if array.dtype == np.uint8 else 1)
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= 1):  # also where there is a NaN
        raise ValueError(
            f"picture: {array.dtype} from {low:g} to {high:g}; give uint8 from 0 to 255, or fractions from 0 "
            "to 1: divide by the number that stands for white, such as 255"
        )
    if values.ndim == 2:
        return values
    if values.ndim == 3 and values.shape[2] in (3, 4):
        colour, cover = values[..., :3], values[..., 3:].min(axis=2, initial=1)  # (H, W, 3), (H, W)
        # (H, W, 3) -> (3, H, W) -> (H, W), on white
        return images.to_grey(colour.transpose(2, 0, 1)) * cover + (1 - cover)
    if values.ndim == 3 and values.shape[0] in (1, 3):
        return values[0] if len(values) == 1 else images.to_grey(values)
    raise ValueError(f"picture.shape={array.shape}: give (H, W), (H, W, 3), (H, W, 4) or (3, H, W)")


def _fit(grey):
    """The central square, scaled down to 66 pixels a side where it is larger."""
    side = min(grey.shape)
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    square = grey[top : top + side, left : left + side]
    if side <= LARGE:
        return square.copy()
    image = Image.fromarray(square.astype(np.float32))
    return np.asarray(image.resize((LARGE, LARGE), Image.Resampling.BOX), dtype=np.float64)
