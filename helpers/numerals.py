"""Numbers in words and in few characters: one minus sign, one plural, one way to write a shape or bytes."""

import re

import numpy as np

_UNITS = ((3, "GiB"), (2, "MiB"), (1, "KiB"))


def minus(text):
    """A number's text with a true minus sign, and none before zero: −0.5, 0."""
    text = str(text)
    return text.removeprefix("-") if re.fullmatch(r"-0(\.0*)?%?", text) else text.replace("-", "\u2212")


def label(value):
    """A number as a cell shows it: integers whole, others to two digits after the point; NaN is nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return minus(f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float | np.floating) else value)


def fixed(value, digits=2):
    """A number with that many digits after the point: −0.50."""
    return minus(f"{value:.{digits}f}")


def general(value):
    """A number in the digits it needs, six at most: −1.5."""
    return minus(f"{value:g}")


def short(text):
    """A number's text without the zero before its point: .25 for a quarter."""
    return re.sub(r"^(\u2212?)0\.", r"\1.", text)


def number(value):
    """Two digits after the point; from 1000 up three digits in all, and what is tiny is not called 0."""
    value = float(value)
    if value == 0 or 0.005 <= abs(value) < 1000:
        return label(float(rounded(value, 2)))
    text = f"{value:.2e}" if abs(value) >= 1000 else f"{value:.1e}"
    if 1e-4 <= abs(value) < 1e6:
        return minus(int(float(text)) if abs(value) >= 1 else f"{float(text):g}")
    digits, power = text.split("e")
    return minus(f"{float(digits):g}e{int(power)}")


def rounded(values, places):
    """Numbers rounded as at school: a half goes away from zero."""
    values, scale = np.asarray(values, dtype=np.float64), 10.0**places
    return np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + 1e-9) / scale


def together(values):
    """Numbers side by side, as a list of texts: what is tiny is 0 beside one that is not."""
    values = np.asarray(values)
    tiny = np.abs(values) < 0.005
    return [number(value) for value in np.where(tiny & ~tiny.all(), 0, values).ravel()]


def span(values):
    """The range of values in words: −4 to 4."""
    low, high = together([values.min(), values.max()])
    return f"{low} everywhere" if low == high else f"{low} to {high}"


def texts(values, digits=None):
    """The numbers of narrow cells: .5 for a half, nothing for NaN; with ``digits`` rounded to so many."""
    values = np.asarray(values)
    different, where = np.unique(values if digits is None else rounded(values, digits), return_inverse=True)
    found = [short(label(value)) for value in different.tolist()]
    return np.array(found, dtype=object)[where].reshape(values.shape)


def rows(texts):
    """Rows of texts as one: −1 0 1 / −2 0 2 / −1 0 1."""
    return " / ".join(" ".join(row) for row in texts)


def sizes(shape, sign="×"):
    """A shape as people write it: 3×1,024×1,024."""
    return sign.join(f"{size:,}" for size in shape)


def many(count, noun):
    """So many of them: 1 bias, 1,024 biases."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{count:,} {noun if count == 1 else plural}"


def in_bytes(count, form=",.1f"):
    """A number of bytes in the unit that leaves it short: 3.0 KiB."""
    for power, unit in _UNITS:
        if count >= 1024**power:
            return f"{count / 1024**power:{form}} {unit}"
    return f"{count} bytes"
