"""conv_transpose2d, its loops and its gradients, held to PyTorch and to conv2d, whose reverse it is."""

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
)
from hypothesis import event, given, settings
from hypothesis import strategies as st

from helpers import (
    batch_last,
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    conv_transpose2d_loops,
)
from helpers.ops.conv_fast import is_batch_last

RNG = np.random.default_rng(0)


def reference(input, weight, bias=None, **arguments):
    """torch's, with refusals that some of its ways lack: dilation=0, an empty plane, another bias dtype."""
    F.conv_transpose2d(input.double(), weight.double(), **arguments)
    if bias is not None and bias.dtype != input.dtype:
        raise TypeError
    return F.conv_transpose2d(input, weight, bias, **arguments)


@st.composite
def calls(draw, dtypes=DTYPES):
    """Arrays and keyword arguments of a conv_transpose2d call, most of them valid."""
    dtype = draw(dtypes)
    groups = draw(st.integers(1, 3))
    channels, filters = draw(st.integers(1, 3)) * groups, draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    image = [channels, draw(st.integers(1, 6)), draw(st.integers(1, 6))]
    batch = draw(rarely(st.just([0]), st.sampled_from([[], [1], [2], [3]])))
    weight = [channels, filters, *kernel]
    spoilt = draw(rarely(st.integers(0, 6), st.none()))
    if spoilt is not None and spoilt < 4:
        weight[spoilt] += 1
    bias_dtype = np.float32 if spoilt == 4 else dtype
    bias_shape = [filters * groups]
    bias_shape = {5: [filters * groups + 1], 6: [1, filters * groups]}.get(spoilt, bias_shape)
    arguments = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "stride": rarely(int_or_pair(-1, 3), int_or_pair(1, 3)),
                "padding": rarely(int_or_pair(-1, 5), int_or_pair(0, 2)),
                "output_padding": rarely(int_or_pair(-1, 3), int_or_pair(0, 1)),
                "dilation": rarely(int_or_pair(-1, 1), int_or_pair(1, 3)),
            },
        )
    )
    arguments["groups"] = draw(rarely(st.sampled_from([0, -1, 4, 1.0, True]), st.just(groups)))
    given_arrays = [draw(arrays(batch + image, dtype)), draw(arrays(weight, dtype))]
    given_arrays.append(draw(st.one_of(st.none(), arrays(bias_shape, bias_dtype))))
    return given_arrays, arguments


@settings(max_examples=500)
@given(calls(), st.data())
def test_conv_transpose2d_and_its_gradients_are_torchs(call, data):
    given_arrays, arguments = call
    answered = same_or_refused(conv_transpose2d, reference, given_arrays, arguments)
    event("answered" if answered else "refused")
    if answered:
        out = conv_transpose2d(*given_arrays, **arguments)
        grad_output = data.draw(arrays(out.shape, out.dtype))
        same_gradients(conv_transpose2d_backward, reference, grad_output, given_arrays, arguments)


@settings(max_examples=60)
@given(calls(dtypes=st.just(np.int64)))
def test_int64_is_exact(call):
    given_arrays, arguments = call
    huge = [None if array is None else array * (2**30 + 1) for array in given_arrays]
    same_or_refused(conv_transpose2d, reference, huge, arguments)


@settings(max_examples=60)
@given(calls(), st.integers(1, 3), st.integers(0, 2))
def test_the_loops_are_conv_transpose2d(call, stride, padding):
    given_arrays, _ = call
    arguments = {"stride": stride, "padding": padding}
    same_or_refused(conv_transpose2d_loops, reference, given_arrays, arguments)


def test_it_is_the_input_gradient_of_conv2d():
    x, weight = RNG.normal(size=(2, 4, 9, 8)), RNG.normal(size=(6, 2, 3, 3))
    arguments = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
    grad_output = RNG.normal(size=conv2d(x, weight, **arguments).shape)
    grad_input, _, _ = conv2d_backward(grad_output, x, weight, **arguments)
    back = conv_transpose2d(grad_output, weight, output_padding=(0, 1), **arguments)
    np.testing.assert_array_equal(back, grad_input)


def test_it_is_the_adjoint_of_conv2d():
    """<conv2d(x), y> = <x, conv_transpose2d(y)>: the one matrix is the other's transpose."""
    x, weight = RNG.integers(-4, 5, (1, 2, 7, 6)), RNG.integers(-4, 5, (3, 2, 3, 2))
    y = RNG.integers(-4, 5, (1, 3, 5, 5))
    assert (conv2d(x, weight) * y).sum() == (x * conv_transpose2d(y, weight)).sum()


