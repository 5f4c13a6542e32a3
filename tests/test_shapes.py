"""Size arithmetic held to counting, to the sizes PyTorch makes, and to worked numbers."""

import subprocess
import sys

import numpy as np
import pytest
import torch.nn.functional as F
from agreement import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.ops import shapes


@pytest.mark.parametrize(
    ("numbers", "positions"),
    [
        ((7, 3, 1, 0), 5),
        ((7, 3, 1, 1), 7),
        ((7, 3, 2, 0), 3),
        ((32, 5, 1, 2), 32),
        ((224, 7, 2, 3), 112),
        ((112, 3, 2, 0), 55),
        ((5, 3, 1, 2), 7),  # "full"
        ((7, 3, 1, 0, 2), 3),
        ((4, 2, 1, (0, 1)), 4),
    ],
)
def test_worked_sizes(numbers, positions):
    assert shapes.conv_output_size(*numbers) == positions


def test_worked_sizes_of_pooling():
    assert shapes.pool_output_size(112, 3, 2) == 55
    assert shapes.pool_output_size(112, 3, 2, ceil_mode=True) == 56
    assert shapes.pool_output_size(4, 2) == 2
    assert (
        shapes.pool_output_size(5, 2, padding=1, ceil_mode=True) == 3
    )  # a fourth would start in the padding


NUMBERS = {
    "size": st.integers(0, 12),
    "kernel_size": st.integers(1, 5),
    "stride": st.integers(1, 6),
    "padding": st.integers(0, 5),
    "dilation": st.integers(1, 4),
}


@settings(max_examples=300)
@given(st.fixed_dictionaries(NUMBERS))
def test_positions_are_those_one_can_count(numbers):
    size, kernel_size, stride, padding, dilation = (numbers[name] for name in NUMBERS)
    taps = [tap * dilation for tap in range(kernel_size)]
    starts = [start for start in range(-padding, size + padding, stride) if start + taps[-1] < size + padding]
    if not starts:
        with pytest.raises(ValueError, match=rf"^kernel_size={kernel_size}: .* give a smaller kernel"):
            shapes.conv_output_size(**numbers)
        return
    assert shapes.conv_output_size(**numbers) == len(starts)
    assert shapes.window_starts(**numbers) == starts
    read = {start + tap for start in starts for tap in taps}
    assert shapes.uncovered(**numbers) == [pixel for pixel in range(size) if pixel not in read]


@settings(max_examples=300)
@given(st.fixed_dictionaries(NUMBERS), st.booleans())
def test_pooling_makes_torchs_sizes(numbers, ceil_mode):
    plane = torch.zeros(1, numbers.pop("size") + 1, 1)
    along = {name: (number, int(name != "padding")) for name, number in numbers.items()}
    try:
        expected = F.max_pool2d(plane, **along, ceil_mode=ceil_mode).shape[1]
    except RuntimeError:
        with pytest.raises(ValueError, match=r"^(kernel_size|padding)=\d+: .*; give "):
            shapes.pool_output_size(plane.shape[1], **numbers, ceil_mode=ceil_mode)
    else:
        assert shapes.pool_output_size(plane.shape[1], **numbers, ceil_mode=ceil_mode) == expected


@settings(max_examples=300)
@given(st.fixed_dictionaries(NUMBERS | {"output_padding": st.integers(0, 4)}))
def test_transposed_convolution_makes_torchs_sizes(numbers):
    plane = torch.zeros(1, numbers.pop("size") + 1, 1)
    weight = torch.zeros(1, 1, numbers["kernel_size"], 1)
    neutral = {"stride": 1, "padding": 0, "dilation": 1, "output_padding": 0}
    along = {name: (numbers[name], other) for name, other in neutral.items()}
    try:
        expected = F.conv_transpose2d(plane, weight, **along).shape[1]
    except RuntimeError:
        with pytest.raises(ValueError, match=r"^(output_)?padding=\d+: .*; give "):
            shapes.conv_transpose_output_size(plane.shape[1], **numbers)
    else:
        assert shapes.conv_transpose_output_size(plane.shape[1], **numbers) == expected


@settings(max_examples=100)
@given(st.integers(1, 20), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_same_padding_keeps_the_size_and_tensorflows_divides_it(size, kernel_size, stride, dilation):
    before, after = shapes.same_padding(kernel_size, dilation)
    assert shapes.conv_output_size(size, kernel_size, 1, (before, after), dilation) == size
    assert after - before in (0, 1)
    before, after = shapes.tf_same_padding(size, kernel_size, stride, dilation)
    assert after - before in (0, 1)
    if shapes.window_span(kernel_size, dilation) <= size + before + after:
        positions = shapes.conv_output_size(size, kernel_size, stride, (before, after), dilation)
        assert positions == -(-size // stride)
    if before:  # and with two pixels less there would be one position fewer
        assert (size + before + after - 2 - shapes.window_span(kernel_size, dilation)) // stride + 1 < -(
            -size // stride
        )


def test_worked_padding():
    assert shapes.same_padding(3) == (1, 1)
    assert shapes.same_padding(2) == (0, 1)
    assert shapes.same_padding(3, dilation=2) == (2, 2)
    assert shapes.tf_same_padding(224, 7, 2) == (2, 3)  # PyTorch's stems pad (3, 3) instead
    assert shapes.tf_same_padding(6, 2, 2) == (0, 0)


def test_worked_positions():
    assert shapes.window_starts(7, 3, 2, 1) == [-1, 1, 3, 5]
    assert shapes.uncovered(8, 3, 3) == [6, 7]
    assert shapes.uncovered(7, 1, 2) == [1, 3, 5]
    assert shapes.window_starts(4, 2, 1, (0, 1)) == [0, 1, 2, 3]


def test_pairs():
    assert shapes.pair(2, "stride") == (2, 2)
    assert shapes.pair((2, 3), "stride") == (2, 3)
    assert shapes.pair([np.int64(2)], "stride") == (2, 2)
    assert all(type(number) is int for number in shapes.pair((np.uint8(2), np.int32(3)), "stride"))


@pytest.mark.parametrize("value", [1.5, 2.0, True, np.True_, "2", None, np.array([1, 2]), np.float64(1)])
def test_only_whole_numbers_count(value):
    for given_value in (value, (1, value)):
        with pytest.raises(
            TypeError, match=r"^stride=.*: only a whole number will do; give a positive int or pair"
        ):
            shapes.pair(given_value, "stride")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shapes.pair(0, "stride"), "stride=0: a window must move; give a positive int or pair"),
        (lambda: shapes.pair((1, 0), "stride"), r"stride=\(1, 0\): a window must move"),
        (lambda: shapes.pair((), "stride"), r"stride=\(\): give one int, or a pair"),
        (lambda: shapes.conv_output_size(-1, 1), "size=-1: a size cannot be negative"),
        (lambda: shapes.conv_output_size(3, 0), "kernel_size=0: a window must hold a pixel"),
        (lambda: shapes.conv_output_size(3, 5), "kernel_size=5: .* over 5 pixels, but size=3 with padding=0"),
        (lambda: shapes.conv_output_size(7.0, 3), r"size=7\.0: only a whole number"),
        (lambda: shapes.tf_same_padding(7, 3, 0), "stride=0: a window must move"),
    ],
)
def test_a_refusal_names_argument_value_and_remedy(call, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        call()


def test_the_package_loads_without_torch_and_widgets():
    code = "import sys, helpers; print({'torch', 'ipywidgets', 'matplotlib'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"
