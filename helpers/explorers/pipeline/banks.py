"""The learned filters of the pipeline: SqueezeNet 1.1's, or those of a reader's own network."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import datasets
from helpers.explorers.pipeline import layers
from helpers.pretrained import preprocessing

WIDEST = 16  # pixels a side of a kernel


class Bank(NamedTuple):
    """The learned filters of a network's first two layers, for one grey channel."""

    name: str
    note: str  # how its numbers came to be
    weight: np.ndarray  # (F, kh, kw)
    bias: np.ndarray  # (F,)
    padded: bool  # whether the network pads its first layer
    next_note: str  # of the second layer, or why there is none
    next_weight: np.ndarray | None = None  # (G, F, kh, kw), or None where no layer reads the F maps
    next_bias: np.ndarray | None = None  # (G,)


@lru_cache
def squeezenet():
    """SqueezeNet 1.1's first two layers, for grey pixels from 0 to 1; all numbers divided by 255."""
    arrays = {name: array.astype(np.float64) for name, array in datasets.squeezenet_weights().items()}
    weight = arrays["conv1.weight"][:, ::-1]  # it is fed blue first: now red first
    mean = preprocessing.IMAGENET_MEAN.reshape(3, 1, 1).astype(np.float64)
    # w · (255 x - mean) + b = 255 (w · x + (b - w · mean) / 255), and ReLU and pooling keep the factor
    bias = (arrays["conv1.bias"] - (weight * mean).sum(axis=(1, 2, 3))) / 255
    note = "its three colours added, all numbers divided by 255, its stride 2 left out"
    second = (arrays["fire2.squeeze1x1.weight"], arrays["fire2.squeeze1x1.bias"] / 255)
    return Bank("SqueezeNet 1.1", note, weight.sum(axis=1), bias, False, "", *second)


def bank_of(model):
    """The first two convolutions of a reader's model, of PyTorch or of the book, in the order it lists them.

    Padding, activation and pooling are the pipeline's, not the model's; what else is left out the notes say.
    TypeError or ValueError says in words why the model has no filters to show.
    """
    if isinstance(model, type):
        name = model.__name__
        raise TypeError(f"model={name}: that is the class; give a network made of it, such as {name}()")
    name = layers.name_of(model)
    if not callable(getattr(model, "modules", None)) or not callable(getattr(model, "state_dict", None)):
        raise TypeError(f"model={name}: give a network of PyTorch or of helpers.nn, such as LeNet5()")
    modules = layers.layers(model)
    found = [place for place, module in enumerate(modules) if layers.is_convolution(module)]
    if not found:
        if name == "GraphModule" and any(np.ndim(array) == 4 for array in model.state_dict().values()):
            raise ValueError(
                f"model={name}: it was exported, and an exported layer does not say what it is; give the "
                "model that it was made of"
            )
        raise ValueError(f"model={name}: it has no Conv2d, so no filters to show; give a model with one")
    first = modules[found[0]]
    weight, bias = _arrays(first, name)
    if max(weight.shape[2:]) > WIDEST:
        raise ValueError(
            f"model={name}: its first kernels are {weight.shape[2]} x {weight.shape[3]}; give a model whose "
            f"first kernels have at most {WIDEST} pixels a side"
        )
    planes = weight.shape[1]
    numbers = f"its {planes} input planes added" if planes > 1 else "its numbers as they are"
    note = ", ".join([numbers, *_left_out(modules, found[0])])
    padded = layers.setting(first, "padding") not in ("valid", (0, 0))
    begin = Bank(name, note, weight.sum(axis=1), bias, padded, "")
    return begin._replace(**_second(modules, found[1:], len(weight), name))


def _second(modules, found, maps, name):
    """The second layer's parts of a bank, where it reads the first's maps; else why there is none."""
    if not found:
        return {"next_note": "it has no second convolution"}
    weight, bias = _arrays(modules[found[0]], name)
    groups = layers.setting(modules[found[0]], "groups")
    if weight.shape[1] * groups != maps:
        reads = weight.shape[1] * groups
        return {"next_note": f"its second convolution reads {reads} maps, and its first makes {maps}"}
    if groups > 1:
        return {"next_note": "its second convolution reads them in groups, which the pipeline does not"}
    if max(weight.shape[2:]) > WIDEST:
        return {"next_note": f"its second kernels have more than {WIDEST} pixels a side"}
    note = ", ".join(_left_out(modules, found[0]))
    return {"next_note": note, "next_weight": weight, "next_bias": bias}


def _left_out(modules, place):
    """What a convolution does that the pipeline does not, in words."""
    settings = {name: layers.setting(modules[place], name) for name in ("stride", "dilation")}
    words = [f"its {name} {_pair(value)} left out" for name, value in settings.items() if set(value) != {1}]
    norm = layers.norm_after(modules, place)
    return words + [f"the {norm} after it left out"] * bool(norm)


def _pair(value):
    return str(value[0]) if value[0] == value[1] else f"{value[0]} × {value[1]}"


def _arrays(layer, name):
    """A layer's weight (out, in, kh, kw) and bias (out,) as float64, refused where they cannot be shown."""
    if not hasattr(layer, "options") and not hasattr(layer, "stride"):
        raise ValueError(
            f"model={name}: it was traced, and a traced layer does not say its stride and padding; give the "
            "model that it was made of"
        )
    try:
        weight, bias = layers.weights(layer)
    except Exception as reason:  # not yet made, or on a device without memory
        raise ValueError(
            f"model={name}: the weights of {layers.name_of(layer)} cannot be read ({reason}); run the model "
            "once, or load its weights"
        ) from reason
    if np.iscomplexobj(weight):
        raise ValueError(
            f"model={name}: its weights are complex, and the pipeline shows real ones; give a model "
            "with real weights"
        )
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ValueError(f"model={name}: its weights hold nan or infinity; give one that was trained well")
    return weight, bias
