"""Padding held to PyTorch; windows, taps and portions held to plain loops over pixels."""

from itertools import product

import numpy as np
import pytest
import torch.nn.functional as F
from agreement import DTYPES, arrays, check_refusal, laid_out, rarely, same_or_refused
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from helpers import pad
from helpers.ops.windows import (
    CACHE_BYTES,
    bands,
    conv_window,
    pool_window,
    portions,
    read_area,
    sliding_windows,
    taps,
)

# --- pad ------------------------------------------------------------------------------------------


@st.composite
def pad_calls(draw):
    shape = draw(st.lists(rarely(st.just(0), st.integers(1, 5)), min_size=1, max_size=5))
    mode = draw(
        rarely(st.sampled_from(["circular?", None]), st.sampled_from(["constant", "reflect", "replicate"]))
    )
    most = len(shape) if mode == "constant" else draw(st.integers(1, 3))
    ends = draw(st.lists(st.integers(-3, 4), min_size=0, max_size=2 * most))
    if mode != "constant" or draw(st.booleans()):
        ends = (ends + [1] * 6)[: 2 * most]
    ends = draw(
        rarely(st.sampled_from([1, (1.5, 1), (True, 1), (1, 1, 1)]), st.sampled_from([tuple(ends), ends]))
    )
    arguments = {"pad": ends, "mode": mode}
    if draw(st.booleans()):
        arguments["value"] = draw(st.sampled_from([None, 0, 0.0, 2, -1.0, np.nan, np.inf, "1"]))
    return [draw(arrays(shape, draw(st.one_of(DTYPES, st.just(np.int64)))))], arguments


@settings(max_examples=600)
@given(pad_calls())
def test_pad_is_torchs(call):
    given_arrays, arguments = call
    value = arguments.get("value")
    whole_numbers = given_arrays[0].dtype == np.int64
    assume(
        not (whole_numbers and isinstance(value, float) and not np.isfinite(value))
    )  # see the refusals below
    event("answered" if same_or_refused(pad, F.pad, given_arrays, arguments) else "refused")


X = np.arange(6.0).reshape(1, 2, 3)


def test_worked_padding():
    row = np.array([[1, 2, 3]])
    np.testing.assert_array_equal(pad(row, (1, 2)), [[0, 1, 2, 3, 0, 0]])
    np.testing.assert_array_equal(pad(row, (1, 2), value=9), [[9, 1, 2, 3, 9, 9]])
    np.testing.assert_array_equal(pad(row, (2, 1), "reflect"), [[3, 2, 1, 2, 3, 2]])
    np.testing.assert_array_equal(pad(row, (2, 1), "replicate"), [[1, 1, 1, 2, 3, 3]])
    np.testing.assert_array_equal(pad(row, (-1, 1)), [[2, 3, 0]])
    np.testing.assert_array_equal(
        pad(X, (0, 0, 1, 0))[0], [[0, 0, 0], [0, 1, 2], [3, 4, 5]]
    )  # last axis first


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate"])
def test_padding_nothing_copies(mode):
    out = pad(X, (0, 0), mode)
    np.testing.assert_array_equal(out, X)
    assert not np.shares_memory(out, X)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pad": 1}, r"pad=1: each axis needs two numbers; give a tuple"),
        ({"pad": (1, 2, 3)}, r"pad=\(1, 2, 3\): give two numbers for each axis, for at most 3 axes"),
        ({"pad": (1,) * 8}, r"pad=.*: give two numbers for each axis, for at most 3 axes"),
        ({"pad": (1.5, 1)}, r"pad=\(1\.5, 1\): only a whole number will do"),
        ({"pad": (-2, -2)}, r"pad=\(-2, -2\): it crops more than axis 2 has, 3; crop less"),
        ({"pad": (3, 0), "mode": "reflect"}, r"pad=\(3, 0\): a mirror at the edge of 3 pixels shows 2"),
        ({"pad": (-3, 0), "mode": "reflect"}, r"pad=\(-3, 0\): it leaves no pixel"),
        (
            {"pad": (1,) * 6, "mode": "reflect"},
            r"pad=.*: reflect mode pads 1, 2 or 3 axes .* 3 axes give 2 or 4 num",
        ),
        ({"pad": (1, 1), "mode": "replicate", "input": X[0, 0]}, r'pad=.* of 1 axes use mode="constant"'),
        (
            {"pad": (1, 1), "mode": "reflect", "value": 1.0},
            r"value=1\.0: reflect padding takes its pixels from",
        ),
        ({"pad": (1, 1), "mode": "reflect", "input": X[:, :0]}, r"input\.shape=\(1, 0, 3\): an empty array"),
        (
            {"pad": (1, 1), "mode": "circular"},
            r"mode='circular': give \"constant\", \"reflect\" or \"replicate\"",
        ),
        ({"pad": (1, 1), "value": "1"}, r"value='1': a pixel is one number"),
        ({"pad": (1, 1), "value": True}, r"value=True: a pixel is one number"),
        ({"pad": (1, 1), "value": 0.5, "input": X.astype(int)}, r"value=0\.5: int64 cannot hold it"),
        ({"pad": (1, 1), "value": 1e300, "input": X.astype(np.float32)}, r"value=1e\+300: float32 ends at"),
        ({"pad": (1, 1), "input": X.astype(np.uint8)}, r"input\.dtype=uint8: "),
        ({"pad": (1, 1), "input": X.tolist()}, r"input is a list: "),
    ],
)
def test_a_refusal_names_argument_value_and_remedy(arguments, message):
    arguments = {"input": X} | arguments
    check_refusal(lambda: pad(**arguments), ["pad", "mode", "value"])
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        pad(**arguments)


