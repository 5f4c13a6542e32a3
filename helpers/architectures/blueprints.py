"""The words a layer list is written in; each knows its output shape, its parameters and its MACs.

Nothing is computed on images here, so a network of a hundred million weights costs no memory. Shapes have no
batch axis: (channels, rows, columns) for maps, (features,) for vectors, (tokens, features) for a transformer.
Input sizes are not named: a word takes what the layer before it makes. Words that hold lists are in
branches.py, those of a transformer in tokens.py; helpers.architectures offers them all.
"""

from dataclasses import MISSING, dataclass, fields
from functools import partial
from math import ceil, prod
from typing import NamedTuple

from helpers.ops.shapes import pair, pool_output_size, whole
from helpers.ops.windows import conv_window

__all__ = [
    *["AdaptiveAvgPool", "AvgPool", "BatchNorm", "Conv", "Dropout", "Flatten", "GELU", "LayerNorm", "Linear"],
    *["LocalResponseNorm", "MaxPool", "ReLU", "ReLU6", "Scale", "Sigmoid", "SiLU", "Tanh"],
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
class Conv(Layer):
    """A convolution; connections counts the (filter, channel) pairs if not all of them are joined."""

    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple | str = 0
    dilation: int | tuple = 1
    groups: int = 1
    bias: bool = True
    connections: int | None = None
    depth = 1

    def _window(self, shape):
        channels, *size = maps(shape)
        groups, filters = whole(self.groups, "groups"), whole(self.out_channels, "out_channels")
        for name, count in (("input channels", channels), ("out_channels", filters)):
            if count < 1 or count % groups:
                raise ValueError(f"groups={groups}: it must divide the {count} {name}; give a common divisor")
        kernel = pair(self.kernel_size, "kernel_size")
        return conv_window(size, kernel, self.stride, self.padding, self.dilation)

    def output(self, shape):
        return (self.out_channels, *self._window(shape).output)

    def cost(self, shape):
        window = self._window(shape)
        pairs = self.connections or self.out_channels * shape[0] // self.groups
        weights = pairs * prod(window.kernel)
        return Cost(weights, self.out_channels * self.bias, weights * prod(window.output))

    def windows(self, shape):
        window = self._window(shape)
        return tuple(zip(window.kernel, window.stride, window.padding, window.dilation, strict=True))


@word
class MaxPool(Layer):
    """The largest value of each window."""

    kernel_size: int | tuple
    stride: int | tuple | None = None
    padding: int | tuple = 0
    dilation: int | tuple = 1
    ceil_mode: bool = False

    def _axes(self):
        kernel = pair(self.kernel_size, "kernel_size")
        stride = kernel if self.stride is None else pair(self.stride, "stride")
        padding, dilation = pair(self.padding, "padding"), pair(self.dilation, "dilation")
        return tuple(zip(kernel, stride, padding, dilation, strict=True))

    def output(self, shape):
        channels, *size = maps(shape)
        sizes = (
            pool_output_size(n, *axis, ceil_mode=self.ceil_mode)
            for n, axis in zip(size, self._axes(), strict=True)
        )
        return (channels, *sizes)

    def windows(self, shape):
        return self._axes()


@word
class AvgPool(MaxPool):
    """The mean of each window."""


@word
class AdaptiveAvgPool(Layer):
    """The mean of as many windows as output_size asks for, on any input; 1 is global average pooling."""

    output_size: int | tuple = 1

    def output(self, shape):
        return (maps(shape)[0], *pair(self.output_size, "output_size"))

    def windows(self, shape):
        sizes = zip(maps(shape)[1:], self.output(shape)[1:], strict=True)
        return tuple(self._axis(n, o) for n, o in sizes)

    @staticmethod
    def _axis(n, o):
        """Window i of o runs from floor(i*n/o) to ceil((i+1)*n/o): the widest, and their mean step."""
        widest = max(ceil((i + 1) * n / o) - i * n // o for i in range(o))
        return widest, 0 if o == 1 else n / o if n % o else n // o, 0, 1


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
