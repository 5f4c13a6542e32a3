"""Likenesses between all results of an answer and the right ones: how the one comes of the other.

What is said holds in every case, and in others that were drawn for it; where several likenesses hold, further
cases tell them apart.
"""

from itertools import permutations

import numpy as np

from helpers.exercises import arguments
from helpers.exercises.amounts import amounts
from helpers.exercises.base import Cause
from helpers.exercises.compare import same
from helpers.exercises.layout import layouts
from helpers.exercises.regions import regions
from helpers.exercises.trials import attempt


def alike(trial):
    """A likeness of all results, or a question to which they are the right answers."""
    pairs = [_values(triple) for triple in _triples(trial)]
    found = _likeness(pairs, trial.names, lambda count: [_values(triple) for triple in trial.more(count)])
    return found or _question(trial, same)


def described(trial):
    """Where the results differ, if it is the same place in all of them."""
    pairs = [_values(triple) for triple in _triples(trial)]
    got, right, _ = _telling(pairs)
    if not isinstance(got, np.ndarray) or not isinstance(right, np.ndarray) or right.size < 4:
        return None
    axes = {(np.ndim(a), np.ndim(b)) for a, b, _ in pairs}
    if len(axes) == 1 and got.ndim != right.ndim:
        what = f"your result has {got.ndim} ax{'i' if got.ndim == 1 else 'e'}s, {right.ndim} {'is' if right.ndim == 1 else 'are'} asked for."
        return Cause(what, "Is something flattened, or not yet added up?")
    offers = [(why, hint, lambda a, b, c, t=test: t(a, b)) for why, hint, test in regions(got, right)]
    return _first(offers, pairs, lambda count: [_values(triple) for triple in trial.more(count)])


def _triples(trial):
    return list(zip(trial.cases, trial.got, trial.right, strict=True))


def _values(triple):
    case, got, right = triple
    return got.value, right.value, case


def _telling(pairs):
    """The pair that shows the most of a difference."""
    return next(pair for pair in sorted(pairs, key=lambda p: -np.size(p[1])) if not same(pair[0], pair[1]))


def _likeness(pairs, names, more):
    got, right, case = _telling(pairs)
    offers = [(why, hint, lambda a, b, c, t=test: t(a, b)) for why, hint, test in layouts(got, right)]
    offers += amounts(got, right, case, names)
    return _first(offers, pairs, more)


def _first(offers, pairs, more):
    """The first of the offers that hold everywhere; the more of them hold, the more cases are asked."""
    fits = [offer for offer in offers if all(holds(offer[2], *pair) for pair in pairs)]
    if not fits:
        return None
    further = more(12 if len(fits) > 1 else 4)
    return next((Cause(why, hint) for why, hint, test in fits if all(holds(test, *pair) for pair in further)), None)


def holds(test, got, right, case):
    """Whether a test says yes; what it cannot be asked of is a no."""
    try:
        with np.errstate(all="ignore"):
            return bool(test(got, right, case))
    except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
        return False


def _question(trial, fits):
    """The change of the arguments for which the reader's answer is right in all cases."""
    for what, hint, change in arguments.questions(trial.cases[0], trial.names):
        if _answers(trial, change, fits):
            return Cause(f"your answer is {what}", hint, weak=True)
    return None


def _answers(trial, change, fits):
    triples, told = _triples(trial), 0
    order = sorted(range(len(triples)), key=lambda i: i not in trial.wrong)
    for case, got, right in [*(triples[i] for i in order), *trial.more()]:
        if got.error or right.error:
            return False
        try:
            other = change(case)
        except (ValueError, TypeError, IndexError, KeyError, ArithmeticError):
            return False
        with np.errstate(all="ignore"):
            made = attempt(trial.exercise, trial.exercise.right, other)
        if made.error or not fits(got.value, made.value) or _has_nan(made.value):
            return False
        told += not same(right.value, made.value)
    return told >= 2


def _has_nan(value):
    return isinstance(value, np.ndarray) and bool(np.isnan(value.astype(complex)).any())


# --- parts of a tuple


def in_parts(trial):
    """What is wrong with the one part that is wrong, or which parts are exchanged."""
    rows = _rows(trial)
    if rows is None:
        return None
    got, right, cases = rows
    n = got.shape[1]
    names = trial.exercise.parts or tuple(f"number {k}" for k in range(n))
    for order in permutations(range(n)):
        if len(names) == n and order != tuple(range(n)) and same(got, right[:, order]):
            return Cause(f"the order is not right: it should be {', '.join(names)}.", "Which comes first in the tuple?")
    bad = [k for k in range(n) if not same(got[:, k], right[:, k])]
    if len(names) != n or len(bad) == n:
        return None
    found = None
    if len(bad) == 1:
        (k,) = bad
        pairs = [(np.asarray(a[k]), np.asarray(b[k]), case) for a, b, case in zip(got, right, cases, strict=True)]
        found = _same_part(got, right, k, names) or _likeness(pairs, trial.names, lambda count: ())
    found = found or _question(trial, lambda a, b: np.shape(a) == np.shape(b) == (n,) and same(a[bad], b[bad]))
    if found is None:
        return None
    place = next(i for i in range(len(got)) if not same(got[i], right[i]))
    what = " and ".join(f"`{names[k]}`" for k in bad)
    return Cause(f"{what}: {found.why}", found.hint, place, weak=found.weak)


def _rows(trial):
    """All results as rows of two tables, if each is a tuple of as many numbers; further cases included."""
    triples = [*_triples(trial), *trial.more()]
    shapes = {np.shape(o.value) if isinstance(o.value, np.ndarray) else None for _, a, b in triples for o in (a, b)}
    if len(shapes) > 1 or None in shapes:
        return None
    (shape,) = shapes
    if len(shape) != 1 or not 2 <= shape[0] <= 4:
        return None
    tables = (np.array([triple[k].value for triple in triples]) for k in (1, 2))
    return *tables, [case for case, _, _ in triples]


def _same_part(got, right, k, names):
    for other in range(got.shape[1]):
        if other != k and same(got[:, k], right[:, other]):
            return Cause(f"it is the same as `{names[other]}`.", "Which line makes it?")
    return None