def test_a_worked_picture():
    """Two pixels, stride 1: the stamps [1 2 3] and 10 [1 2 3] overlap in two places."""
    pixels, kernel = np.array([[[1, 10]]]), np.array([[[[1, 2, 3]]]])
    np.testing.assert_array_equal(conv_transpose2d(pixels, kernel), [[[1, 12, 23, 30]]])
    np.testing.assert_array_equal(conv_transpose2d(pixels, kernel, stride=(1, 2)), [[[1, 2, 13, 20, 30]]])


def test_batch_last_memory_stays_batch_last():
    x, weight = RNG.integers(-4, 5, (5, 4, 6, 7)), RNG.integers(-4, 5, (4, 3, 3, 2))
    arguments = {"stride": (2, 1), "padding": (0, 1), "dilation": (1, 2), "groups": 2}
    ordered = batch_last(x)
    out = conv_transpose2d(ordered, weight, **arguments)
    assert is_batch_last(out)
    np.testing.assert_array_equal(out, conv_transpose2d(x, weight, **arguments))
    gradients = [
        conv_transpose2d_backward(order(out), order(x), weight, **arguments)
        for order in (np.array, batch_last)
    ]
    for plain, fast in zip(*gradients, strict=True):
        np.testing.assert_array_equal(plain, fast)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("layout", ["C", "batch last"])
@pytest.mark.parametrize("place", ["input", "weight", "bias", "grad_output"])
@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_nan_and_infinity_go_where_torch_lets_them(layout, place, special):
    given_arrays = {
        "input": RNG.integers(1, 4, (3, 2, 3, 4)).astype(float),
        "weight": RNG.integers(1, 4, (2, 4, 3, 2)).astype(float),
        "bias": np.ones(4),
        "grad_output": RNG.integers(1, 4, (3, 4, 7, 6)).astype(float),
    }
    given_arrays[place].flat[1] = special
    x, weight, bias, grad_output = (laid_out(array, layout) for array in given_arrays.values())
    arguments = {"padding": (0, 1), "stride": (2, 2), "output_padding": 0}
    assert same_or_refused(conv_transpose2d, reference, (x, weight, bias), arguments)
    same_gradients(conv_transpose2d_backward, reference, grad_output, (x, weight, bias), arguments)


X, W = np.zeros((1, 4, 4, 4), np.float32), np.zeros((4, 2, 3, 3), np.float32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"output_padding": 1},
            r"output_padding=1: it must stay below stride=1 or dilation=1; give at most 0",
        ),
        ({"output_padding": 2, "stride": 2}, r"output_padding=2: .* give at most 1"),
        ({"output_padding": -1}, r"output_padding=-1: it only adds pixels; give 0, or a positive"),
        ({"padding": 3}, r"padding=3: it crops 6 pixels, and there are 6 .* give less padding"),
        ({"padding": "same"}, r"padding='same': only a whole number will do"),
        ({"groups": 3}, r"groups=3: all get as many of the 4 channels; give a divisor of 4"),
        (
            {"weight": W[:3]},
            r"weight\.shape=\(3, 2, 3, 3\): the input has 4 channels; make that the first number",
        ),
        (
            {"input": np.zeros((1, 8, 8, 4), np.float32)},
            r"input\.shape=\(1, 8, 8, 4\): .* the 4 .* stand last.*moveaxis",
        ),
        ({"weight": W[:, :0]}, r"weight\.shape=\(4, 0, 3, 3\): .* none of it 0"),
        (
            {"bias": W[0, :, 0, 0], "groups": 2},
            r"bias\.shape=\(2,\): each output channel has one bias; give shape \(4,\)",
        ),
        ({"input": X[:, :, :0]}, r"input\.shape=\(1, 4, 0, 4\): only the batch may be empty"),
        ({"input": X.astype(np.uint8)}, r"input\.dtype=uint8: "),
        ({"weight": W.astype(float)}, r"weight\.dtype=float64: input has float32"),
        ({"weight": None}, r"weight\.shape=\(\): give \(channels"),
    ],
)
def test_a_refusal_names_argument_value_and_remedy(arguments, message):
    arguments = {"input": X, "weight": W} | arguments
    check_refusal(lambda: conv_transpose2d(**arguments), arguments)
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        conv_transpose2d(**arguments)


def test_a_gradient_must_be_the_outputs():
    with pytest.raises(ValueError, match=r"^grad_output\.shape=\(1, 2, 5, 6\): .* give shape \(1, 2, 6, 6\)"):
        conv_transpose2d_backward(np.zeros((1, 2, 5, 6), np.float32), X, W)


def test_nothing_in_gives_nothing_out():
    assert_same(conv_transpose2d(X[:0], W), np.zeros((0, 2, 6, 6), np.float32))
