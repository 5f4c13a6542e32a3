"""The quick PNG encoder, decoded by Pillow."""

import io
import zlib
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from helpers.drawing import png


@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 12), st.just(3))))
def test_pillow_reads_the_same_pixels(pixels):
    for packer in (png.zlib, zlib):  # with isal, where it is installed, and without
        with mock.patch.object(png, "zlib", packer):
            encoded = png.encode(pixels)
        Image.open(io.BytesIO(encoded)).verify()
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(encoded))), pixels)


def test_a_view_with_a_gap_is_encoded_as_it_looks():
    canvas = np.arange(5 * 7 * 4, dtype=np.uint8).reshape(5, 7, 4)
    decoded = np.asarray(Image.open(io.BytesIO(png.encode(canvas[::2, ::-1, :3]))))
    assert np.array_equal(decoded, canvas[::2, ::-1, :3])


@pytest.mark.parametrize("shape, dtype", [((4, 4), np.uint8), ((4, 4, 4), np.uint8), ((4, 4, 3), float)])
def test_other_arrays_are_refused(shape, dtype):
    with pytest.raises(ValueError, match="pixels"):
        png.encode(np.zeros(shape, dtype))
