"""Where the pipeline's pictures and learned filters come from: the book, or the reader."""

import io
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from helpers import datasets, filters, images, preprocessing

SMALL, LARGE = 10, 66  # pixels a side: small enough for a number in every cell; a photograph
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

    ``source`` is a path, the file's bytes, a Pillow image, or an array (H, W), (H, W, 3) or (3, H, W): uint8
    from 0 to 255, or fractions. The central square is taken, and scaled down if it is larger. ValueError or
    TypeError says what is wrong with it, and the way out.
    """
    if isinstance(source, np.ndarray):
        return _fit(_grey_array(source))
    if isinstance(source, Image.Image):
        if source.width * source.height > images.MAX_PIXELS:
            raise ValueError(
                f"picture: {source.width} x {source.height} pixels are more than "
                f"{images.MAX_PIXELS // 10**6} million; shrink it first"
            )
        buffer = io.BytesIO()
        plain = (
            source if source.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else source.convert("RGB")
        )
        plain.save(buffer, "PNG")
        source = buffer.getvalue()
    elif not isinstance(source, (str, Path, bytes, bytearray, memoryview)):
        raise TypeError(
            f"picture={type(source).__name__}: give a path, the file's bytes, a Pillow image or a NumPy array"
        )
    try:
        return images.read_image(source, LARGE, grey=True)
    except ValueError as reason:
        raise ValueError(str(reason).replace("source", "picture", 1)) from reason


def _grey_array(array):
    """An array of any of the three shapes as (H, W), float64."""
    if array.dtype.kind not in "buif" or array.size == 0:
        raise ValueError(f"picture: an array of {array.dtype}, {array.shape}; give numbers, at least one")
    values = array.astype(np.float64) / (255 if array.dtype == np.uint8 else 1)
    if not np.isfinite(values).all() or np.abs(values).max() > 1000:
        raise ValueError(
            "picture: it has numbers that are no brightness; give uint8, or fractions from 0 to 1"
        )
    if values.ndim == 2:
        return values
    if values.ndim == 3 and values.shape[2] in (3, 4):
        return images.to_grey(values.transpose(2, 0, 1)[:3])  # (H, W, 3) -> (3, H, W) -> (H, W)
    if values.ndim == 3 and values.shape[0] in (1, 3):
        return values[0] if len(values) == 1 else images.to_grey(values)
    raise ValueError(f"picture.shape={array.shape}: give (H, W), (H, W, 3) or (3, H, W)")


def _fit(grey):
    """The central square, scaled down to 66 pixels a side where it is larger."""
    side = min(grey.shape)
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    square = grey[top : top + side, left : left + side]
    if side <= LARGE:
        return square.copy()
    image = Image.fromarray(square.astype(np.float32))
    return np.asarray(image.resize((LARGE, LARGE), Image.Resampling.BOX), dtype=np.float64)


class Bank(NamedTuple):
    """The learned filters of a network's first two layers, for one grey channel."""

    name: str
    note: str  # how its numbers came to be
    weight: np.ndarray  # (F, kh, kw)
    bias: np.ndarray  # (F,)
    next_weight: np.ndarray | None  # (G, F, kh, kw), or None where no layer reads the F maps
    next_bias: np.ndarray | None  # (G,)


@lru_cache
def squeezenet():
    """SqueezeNet's first two layers, for grey pixels from 0 to 1; all numbers divided by 255."""
    arrays = {name: array.astype(np.float64) for name, array in datasets.squeezenet_weights().items()}
    weight = arrays["conv1.weight"][:, ::-1]  # it is fed blue first: now red first
    mean = preprocessing.IMAGENET_MEAN.reshape(3, 1, 1).astype(np.float64)
    # w · (255 x - mean) + b = 255 (w · x + (b - w · mean) / 255), and ReLU and pooling keep the factor
    bias = (arrays["conv1.bias"] - (weight * mean).sum(axis=(1, 2, 3))) / 255
    note = "its three colours added, all numbers divided by 255"
    second = (arrays["fire2.squeeze1x1.weight"], arrays["fire2.squeeze1x1.bias"] / 255)
    return Bank("SqueezeNet", note, weight.sum(axis=1), bias, *second)


def bank_of(model):
    """The first two convolutions of a reader's PyTorch model.

    Stride, padding and dilation are the pipeline's, not the model's. TypeError or ValueError says in words
    why the model has no filters to show.
    """
    if not callable(getattr(model, "modules", None)) or not callable(getattr(model, "state_dict", None)):
        raise TypeError(
            f"model={type(model).__name__}: give a torch.nn.Module, such as torch_models.LeNet5()"
        )
    layers = [m for m in model.modules() if any(k.__name__ == "Conv2d" for k in type(m).__mro__)]
    name = type(model).__name__
    if not layers:
        raise ValueError(f"model={name}: it has no Conv2d, so no filters to show; give a model with one")
    weight, bias = _arrays(layers[0], name)
    if max(weight.shape[2:]) > 16:
        raise ValueError(
            f"model={name}: its first kernels are {weight.shape[2]} x {weight.shape[3]}; give a model whose "
            "first kernels have at most 16 pixels a side"
        )
    planes = weight.shape[1]
    note = f"its {planes} input planes added" if planes > 1 else "as it was trained"
    second = (None, None)
    if len(layers) > 1:
        after = _arrays(layers[1], name)
        if after[0].shape[1] == len(weight) and max(after[0].shape[2:]) <= 16:
            second = after
    return Bank(name, note, weight.sum(axis=1), bias, *second)


def _arrays(layer, name):
    """A layer's weight (out, in, kh, kw) and bias (out,) as float64."""
    try:
        weight = layer.weight.detach().cpu().double().numpy()
        bias = layer.bias.detach().cpu().double().numpy() if layer.bias is not None else np.zeros(len(weight))
    except Exception as reason:  # weights not yet made, or on a device without memory
        raise ValueError(
            f"model={name}: the weights of {type(layer).__name__} cannot be read ({reason}); run the model "
            "once, or load its weights"
        ) from reason
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ValueError(f"model={name}: its weights hold nan or infinity; give one that was trained well")
    return weight, bias
