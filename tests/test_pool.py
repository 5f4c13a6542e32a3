"""Max, average and adaptive average pooling, their loops and their gradients, held to PyTorch."""

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
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from helpers import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_avg_pool2d_loops,
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool2d_loops,
    batch_last,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_loops,
)
from helpers.ops.conv_fast import is_batch_last

RNG = np.random.default_rng(0)
INF = np.inf
ONE_ROUNDING = 1e-6  # a quotient is rounded; sums of rounded quotients differ in their last digits


@st.composite
def images(draw, dtypes=DTYPES, largest=4):
    """A batch, now and then an empty one, or a single image, of few different numbers: ties are common."""
    batch = draw(rarely(st.just([0]), st.sampled_from([[], [1], [2], [3]])))
    sides = st.tuples(st.integers(3, 9), st.integers(3, 9))
    rows, columns = draw(rarely(st.tuples(st.integers(1, 2), st.integers(1, 9)), sides))
    shape = [*batch, draw(st.integers(1, 3)), rows, columns]
    return draw(arrays(shape, draw(dtypes), largest))


@st.composite
def windows(draw, **more):
    """Keyword arguments of a pooling call, most of them valid."""
    kernel = draw(rarely(int_or_pair(-1, 1), int_or_pair(1, 4)))
    optional = {
        "stride": rarely(int_or_pair(-1, 3), st.one_of(st.none(), st.just(()), int_or_pair(1, 4))),
        "padding": rarely(int_or_pair(-1, 3), int_or_pair(0, 1)),
        "ceil_mode": rarely(st.sampled_from([1, None, "yes"]), st.booleans()),
        **more,
    }
    return {"kernel_size": kernel} | draw(st.fixed_dictionaries({}, optional=optional))


# --- max ------------------------------------------------------------------------------------------

DILATIONS = rarely(int_or_pair(-1, 1), int_or_pair(1, 3))


@settings(max_examples=500)
@given(images(), windows(dilation=DILATIONS), st.booleans(), st.data())
def test_max_pool2d_and_its_gradient_are_torchs(x, arguments, return_indices, data):
    answered = same_or_refused(max_pool2d, F.max_pool2d, [x], arguments | {"return_indices": return_indices})
    event("answered" if answered else "refused")
    if answered:
        assume(not sees_nothing(x.shape, arguments))
        out = max_pool2d(x, **arguments)
        grad_output = data.draw(arrays(out.shape, out.dtype))
        same_gradients(max_pool2d_backward, F.max_pool2d, grad_output, [x], arguments)


@settings(max_examples=60)
@given(images(dtypes=st.just(np.int64), largest=2**62), windows(dilation=DILATIONS))
def test_max_pool2d_of_int64(x, arguments):
    same_or_refused(max_pool2d, F.max_pool2d, [x], arguments | {"return_indices": True})


SPECIALS = st.sampled_from([np.nan, np.nan, INF, -INF, -INF, -INF, 0.0, -0.0, 1.0, 1.0])


@settings(max_examples=200)
@given(st.lists(SPECIALS, min_size=30, max_size=30), windows(dilation=DILATIONS), st.booleans(), st.data())
def test_nan_wins_and_infinities_are_numbers(numbers, arguments, fast, data):
    x = np.array(numbers).reshape(2, 1, 3, 5)
    x = batch_last(x) if fast else x
    if same_or_refused(max_pool2d, F.max_pool2d, [x], arguments | {"return_indices": True}):
        assume(not sees_nothing(x.shape, arguments))
        out = max_pool2d(x, **arguments)
        grad_output = data.draw(arrays(out.shape, out.dtype))
        same_gradients(max_pool2d_backward, F.max_pool2d, grad_output, [x], arguments)


def sees_nothing(shape, arguments):
    """Whether some window lies on padding alone, as dilation allows; torch gives its gradient anywhere."""
    return np.isinf(max_pool2d(np.zeros(shape), **arguments)).any()


@pytest.mark.parametrize("order", [np.array, batch_last])
def test_an_infinite_gradient_reaches_the_winner_alone(order):
    x = order(RNG.permutation(4 * 36).reshape(2, 2, 6, 6).astype(float))
    grad_output = order(np.where(RNG.random((2, 2, 5, 5)) < 0.2, INF, 1.0))
    same_gradients(max_pool2d_backward, F.max_pool2d, grad_output, [x], {"kernel_size": 2, "stride": 1})


