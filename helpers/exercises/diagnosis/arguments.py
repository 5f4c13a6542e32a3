"""Right answers to other questions: the answer fits if the arguments are exchanged, turned, or left out.

Each offer is ``(what, hint, change)``: "your answer is *what*", and ``change(case)`` is the case for which it
would be right. It must be so in every case before the sentence is said.
"""

from itertools import combinations, permutations

import numpy as np

NUMBERS = (0, 1, 2, 3)


def questions(case, names):
    """All changes of the arguments, those that exchange them first."""
    yield from _exchanged(case, names)
    for k, (name, part) in enumerate(zip(names, case, strict=False)):
        for what, hint, change in _changed(part, f"`{name}`"):
            yield what, hint, lambda c, k=k, change=change: (*c[:k], change(c[k]), *c[k + 1 :])
    for i, here in enumerate(case):
        for j, there in enumerate(case):
            if i != j and _kind(here) == _kind(there) != "other":
                what = f"right only if `{names[i]}` is the same as `{names[j]}`."
                hint = f"Where is `{names[j]}` used in the place of `{names[i]}`?"
                yield what, hint, lambda c, i=i, j=j: tuple(c[j] if k == i else c[k] for k in range(len(c)))


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
    groups.pop("other", None)
    hint = f"The arguments come in the order {', '.join(names[: len(case)])}."
    for places in groups.values():
        for order in permutations(places) if len(places) <= 5 else _pairs(places):
            moved = [k for k, other in zip(places, order, strict=True) if k != other]
            if len(moved) == 2:
                what = f"right if `{names[moved[0]]}` and `{names[moved[1]]}` are exchanged: which is which?"
            elif moved:
                what = f"right if {', '.join(f'`{names[k]}`' for k in moved)} come in another order."
            else:
                continue
            at = dict(zip(places, order, strict=True))
            yield what, hint, lambda c, at=at: tuple(c[at.get(k, k)] for k in range(len(c)))


def _pairs(places):
    for i, j in combinations(range(len(places)), 2):
        order = list(places)
        order[i], order[j] = order[j], order[i]
        yield tuple(order)


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
    where = f"Where is {name} used, and how?"
    for n in NUMBERS:
        yield f"right for {name} = {n}, whatever {name} is.", where, lambda p, n=n: type(p)(n)
    if isinstance(part, int):
        yield f"right for {name} + 1.", where, lambda p: p + 1
        yield f"right for {name} − 1.", where, lambda p: p - 1
        yield f"right for half of {name}.", where, lambda p: p // 2
    yield f"right for twice {name}.", where, lambda p: 2 * p
    yield f"right for {name} squared.", where, lambda p: p * p
    yield f"right for {name} with the other sign.", where, lambda p: -p


def _array(part, name):
    where = f"In which line does {name} come in?"
    yield f"right for zeros in the place of {name}: does {name} count at all?", where, np.zeros_like
    yield f"right for ones in the place of {name}: does each of its numbers count?", where, np.ones_like
    if part.ndim > 1:
        which = "Which index is the row's, and which the column's?"
        yield f"right if rows and columns of {name} are swapped.", which, lambda p: p.swapaxes(-1, -2).copy()
    if part.ndim > 3:
        yield f"right if the first two axes of {name} are swapped.", where, lambda p: p.swapaxes(0, 1).copy()
    way = "Which way do the indices run?"
    if part.ndim > 1:
        yield f"right for {name} turned by half a turn.", way, lambda p: np.flip(p, (-1, -2)).copy()
        yield f"right if the rows of {name} stand upside down.", way, lambda p: np.flip(p, -2).copy()
    if part.ndim:
        yield f"right for {name} in reverse order.", way, lambda p: np.flip(p, -1).copy()
    for axis in range(part.ndim):
        yield from _along(name, axis)
    if part.ndim > 2:
        for way in ("mean", "sum"):
            what = f"right if all numbers in each map of {name} are replaced by their {way}."
            yield (
                what,
                "Is something added up too early?",
                lambda p, w=way: _spread(p, (-2, -1), w).astype(float),
            )
    sign = "What is taken from what, and where does a minus go?"
    yield f"right for {name} with the other sign.", sign, np.negative
    yield f"right for {name} without its minus signs.", sign, np.abs
    yield f"right if negative numbers of {name} count as 0.", sign, lambda p: np.maximum(p, 0)
    yield f"right for {name} cut down to whole numbers.", "Which array holds whole numbers only?", np.trunc
    yield f"right for {name} squared.", where, np.square


