"""What a wrong answer comes of: a planted mistake, something seen in the source, or a likeness that holds.

Whatever is said holds in every case tried and in some more that were drawn for it. Where two likenesses hold
further cases tell them apart; where nothing holds nothing is said: a false cause is worse than none.
"""

from itertools import permutations

import numpy as np

from helpers.exercises import arguments, reading, where
from helpers.exercises.amounts import amounts
from helpers.exercises.base import Cause
from helpers.exercises.compare import same
from helpers.exercises.layout import layouts
from helpers.exercises.repair import repaired
from helpers.exercises.trials import agree, attempt


def cause(trial, source):
    """The Cause of a wrong answer, or None."""
    exercise = trial.exercise
    if found := planted(trial):
        return found
    if not exercise.of_function:
        return of_value(trial) or planted_in_part(trial)
    for found in (_stale(trial, source), next(reading.seen(source, len(trial.cases[0])), None)):
        if found:
            return found
    found = None if _fails(trial) else in_parts(trial) or alike(trial) or planted_in_part(trial)
    mended = repaired(source, trial)
    if found and mended:
        return Cause(f"{found.why} {mended.why[0].upper()}{mended.why[1:]}", mended.hint, found.place, found.mistake)
    return found or mended or _whenever(trial)


def _fails(trial):
    """Whether the reader's answer fails where the right one does not, so that there is nothing to compare."""
    return any(a.error and not b.error or a.nothing for a, b in zip(trial.got, trial.right, strict=True))


# --- planted mistakes


def planted(trial):
    """The planted mistake that gives what the reader's answer gives, on all cases, not errors alone."""
    exercise = trial.exercise
    if all(outcome.error for outcome in trial.got):
        return None
    for mistake in exercise.mistakes:
        if mistake.when:
            fits = _belongs(mistake, trial.answer)
        else:
            pairs = zip(trial.cases, trial.got, strict=True)
            fits = all(agree(got, attempt(exercise, mistake.answer, case)) for case, got in pairs) and all(
                agree(got, attempt(exercise, mistake.answer, case)) for case, got, _ in trial.more()
            )
        if fits:
            return Cause(mistake.why, mistake.hint, mistake=mistake)
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
    return Cause(mistake.why, mistake.hint, place, mistake)


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


# --- state, and conditions


def _stale(trial, source):
    """Whether the same question, asked again, gets another answer."""
    again = [(i, trial.of_reader(trial.cases[i])) for i in reversed(range(min(4, len(trial.cases))))]
    if all(agree(outcome, trial.got[i]) for i, outcome in again):
        return None
    line = reading.kept(source)
    why = "asked the same twice, your function gives two answers: something is kept from one call to the next"
    return Cause(f"{why} ({line})." if line else f"{why}, or is random.", "Which value is not made anew in each call?")


def _whenever(trial):
    """The condition under which the answer is right, or nothing is returned."""
    triples = [*zip(trial.cases, trial.got, trial.right, strict=True), *trial.more(), *trial.more(24)]
    cases = [case for case, _, _ in triples]
    nothing = [got.nothing for _, got, _ in triples]
    if any(nothing):
        words = where.whenever(cases, nothing, trial.names)
        why = f"your function returns nothing {f'wherever {words}' if words else 'here'}: there is a way through it without a return."
        return Cause(why, "What does the function do where no condition holds, or when a loop has ended?")
    good = [agree(got, right) for _, got, right in triples]
    words = where.whenever(cases, good, trial.names)
    if not words:
        return None
    return Cause(f"it is right only where {words}.", "What is different in the other cases? Take a small one by hand.")


# --- likenesses


def alike(trial):
    """A likeness of all results, or a question to which they are right answers."""
    pairs = _pairs(trial)
    why = _likeness(pairs, trial.names, lambda: [_values(triple) for triple in trial.more()])
    return why or _question(trial, same)


def _pairs(trial):
    return [_values(triple) for triple in zip(trial.cases, trial.got, trial.right, strict=True)]


def _values(triple):
    case, got, right = triple
    return got.value, right.value, case


def _likeness(pairs, names, more):
    """The first likeness that holds in all pairs, those that change what is right only."""
    telling = next(pair for pair in sorted(pairs, key=lambda p: -np.size(p[1])) if not same(pair[0], pair[1]))
    got, right, case = telling
    offers = [(why, hint, lambda a, b, c, t=test: t(a, b)) for why, hint, test in layouts(got, right)]
    offers += amounts(got, right, case, names)
    for why, hint, test in offers:
        if all(_holds(test, *pair) for pair in pairs) and all(_holds(test, *pair) for pair in more()):
            return Cause(why, hint)
    return None


def _holds(test, got, right, case):
    try:
        with np.errstate(all="ignore"):
            return bool(test(got, right, case))
    except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError):  # a result of another kind or shape
        return False


