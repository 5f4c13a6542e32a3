"""What comes of an answer on the cases of an exercise."""

import copy
import inspect
from dataclasses import dataclass

import numpy as np

from helpers.exercises.compare import plain, same


@dataclass
class Outcome:
    """What came of one case: a plain value, or an error; and which arguments were changed on the way."""

    value: object = None
    error: Exception | None = None
    changed: tuple = ()


def attempt(exercise, answer, case):
    """The outcome of one case, on a copy of it."""
    given = copy.deepcopy(case)
    try:
        outcome = Outcome(plain(exercise.result(answer, given)))
    except Exception as error:  # whatever a reader's code may raise
        outcome = Outcome(error=error)
    if exercise.of_function:
        outcome.changed = tuple(
            name
            for name, before, after in zip(names(exercise), case, given, strict=False)
            if isinstance(before, (np.ndarray, list)) and not _unchanged(before, after)
        )
    return outcome


def _unchanged(before, after):
    return before == after if isinstance(before, list) else np.array_equal(before, after)


def agree(a, b):
    if a.error or b.error:
        return isinstance(a.error, type(b.error)) or isinstance(b.error, type(a.error))
    return same(a.value, b.value)


def names(exercise):
    """What the arguments of a case are called."""
    parameters = list(inspect.signature(exercise.use or exercise.right).parameters)
    return parameters[1:] if exercise.use else parameters
