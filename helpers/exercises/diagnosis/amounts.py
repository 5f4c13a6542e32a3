"""The right places with the wrong numbers: likenesses that change amounts, kinds, or how many there are.

As in layout: ``(why, hint, test)``, here with ``test(got, right, case)``, since an amount may be an argument's.
"""

import numpy as np

from helpers.exercises.compare import same, show


def amounts(got, right, case, names):
    """All likenesses that change numbers or count them otherwise."""
    if not isinstance(right, np.ndarray) or not isinstance(got, np.ndarray):
        return
    yield from _kinds(got, right)
    yield from _simple()
    if got.shape == right.shape:
        yield from _constant(got, right)
        yield from _by_argument(case, names)
    yield from _given(case, names)
    yield from _aggregates(got, right)


def _change(change):
    def test(got, right, case):
        with np.errstate(all="ignore"):
            return same(got, np.asarray(change(right)))  # of a number NumPy makes no array

    return test


def _kinds(got, right):
    cut = "the fractions are cut off: `//`, int() or an array of whole numbers does that."
    yield (
        cut,
        "Where are whole numbers made? np.zeros(...) makes an array that holds fractions.",
        _change(np.trunc),
    )
    yield "it is rounded down.", "Which step rounds?", _change(np.floor)
    yield "it is rounded up.", "Which step rounds?", _change(np.ceil)
    yield "it is rounded to whole numbers.", "Which step rounds?", _change(np.round)
    for places in (1, 2, 3, 4):
        what = f"it is rounded to {places} place{'s' * (places > 1)}; give it as it is."
        yield what, "Do not round.", _change(lambda b, p=places: np.round(b, p))
    if got.dtype == bool and right.dtype != bool:
        what = "these are True and False, where the numbers themselves are asked for."
        yield what, "Multiply by the mask, or choose with np.where.", _change(lambda b: b != 0)
        yield what, "Multiply by the mask, or choose with np.where.", _change(lambda b: b > 0)
        for wanted, what in (
            (True, "that is True or False for each place; list the places where it is True."),
            (False, "that is True or False for each place; list the places where it is False."),
        ):
            yield what, "`np.flatnonzero` lists them.", lambda a, b, c, w=wanted: _places(a, b, w)  # fmt: skip
    yield "True and False are exchanged.", "Which of the two is asked for?", _flag


def _places(got, right, wanted):
    return got.ndim == 1 and got.dtype == bool and same(np.flatnonzero(got == wanted), right)


def _flag(got, right, case):
    return right.dtype == bool and got.dtype == bool and same(got, ~right)


def _simple():
    """Changes without a number of their own."""
    yield "the sign is wrong.", "What is taken from what?", _change(lambda b: -b.astype(float))
    yield "the minus signs are lost.", "May the answer be negative?", _change(np.abs)
    what = "negative numbers have become 0; they may stay."
    yield what, "May the answer be negative?", _change(lambda b: np.maximum(b, 0))
    yield "that is its square: a root is missing.", "Take the square root.", _change(np.square)
    yield "that is its root.", "A square is missing.", _change(np.sqrt)
    yield "it is upside down: 1 divided by it.", "What stands below the line?", _change(lambda b: 1 / b)
    yield (
        "that is 1 minus the right answer.",
        "Which of the two shares is asked for?",
        _change(lambda b: 1 - b),
    )
    each = "each number still holds those before it: the sum is not begun anew."
    for axis in (None, 0, -1):
        yield each, "Where does the sum begin at 0?", _change(lambda b, k=axis: _running(b, k))
    what = "equal numbers are listed once; each counts."
    yield what, "A set keeps one of each only.", _change(lambda b: np.unique(b) if b.ndim == 1 else b)


def _running(right, axis):
    if not right.ndim or right.dtype == bool:
        return right
    return np.cumsum(right, axis).reshape(right.shape)


def _constant(got, right):
    """One factor, or one step, the same in every case."""
    a, b = got.ravel().astype(complex).real, right.ravel().astype(complex).real
    good = np.isfinite(a) & np.isfinite(b)
    if not good.any() or right.dtype == bool or got.dtype == bool:
        return
    k = np.flatnonzero(good)[np.argmax(np.abs(b[good]))]
    step = a[k] - b[k]
    if step and abs(step) < 1e6 and float(step * 12).is_integer():
        much = {1: "one", -1: "one"}.get(step, show(float(abs(step))))
        what = f"{much} too {'many' if step > 0 else 'few'}, everywhere."
        yield what, "Count a small case by hand.", _change(lambda r, s=step: r + s)
    if b[k] and a[k] / b[k] not in (0, 1, -1):
        factor = a[k] / b[k]
        big = abs(factor) > 1
        size = show(float(abs(factor) if big else 1 / abs(factor)))
        what = f"every number is {size} times too {'large' if big else 'small'}"
        what += "; that is 180/π, as between degrees and radians." if size == "57.2958" else "."
        if factor > 0:
            yield what, f"Where is {size} multiplied or divided?", _change(lambda r, f=factor: r * f)


