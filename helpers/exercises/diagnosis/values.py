"""What is wrong with a value that was worked out by hand, where it has numbers enough to tell."""

import inspect
from itertools import permutations

import numpy as np

from helpers.exercises.diagnosis.amounts import amounts
from helpers.exercises.diagnosis.arguments import questions
from helpers.exercises.base import Cause
from helpers.exercises.compare import same
from helpers.exercises.diagnosis.layout import layouts


def exchanged(trial):
    """Which parts of a value are exchanged."""
    got, right = trial.got[0].value, trial.right[0].value
    if not isinstance(right, dict) or not isinstance(got, dict) or got.keys() != right.keys():
        return None
    bad = [key for key in right if not same(got[key], right[key])]
    if len(bad) > 1 and len({repr(right[key]) for key in bad}) == len(bad):
        for order in permutations(bad):
            if all(same(got[key], right[other]) for key, other in zip(bad, order, strict=True)):
                what = " and ".join(f"`{key}`" for key in bad)
                return Cause(f"{what} are exchanged, or swapped round.", "Read again what each of them is.")
    return None


def of_formula(trial):
    """What the formula of the first wrong part makes of other arguments, if only one change gives what is there."""
    got, right, formula = trial.got[0].value, trial.right[0].value, trial.exercise.formula
    if not formula or not isinstance(got, dict):
        return None
    part = next(key for key in right if not same(got[key], right[key]))
    if part not in formula:
        return None
    work_out, given = formula[part]
    names, found = list(inspect.signature(work_out).parameters), {}
    for what, hint, change in questions(given, names):
        try:
            made = np.asarray(work_out(*change(given)))
        except (ValueError, TypeError, IndexError, ArithmeticError):
            continue
        if same(got[part], made):
            found[what.replace(", whatever ", "; ").partition(";")[0].rstrip(".")] = hint
    given_back = [
        name for name, value in zip(names, given, strict=True) if same(got[part], np.asarray(value))
    ]
    if len(given_back) == 1:
        return Cause(f"that is `{given_back[0]}` itself, unchanged.", f"What becomes of `{given_back[0]}`?")
    if len(found) == 1:
        ((what, hint),) = found.items()
        return Cause(f"that is {what}.", hint)
    return None


def of_value(trial):
    """A likeness of the value, or of its first wrong part; of single numbers nothing is said."""
    got, right = trial.got[0].value, trial.right[0].value
    if not isinstance(right, dict):
        return _only_one(got, right)
    if not isinstance(got, dict) or got.keys() != right.keys():
        return None
    bad = [key for key in right if not same(got[key], right[key])]
    if len(bad) == len(right) > 2 and all(
        np.ndim(part) == 0 for value in (got, right) for part in value.values()
    ):
        return _only_one(*(np.array([value[key] for key in right], float) for value in (got, right)))
    return _only_one(got[bad[0]], right[bad[0]])


def _only_one(got, right):
    """The first likeness of one value: where numbers stand shows with two, what became of them with three."""
    if not isinstance(right, np.ndarray) or right.size < 2:
        return None
    offers = [(why, hint, lambda a, b, c, t=test: t(a, b)) for why, hint, test in layouts(got, right)]
    offers += amounts(got, right, (), ()) if right.size > 2 else ()
    for why, hint, test in offers:
        try:
            with np.errstate(all="ignore"):
                if test(got, right, ()):
                    return Cause(why, hint)
        except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
            continue
    return None
