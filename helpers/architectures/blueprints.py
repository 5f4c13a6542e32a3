"""The words a layer list is written in; each knows its output shape, its parameters and its MACs.

Nothing is computed on images here, so a network of a hundred million weights costs no memory. Shapes have no
batch axis: (channels, rows, columns) for maps, (features,) for vectors, (tokens, features) for a transformer.
Input sizes are not named: a word takes what the layer before it makes. Words that slide a window are in
sliding.py, those that hold lists in branches.py, a transformer's in tokens.py; helpers.architectures offers
them all.
"""

from dataclasses import MISSING, dataclass, fields
from functools import partial
from math import prod
from typing import NamedTuple

from helpers.ops.shapes import whole

__all__ = [
    *["BatchNorm", "Dropout", "Flatten", "GELU", "LayerNorm", "Linear", "LocalResponseNorm", "ReLU", "ReLU6"],
    *["Scale", "Sigmoid", "SiLU", "Tanh"],
]


class Cost(NamedTuple):
    """What one layer holds and does: weights, biases, multiply-accumulates (biases excluded)."""

    weights: int = 0
    biases: int = 0
    macs: int = 0


class Layer:
    """What every word can say; as it stands, that of a layer that changes neither shape nor field."""

    def output(self, shape):
        """The shape this layer makes of that shape; ValueError where it cannot."""
        return shape

    def cost(self, shape):
        """The Cost of this layer on that input shape."""
        return Cost()

    depth = 0  # how many layers of weights an input passes one after another
    transposed = False  # whether its windows slide over its output instead of its input

    def branches(self):
        """The layer lists inside, by name."""
        return {}

    def windows(self, shape):
        """Per axis (kernel, stride, padding, dilation) if the layer slides one, "all" if every output sees
        every position, None if each position keeps to itself."""
        return None

    def __repr__(self):
        """The word as it is written: required arguments first, then what differs from the default."""
        words = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING:
                words.append(repr(value))
            elif value != field.default:
                words.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(words)})"


word = dataclass(frozen=True, repr=False)


@word
class Flatten(Layer):
    """All numbers in one row, channel by channel."""

    def output(self, shape):
        return (prod(shape),)


@word
class Linear(Layer):
    """A dense layer on a vector, or on each token."""

    out_features: int
    bias: bool = True
    depth = 1

    def output(self, shape):
        if len(shape) == 3:
            raise ValueError(
                f"the input is still maps, {shape}: put Flatten() or a global pool and Flatten() before"
            )
        return (*shape[:-1], whole(self.out_features, "out_features"))

    def cost(self, shape):
        weights = shape[-1] * self.out_features
        return Cost(weights, self.out_features * self.bias, weights * prod(shape[:-1]))

    def windows(self, shape):
        return "all" if len(shape) == 1 else None


@word
class Norm(Layer):
    """Batch or layer normalisation: a gamma (weight) and beta (bias) per channel; no statistics."""

    kind: str

    def cost(self, shape):
        return Cost(weights=channels(shape), biases=channels(shape))

    def __repr__(self):
        return f"{self.kind}()"


@word
class Scale(Layer):
    """Each channel times a learned number, plus another if there is a bias."""

    bias: bool = False

    def cost(self, shape):
        return Cost(weights=channels(shape), biases=channels(shape) * self.bias)


@word
class Elementwise(Layer):
    """A layer without parameters that keeps the shape and each position to itself."""

    kind: str
    setting: object = None

    def __repr__(self):
        return f"{self.kind}({'' if self.setting is None else self.setting})"


BatchNorm, LayerNorm = partial(Norm, "BatchNorm"), partial(Norm, "LayerNorm")
ReLU, Tanh, Sigmoid = (partial(Elementwise, kind) for kind in ("ReLU", "Tanh", "Sigmoid"))
GELU, SiLU, ReLU6 = (partial(Elementwise, kind) for kind in ("GELU", "SiLU", "ReLU6"))
Dropout, LocalResponseNorm = partial(Elementwise, "Dropout"), partial(Elementwise, "LocalResponseNorm")


def maps(shape):
    """The shape, if it is (channels, rows, columns)."""
    if len(shape) != 3:
        raise ValueError(
            f"the input is no stack of maps (channels, rows, columns) but {shape}: put this layer earlier"
        )
    return shape


def channels(shape):
    """How many channels maps have, or features vectors and tokens."""
    return shape[0] if len(shape) == 3 else shape[-1]
