"""Where in an array an answer is wrong: in its last row, everywhere but in the first, along the border.

Offers are ``(why, hint, test)`` as in layout. They describe more than they explain, so they come last.
"""

import numpy as np

from helpers.exercises.compare import same
from helpers.exercises.diagnosis.layout import word_for


def regions(got, right):
    """Right but for one end, or for all but one end."""
    n = right.ndim
    if got.shape != right.shape or not 1 <= n <= 3:
        return
    for axis in range(n):
        word = word_for(n, axis)
        regions = {
            f"only the last {word} is wrong": lambda k, m: k == m - 1,
            f"only the first {word} is wrong": lambda k, m: k == 0,
            f"only the first {word} is right": lambda k, m: k > 0,
            f"only the last {word} is right": lambda k, m: k < m - 1,
            f"only the first and the last {word} are wrong": lambda k, m: (k == 0) | (k == m - 1),
        }
        for what, region in regions.items():
            yield from _only(what, region, axis, n)


def _only(what, region, axis, n):
    def test(a, b, zeros=False):
        if np.shape(a) != b.shape or b.ndim != n:
            return False
        places = np.arange(b.shape[axis])
        off = region(places, b.shape[axis])
        rest = np.moveaxis(a, axis, 0)[~off], np.moveaxis(b, axis, 0)[~off]
        if zeros and np.any(np.moveaxis(a, axis, 0)[off]):
            return False
        return bool(off.any() and not off.all()) and same(*rest)

    hint = "Which places do your loops visit? Mind that the end of a range is left out."
    yield f"{what}: it holds 0 there.", hint, lambda a, b: test(a, b, True)
    yield f"{what}.", hint, test
