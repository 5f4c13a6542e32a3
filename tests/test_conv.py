"""conv2d, its loops and its gradients, held to PyTorch and SciPy."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch.nn.functional as F
from agreement import (
    DTYPES,
    arrays,
    assert_same,
    check_refusal,
    int_or_pair,
    laid_out,
    rarely,
    same_gradients,
    same_or_refused,
    tensor,
)
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from helpers import batch_last, conv2d, conv2d_backward, conv2d_loops
from helpers.ops.conv_fast import is_batch_last
from helpers.ops.windows import CACHE_BYTES

RNG = np.random.default_rng(0)
SAME = "ignore:Using padding='same' with even kernel"


@st.composite
def calls(draw, dtypes=DTYPES):
    """Arrays and keyword arguments of a conv2d call, most of them valid."""
    dtype = draw(dtypes)
    groups = draw(st.integers(1, 3))
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3)) * groups
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    image = [channels * groups, draw(st.integers(1, 9)), draw(st.integers(1, 9))]
    batch = draw(rarely(st.just([0]), st.sampled_from([[], [1], [2], [3]])))
    weight = [filters, channels, *kernel]
    spoilt = draw(rarely(st.integers(0, 6), st.none()))
    if spoilt is not None and spoilt < 4:
        weight[spoilt] += 1
    bias_dtype = np.float32 if spoilt == 4 else dtype
    bias_shape = [filters + 1] if spoilt == 5 else [1, filters] if spoilt == 6 else [filters]
    arguments = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "stride": rarely(int_or_pair(-1, 3), int_or_pair(1, 3)),
                "padding": rarely(
                    int_or_pair(-1, 1), st.one_of(int_or_pair(0, 4), st.sampled_from(["same", "valid"]))
                ),
                "dilation": rarely(int_or_pair(-1, 1), int_or_pair(1, 3)),
            },
        )
    )
    arguments["groups"] = draw(rarely(st.sampled_from([0, -1, 4, 1.0, True]), st.just(groups)))
    given_arrays = [draw(arrays(batch + image, dtype)), draw(arrays(weight, dtype))]
    given_arrays.append(draw(st.one_of(st.none(), arrays(bias_shape, bias_dtype))))
    return given_arrays, arguments


@pytest.mark.filterwarnings(SAME)
@settings(max_examples=500)
@given(calls(), st.data())
def test_conv2d_and_its_gradients_are_torchs(call, data):
    given_arrays, arguments = call
    answered = same_or_refused(conv2d, F.conv2d, given_arrays, arguments)
    event("answered" if answered else "refused")
    if answered:
        out = conv2d(*given_arrays, **arguments)
        grad_output = data.draw(arrays(out.shape, out.dtype))
        same_gradients(conv2d_backward, F.conv2d, grad_output, given_arrays, arguments)


@pytest.mark.filterwarnings(SAME)
@settings(max_examples=60)
@given(calls(dtypes=st.just(np.int64)), st.data())
def test_int64_is_exact(call, data):
    given_arrays, arguments = call
    huge = [None if array is None else array * (2**30 + 1) for array in given_arrays]
    if same_or_refused(conv2d, F.conv2d, huge, arguments):
        grad_output = data.draw(arrays(conv2d(*given_arrays, **arguments).shape, np.int64))
        as_floats = [
            None if array is None else array.astype(np.float64) for array in (grad_output, *given_arrays)
        ]
        exact = conv2d_backward(*as_floats, **arguments)
        for result, wanted in zip(
            conv2d_backward(grad_output, *given_arrays, **arguments), exact, strict=True
        ):
            if result is not None:
                assert_same(result, wanted.astype(np.int64))


@settings(max_examples=60)
@given(calls(), st.integers(1, 3), st.integers(0, 3))
def test_the_loops_are_conv2d(call, stride, padding):
    (input, weight, bias), _ = call
    arguments = {"stride": stride, "padding": padding}
    same_or_refused(conv2d_loops, F.conv2d, (input, weight, bias), arguments)


def test_the_plain_case_is_scipys():
    image, kernel = RNG.normal(size=(1, 17, 13)), RNG.normal(size=(1, 1, 4, 3))
    expected = correlate2d(image[0], kernel[0, 0], mode="valid")
    np.testing.assert_allclose(conv2d(image, kernel)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(conv2d_loops(image, kernel)[0], expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", [np.array, batch_last])
def test_rounding_stays_within_the_bound_for_sums(dtype, order):
    """A sum of n products, in any order, is off by at most n u / (1 - n u) times the sum of their sizes.

    u is half the gap between 1 and the next number. Source: Higham, Accuracy and Stability of Numerical
    Algorithms, section 3.1.
    """
    x, weight = RNG.normal(size=(4, 8, 30, 31)).astype(dtype), RNG.normal(size=(16, 8, 3, 3)).astype(dtype)
    bias = RNG.normal(size=16).astype(dtype)
    wide = np.longdouble if dtype == np.float64 else np.float64
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(wide), (3, 3), (2, 3))
    exact = np.einsum("nchwij,fcij->nfhw", windows, weight.astype(wide)) + bias[:, None, None]
    sizes = np.einsum("nchwij,fcij->nfhw", abs(windows), abs(weight.astype(wide))) + abs(bias[:, None, None])
    terms = (8 * 3 * 3 + 1) * np.finfo(dtype).eps / 2
    error = abs(conv2d(order(x), weight, bias) - exact)
    assert (error <= terms / (1 - terms) * sizes).all()


def test_an_output_larger_than_a_portion_is_made_of_many():
    """Several images to a portion, and several bands to an image, in both memory orders."""
    for shape, filters in [((200, 3, 20, 20), 2), ((2, 8, 120, 110), 3)]:
        x = RNG.integers(-4, 5, shape).astype(np.float32)
        weight = RNG.integers(-4, 5, (filters, shape[1], 5, 4)).astype(np.float32)
        arguments = {"stride": (1, 2), "padding": (3, 1), "dilation": (2, 1)}
        columns = x.nbytes * 5 * 4 / 2
        assert columns > 2 * CACHE_BYTES
        expected = F.conv2d(tensor(x), tensor(weight), **arguments).numpy()
        grad = RNG.integers(-4, 5, expected.shape).astype(np.float32)
        for order in (np.array, batch_last):
            assert_same(conv2d(order(x), weight, **arguments), expected)
            same_gradients(conv2d_backward, F.conv2d, order(grad), (order(x), weight, None), arguments)


def test_memory_stays_near_that_of_the_output():
    """Never all columns at once: they would take 58 MB here."""
    x, weight = (
        RNG.normal(size=(8, 64, 56, 56)).astype(np.float32),
        RNG.normal(size=(64, 64, 3, 3)).astype(np.float32),
    )
    for order in (np.array, batch_last):
        ordered = order(x)
        tracemalloc.start()
        out = conv2d(ordered, weight, padding=1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < out.nbytes + 4 * CACHE_BYTES


def test_batch_last_memory_stays_batch_last():
    x, weight = RNG.normal(size=(5, 3, 8, 7)), RNG.normal(size=(4, 3, 3, 3))
    ordered = batch_last(x)
    assert is_batch_last(ordered) and not is_batch_last(x)
    np.testing.assert_array_equal(ordered, x)
    assert not np.shares_memory(batch_last(ordered), ordered)
    out = conv2d(ordered, weight, padding=1)
    assert is_batch_last(out) and not is_batch_last(conv2d(x, weight, padding=1))
    grad_input, *_ = conv2d_backward(out, ordered, weight, padding=1)
    assert is_batch_last(grad_input)


# --- NaN and infinities ---------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("layout", ["C", "batch last"])
@pytest.mark.parametrize("place", ["input", "weight", "bias", "grad_output"])
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_go_where_torch_lets_them(layout, place, special):
    """In float64, where torch too multiplies the padding's zeros: with an infinite weight they make NaN."""
    given_arrays = {
        "input": RNG.integers(-3, 4, (3, 2, 6, 5)).astype(float),
        "weight": RNG.integers(1, 4, (4, 2, 3, 2)).astype(float),
        "bias": np.ones(4),
        "grad_output": RNG.integers(1, 4, (3, 4, 4, 3)).astype(float),
    }
    given_arrays[place].flat[1] = special
    x, weight, bias, grad_output = (laid_out(array, layout) for array in given_arrays.values())
    arguments = {"padding": (0, 1), "stride": (1, 2)}
    assert same_or_refused(conv2d, F.conv2d, (x, weight, bias), arguments)
    same_gradients(conv2d_backward, F.conv2d, grad_output, (x, weight, bias), arguments)


