"""What a wrong answer comes of: the order in which causes are looked for, the surest first.

A planted mistake, something certain in the source, a likeness that holds in all results, the one change that
makes the code right, a condition. Where nothing holds nothing is said: a false cause is worse than none.
"""

from dataclasses import replace

from helpers.exercises.base import Cause
from helpers.exercises.diagnosis import reading, where
from helpers.exercises.diagnosis.errors import meaning
from helpers.exercises.diagnosis.likeness import alike, described, in_parts
from helpers.exercises.diagnosis.planted import planted, planted_in_part
from helpers.exercises.diagnosis.repair import repaired
from helpers.exercises.diagnosis.values import exchanged, of_formula, of_value
from helpers.exercises.trials import agree


def cause(trial, source):
    """The Cause of a wrong answer, or None."""
    if found := planted(trial):
        return found
    if not trial.exercise.of_function:
        if trial.exercise.use or trial.got[0].error:
            return None
        return exchanged(trial) or planted_in_part(trial) or of_value(trial) or of_formula(trial)
    if found := _stale(trial, source) or next(reading.seen(source, trial.names[: len(trial.cases[0])]), None):
        return found
    mended = repaired(source, trial)
    if any(outcome.error for outcome in trial.got):
        return _of_error(trial, mended)
    if any(got.nothing and not right.nothing for _, got, right in trial.triples):
        return _of_nothing(trial, mended)
    found = in_parts(trial) or alike(trial) or planted_in_part(trial)
    if mended:
        return mended if found is None or found.weak else _both(found, mended)
    return found or _right_where(trial) or described(trial)


def _both(found, mended):
    why = f"{found.why} {mended.why[0].upper()}{mended.why[1:]}"
    return replace(found, why=why, hint=mended.hint)


def _stale(trial, source):
    """Whether something is kept: the same question gets another answer, or every question the same."""
    if trial.pace > 0.1:
        return None
    kept = reading.kept(source)
    line = f" ({kept})" if kept else ""
    hint = "Which value is not made anew in each call?"
    again = [(i, trial.of_reader(trial.cases[i])) for i in reversed(range(min(4, len(trial.cases))))]
    if not all(agree(outcome, trial.got[i]) for i, outcome in again):
        why = "asked the same twice, your function gives two answers: something is kept from one call to the next"
        return Cause(f"{why}{line or ', or is random'}.", hint)
    first = trial.got[0]
    if trial.wrong[0] and not first.error and all(agree(outcome, first) for outcome in trial.got):
        why = "your function gives the answer to the first question again and again: something is kept from one call to the next"
        return Cause(f"{why}{line}.", hint, lambda case, got, right: agree(got, first))
    return None


def _of_error(trial, mended):
    """What an error means, and what would mend it, or where it occurs; said of the first case that raises it."""
    place = next((i for i in trial.wrong if trial.got[i].error), None)
    words = meaning(trial.got[place].error) if place is not None else ""
    if mended:
        return _both(Cause(words, place=place), mended) if words else mended
    failing = [outcome.error is not None for outcome in trial.got]
    found = where.whenever(trial.cases, failing, trial.names)
    also = f"It happens wherever {found[0]}." if found else ""
    why = f"{words} {also}".strip()
    return Cause(why, "Work the case out by hand, up to that line.", place=place) if why else None


def _of_nothing(trial, mended):
    """Where a function returns nothing though it returns something elsewhere."""
    triples = [*trial.triples, *trial.more()]
    found = where.whenever(
        [case for case, _, _ in triples], [got.nothing for _, got, _ in triples], trial.names
    )
    place = next(i for i in trial.wrong if trial.got[i].nothing)
    why = f"your function returns nothing {f'wherever {found[0]}' if found else 'here'}: there is a way through it without a return."
    holds = (lambda case, got, right: found[1](case) == got.nothing) if found else None
    cause = Cause(
        why, "What does the function do where no condition holds, or when a loop has ended?", holds, place
    )
    return _both(cause, mended) if mended else cause


def _right_where(trial):
    """The condition under which the answer is right."""
    triples = [*trial.triples, *trial.more()]
    good = [agree(got, right) for _, got, right in triples]
    found = where.whenever([case for case, _, _ in triples], good, trial.names)
    if found is None:
        return None
    hint = "What is different in the other cases? Take a small one by hand."
    return Cause(
        f"it is right only where {found[0]}.",
        hint,
        lambda case, got, right: found[1](case) == agree(got, right),
    )
