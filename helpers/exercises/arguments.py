"""Right answers to other questions: the answer fits if the arguments are exchanged, turned, or left out.

Each offer is ``(why, hint, change)`` with ``change(case)`` the case for which the answer would be right; it
must be so in every case before the sentence is said.
"""

from itertools import combinations, permutations

import numpy as np

NUMBERS = {0: "0", 1: "1", 2: "2", 3: "3"}


def questions(case, names):
    """All changes of the arguments, those that exchange them first."""
    yield from _exchanged(case, names)
    for k, (name, part) in enumerate(zip(names, case, strict=False)):
        for why, hint, change in _changed(part, name):
            yield why, hint, lambda c, k=k, change=change: (*c[:k], change(c[k]), *c[k + 1 :])
    yield from _one_for_another(case, names)


def _kind(part):
    """Arguments of one kind can be mistaken for each other."""
    if isinstance(part, (tuple, list)):
        return "list"
    if isinstance(part, np.ndarray):
        return "array"
    return "number" if isinstance(part, (int, float)) else "other"


def _exchanged(case, names):
    groups = {}
    for k, part in enumerate(case):
        groups.setdefault(_kind(part), []).append(k)
    for kind, places in groups.items():
        if kind == "other":
            continue
        for i, j in combinations(places, 2):
            yield (
                f"your answer is right if `{names[i]}` and `{names[j]}` are exchanged: which is which?",
                f"The arguments come in the order {', '.join(names[: len(case)])}.",
                lambda c, i=i, j=j: tuple(c[j] if k == i else c[i] if k == j else c[k] for k in range(len(c))),
            )
        if 3 <= len(places) <= 5:
            for order in permutations(places):
                if sum(a != b for a, b in zip(order, places, strict=True)) > 2:
                    yield (
                        f"your answer is right if {', '.join(f'`{names[k]}`' for k in places)} come in another order.",
                        f"The arguments come in the order {', '.join(names[: len(case)])}.",
                        lambda c, at=dict(zip(places, order, strict=True)): tuple(
                            c[at.get(k, k)] for k in range(len(c))
                        ),
                    )


def _one_for_another(case, names):
    """An argument in the place of another, of the same kind."""
    for i, here in enumerate(case):
        for j, there in enumerate(case):
            if i != j and _kind(here) == _kind(there) != "other":
                yield (
                    f"your answer is the right one only if `{names[i]}` is the same as `{names[j]}`.",
                    f"Where is `{names[j]}` used in the place of `{names[i]}`?",
                    lambda c, i=i, j=j: tuple(c[j] if k == i else c[k] for k in range(len(c))),
                )


def _changed(part, name):
    if isinstance(part, (bool, np.bool_)):
        return
    if isinstance(part, (int, float)):
        yield from _number(part, name)
    elif isinstance(part, np.ndarray):
        yield from _array(part, name)
    elif isinstance(part, (tuple, list)) and len(part):
        yield from _list(part, name)


def _number(part, name):
    where = f"Where is `{name}` used, and how?"
    for n, word in NUMBERS.items():
        kind = type(part)
        yield f"your answer is right for `{name}` = {word}, whatever `{name}` is.", where, lambda p, n=n, t=kind: t(n)
    if isinstance(part, int):
        for step, word in ((1, "one larger"), (-1, "one smaller")):
            yield f"your answer is right for a `{name}` that is {word}.", where, lambda p, s=step: p + s
        yield f"your answer is right for twice `{name}`.", where, lambda p: 2 * p
        yield f"your answer is right for half of `{name}`.", where, lambda p: p // 2
        yield f"your answer is right for `{name}` squared.", where, lambda p: p * p
    yield f"your answer is right for `{name}` with the other sign.", where, lambda p: -p