# --- what is refused ------------------------------------------------------------------------------

X, W, B = np.zeros((1, 2, 5, 5), np.float32), np.zeros((4, 2, 3, 3), np.float32), np.zeros(4, np.float32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"stride": 0}, r"stride=0: a window must move; give a positive int or pair"),
        ({"stride": 1.5}, r"stride=1\.5: only a whole number will do; give a positive int or pair"),
        ({"stride": (2, 1.0)}, r"stride=\(2, 1\.0\): only a whole number"),
        ({"stride": True}, r"stride=True: only a whole number"),
        ({"stride": (1, 2, 3)}, r"stride=\(1, 2, 3\): give one int, or a pair"),
        ({"padding": -1}, r"padding=-1: padding only adds pixels"),
        ({"padding": "full"}, r"padding='full': the words are \"same\" and \"valid\""),
        ({"padding": "same", "stride": 2}, r"padding=\"same\": a stride=\(2, 2\) cannot keep the size"),
        ({"dilation": 0}, r"dilation=0: 1 already means neighbouring pixels"),
        ({"dilation": 3}, r"kernel_size=3: with dilation=3 the window reaches over 7 pixels, but size=5"),
        ({"groups": 0}, r"groups=0: the channels form at least one group; give a positive int"),
        ({"groups": 3}, r"groups=3: all get as many of the 4 filters; give a divisor of 4"),
        (
            {"groups": 2},
            r"weight\.shape=\(4, 2, 3, 3\): in groups=2 such filters read 4 channels, and the input has 2; "
            r"give weight\.shape\[1\]=1, or an input of 4",
        ),
        ({"bias": B[:3]}, r"bias\.shape=\(3,\): each filter has one bias; give shape \(4,\)"),
        (
            {"bias": B.astype(float)},
            r"bias\.dtype=float64: input has float32, .* give bias\.astype\(np\.float32\)",
        ),
        ({"weight": W.astype(float)}, r"weight\.dtype=float64: input has float32"),
        ({"weight": None}, r"weight\.shape=\(\): give \(filters"),
        ({"input": None}, r"input is a NoneType: give a plain NumPy array"),
        ({"weight": W[0]}, r"weight\.shape=\(2, 3, 3\): give \(filters, channels / groups, rows, columns\)"),
        ({"weight": W[:0]}, r"weight\.shape=\(0, 2, 3, 3\): .* none of it 0"),
        ({"weight": W[:, :, :0]}, r"weight\.shape=\(4, 2, 0, 3\): .* none of it 0"),
        ({"input": X[0, 0]}, r"input\.shape=\(5, 5\): .* of a grey picture input\[np\.newaxis\]"),
        ({"input": X[:, :, :0]}, r"input\.shape=\(1, 2, 0, 5\): only the batch may be empty"),
        ({"input": X[:, :0]}, r"input\.shape=\(1, 0, 5, 5\): only the batch may be empty"),
        ({"input": X.tolist()}, r"input is a list: give a plain NumPy array"),
        ({"input": np.ma.masked_array(X)}, r"input is a MaskedArray: give a plain NumPy array"),
        ({"input": tensor(X)}, r"input is a Tensor: give a plain NumPy array"),
        ({"input": X.astype(np.uint8)}, r"input\.dtype=uint8: .* input\.astype\(np\.float32\) / 255"),
        (
            {"input": X.astype(np.float16)},
            r"input\.dtype=float16: the operations take float32, float64 and int64",
        ),
        ({"input": X.astype(bool)}, r"input\.dtype=bool: "),
        ({"input": X.astype(np.int32)}, r"input\.dtype=int32: "),
        ({"input": X.astype(complex)}, r"input\.dtype=complex128: "),
        ({"input": X.astype(">f8")}, r"input\.dtype=>f8: "),
        ({"input": X.astype(object)}, r"input\.dtype=object: "),
    ],
)
def test_a_refusal_names_argument_value_and_remedy(arguments, message):
    arguments = {"input": X, "weight": W, "bias": B} | arguments
    check_refusal(lambda: conv2d(**arguments), arguments)
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        conv2d(**arguments)
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        conv2d_backward(np.zeros((1, 4, 3, 3), np.float32), **arguments)


