"""The words that slide a window over maps: convolutions and poolings."""

from math import ceil, prod

from helpers.architectures.blueprints import Cost, Layer, maps, word
from helpers.ops.shapes import conv_transpose_output_size, pair, pool_output_size, whole
from helpers.ops.windows import conv_window

__all__ = ["AdaptiveAvgPool", "AvgPool", "Conv", "ConvTranspose", "MaxPool"]


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
        _check_groups(self.groups, channels, self.out_channels)
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
class ConvTranspose(Layer):
    """A transposed convolution: every position of the input adds its filters to a window of the output."""

    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple = 0
    output_padding: int | tuple = 0
    groups: int = 1
    bias: bool = True
    dilation: int | tuple = 1
    depth = 1
    transposed = True

    def output(self, shape):
        size = maps(shape)[1:]
        _check_groups(self.groups, shape[0], self.out_channels)
        kernel, stride, padding, dilation = zip(*self.windows(shape), strict=True)
        extra = pair(self.output_padding, "output_padding")
        return (
            self.out_channels,
            *map(conv_transpose_output_size, size, kernel, stride, padding, extra, dilation),
        )

    def cost(self, shape):
        kernel = pair(self.kernel_size, "kernel_size")
        weights = shape[0] * self.out_channels // self.groups * prod(kernel)
        return Cost(weights, self.out_channels * self.bias, weights * prod(shape[1:]))

    def windows(self, shape):
        names = ("kernel_size", "stride", "padding", "dilation")
        return tuple(zip(*(pair(getattr(self, name), name) for name in names), strict=True))


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


def _check_groups(groups, channels, filters):
    """Refuse a number of groups that does not divide channels and filters."""
    groups = whole(groups, "groups")
    for name, count in (("input channels", channels), ("out_channels", whole(filters, "out_channels"))):
        if count < 1 or count % groups:
            raise ValueError(f"groups={groups}: it must divide the {count} {name}; give a common divisor")