# --- windows --------------------------------------------------------------------------------------


@st.composite
def window_ways(draw):
    """A Window of a convolution or a pooling, any valid one."""
    pair = lambda low, high: draw(st.tuples(st.integers(low, high), st.integers(low, high)))  # noqa: E731
    size, kernel, stride, dilation = pair(1, 8), pair(1, 4), pair(1, 4), pair(1, 3)
    try:
        if draw(st.booleans()):
            return conv_window(size, kernel, stride, pair(0, 4), dilation)
        return pool_window(size, kernel, stride, pair(0, 2), dilation, draw(st.booleans()))
    except ValueError:
        assume(False)


def pixel_of(window, position, tap):
    """The pixel, counted in the unpadded plane, that this tap of the window at this position reads."""
    axes = zip(position, window.stride, window.padding, tap, window.dilation, strict=True)
    return tuple(p * stride - padding + t * dilation for p, stride, padding, t, dilation in axes)


def lies_inside(window, pixel):
    return all(0 <= place < size for place, size in zip(pixel, window.size, strict=True))


def everywhere(pair):
    return product(*map(range, pair))


@settings(max_examples=150)
@given(window_ways(), st.sampled_from(["C", "reversed", "sliced", "batch last"]), st.integers(1, 3))
def test_windows_taps_and_bands_read_the_right_pixels(window, layout, band_rows):
    x = laid_out(np.random.default_rng(0).integers(1, 99, (2, 3, *window.size)), layout)
    expected = np.zeros((2, 3, *window.kernel, *window.output), x.dtype)
    for tap, position in product(everywhere(window.kernel), everywhere(window.output)):
        pixel = pixel_of(window, position, tap)
        if lies_inside(window, pixel):
            expected[:, :, *tap, *position] = x[:, :, *pixel]
    seen_windows = sliding_windows(x, window)
    np.testing.assert_array_equal(seen_windows, expected)
    assert not seen_windows.flags.writeable

    by_taps = np.zeros_like(expected)
    for tap, seen, pixels in taps(window):
        by_taps[:, :, *tap][seen] = x[pixels]
    np.testing.assert_array_equal(by_taps, expected)

    for band, part in bands(window, band_rows):
        np.testing.assert_array_equal(sliding_windows(x, part), expected[..., band, :])


def test_read_area_copies_only_for_padding():
    x = np.arange(32.0).reshape(1, 2, 4, 4)
    inside = read_area(x, conv_window((4, 4), (2, 2), 2))
    assert np.shares_memory(inside, x)
    cut_off = read_area(x, conv_window((4, 4), (3, 3), 2))
    assert cut_off.shape == (1, 2, 3, 3) and np.shares_memory(cut_off, x)
    padded = read_area(x, conv_window((4, 4), (3, 3), 1, 1))
    np.testing.assert_array_equal(padded, np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))))


@pytest.mark.parametrize(
    ("images", "bytes_per_pixel", "size"), [(7, 4, (10, 10)), (300, 4000, (10, 10)), (2, 4000, (60, 50))]
)
def test_portions_cover_everything_once_and_fit(images, bytes_per_pixel, size):
    window = conv_window(size, (3, 3), padding=1)
    count = np.zeros((images, size[0] * size[1]), int)
    for some, places, part in portions(images, bytes_per_pixel, window):
        count[some, places] += 1
        assert count[some, places].shape[1] == part.output[0] * part.output[1]
        assert count[some, places].size * 9 * bytes_per_pixel <= CACHE_BYTES
    np.testing.assert_array_equal(count, 1)


def test_a_single_row_may_exceed_the_cache():
    window = conv_window((3, 1000), (3, 3))
    assert [part.output for _, _, part in portions(1, 4000, window)] == [(1, 998)]


def test_same_and_valid():
    assert conv_window((7, 7), (3, 2), padding="same", dilation=(1, 3)).output == (7, 7)
    assert conv_window((7, 7), (2, 4), padding="same").padding == (0, 1)  # the odd zero comes after
    assert conv_window((7, 7), (3, 2), 2, padding="valid").output == (3, 3)
