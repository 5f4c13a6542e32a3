"""Where an answer is right and where not: on square inputs only, for whole numbers only, without padding."""

from itertools import combinations

import numpy as np

from helpers.exercises.compare import same


def conditions(case, names):
    """``(words, test)``: what can be said of a case, such as "`x` is square", and whether it is so."""
    numbers = [
        k for k, part in enumerate(case) if isinstance(part, (int, float)) and not isinstance(part, bool)
    ]
    for k, (name, part) in enumerate(zip(names, case, strict=False)):
        if k in numbers:
            yield from ((words, lambda c, k=k, t=t: t(c[k])) for words, t in _of_number(name, part))
        elif isinstance(part, np.ndarray):
            yield from ((words, lambda c, k=k, t=t: t(c[k])) for words, t in _of_array(name, part))
        elif isinstance(part, (tuple, list)):
            yield from ((words, lambda c, k=k, t=t: t(c[k])) for words, t in _of_list(name, part))
    for i, j in combinations(numbers, 2):
        a, b = f"`{names[i]}`", f"`{names[j]}`"
        yield f"{a} and {b} are the same", lambda c, i=i, j=j: c[i] == c[j]
        yield f"{a} is at least {b}", lambda c, i=i, j=j: c[i] >= c[j]
        yield f"{a} is at most {b}", lambda c, i=i, j=j: c[i] <= c[j]
        if isinstance(case[i], int) and isinstance(case[j], int):
            yield f"{b} divides {a}", lambda c, i=i, j=j: c[j] != 0 and c[i] % c[j] == 0
            yield f"{a} divides {b}", lambda c, i=i, j=j: c[i] != 0 and c[j] % c[i] == 0


def _of_number(name, part):
    for n in (0, 1):
        yield f"`{name}` is {n}", lambda p, n=n: p == n
        yield f"`{name}` is not {n}", lambda p, n=n: p != n
    if isinstance(part, int):
        yield f"`{name}` is odd", lambda p: p % 2 == 1
        yield f"`{name}` is even", lambda p: p % 2 == 0
    yield f"`{name}` is above 0", lambda p: p > 0


def _of_array(name, part):
    if part.ndim > 1:
        yield f"`{name}` is square", lambda p: p.shape[-1] == p.shape[-2]
        yield f"`{name}` is symmetric", lambda p: p.shape[-1] == p.shape[-2] and same(p, p.swapaxes(-1, -2))
    for axis in range(part.ndim):
        yield f"`{name}` has size 1 along axis {axis}", lambda p, a=axis: p.shape[a] == 1
    yield f"`{name}` has one entry only", lambda p: p.size == 1
    yield f"`{name}` holds no negative number", lambda p: (p >= 0).all()
    yield f"`{name}` holds whole numbers only", lambda p: (p % 1 == 0).all()
    yield f"`{name}` holds no 0", lambda p: (p != 0).all()
    yield f"no two numbers of `{name}` are equal", lambda p: np.unique(p).size == p.size


def _of_list(name, part):
    yield f"`{name}` has one entry only", lambda p: len(p) == 1
    yield f"`{name}` has more than one entry", lambda p: len(p) > 1
    if part and all(isinstance(item, (int, float)) for item in part):
        yield f"all of `{name}` are the same", lambda p: len(set(p)) == 1
        yield f"all of `{name}` are 1", lambda p: set(p) == {1}
        yield f"all of `{name}` are odd", lambda p: all(n % 2 == 1 for n in p)


def whenever(cases, met, names):
    """Words for the condition that is met in just these cases, and the condition; None unless it is the only one.

    Three cases of each kind are the least that it takes.
    """
    if min(sum(met), len(met) - sum(met)) < 3:
        return None
    found = []
    for words, test in conditions(cases[0], names):
        with np.errstate(all="ignore"):
            if [bool(test(case)) for case in cases] == list(met):
                found.append((words, test))
    return found[0] if len(found) == 1 else None
