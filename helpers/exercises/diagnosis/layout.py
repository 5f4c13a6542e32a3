"""The right numbers in the wrong place: likenesses between an answer and the right one that move numbers.

Each function here looks at the first results and offers ``(why, hint, test)``: a sentence, a further one, and
a test ``test(got, right)`` of two plain values, which must hold in every case before the sentence is said.
"""

from itertools import combinations, permutations, product

import numpy as np

from helpers.exercises.compare import same

AXES = {1: ("number",), 2: ("row", "column"), 3: ("map", "row", "column")}


def layouts(got, right):
    """All likenesses that keep every number, or leave some out, or add some."""
    if not isinstance(right, np.ndarray):
        return
    if isinstance(got, np.ndarray):
        for offer in (_turned, _in_rows, _rolled, _reshaped, _cut, _besides, _reordered):
            yield from offer(got, right)
    yield from _nested(got, right)


def word_for(ndim, axis):
    words = AXES.get(ndim)
    return words[axis] if words else f"index along axis {axis}"


def _moves(change):
    """A test from a change of the right answer."""
    return lambda got, right: isinstance(right, np.ndarray) and same(got, change(right))


def _turned(got, right):
    n = right.ndim
    if 2 <= n <= 4:
        for order in permutations(range(n)):
            moved = [axis for axis in range(n) if order[axis] != axis]
            if len(moved) == 2:
                pair = tuple(word_for(n, axis) for axis in moved)
                what = f"{pair[0]}s and {pair[1]}s are swapped." if n <= 3 else f"axes {moved} are swapped."
            elif moved:
                what = f"the axes stand in another order: {order} of the right one's."
            else:
                continue
            hint = f"The shape should be {right.shape}. Which index stands for what?"
            yield what, hint, _moves(lambda b, o=order: b.transpose(o) if b.ndim == n else b)
    for count in range(1, min(n, 3) + 1):
        for axes in combinations(range(n), count):
            if n == 1:
                what = "the order is reversed."
            elif count == n:
                what = "it is turned by half a turn: rows and columns both run backwards."
            else:
                what = f"the order of the {' and '.join(word_for(n, a) + 's' for a in axes)} is reversed."
            yield (
                what,
                "Which end comes first?",
                _moves(lambda b, a=axes: np.flip(b, a) if b.ndim == n else b),
            )


def _rolled(got, right):
    n = right.ndim
    for axis in range(n):
        for step, end in ((1, "late"), (-1, "early")):
            what = f"everything stands one {word_for(n, axis)} too {end}."

            def test(a, b, axis=axis, step=step):
                if not isinstance(b, np.ndarray) or b.ndim != n or np.shape(a) != b.shape or not b.size:
                    return np.size(b) == np.size(a) == 0
                moved, inside = np.roll(b, step, axis), np.ones(b.shape, bool)
                np.moveaxis(inside, axis, 0)[0 if step == 1 else -1] = False
                return bool(b.shape[axis] > 1) and same(a[inside], moved[inside])

            if right.shape[axis] > 2:
                yield what, "Which number stands at place 0, and which should?", test


def _reshaped(got, right):
    flat = "the numbers are right and in order, but not their nesting: "
    if got.ndim < right.ndim:
        what = f"{flat}{'one flat list' if got.ndim == 1 else 'an axis is missing'}; "
        what += f"the shape should be {right.shape}, as here, not {got.shape}."
    elif got.ndim > right.ndim:
        what = f"{flat}one level too deep; there is an axis too many."
    else:
        what = f"the numbers are right and in order, but in the shape {got.shape} and not {right.shape}."
    hint = "Compare your result's shape with the one asked for: `reshape`, `[0]` or `[None]` changes it."

    def test(a, b):
        return isinstance(a, np.ndarray) and a.size == b.size and same(a.ravel(), b.ravel())

    yield what, hint, test
    if got.shape != right.shape and right.ndim > 1:
        yield (
            "the numbers run down the columns first; they should run along the rows.",
            "Which index changes fastest?",
            lambda a, b: isinstance(a, np.ndarray) and a.size == b.size and same(a.ravel(), b.T.ravel()),
        )