@pytest.mark.parametrize(
    ("shape", "filters", "named"),
    [
        ((96, 96, 3), 3, r"input\.shape=\(96, 96, 3\): .* 96 looks like a height; the 3 .* stand last"),
        ((2, 60, 90, 3), 3, r"input\.shape=\(2, 60, 90, 3\): .* 60 looks like a height"),
        ((2, 14, 14, 32), 32, r".* 14 looks like a height; the 32 .* stand last"),
        ((2, 32, 16, 16), 16, r".* the input has 32; give weight\.shape\[1\]=32, or an input of 16"),
        ((32, 10, 16), 16, r".* the input has 32; give weight"),
        ((64, 28, 28), 3, r".* the input has 64; give weight"),
        ((3, 3, 3), 2, r".* the input has 3; give weight"),
        ((60, 28, 28), 1, r"input\.shape=\(60, 28, 28\): .* 60 grey pictures, give input\[:, np\.newaxis\]"),
        ((2, 60, 28, 28), 1, r".* the input has 60; give weight"),
    ],
)
def test_channels_in_the_wrong_place_are_named_and_nothing_else_is(shape, filters, named):
    weight = np.zeros((4, filters, 3, 3))
    with pytest.raises(ValueError, match=f"^{named}"):
        conv2d(np.zeros(shape), weight)
    if "moveaxis" in named or "height" in named:
        assert conv2d(np.moveaxis(np.zeros(shape), -1, -3), weight).shape[-3] == 4, "the remedy helps"