def _along(name, axis):
    """What becomes of an axis that is added up too soon, or of which one entry is used."""
    partner = f"Each number of {name} goes with its own partner before anything is added."
    yield (
        f"right if all numbers along axis {axis} of {name} are replaced by their sum.",
        partner,
        lambda p: _spread(p, axis, "sum").astype(p.dtype),
    )
    yield (
        f"right if all numbers along axis {axis} of {name} are replaced by their mean.",
        partner,
        lambda p: _spread(p, axis, "mean"),
    )
    over = "Is something overwritten, or returned too early?"
    for at, word in ((0, "first"), (-1, "last")):
        yield (
            f"right if only the {word} along axis {axis} of {name} counts.",
            over,
            lambda p, at=at: _alone(p, axis, at),
        )
        yield (
            f"right if all along axis {axis} of {name} are like the {word}.",
            "Which index moves on, and which should?",
            lambda p, at=at: np.broadcast_to(np.take(p, [at], axis), p.shape).copy(),
        )


def _spread(part, axis, way):
    return np.broadcast_to(getattr(part, way)(axis=axis, keepdims=True), part.shape)


def _alone(part, axis, at):
    kept = np.zeros_like(part)
    np.moveaxis(kept, axis, 0)[at] = np.moveaxis(part, axis, 0)[at]
    return kept


def _list(part, name):
    kind, rounds = type(part), "How often does the loop go round, and where does it begin?"
    yield f"right for {name} from the last to the first.", rounds, lambda p: kind(p[::-1])
    yield f"right without the last of {name}.", rounds, lambda p: kind(p[:-1])
    yield f"right without the first of {name}.", rounds, lambda p: kind(p[1:])
    yield f"right if only the first of {name} counts.", rounds, lambda p: kind(p[:1])
    yield (
        f"right if only the last of {name} counts.",
        "Is something overwritten each time?",
        lambda p: kind(p[-1:]),
    )
    if all(isinstance(item, (int, float)) for item in part):
        where = f"Where is {name} used, and how?"
        yield f"right if all of {name} are like the first.", where, lambda p: kind([p[0]] * len(p))
        for n in NUMBERS:
            yield f"right if all of {name} are {n}.", where, lambda p, n=n: kind([n] * len(p))
        yield f"right if each of {name} is one larger.", where, lambda p: kind([n + 1 for n in p])
        yield f"right if each of {name} is one smaller.", where, lambda p: kind([n - 1 for n in p])
    elif all(isinstance(item, tuple) and len(item) == len(part[0]) for item in part):
        yield from _list_of_tuples(len(part[0]), name, kind)


def _list_of_tuples(width, name, kind):
    for k in range(width):
        for n in (0, 1):
            yield (
                f"right if number {k} in each tuple of {name} is {n}: does it count at all?",
                "Where is it used, and where should it be?",
                lambda p, k=k, n=n: kind((*item[:k], n, *item[k + 1 :]) for item in p),
            )
    for i, j in combinations(range(width), 2):
        at = {i: j, j: i}
        yield (
            f"right if numbers {i} and {j} in each tuple of {name} are exchanged.",
            "In which order do they stand there?",
            lambda p, at=at: kind(tuple(item[at.get(k, k)] for k in range(width)) for item in p),
        )