def _array(part, name):
    left_out = f"In which line does `{name}` come in?"
    yield f"`{name}` is left out: your answer is right where it holds only 0.", left_out, np.zeros_like
    yield f"the numbers of `{name}` are left out: your answer is right where all are 1.", left_out, np.ones_like
    if part.ndim > 1:
        yield (
            f"your answer is right if rows and columns of `{name}` are swapped.",
            "Which index is the row's, and which the column's?",
            lambda p: p.swapaxes(-1, -2),
        )
        if part.ndim > 3:
            yield f"your answer is right if the first two axes of `{name}` are swapped.", "", lambda p: p.swapaxes(0, 1)
    for count in range(1, min(part.ndim, 2) + 1):
        for axes in combinations(range(-min(part.ndim, 2), 0), count):
            turned = "turned by half a turn" if count == 2 else (
                "reversed" if part.ndim == 1 else f"with its {('rows', 'columns')[axes[0] + 2]} in reverse order")  # fmt: skip
            yield (
                f"your answer is right for `{name}` {turned}.",
                "Which way do the indices run?",
                lambda p, a=axes: np.ascontiguousarray(np.flip(p, a)),
            )
    if part.ndim:
        yield f"only the first part of `{name}` is used, for all.", left_out, lambda p: np.broadcast_to(p[:1], p.shape).copy()
        for axis in range(part.ndim):
            for way in ("mean", "sum"):
                yield (
                    f"along axis {axis} of `{name}` your answer knows the {way} only.",
                    f"Each number of `{name}` goes with its own partner before anything is added.",
                    lambda p, a=axis, w=way: _spread(p, a, w),
                )
            for at, word in ((0, "first"), (-1, "last")):
                yield (
                    f"only the {word} entry along axis {axis} of `{name}` counts in yours; all do.",
                    "Is something overwritten, or returned too early?",
                    lambda p, a=axis, at=at: _alone(p, a, at),
                )
    yield f"your answer is right for `{name}` with the other sign.", "What is taken from what?", np.negative
    yield f"the signs of `{name}` are lost in yours.", "Where does a minus go?", np.abs
    yield f"negative numbers of `{name}` count as 0 in yours.", "Where does a minus go?", lambda p: np.maximum(p, 0)
    whole = f"your answer is right for `{name}` cut down to whole numbers."
    yield whole, "Which array holds whole numbers only?", np.trunc
    yield f"your answer is right for `{name}` squared.", left_out, np.square


def _spread(part, axis, way):
    """Every entry along an axis replaced by their mean, or a sum of which one stands for all."""
    made = getattr(part, way)(axis=axis, keepdims=True)
    return np.broadcast_to(made, part.shape).astype(float)


def _alone(part, axis, at):
    kept = np.zeros_like(part)
    np.moveaxis(kept, axis, 0)[at] = np.moveaxis(part, axis, 0)[at]
    return kept


def _list(part, name):
    kind = type(part)
    yield f"your answer is right for `{name}` from the last to the first.", "Where do you begin?", lambda p: kind(p[::-1])
    yield f"the last of `{name}` is left out in yours.", "How often does the loop go round?", lambda p: kind(p[:-1])
    yield f"the first of `{name}` is left out in yours.", "Where does the loop begin?", lambda p: kind(p[1:])
    yield f"only the first of `{name}` counts in yours.", "How often does the loop go round?", lambda p: kind(p[:1])
    yield f"only the last of `{name}` counts in yours.", "Is something overwritten each time?", lambda p: kind(p[-1:])
    if all(isinstance(item, (int, float)) for item in part):
        first = f"the first of `{name}` is used for all of them."
        yield first, "Which index changes from one to the next?", lambda p: kind([p[0]] * len(p))
        for n in NUMBERS:
            yield f"your answer is right if all of `{name}` are {n}.", f"Where is `{name}` used?", lambda p, n=n: kind([n] * len(p))
        for step, word in ((1, "one larger"), (-1, "one smaller")):
            why = f"your answer is right if each of `{name}` is {word}."
            yield why, "Count a small case by hand.", lambda p, s=step: kind([n + s for n in p])
    elif all(isinstance(item, tuple) and len(item) == len(part[0]) for item in part):
        width = len(part[0])
        for k in range(width):
            for n in (0, 1):
                yield (
                    f"number {k} in each tuple of `{name}` does not count in yours: it is right where that is {n}.",
                    "Where is it used, and where should it be?",
                    lambda p, k=k, n=n: kind((*item[:k], n, *item[k + 1 :]) for item in p),
                )
        for i, j in combinations(range(width), 2):
            yield (
                f"numbers {i} and {j} in each tuple of `{name}` are exchanged in yours.",
                "In which order do they stand there?",
                lambda p, i=i, j=j: kind(
                    tuple(item[j] if k == i else item[i] if k == j else item[k] for k in range(width)) for item in p
                ),
            )