def test_groups_must_divide_the_channels():
    with pytest.raises(ValueError, match=r"filters read 4 channels, and the input has 5; .* divisor of 5"):
        conv2d(np.zeros((5, 9, 9)), np.zeros((4, 2, 3, 3)), groups=2)


@pytest.mark.parametrize(
    ("grad_output", "message"),
    [
        (np.zeros((1, 4, 3, 2), np.float32), r"grad_output\.shape=\(1, 4, 3, 2\): it must match the output"),
        (np.zeros((4, 3, 3), np.float32), r"grad_output\.shape=\(4, 3, 3\): it must match the output"),
        (np.zeros((1, 4, 3, 3)), r"grad_output\.dtype=float64: input has float32"),
        (None, r"grad_output is a NoneType: give a plain NumPy array"),
    ],
)
def test_a_gradient_must_be_the_outputs(grad_output, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        conv2d_backward(grad_output, X, W)


# Chapter 5's count: zeros, and 2 x 2 windows with a tie, after five filters on eight photographs and ReLU.
TIES = """
import numpy as np
from helpers import conv2d, datasets, filters

names = ["sobel x", "sobel y", "laplacian", "emboss", "corner"]
weight = np.stack([filters.kernel(name) for name in names])[:, np.newaxis]
photos = np.stack([datasets.photo(name, size=128, grey=True) for name in datasets.PHOTOS])[:, np.newaxis]
for answers in (conv2d(photos, weight).round(9), conv2d(np.rint(255 * photos), weight)):
    tiles = np.maximum(answers, 0)[..., :120, :120].reshape(8, 5, 60, 2, 60, 2)
    tops = tiles.max(axis=(3, 5), keepdims=True)
    print((tiles == 0).sum(), ((tiles == tops).sum(axis=(3, 5)) > 1).sum())
"""


def test_equal_answers_are_equal_on_every_processor_once_they_are_rounded_or_whole():
    """OpenBLAS adds in an order for each processor: what is equal by arithmetic differs in the last bit."""
    found = set()
    for kernel in ("Prescott", "Nehalem", "Haswell"):  # without AVX, without it, with AVX2
        paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": paths}
        run = [sys.executable, "-c", TIES]
        found.add(subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(found) == 1, found
    (_, rounded), (_, whole) = (map(int, line.split()) for line in found.pop().splitlines())
    assert [round(ties / (8 * 5 * 60 * 60), 2) for ties in (rounded, whole)] == [0.18, 0.21]
