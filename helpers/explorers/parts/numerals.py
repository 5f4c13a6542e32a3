"""Numbers in few characters, as the captions, the words and the small cells of an explorer show them."""

import re

import numpy as np

from helpers.drawing.cells import label
from helpers.drawing.lettering import stamp

LEAST, MOST = 12, 19  # pixels of type in the stored picture; 12 are 8 on the page, the least to be read


def number(value):
    """Two digits after the point; from 1000 up three digits in all, and what is tiny is not called 0."""
    value = float(value)
    if value == 0 or 0.005 <= abs(value) < 1000:
        return label(float(rounded(value, 2)))
    text = f"{value:.2e}" if abs(value) >= 1000 else f"{value:.1e}"
    if 1e-4 <= abs(value) < 1e6:
        return label(int(float(text))) if abs(value) >= 1 else f"{float(text):g}".replace("-", "−")
    digits, power = text.split("e")
    return f"{float(digits):g}e{int(power)}".replace("-", "−")


def rounded(values, places):
    """Numbers rounded as at school: a half goes away from zero."""
    values, scale = np.asarray(values, dtype=np.float64), 10.0**places
    return np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + 1e-9) / scale


def span(values):
    """The value range in words: from −4 to 4."""
    low, high = _together([values.min(), values.max()])
    return f"{low} everywhere" if low == high else f"{low} to {high}"


def size(values):
    return " × ".join(map(str, values.shape))


def rows(values):
    """A small array as words: −1 0 1 / −2 0 2 / −1 0 1."""
    texts = iter(_together(values.ravel()))
    return " / ".join(" ".join(next(texts) for _ in row) for row in values)


def _together(values):
    """Numbers side by side: what is tiny is 0 beside one that is not."""
    tiny = np.abs(values) < 0.005
    return [number(value) for value in np.where(tiny & ~tiny.all(), 0, values)]


def places(values, cell):
    """How many digits after the point to show in square cells of ``cell`` pixels.

    As many as can be read, two at most, one in large maps, and none from 1000 up. None where even whole
    numbers are too wide, or where rounding to them would leave the numbers hardly a digit.
    """
    strongest, fractions = np.abs(values).max(), (values % 1).any()
    room, size = int(cell) - 4, type_size(cell)
    most = 0 if strongest >= 1000 else 2 if len(values) <= 8 else 1
    for digits in range(most, -1, -1):
        if fractions and rounded(strongest, digits) < (10 if digits == 0 else 10.0**-digits):
            return None
        # The widest number need not be the longest: a minus sign is wider than a digit.
        width = max(stamp(text, size).shape[1] for text in np.unique(texts(values, digits)))
        if min(size, size * room / width) >= LEAST:
            return digits
    return None


def type_size(cell):
    """The size of type, in pixels, of short numbers in square cells of ``cell`` pixels."""
    return min(int(0.62 * int(cell)), MOST)


def texts(values, digits):
    """The numbers of cells with that many digits after the point: .5 for a half, nothing for NaN."""
    different, where = np.unique(rounded(values, digits), return_inverse=True)
    found = [re.sub(r"^(−?)0\.", r"\1.", label(value)) for value in different.tolist()]
    return np.array(found, dtype=object)[where].reshape(values.shape)