def test_a_window_that_sees_padding_alone():
    """Kernel 2, padding 1, dilation 3 over 2 pixels reads the places -1 and 2."""
    x = np.ones((1, 2, 2))
    arguments = {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 3}
    assert same_or_refused(max_pool2d, F.max_pool2d, [x], arguments | {"return_indices": True})
    assert max_pool2d(x, **arguments) == -INF
    np.testing.assert_array_equal(max_pool2d_backward(np.ones((1, 1, 1)), x, **arguments), 0)


def test_the_first_of_equal_pixels_wins():
    out, places = max_pool2d(np.ones((1, 2, 4)), 2, return_indices=True)
    np.testing.assert_array_equal(places, [[[0, 2]]])
    np.testing.assert_array_equal(
        max_pool2d_backward(out, np.ones((1, 2, 4)), 2), [[[1, 0, 1, 0], [0, 0, 0, 0]]]
    )


def test_places_point_into_the_unpadded_plane():
    x = RNG.normal(size=(2, 3, 9, 8))
    out, places = max_pool2d(x, 3, 2, 1, return_indices=True)
    assert places.dtype == np.int64
    flat = np.take_along_axis(x.reshape(2, 3, 72), places.reshape(2, 3, -1), axis=2)
    np.testing.assert_array_equal(flat.reshape(out.shape), out)


def test_a_kernel_of_more_places_than_a_byte_counts():
    x = RNG.integers(-4, 5, (2, 3, 40, 40)).astype(float)
    arguments = {"kernel_size": (17, 20), "stride": (3, 5)}
    assert same_or_refused(max_pool2d, F.max_pool2d, [x], arguments | {"return_indices": True})


