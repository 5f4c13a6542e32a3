"""Pixels around an array: a constant, the mirrored inside, or the nearest edge pixel repeated."""

import numpy as np

from helpers.ops.arrays import check_dtypes
from helpers.ops.shapes import whole


def pad(input, pad, mode="constant", value=None):
    """The array with pixels added around it, as torch.nn.functional.pad: a new array of the same dtype.

    pad counts pixels from the last axis on, (left, right, top, bottom, ...); a negative number crops. mode
    "constant" adds value, 0 if None, on any axes. "reflect" mirrors at the edge pixel, "replicate" repeats
    it; both pad the last 1, 2 or 3 axes of an array that has one or two axes more. input: float32, float64
    or int64. ValueError or TypeError says what does not fit.
    """
    check_dtypes(input=input)
    ends = _ends(pad, input.ndim)
    if isinstance(mode, str) and mode == "constant":
        return _with_constant(input, pad, ends, value)
    if not isinstance(mode, str) or mode not in ("reflect", "replicate"):
        raise ValueError(f'mode={mode!r}: give "constant", "reflect" or "replicate"')
    _check_edges(input, pad, ends, mode, value)
    out = input
    for axis, (before, after) in ends.items():
        last = input.shape[axis] - 1
        places = np.arange(-before, input.shape[axis] + after)  # where each pixel comes from
        if mode == "reflect":
            places = last - np.abs(last - np.abs(places))  # 2 1 0 1 2 ... last-1 last last-1
        out = out.take(np.clip(places, 0, last), axis=axis)
    return out


def _ends(pad, axes):
    """{axis: (before, after)} from the flat sequence of ints."""
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad={pad!r}: each axis needs two numbers; give a tuple (left, right, top, bottom)")
    if len(pad) % 2 or len(pad) > 2 * axes:
        raise ValueError(f"pad={pad!r}: give two numbers for each axis, for at most {axes} axes")
    numbers = [whole(number, "pad", shown=pad) for number in pad]
    return {axes - 1 - i: (numbers[2 * i], numbers[2 * i + 1]) for i in range(len(pad) // 2)}


def _with_constant(input, pad, ends, value):
    """The mode "constant"."""
    shape, kept, place = list(input.shape), [slice(None)] * input.ndim, [slice(None)] * input.ndim
    for axis, (before, after) in ends.items():
        size = input.shape[axis]
        kept[axis] = slice(max(-before, 0), size - max(-after, 0))
        if kept[axis].stop < kept[axis].start:
            raise ValueError(f"pad={pad!r}: it crops more than axis {axis} has, {size}; crop less")
        shape[axis] = size + before + after
        place[axis] = slice(max(before, 0), shape[axis] - max(after, 0))
    out = np.full_like(input, _checked(value, input.dtype), shape=shape)
    out[*place] = input[*kept]
    return out


def _checked(value, dtype):
    """The constant, refused unless an array of this dtype can hold it."""
    if value is None:
        return 0
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"value={value!r}: a pixel is one number; give an int or a float")
    whole_number = np.isfinite(value) and value == int(value) and -(2**63) <= value < 2**63
    if dtype.kind == "i" and not whole_number:
        raise ValueError(f"value={value!r}: int64 cannot hold it; give a whole number or pad a float array")
    if dtype.kind == "f" and np.isfinite(value) and abs(float(value)) > float(np.finfo(dtype).max):
        raise ValueError(f"value={value!r}: {dtype} ends at {np.finfo(dtype).max}; give a smaller number")
    return value


def _check_edges(input, pad, ends, mode, value):
    """The limits of the modes that copy edge pixels."""
    if value is not None and value != 0:
        raise ValueError(f"value={value!r}: {mode} padding takes its pixels from the edge; leave value out")
    before_them = input.ndim - len(ends)
    if not 1 <= len(ends) <= 3 or before_them not in (1, 2):
        counts = [str(2 * axes) for axes in (input.ndim - 2, input.ndim - 1) if 1 <= axes <= 3]
        remedy = f"give {' or '.join(counts)} numbers" if counts else 'use mode="constant"'
        raise ValueError(
            f"pad={pad!r}: {mode} mode pads 1, 2 or 3 axes and leaves one or two before them; for an input "
            f"of {input.ndim} axes {remedy}"
        )
    if 0 in input.shape[before_them - 1 :]:
        raise ValueError(f"input.shape={input.shape}: an empty array has no edge to {mode}; give pixels")
    for axis, (before, after) in ends.items():
        size = input.shape[axis]
        if size + before + after < (len(ends) == 1):  # with one axis torch wants a pixel left
            raise ValueError(f"pad={pad!r}: it leaves no pixel of the {size} on axis {axis}; crop less")
        if mode == "reflect" and max(before, after) >= size:
            raise ValueError(
                f"pad={pad!r}: a mirror at the edge of {size} pixels shows {size - 1}; give at most that many"
            )
