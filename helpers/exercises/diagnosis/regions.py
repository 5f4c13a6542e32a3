"""Where in an array an answer is wrong: in its last row, everywhere but in the first, or in having another axis.

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
        return same(*rest)

    hint = "Which places do your loops visit? Mind that the end of a range is left out."
    yield f"{what}: it holds 0 there.", hint, lambda a, b: test(a, b, True)
    yield f"{what}.", hint, test


def axes(got, right):
    """Shapes that differ by one axis: something was not added up, or added up too soon."""
    big, small = (got, right) if got.ndim > right.ndim else (right, got)
    fits = [axis for axis in range(big.ndim) if big.shape[:axis] + big.shape[axis + 1 :] == small.shape]
    if not small.ndim or big.ndim != small.ndim + 1 or big.size == small.size:
        return
    for axis in fits:

        def test(a, b, axis=axis, more=got.ndim > right.ndim):
            one, other = (np.shape(a), np.shape(b)) if more else (np.shape(b), np.shape(a))
            return len(one) > axis and one[:axis] + one[axis + 1 :] == other

        if got.ndim > right.ndim:
            what = f"there is an axis too many, axis {axis}: what lies along it is still to be put together."
            yield what, f"Add up along axis {axis}, or take what is asked for of it.", test
        else:
            what = f"an axis is missing, axis {axis}: what should lie along it was put together, or left out."
            yield what, "Which numbers should stay apart?", test
    if got.ndim != right.ndim:
        sizes = got.ndim, right.ndim
        what = f"your result has {_axes(sizes[0])}, {_axes(sizes[1])} {'is' if sizes[1] == 1 else 'are'} asked for."
        yield (
            what,
            "Is something flattened, or not yet added up?",
            lambda a, b: (np.ndim(a), np.ndim(b)) == sizes,
        )


def _axes(count):
    return f"{count} axis" if count == 1 else f"{count} axes"