def quantities(case, names):
    """Numbers that can be read off a case, by what a reader would write for them."""
    found = {}
    for name, part in zip(names, case, strict=False):
        if isinstance(part, (int, float)) and not isinstance(part, bool):
            found[f"`{name}`"] = part
            if isinstance(part, int):
                found[f"`{name}²`"] = part**2
        elif isinstance(part, np.ndarray) and part.ndim:
            found[f"`{name}.size`"] = part.size
            for axis, size in enumerate(part.shape if part.ndim > 1 else ()):
                found[f"`{name}.shape[{axis}]`"] = size
        elif isinstance(part, (list, tuple)):
            found[f"`len({name})`"] = len(part)
    return found


def _by_argument(case, names):
    """A factor or a step that is an argument, or a size of one; and n in the place of n − 1."""
    for label in quantities(case, names):

        def of(case, label=label):
            return quantities(case, names).get(label, np.nan)

        with_q = {
            f"it is too large by the factor {label}.": lambda b, q: b * q,
            f"it is too small by the factor {label}.": lambda b, q: b / q,
            f"it is too large by {label}.": lambda b, q: b + q,
            f"it is too small by {label}.": lambda b, q: b - q,
            f"it is divided by n − 1 and not by n, where n is {label}.": lambda b, q: b * q / (q - 1),
            f"it is divided by n and not by n − 1, where n is {label}.": lambda b, q: b * (q - 1) / q,
            f"squares are divided by n − 1 and not by n, where n is {label}.": lambda b, q: (
                b * (q / (q - 1)) ** 0.5
            ),
            f"squares are divided by n and not by n − 1, where n is {label}.": lambda b, q: (
                b * ((q - 1) / q) ** 0.5
            ),
        }
        for what, change in with_q.items():

            def test(a, b, case, of=of, change=change):
                with np.errstate(all="ignore"):
                    return (
                        b.dtype != bool
                        and a.dtype != bool
                        and same(a, np.asarray(change(b, float(of(case)))))
                    )

            yield what, f"Where does {label} belong?", test


def _given(case, names):
    """An argument handed back, or the same answer to everything."""
    for k, name in enumerate(names[: len(case)]):

        def test(a, b, case, k=k):
            return isinstance(case[k], (int, float, np.ndarray)) and same(a, np.asarray(case[k]))

        yield f"that is `{name}`, as it was given.", "Which line makes the answer of it?", test


def _aggregates(got, right):
    """An axis too few or too many: summed, averaged, or not yet."""
    ways = {
        "sum": "added up",
        "mean": "averaged",
        "max": "cut down to their largest",
        "min": "cut down to their smallest",
    }
    if got.ndim < right.ndim:
        for axis in range(right.ndim):
            for way, word in ways.items():

                def test(a, b, c, way=way, axis=axis):
                    return b.ndim > axis and b.size and same(a, getattr(b, way)(axis=axis))

                what = f"the numbers along axis {axis} are {word}; each is asked for." if right.ndim > 1 else (
                    f"the numbers are {word}; each is asked for.")  # fmt: skip
                yield what, f"Which axis does your {way} run over?", test
        for way, word in ways.items():

            def all_of_it(a, b, c, way=way):
                return b.size and a.ndim == 0 and same(a, np.asarray(getattr(b, way)()))

            yield (
                f"all numbers are {word}; each is asked for.",
                f"Which axes does your {way} run over?",
                all_of_it,
            )
        yield (
            "that is how many there are; give them all.",
            "List them.",
            lambda a, b, c: b.ndim == 1 and same(a, np.asarray(len(b))),
        )
    if got.ndim > right.ndim:
        for axis in range(got.ndim):
            for way, word in (("sum", "added up"), ("mean", "averaged")):

                def test(a, b, c, way=way, axis=axis):
                    return a.ndim > axis and a.size and same(getattr(a, way)(axis=axis), b)

                what = f"there is an axis too many: {word} along axis {axis} yours would be right."
                yield what, f"`.{way}(axis={axis})` does that.", test
    if got.ndim == 1 and right.shape == (2,):
        yield (
            "all numbers from the first to the last are listed; only these two are asked for.",
            "Return the first and the last.",
            lambda a, b, c: b.shape == (2,) and same(a, np.arange(b[0], b[1] + 1)),
        )