def _cut(got, right):
    """Ends that are missing or too many, the same in every case; then ends of any length."""
    n = right.ndim
    if got.ndim == n and got.shape != right.shape:
        more = np.subtract(got.shape, right.shape)
        if (more <= 0).all() or (more >= 0).all():
            extra, total = bool((more >= 0).all()), np.abs(more)
            for begin in list(product(*(range(m + 1) for m in total)))[:64]:
                end = tuple(int(m) - b for m, b in zip(total, begin, strict=True))

                def test(a, b, begin=begin, end=end):
                    big, small = (a, b) if extra else (b, a)
                    if not isinstance(a, np.ndarray) or big.ndim != n or small.ndim != n:
                        return np.size(a) == np.size(b) == 0
                    inner = tuple(
                        slice(s, size - e) for s, e, size in zip(begin, end, big.shape, strict=True)
                    )
                    fits = np.equal(np.add(small.shape, np.add(begin, end)), big.shape).all()
                    return bool(fits) and same(small, big[inner])

                yield _ends(begin, end, n, extra), "Where does it begin, and where does it end?", test
    if got.ndim != n:
        return
    places = "numbers" if n == 1 else "rows or columns"
    for what, more, at_end in (
        (f"the last {places} are missing; the others are right.", False, True),
        (f"the first {places} are missing; the others are right.", False, False),
        (f"the right {places} come first, and then there are more.", True, True),
    ):

        def test(a, b, more=more, at_end=at_end):
            if not isinstance(a, np.ndarray) or a.ndim != b.ndim:
                return np.size(a) == np.size(b) == 0
            small, big = (b, a) if more else (a, b)
            inner = tuple(
                slice(m) if at_end else slice(max(M - m, 0), M)
                for m, M in zip(small.shape, big.shape, strict=True)
            )
            return all(np.less_equal(small.shape, big.shape)) and same(small, big[inner])

        yield what, "How many should there be?", test


def _ends(begin, end, n, extra):
    """The words for ends that are missing or too many."""
    found = []
    for where, counts in (("first", begin), ("last", end)):
        for axis, count in enumerate(counts):
            if count:
                word = word_for(n, axis)
                found.append(f"the {where} {f'{count} {word}s' if count > 1 else word}")
    what = " and ".join(found)
    many = len(found) > 1 or what.endswith("s")
    return f"{what} {'are' if many else 'is'} {'too many' if extra else 'missing'}; the rest is right."


def _in_rows(got, right):
    """Columns in another order: a list of pairs or triples, the wrong one first."""
    if got.shape == right.shape and right.ndim == 2 and 1 < right.shape[1] <= 4:
        n = right.shape[1]
        for order in permutations(range(n)):
            yield (
                f"each row has its numbers in another order: at place {order.index(0)} stands what should come first.",
                "What should stand first in each row?",
                lambda a, b, o=list(order): b.ndim < 2 or same(a, b[:, o] if b.shape[1] == len(o) else b),
            )


def _besides(got, right):
    """A list that holds more than the right one, or less, in the same order."""

    def within(small, big):
        rest = iter(np.asarray(big).tolist())
        return all(number in rest for number in np.asarray(small).tolist())

    if got.ndim == right.ndim == 1:
        what = "all that is asked for is there, but other numbers stand among it."
        yield (
            what,
            "Which condition should leave them out?",
            lambda a, b: a.ndim == b.ndim == 1 and within(b, a),
        )
        what = "what is there is right, but some numbers are missing."
        yield (
            what,
            "Which condition leaves out too much?",
            lambda a, b: a.ndim == b.ndim == 1 and within(a, b),
        )


def _reordered(got, right):
    def test(a, b):
        return np.shape(a) == b.shape and same(np.sort(a, None), np.sort(b, None))

    def rows(a, b):
        if not isinstance(a, np.ndarray) or a.shape != b.shape:
            return False
        return b.ndim < 2 or same(
            a[np.lexsort(a.reshape(len(a), -1).T)], b[np.lexsort(b.reshape(len(b), -1).T)]
        )

    if got.shape == right.shape and right.size > 2:
        if right.ndim == 2:
            yield "the rows are right, but they stand in another order.", "Which comes first?", rows
        yield "these are the right numbers, in another order.", "In which order are they asked for?", test


def _nested(got, right):
    """Whole lists where one of them is asked for."""
    for place, what in ((-1, "last"), (0, "first")):

        def test(a, b, place=place):
            one = a[place] if isinstance(a, tuple) else np.asarray(a[place])
            return same(one, b)

        if (isinstance(got, tuple) or np.ndim(got) > np.ndim(right)) and len(got):
            yield (
                f"there are several results in yours, one inside a list for each step; only the {what} is asked for.",
                "Which of them is the answer?",
                test,
            )
    if isinstance(got, np.ndarray) and got.ndim == right.ndim - 1:
        for place, what in ((0, "first"), (-1, "last")):
            yield (
                f"that is only the {what} of them.",
                "Where does your function return, and how often has the loop gone round by then?",
                lambda a, b, p=place: np.ndim(b) > 0 and len(b) > 0 and same(a, np.asarray(b[p])),
            )