def _question(trial, fits):
    """The change of the arguments for which the reader's answer is right in all cases."""
    for why, hint, change in arguments.questions(trial.cases[0], trial.names):
        if _answers(trial, change, fits):
            return Cause(why, hint)
    return None


def _answers(trial, change, fits):
    triples = list(zip(trial.cases, trial.got, trial.right, strict=True))
    order = sorted(range(len(triples)), key=lambda i: i not in trial.wrong)
    told = 0
    for case, got, right in [*(triples[i] for i in order), *trial.more()]:
        if got.error or right.error:
            return False
        try:
            other = change(case)
        except (ValueError, TypeError, IndexError, KeyError, OverflowError):
            return False
        with np.errstate(all="ignore"):
            made = attempt(trial.exercise, trial.exercise.right, other)
        if made.error or not fits(got.value, made.value):
            return False
        told += not same(right.value, made.value)
    return told >= 2


# --- parts of a tuple


def in_parts(trial):
    """What is wrong with the one part that is wrong, or which parts are exchanged."""
    rows = _rows(trial)
    if rows is None:
        return None
    got, right = rows
    n = got.shape[1]
    names = trial.exercise.parts or tuple(f"number {k}" for k in range(n))
    names = names if len(names) == n else tuple(f"number {k}" for k in range(n))
    for order in permutations(range(n)):
        if order != tuple(range(n)) and same(got, right[:, order]):
            return Cause(f"the order is not right: it should be {', '.join(names)}.", "Which comes first in the tuple?")
    bad = [k for k in range(n) if not same(got[:, k], right[:, k])]
    if len(bad) == n:
        return None
    what = " and ".join(f"`{names[k]}`" for k in bad)
    found = None
    if len(bad) == 1:
        (k,) = bad
        pairs = [(np.asarray(a[k]), np.asarray(b[k]), case) for a, b, case in zip(got, right, trial.cases, strict=False)]
        found = _likeness(pairs, trial.names, lambda: ())
        found = found or _same_part(got, right, k, names)
    found = found or _question(trial, lambda a, b: np.shape(a) == np.shape(b) == (n,) and same(a[bad], b[bad]))
    if found is None:
        return None
    place = next(i for i in range(len(got)) if not same(got[i], right[i]))
    return Cause(f"{what}: {found.why}", found.hint, place)


def _rows(trial):
    """All results as rows of two tables, if each is a tuple of as many numbers; further cases included."""
    triples = [*zip(trial.cases, trial.got, trial.right, strict=True), *trial.more()]
    shapes = {np.shape(o.value) if isinstance(o.value, np.ndarray) else None for _, a, b in triples for o in (a, b)}
    if len(shapes) > 1 or None in shapes:
        return None
    (shape,) = shapes
    if len(shape) != 1 or not 2 <= shape[0] <= 4:
        return None
    return np.array([got.value for _, got, _ in triples]), np.array([right.value for _, _, right in triples])


def _same_part(got, right, k, names):
    for other in range(got.shape[1]):
        if other != k and same(got[:, k], right[:, other]):
            return Cause(f"it is the same as `{names[other]}`.", "Which line makes it?")
    return None


# --- values


def of_value(trial):
    """What is wrong with a value, if it has enough numbers to tell; nothing is said of single numbers."""
    (got,), (right,) = ([outcome.value for outcome in outcomes[:1]] for outcomes in (trial.got, trial.right))
    if trial.exercise.use or trial.got[0].error:
        return None
    if isinstance(right, dict):
        return _of_parts(got, right)
    return _only_one(got, right)


def _of_parts(got, right):
    if not isinstance(got, dict) or got.keys() != right.keys():
        return None
    keys = list(right)
    bad = [key for key in keys if not same(got[key], right[key])]
    if len(bad) > 1 and len({repr(right[key]) for key in bad}) == len(bad):
        for order in permutations(bad):
            if all(same(got[key], right[other]) for key, other in zip(bad, order, strict=True)):
                return Cause(f"{' and '.join(f'`{key}`' for key in bad)} are exchanged.", "Read again what each of them is.")
    if len(keys) > 2 and all(np.ndim(part) == 0 for value in (got, right) for part in value.values()):
        return _only_one(*(np.array([value[key] for key in keys], float) for value in (got, right)))
    found = _only_one(got[bad[0]], right[bad[0]])
    return found and Cause(f"{found.why}", found.hint)


def _only_one(got, right):
    """A likeness of one value, if it is the only one."""
    if np.size(right) < 3:
        return None
    offers = [(why, hint, lambda a, b, c, t=test: t(a, b)) for why, hint, test in layouts(got, right)]
    offers += amounts(got, right, (), ())
    fits = {why: hint for why, hint, test in offers if _holds(test, got, right, ())}
    return Cause(*next(iter(fits.items()))) if fits else None