def test_worked_cases():
    first = np.array([[[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]])
    np.testing.assert_array_equal(max_pool2d(first, 2), [[[6, 8], [3, 4]]])
    peak = np.array([[[0, 1, 0, 0], [2, 9, 1, 0], [0, 0, 3, 1], [0, 0, 1, 0]]])
    np.testing.assert_array_equal(max_pool2d(peak, 2), [[[9, 1], [0, 3]]])
    np.testing.assert_array_equal(max_pool2d(np.roll(peak, 1, axis=2), 2), [[[2, 9], [1, 3]]])


# --- average --------------------------------------------------------------------------------------

DIVISORS = {
    "count_include_pad": rarely(st.sampled_from([0, None]), st.booleans()),
    "divisor_override": rarely(st.sampled_from([0, 2.5, True]), st.sampled_from([None, None, 1, 5, -3])),
}


@settings(max_examples=800)
@given(images(), windows(**DIVISORS), st.data())
def test_avg_pool2d_and_its_gradient_are_torchs(x, arguments, data):
    answered = same_or_refused(avg_pool2d, F.avg_pool2d, [x], arguments)
    event("answered" if answered else "refused")
    if answered:
        out = avg_pool2d(x, **arguments)
        grad_output = data.draw(arrays(out.shape, out.dtype))
        same_gradients(avg_pool2d_backward, F.avg_pool2d, abs(grad_output), [x], arguments, ONE_ROUNDING)


@settings(max_examples=100)
@given(images(dtypes=st.just(np.int64), largest=2**40), windows(**DIVISORS))
def test_avg_pool2d_of_int64_rounds_towards_zero(x, arguments):
    same_or_refused(avg_pool2d, F.avg_pool2d, [x], arguments)


def test_no_gradient_of_rounded_means():
    with pytest.raises(TypeError, match=r"^input\.dtype=int64: the result is not a whole number"):
        avg_pool2d_backward(np.ones((1, 1, 1), int), np.ones((1, 2, 2), int), 2)


def test_what_a_sum_is_divided_by():
    """Size 5, kernel 2, padding 1, rounded up: windows at -1, 1, 3, but not at 5, in the padding."""
    x = np.ones((1, 1, 5))
    along = {"kernel_size": (1, 2), "stride": (1, 2), "padding": (0, 1), "ceil_mode": True}
    np.testing.assert_array_equal(avg_pool2d(x, **along), [[[0.5, 1, 1]]])
    np.testing.assert_array_equal(avg_pool2d(x, **along, count_include_pad=False), [[[1, 1, 1]]])
    np.testing.assert_array_equal(avg_pool2d(x, **along, divisor_override=4), [[[0.25, 0.5, 0.5]]])
    hanging = {"kernel_size": (1, 4), "stride": (1, 3), "padding": (0, 1), "ceil_mode": True}
    x = np.ones(
        (1, 1, 4)
    )  # windows at -1 and 2; of the second's four places 2 and 3 are pixels, 4 is padding
    np.testing.assert_allclose(avg_pool2d(x, **hanging), [[[3 / 4, 2 / 3]]])
    np.testing.assert_array_equal(avg_pool2d(x, **hanging, count_include_pad=False), [[[1, 1]]])


# --- adaptive -------------------------------------------------------------------------------------

OUTPUT_SIZES = rarely(
    st.one_of(int_or_pair(-1, 0), st.none(), st.just((None, None)), st.just((2, None, 2))),
    st.one_of(
        int_or_pair(1, 6), st.tuples(st.none(), st.integers(0, 5)), st.tuples(st.integers(1, 5), st.none())
    ),
)


@settings(max_examples=300)
@given(images(), OUTPUT_SIZES, st.data())
def test_adaptive_avg_pool2d_and_its_gradient_are_torchs(x, output_size, data):
    assume(not isinstance(output_size, np.integer))  # torch takes int here only; so does every other argument
    try:
        F.adaptive_avg_pool2d(tensor(x), output_size)
    except (RuntimeError, TypeError, ValueError) as refusal:
        event("refused")
        check_refusal(lambda: adaptive_avg_pool2d(x, output_size), ["output_size"], refusal)
        return
    event("answered")
    expected = F.adaptive_avg_pool2d(tensor(x), output_size).numpy()
    result = adaptive_avg_pool2d(x, output_size)
    assert_same(result, expected, ONE_ROUNDING)
    assert not np.shares_memory(result, x)
    assert_same(adaptive_avg_pool2d_loops(x, output_size), expected, ONE_ROUNDING)
    assume(expected[:1].size)  # torch has no gradient of empty planes
    grad_output = data.draw(arrays(expected.shape, expected.dtype))
    same_gradients(
        lambda grad, input: adaptive_avg_pool2d_backward(grad, input, output_size),
        lambda input: F.adaptive_avg_pool2d(input, output_size),
        abs(grad_output),
        [x],
        {},
        ONE_ROUNDING,
    )


@pytest.mark.parametrize("order", [np.array, batch_last])
def test_global_average(order):
    x = order(RNG.normal(size=(3, 4, 5, 6)))
    expected = x.mean(axis=(2, 3), keepdims=True)
    np.testing.assert_allclose(adaptive_avg_pool2d(x, 1), expected, rtol=1e-12)
    np.testing.assert_allclose(adaptive_avg_pool2d(x, np.int64(1)), expected, rtol=1e-12)


def test_parts_overlap_where_sizes_do_not_divide():
    """7 pixels in 3 parts: 0-2, 2-4, 4-6."""
    x = np.arange(7.0).reshape(1, 1, 7)
    np.testing.assert_array_equal(adaptive_avg_pool2d(x, (1, 3)), [[[1, 3, 5]]])
    np.testing.assert_allclose(
        adaptive_avg_pool2d_backward(np.ones((1, 1, 3)), x, (1, 3)) * 3, [[[1, 1, 2, 1, 2, 1, 1]]]
    )


def test_no_channels_or_whole_numbers():
    with pytest.raises(ValueError, match=r"^input\.shape=\(2, 0, 4, 4\): only the batch may be empty"):
        adaptive_avg_pool2d(np.ones((2, 0, 4, 4)), 1)
    with pytest.raises(TypeError, match=r"^input\.dtype=int64: the result is not a whole number"):
        adaptive_avg_pool2d(np.ones((2, 4, 4), int), 1)


# --- all ------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(images(), st.integers(1, 4), st.one_of(st.none(), st.integers(1, 3)), st.integers(0, 2))
def test_the_loops_are_the_operations(x, kernel_size, stride, padding):
    arguments = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    same_or_refused(max_pool2d_loops, F.max_pool2d, [x], arguments)
    same_or_refused(avg_pool2d_loops, F.avg_pool2d, [x], arguments)


def test_the_loops_know_nan_and_int64():
    x = np.array([[[1, np.nan], [3, 2]]])
    assert np.isnan(max_pool2d_loops(x, 2))
    halves = np.array([[[1, 2], [-3, -2]]])
    assert avg_pool2d_loops(halves, (1, 2)).tolist() == avg_pool2d(halves, (1, 2)).tolist() == [[[1], [-2]]]
    assert avg_pool2d_loops(halves, 2).dtype == np.int64


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_a_one_by_one_window_copies(pool):
    x = RNG.normal(size=(2, 3, 4, 5))
    out = pool(x, 1)
    np.testing.assert_array_equal(out, x)
    assert not np.shares_memory(out, x)


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_batch_last_memory_stays_batch_last(pool):
    x = RNG.normal(size=(5, 3, 8, 7))
    out = pool(batch_last(x), 3, 2, 1)
    assert is_batch_last(out)
    np.testing.assert_array_equal(out, pool(x, 3, 2, 1))


X = np.zeros((2, 3, 5, 5), np.float32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel_size": 0}, r"kernel_size=0: a window must hold a pixel; give a positive int or pair"),
        ({"kernel_size": 2.0}, r"kernel_size=2\.0: only a whole number will do"),
        ({"kernel_size": None}, r"kernel_size=None: only a whole number will do"),
        ({"kernel_size": 6}, r"kernel_size=6: with dilation=1 the window reaches over 6 pixels, but size=5"),
        ({"kernel_size": 6, "stride": 1, "ceil_mode": True}, r"kernel_size=6: .* a whole stride=1 beyond"),
        ({"kernel_size": 2, "stride": 0}, r"stride=0: a window must move"),
        ({"kernel_size": 3, "padding": 2}, r"padding=2: beyond half of kernel_size=3 .* give at most 1"),
        ({"kernel_size": (1, 3), "padding": 1}, r"padding=1: beyond half of kernel_size=1 .* give at most 0"),
        ({"kernel_size": 2, "padding": -1}, r"padding=-1: padding only adds pixels"),
        ({"kernel_size": 2, "ceil_mode": 1}, r"ceil_mode=1: it is a yes or a no; give True or False"),
        ({"kernel_size": 2, "input": X[0, 0]}, r"input\.shape=\(5, 5\): "),
        ({"kernel_size": 2, "input": X[:, :0]}, r"input\.shape=\(2, 0, 5, 5\): only the batch may be empty"),
        ({"kernel_size": 2, "input": X.astype(np.uint8)}, r"input\.dtype=uint8: "),
        ({"kernel_size": 2, "input": X.astype(np.float16)}, r"input\.dtype=float16: "),
        ({"kernel_size": 2, "input": None}, r"input is a NoneType: "),
    ],
)
@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_a_refusal_names_argument_value_and_remedy(pool, arguments, message):
    arguments = {"input": X} | arguments
    check_refusal(lambda: pool(**arguments), arguments)
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        pool(**arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: max_pool2d(X, 2, dilation=0), r"dilation=0: 1 already means neighbouring pixels"),
        (lambda: avg_pool2d(X, 2, divisor_override=0), r"divisor_override=0: nothing can be divided by 0"),
        (
            lambda: avg_pool2d(X, 2, divisor_override=2.5),
            r"divisor_override=2\.5: only a whole number will do",
        ),
        (lambda: avg_pool2d(X, 2, count_include_pad=1), r"count_include_pad=1: .* give True or False"),
        (lambda: adaptive_avg_pool2d(X, (3,)), r"output_size=\(3,\): give one int, or a pair"),
        (lambda: adaptive_avg_pool2d(X, -1), r"output_size=-1: a size cannot be negative"),
        (lambda: adaptive_avg_pool2d(X, (2, 2.0)), r"output_size=\(2, 2\.0\): only a whole number will do"),
        (
            lambda: max_pool2d_backward(X, X, 2),
            r"grad_output\.shape=\(2, 3, 5, 5\): .* give shape \(2, 3, 2, 2\)",
        ),
        (lambda: avg_pool2d_backward(None, X, 2), r"grad_output is a NoneType: "),
        (lambda: adaptive_avg_pool2d_backward(X.astype(float), X, 5), r"grad_output\.dtype=float64: "),
    ],
)
def test_more_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        call()


def test_layouts_do_not_matter():
    x = RNG.integers(-9, 9, (2, 3, 7, 6)).astype(float)
    for layout in ["F", "reversed", "sliced", "read-only"]:
        np.testing.assert_array_equal(adaptive_avg_pool2d(laid_out(x, layout), 2), adaptive_avg_pool2d(x, 2))
