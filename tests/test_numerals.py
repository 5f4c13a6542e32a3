"""Numbers in words and in few characters."""

import numpy as np
import pytest

from helpers.numerals import fixed, in_bytes, label, many, minus, number, rows, sizes, span, texts, together


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (-4.0, "−4"),
        (0.125, "0.13"),
        (-0.125, "−0.13"),
        (0.285, "0.29"),
        (0.005, "0.01"),
        (0.0049, "0.0049"),
        (-0.00123, "−0.0012"),
        (3e-7, "3e−7"),
        (999.994, "999.99"),
        (1234.5, "1230"),
        (-98765.4, "−98800"),
        (1.5e9, "1.5e9"),
    ],
)
def test_numbers_in_few_characters(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    "values, text",
    [
        ([0.00089, 0.99], "0 to 0.99"),
        ([0.0, 0.0031], "0 to 0.0031"),
        ([-0.002, -0.002], "−0.002 everywhere"),
        ([-12345.6, 0.001], "−12300 to 0"),
    ],
)
def test_a_range_in_words(values, text):
    assert span(np.array(values)) == text


def test_a_small_array_in_words():
    assert in_words(np.array([[0.0001, 2.0], [0.0, -0.5]])) == "0 2 / 0 −0.5"
    assert in_words(np.array([[0.001, 0.0]])) == "0.001 0"


def test_halves_are_rounded_away_from_zero_in_every_cell():
    values = np.array([[0.5, 1.5, 2.5], [-0.5, -2.5, 0.25]])
    assert texts(values, 0).tolist() == [["1", "2", "3"], ["−1", "−3", "0"]]
    assert texts(values, 1).tolist() == [[".5", "1.5", "2.5"], ["−.5", "−2.5", ".3"]]


def in_words(values):
    return rows(np.reshape(together(values), values.shape))


@pytest.mark.parametrize(
    "value, text",
    [(3, "3"), (-1020, "−1020"), (0.5, "0.5"), (-0.001, "0"), (0.125, "0.12"), (2.0, "2"), (np.nan, "")],
)
def test_label(value, text):
    assert label(value) == text


def test_texts_of_cells_are_labels_without_the_zero_before_the_point():
    assert texts([[0.125, -0.5], [np.nan, 10.25]]).tolist() == [[".12", "−.5"], ["", "10.25"]]


def test_nothing_is_minus_zero():
    assert [minus(text) for text in ("-0", "-0.00", "-0%", "-5%", "-0.5")] == [
        "0",
        "0.00",
        "0%",
        "−5%",
        "−0.5",
    ]
    assert fixed(-0.0004, 3) == "0.000" and fixed(-0.0006, 3) == "−0.001"


def test_counts_shapes_and_bytes():
    assert [many(1, "bias"), many(1024, "bias"), many(0, "map")] == ["1 bias", "1,024 biases", "0 maps"]
    assert sizes((3, 1024, 7)) == "3×1,024×7" and sizes((5,), " × ") == "5"
    assert [in_bytes(n) for n in (1023, 3072, 2.5 * 1024**2)] == ["1023 bytes", "3.0 KiB", "2.5 MiB"]
