"""Size arithmetic of sliding windows, and every error about a size.

One axis at a time, in whole numbers: how many positions a window has, where they start, what they miss.
A convolution's padding is an int for both ends of the axis, or a pair (before, after).
"""

import operator
import sys
from numbers import Integral, Real

import numpy as np

MOST = 10_000_000  # pixels: a larger number is a slip, and would take all memory or hours
# What each argument must at least be, why, and what to give instead.
_LEAST = {
    "stride": (1, "a window must move", "a positive int or pair"),
    "dilation": (1, "1 already means neighbouring pixels", "a positive int or pair"),
    "kernel_size": (1, "a window must hold a pixel", "a positive int or pair"),
    "padding": (0, "padding only adds pixels, helpers.pad crops", "0, or a positive int or pair"),
    "output_padding": (0, "it only adds pixels", "0, or a positive int or pair"),
    "output_size": (0, "a size cannot be negative", "0, or a positive int or pair"),
    "size": (0, "a size cannot be negative", "0, or a positive int"),
    "pad": (-MOST, "no image has so many pixels to crop", "a number nearer to 0"),
    "groups": (1, "the channels form at least one group", "a positive int"),
}


def is_whole(value):
    """Whether a value is a whole number: an int, Python's or NumPy's. True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def real(value, name, low=None, high=None):
    """The argument itself; TypeError if it is no real number, ValueError outside low to high."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name}={value!r}: only a number will do; give e.g. 0.1")
    if low is not None and not low <= value <= high:
        raise ValueError(f"{name}={value!r}: it must not leave {low} to {high}; give a number in between")
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        raise ValueError(f"{name}={value!r}: no float is so large; give e.g. 0.1")
    return value


def flag(value, name):
    """The argument as a bool; TypeError unless it is True or False: an array, a bias, stands elsewhere."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}={value!r}: it is a yes or a no; give True or False")
    return bool(value)


def seeded(seed):
    """A random generator of that seed (or a generator itself); TypeError or ValueError for what is none."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(f"seed={seed!r}: {error}; give a whole number from 0 up") from None


def whole(value, name, shown=None):
    """The argument as a Python int; TypeError if it is no whole number, ValueError if it is out of range."""
    shown = value if shown is None else shown
    least, why, remedy = _LEAST.get(name, (None, "", "an int"))
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}={shown!r}: only a whole number will do; give {remedy}") from None
    if least is not None and number < least:
        raise ValueError(f"{name}={shown!r}: {why}; give {remedy}")
    most = MOST if name in _LEAST else 10**12
    if number > most:
        raise ValueError(f"{name}={shown!r}: no image or layer is so large; give at most {most:,}")
    return number


def pair(value, name):
    """An int or pair as (rows, columns); a lone int, or a sequence of one, counts for both axes."""
    if not isinstance(value, (tuple, list)):
        return (whole(value, name),) * 2
    if len(value) not in (1, 2):
        raise ValueError(f"{name}={value!r}: give one int, or a pair of ints for rows and columns")
    numbers = tuple(whole(item, name, shown=value) for item in value)
    return numbers if len(numbers) == 2 else numbers * 2


def window_span(kernel_size, dilation=1):
    """How many pixels a window reaches over, from its first to its last: D(K - 1) + 1."""
    return whole(dilation, "dilation") * (whole(kernel_size, "kernel_size") - 1) + 1


def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    """How many positions a convolution's window has on one axis: floor((W + 2P - D(K - 1) - 1) / S) + 1.

    ValueError if the window is longer than the padded input.
    """
    span, stride = window_span(kernel_size, dilation), whole(stride, "stride")
    padded = whole(size, "size") + sum(pair(padding, "padding"))
    if span > padded:
        raise ValueError(
            f"kernel_size={kernel_size}: with dilation={dilation} the window reaches over {span} pixels, but "
            f"size={size} with padding={padding} has only {padded}; give a smaller kernel or more padding"
        )
    return (padded - span) // stride + 1


def pool_output_size(size, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """How many positions a pooling window has on one axis; stride None means the kernel size.

    ceil_mode rounds up, so the last window may hang over the end; but one that would start beyond the input,
    in the padding, is dropped. ValueError if padding exceeds half the kernel, or if no position is left.
    """
    size, padding = whole(size, "size"), whole(padding, "padding")
    kernel_size = whole(kernel_size, "kernel_size")
    stride = kernel_size if stride is None else whole(stride, "stride")
    if padding > kernel_size // 2:
        raise ValueError(
            f"padding={padding}: beyond half of kernel_size={kernel_size} a window holds more padding "
            f"than pixels; give at most {kernel_size // 2}"
        )
    if not flag(ceil_mode, "ceil_mode"):
        return conv_output_size(size, kernel_size, stride, padding, dilation)
    span = window_span(kernel_size, dilation)
    positions = -((span - size - 2 * padding) // stride) + 1
    if (positions - 1) * stride >= size + padding:
        positions -= 1
    if positions < 1:
        raise ValueError(
            f"kernel_size={kernel_size}: with dilation={dilation} the window reaches over {span} pixels, a "
            f"whole stride={stride} beyond the padded {size + 2 * padding}; give a smaller kernel"
        )
    return positions


def conv_transpose_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """The size a transposed convolution makes of one axis: (W - 1)S - 2P + D(K - 1) + 1 + output_padding.

    ValueError if output_padding reaches both stride and dilation, or if padding leaves no pixel.
    """
    size, stride, padding = whole(size, "size"), whole(stride, "stride"), whole(padding, "padding")
    span, extra = window_span(kernel_size, dilation), whole(output_padding, "output_padding")
    if extra >= max(stride, dilation):
        raise ValueError(
            f"output_padding={extra}: it must stay below stride={stride} or dilation={dilation}; "
            f"give at most {max(stride, dilation) - 1}"
        )
    uncropped = (size - 1) * stride + span + extra
    if uncropped <= 2 * padding:
        raise ValueError(
            f"padding={padding}: it crops {2 * padding} pixels, and there are {uncropped} (size={size}, "
            f"kernel_size={kernel_size}, stride={stride}); give less padding"
        )
    return uncropped - 2 * padding


def window_starts(size, kernel_size, stride=1, padding=0, dilation=1):
    """Where each window on one axis starts, counted in the unpadded input: -padding, stride - padding, ..."""
    positions = conv_output_size(size, kernel_size, stride, padding, dilation)
    before, _ = pair(padding, "padding")
    return [position * stride - before for position in range(positions)]


def uncovered(size, kernel_size, stride=1, padding=0, dilation=1):
    """The pixels on one axis that no window reads: cut off by floor, or skipped by stride or dilation."""
    starts = window_starts(size, kernel_size, stride, padding, dilation)
    read = {start + tap * dilation for start in starts for tap in range(kernel_size)}
    return [pixel for pixel in range(size) if pixel not in read]


def same_padding(kernel_size, dilation=1):
    """The padding (before, after) that keeps the size at stride 1; as in PyTorch, an odd one comes after."""
    total = window_span(kernel_size, dilation) - 1
    return total // 2, total - total // 2


def tf_same_padding(size, kernel_size, stride, dilation=1):
    """The padding (before, after) of TensorFlow's "same", which makes ceil(W / S) positions at any stride.

    An odd pixel goes to the end. Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    """
    size, stride = whole(size, "size"), whole(stride, "stride")
    positions = -(-size // stride)
    total = max((positions - 1) * stride + window_span(kernel_size, dilation) - size, 0)
    return total // 2, total - total // 2
