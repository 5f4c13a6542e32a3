"""Which of an exercise's planted mistakes an answer is."""

import numpy as np

from helpers.exercises.base import Cause
from helpers.exercises.compare import same
from helpers.exercises.trials import agree, attempt


def planted(trial):
    """The planted mistake that gives what the reader's answer gives, in all cases and in more, not errors alone."""
    exercise = trial.exercise
    if all(outcome.error for outcome in trial.got):
        return None
    for mistake in exercise.mistakes:

        def holds(case, got, right, mistake=mistake):
            return agree(got, attempt(exercise, mistake.answer, case))

        if mistake.when:
            fits = _belongs(mistake, trial.answer)
        else:
            fits = all(holds(*triple) for triples in (trial.triples, trial.more()) for triple in triples)
        if fits:
            return Cause(mistake.why, mistake.hint, None if mistake.when else holds, mistake=mistake)
    return None


def _belongs(mistake, answer):
    try:
        return bool(mistake.when(answer))
    except Exception:  # not the kind of value it asks about
        return False


def planted_in_part(trial):
    """Where several mistakes meet: the planted one that gives the first wrong part, and a case that shows it.

    All that it spoils must be spoilt in the reader's answer in the same way, and no other planted mistake may
    give the same. Of a function only mistakes count that spoil one part alone.
    """
    exercise, ours, theirs = trial.exercise, _parts(trial.right), _parts(trial.got)
    if exercise.use or not ours or not theirs or ours[0].keys() != theirs[0].keys():
        return None
    part, found = _differing(theirs, ours)[0], {}
    for mistake in exercise.mistakes:
        if mistake.when:
            continue
        made = _parts([attempt(exercise, mistake.answer, case) for case in trial.cases])
        if made and made[0].keys() == ours[0].keys():
            spoilt = _differing(made, ours)
            if part in spoilt and not set(spoilt) & set(_differing(made, theirs)):
                found.setdefault(len(spoilt), []).append(mistake)
    if not found or (exercise.of_function and min(found) > 1) or len(found[min(found)]) > 1:
        return None
    (mistake,) = found[min(found)]
    place = next(i for i, (a, b) in enumerate(zip(theirs, ours, strict=True)) if not same(a[part], b[part]))
    return Cause(mistake.why, mistake.hint, place=place, mistake=mistake)


def _differing(some, others):
    """The names of the parts that differ in any case."""
    return [k for k in others[0] if not all(same(a[k], b[k]) for a, b in zip(some, others, strict=True))]


def _parts(outcomes):
    """The parts of every result by name or place; [] unless all results have the same few parts."""
    values = [outcome.value for outcome in outcomes]
    if all(isinstance(value, np.ndarray) and value.ndim == 1 for value in values):
        values = [{place: np.asarray(part) for place, part in enumerate(value)} for value in values]
    if not all(isinstance(value, dict) for value in values):
        return []
    return values if all(1 < len(value) < 6 and value.keys() == values[0].keys() for value in values) else []
