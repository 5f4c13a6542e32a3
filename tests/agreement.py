"""Holding an operation to PyTorch: the same answer where torch answers, a helpful refusal where it refuses.

Drawn numbers are small whole numbers, also in float arrays. Their products and sums are exact in every dtype
and every order of summation, so right answers are equal to the last bit and no tolerance can hide a mistake.
"""

import re

import numpy as np
import pytest
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

REFUSED_BY_TORCH = (RuntimeError, TypeError, ValueError, IndexError)  # NotImplementedError is a RuntimeError


# --- what is drawn --------------------------------------------------------------------------------

DTYPES = st.sampled_from([np.float32, np.float64])
LAYOUTS = st.sampled_from(["C", "C", "F", "reversed", "sliced", "read-only", "batch last", "batch last"])
NO_NUMBER = st.sampled_from([1.5, 2.0, True, "2", (), (1, 1, 1), (1.0, 2)])


def int_or_pair(low, high):
    """An int or pair as torch takes it, a sequence of one or a np.integer too; rarely something else."""
    number = st.integers(low, high)
    pair = st.tuples(number, number)
    fits = [number, number, pair, pair, pair.map(list), st.tuples(number), number.map(np.int64)]
    return st.one_of(*fits * 3, NO_NUMBER)


def rarely(unusual, usual):
    """The usual strategy, one time in ten the unusual one."""
    return st.integers(0, 9).flatmap(lambda n: unusual if n == 7 else usual)


@st.composite
def arrays(draw, shape, dtype, largest=4):
    """Small whole numbers in any memory layout."""
    seed = draw(st.integers(0, 2**32 - 1))
    values = np.random.default_rng(seed).integers(-largest, largest, shape, endpoint=True).astype(dtype)
    return laid_out(values, draw(LAYOUTS))


def laid_out(values, layout):
    """The same numbers in another memory layout."""
    if layout == "F":
        return np.asfortranarray(values)
    if layout == "reversed":
        backwards = (slice(None, None, -1),) * values.ndim
        return values[backwards].copy()[backwards]
    if layout == "sliced":
        roomy = np.full([2 * n + 1 for n in values.shape], 99, values.dtype)
        view = roomy[tuple(slice(1, None, 2) for _ in values.shape)]
        view[...] = values
        return view
    if layout == "batch last" and values.ndim == 4:
        return values.transpose(2, 1, 3, 0).copy().transpose(3, 1, 0, 2)
    values = values.copy()
    values.flags.writeable = layout != "read-only"
    return values


def tensor(array, requires_grad=False):
    """The array as a tensor of its own memory; what is no array (None) as it is."""
    if not isinstance(array, np.ndarray):
        return array
    return torch.from_numpy(np.array(array, order="C")).requires_grad_(requires_grad)


# --- what is compared -----------------------------------------------------------------------------


def same_or_refused(ours, theirs, arrays, arguments):
    """Call both with arrays and arguments; True if both answer, and the same, False if both refuse.

    Of an empty batch torch checks less than of a full one; it is held to what torch makes of one image.
    """
    before = [np.array(array) if isinstance(array, np.ndarray) else array for array in arrays]
    images, *rest = map(tensor, arrays)
    empty = theirs is not torch.nn.functional.pad and images.ndim == 4 and len(images) == 0
    if empty:
        images = torch.zeros(1, *images.shape[1:], dtype=images.dtype)
    try:
        expected = theirs(images, *rest, **arguments)
    except REFUSED_BY_TORCH as refusal:
        check_refusal(lambda: ours(*arrays, **arguments), arguments, refusal)
        return False
    results = ours(*arrays, **arguments)
    for result, wanted in zip(as_tuple(results), as_tuple(expected), strict=True):
        assert_same(result, (wanted[:0] if empty else wanted).numpy())
        for array in arrays:
            assert array is None or not np.shares_memory(result, array), (
                "the result lies in an input's memory"
            )
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy, err_msg="an input was changed")
    return True


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


def same_gradients(backward, theirs, grad_output, arrays, arguments, rtol=0.0):
    """Both gradients of all arrays agree; rtol only where a division rounds."""
    leaves = [tensor(array, requires_grad=True) for array in arrays]
    theirs(*leaves, **arguments).backward(tensor(grad_output))
    results = backward(grad_output, *arrays, **arguments)
    for result, leaf in zip(as_tuple(results), leaves, strict=True):
        if leaf is None:
            assert result is None
            continue
        assert_same(result, leaf.grad.numpy(), rtol)
        assert not any(
            np.shares_memory(result, array) for array in (grad_output, *arrays) if array is not None
        )


def assert_same(result, expected, rtol=0.0):
    """Equal in dtype, shape and numbers, NaN and infinities included."""
    assert isinstance(result, np.ndarray)
    assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(result, expected, rtol=rtol, atol=0)


def check_refusal(call, arguments=(), refusal=None):
    """The call raises a ValueError or TypeError that names an argument, what it is, why, and what to do."""
    with pytest.raises((ValueError, TypeError)) as raised:
        call()
        pytest.fail(f"accepted what torch refuses: {refusal}")
    names = "|".join({"input", "weight", "bias", "grad_output", "kernel_size", *arguments})
    assert re.match(rf"({names})(\.shape|\.dtype)?( is |=).+: .+[;,] .+", str(raised.value)), raised.value
