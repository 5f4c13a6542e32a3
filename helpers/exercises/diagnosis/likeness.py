"""Likenesses between all results of an answer and the right ones: how the one comes of the other.

What is said holds in every case, and in many that are drawn to tell it from what looks like it.
"""

from itertools import permutations

import numpy as np

from helpers.exercises.base import Cause
from helpers.exercises.compare import same
from helpers.exercises.diagnosis.amounts import amounts
from helpers.exercises.diagnosis.arguments import questions
from helpers.exercises.diagnosis.layout import layouts
from helpers.exercises.diagnosis.regions import axes, regions
from helpers.exercises.trials import attempt


def sure(trial, causes):
    """The first cause that holds in all cases and in further ones, at least two of which the answer gets wrong."""
    order = sorted(range(len(trial.cases)), key=lambda i: i not in trial.wrong)
    triples = [trial.triples[i] for i in order]
    for cause in causes:
        if all(_holds(cause, *triple) for triple in triples):
            further = trial.more()
            wrong = len(trial.wrong) + sum(not same(got.value, right.value) for _, got, right in further)
            if wrong > 1 and all(_holds(cause, *triple) for triple in further):
                return cause
    return None


def _holds(cause, case, got, right):
    """Whether a cause holds in a case; of what it cannot be asked it does not."""
    if got.error or right.error:
        return False
    try:
        with np.errstate(all="ignore"):
            return bool(cause.holds(case, got, right))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, ArithmeticError):
        return False


def likenesses(got, right, case, names):
    """All causes that ``layout`` and ``amounts`` offer for a result; the case is the one it came of."""
    for why, hint, test in layouts(got, right):
        yield Cause(why, hint, lambda c, a, b, t=test: t(a.value, b.value))
    for why, hint, test in amounts(got, right, case, names):
        yield Cause(why, hint, lambda c, a, b, t=test: t(a.value, b.value, c))


def alike(trial):
    """A likeness of all results, or a question to which they are the right answers."""
    case, got, right = _telling(trial)
    return sure(trial, likenesses(got.value, right.value, case, trial.names)) or sure(
        trial, _questions(trial, same)
    )


def described(trial):
    """Where the results differ, if it is the same place in all of them."""
    _, got, right = _telling(trial)
    a, b = got.value, right.value
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray) or b.size < 4:
        return None
    offers = [*regions(a, b), *axes(a, b)]
    return sure(
        trial, [Cause(why, hint, lambda c, x, y, t=test: t(x.value, y.value)) for why, hint, test in offers]
    )


def _telling(trial):
    """The case that shows the most of a difference."""
    return max((trial.triples[i] for i in trial.wrong), key=lambda triple: np.size(triple[2].value))


def _questions(trial, fits):
    """The changes of the arguments for which the reader's answer may be right."""
    for what, hint, change in questions(trial.cases[0], trial.names):

        def holds(case, got, right, change=change):
            made = attempt(trial.exercise, trial.exercise.right, change(case))
            return not made.error and not _has_nan(made.value) and fits(got.value, made.value)

        yield Cause(f"your answer is {what}", hint, holds, weak=True)


def _has_nan(value):
    return isinstance(value, np.ndarray) and bool(np.isnan(value.astype(complex)).any())


# --- parts of a tuple


def in_parts(trial):
    """What is wrong with the one part that is wrong, or which parts are exchanged."""
    names = trial.exercise.parts
    triples = [*trial.triples, *trial.more()]
    n = len(names)
    if not 2 <= n <= 4 or not all(_is_row(o.value, n) for _, *outcomes in triples for o in outcomes):
        return None
    got, right = (np.array([triple[k].value for triple in triples]) for k in (1, 2))
    bad = [k for k in range(n) if not same(got[:, k], right[:, k])]
    what = " and ".join(f"`{names[k]}`" for k in bad)
    if found := sure(trial, _reordered(bad, n, names, what)):
        return found
    if len(bad) == n:
        return None
    found = sure(trial, _of_part(trial, bad[0], names)) if len(bad) == 1 else None
    found = found or sure(trial, _questions(trial, lambda a, b: np.shape(b) == (n,) and same(a[bad], b[bad])))
    return found and Cause(f"{what}: {found.why}", found.hint, found.holds, trial.wrong[0], weak=found.weak)


def _is_row(value, n):
    return isinstance(value, np.ndarray) and value.shape == (n,)


def _reordered(bad, n, names, what):
    for order in permutations(bad):
        at = list(range(n))
        for k, other in zip(bad, order, strict=True):
            at[k] = other
        if order != tuple(bad):
            why = f"{what} have changed places; the order is {', '.join(names)}."
            yield Cause(
                why, "Which comes first in the tuple?", lambda c, a, b, at=at: same(a.value, b.value[at])
            )


def _of_part(trial, k, names):
    """Likenesses of one part of the results."""
    for other in range(len(names)):
        if other != k:
            why = f"it is the same as `{names[other]}`."
            yield Cause(why, "Which line makes it?", lambda c, a, b, o=other: same(a.value[k], b.value[o]))
    case, got, right = _telling(trial)
    a, b = np.asarray(got.value[k]), np.asarray(right.value[k])
    for why, hint, test in amounts(a, b, case, trial.names):
        yield Cause(why, hint, lambda c, x, y, t=test: t(np.asarray(x.value[k]), np.asarray(y.value[k]), c))
