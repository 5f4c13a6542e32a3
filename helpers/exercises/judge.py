"""The judgement of a reader's answer: right, not tried, or wrong, and then on which input and why."""

import inspect
import re
import traceback
from dataclasses import dataclass

import numpy as np

from .base import Mistake
from .compare import Unfit, close, difference, empty, first, plain, same, show


@dataclass(frozen=True)
class Verdict:
    """``state`` is "right", "untried" or "wrong"; a wrong answer has words, and the mistake it equals."""

    state: str
    words: str = ""
    mistake: Mistake | None = None


@dataclass
class Outcome:
    """What came of one case: a plain value, or an error; and which arguments were changed on the way."""

    value: object = None
    error: Exception | None = None
    changed: tuple = ()


def judge(exercise, answer, seed=0):
    """The verdict on an answer, found by trying it on every case beside the right one and the mistakes."""
    if empty(answer):
        return Verdict("untried")
    if exercise.of_function != callable(answer):
        wanted = "give the function itself, without brackets" if exercise.of_function else "give its value"
        kind = "a function" if callable(answer) else f"not a function but {show(answer)}"
        return Verdict("wrong", f"your answer is {kind}; {wanted}.")
    cases = exercise.all_cases(seed)
    if exercise.of_function and (words := _wrong_arguments(exercise, answer, cases[0])):
        return Verdict("wrong", words)
    got = [_try(exercise, answer, case) for case in cases]
    if all(isinstance(outcome.value, Unfit) and outcome.value.name == "NoneType" for outcome in got):
        return Verdict("untried")
    right = [_try(exercise, exercise.right, case) for case in cases]
    wrong = [i for i, pair in enumerate(zip(got, right, strict=True)) if not _agree(*pair)]
    if not wrong:
        changed = next((outcome.changed for outcome in got if outcome.changed), None)
        if changed is None:
            return Verdict("right")
        return Verdict("wrong", f"the answers are right, but your function changes {changed[0]}: use a copy.")
    i, mistake = wrong[0], _named(exercise, cases, got)
    if mistake:
        why = mistake.why
    elif got[i].error and not right[i].error:
        return Verdict("wrong", _stopped(exercise, answer, cases[i], got[i].error))
    else:
        why = _looks_like(got, right)
    return Verdict("wrong", _told(exercise, answer, cases[i], got[i], right[i], why), mistake)


def _try(exercise, answer, case):
    """The outcome of one case, on copies of its arrays."""
    given = [part.copy() if isinstance(part, np.ndarray) else part for part in case]
    try:
        outcome = Outcome(plain(exercise.result(answer, given)))
    except Exception as error:  # whatever a reader's code may raise
        outcome = Outcome(error=error)
    if exercise.of_function:
        outcome.changed = tuple(
            name
            for name, before, after in zip(_names(exercise), case, given, strict=False)
            if isinstance(before, np.ndarray) and not np.array_equal(before, after)
        )
    return outcome


def _agree(a, b):
    if a.error or b.error:
        return isinstance(a.error, type(b.error)) or isinstance(b.error, type(a.error))
    return same(a.value, b.value)


def _named(exercise, cases, got):
    """The planted mistake that gives what the reader's answer gives, on all cases, not errors alone."""
    if all(outcome.error for outcome in got):
        return None
    pairs = list(zip(cases, got, strict=True))
    for mistake in exercise.mistakes:
        if all(_agree(outcome, _try(exercise, mistake.answer, case)) for case, outcome in pairs):
            return mistake
    return None


def _names(exercise):
    """What the arguments of a case are called."""
    names = list(inspect.signature(exercise.use or exercise.right).parameters)
    return names[1:] if exercise.use else names


def _wrong_arguments(exercise, answer, case):
    """Words if the reader's function cannot be called with the arguments of a case."""
    if exercise.use:
        return ""
    try:
        inspect.signature(answer).bind(*case)
    except TypeError:
        takes = ", ".join(inspect.signature(answer).parameters) or "nothing"
        return f"your function takes {takes}; it must take {', '.join(_names(exercise)[: len(case)])}."
    except ValueError:  # written in C: no signature
        pass
    return ""


def _called(exercise, answer, case):
    """The case as the reader would type it: name(W=8, K=3), or words for a value."""
    given = ", ".join(
        f"{name}={getattr(part, '__name__', None) or show(part)}"
        for name, part in zip(_names(exercise) if case else [], case, strict=False)
    )
    if exercise.of_function and not exercise.use:
        name = getattr(answer, "__name__", "")
        return f"{name}({given})" if name.isidentifier() else f"your function, given {given},"
    return f"with {given}, the result" if given else "the result"


def _told(exercise, answer, case, got, right, why):
    """Where the answer differs, and why."""
    because = f": {why}" if why else "."
    if not exercise.reveals:
        return _hidden(got.value, right.value, why)
    if right.error:
        found = f"is {show(got.value)}" if got.error is None else f"raises {type(got.error).__name__}"
        should, but = f"should raise {type(right.error).__name__}", found
    elif got.error:
        should, but = f"should be {show(right.value)}", f"raises {type(got.error).__name__}"
    else:
        should, but = difference(got.value, right.value)
    return f"{_called(exercise, answer, case)} {should}, but {but}{because}"


def _hidden(got, right, why):
    """What is wrong with a value, without giving the right one away."""
    if why:
        return f"{show(got)} is not it: {why}"
    if isinstance(got, Unfit) or not isinstance(got, type(right)):
        should, but = difference(got, right)
        return f"your answer {should}, but {but}."
    if isinstance(got, np.ndarray) and got.shape == right.shape:
        place = first(got, right)
        at = f" at {list(place)}" if place else ""
        if np.isnan(got[place]):
            return f"there is no number{at}."
        return f"{show(got[place])}{at} is too {'small' if got[place] < right[place] else 'large'}."
    if isinstance(got, np.ndarray):
        return f"your answer should have shape {right.shape}, but has {got.shape}."
    if isinstance(got, tuple) and len(got) == len(right):
        place = next(i for i, pair in enumerate(zip(got, right, strict=True)) if not same(*pair))
        return f"{show(got[place])} at [{place}] is wrong."
    return f"{show(got)} is not it."


def _looks_like(got, right):
    """A general mistake that turns every right result into what was given, if there is one."""
    pairs = [(a.value, b.value) for a, b in zip(got, right, strict=True) if not (a.error or b.error)]
    if len(pairs) < len(got) or not all(isinstance(part, np.ndarray) for pair in pairs for part in pair):
        return ""
    for why, change in LIKENESSES.items():
        with np.errstate(all="ignore"):
            if all(_equal(a, change(b)) for a, b in pairs):
                return why
    return ""


def _equal(a, b):
    return a.shape == b.shape and bool(np.all(close(a, b)))


LIKENESSES = {
    "rows and columns are swapped.": lambda b: b.swapaxes(-1, -2) if b.ndim > 1 else b,
    "the order is reversed.": lambda b: b[::-1] if b.ndim == 1 else b,
    "the sign is wrong.": lambda b: -b.astype(float),
    "one too many, everywhere.": lambda b: b.astype(float) + 1,
    "one too few, everywhere.": lambda b: b.astype(float) - 1,
    "an axis of length 1 is missing.": lambda b: b.reshape([n for n in b.shape if n > 1]),
}


def _stopped(exercise, answer, case, error):
    """The reader's error in one line, with the line of their code; the frames of the book are left out."""
    said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip().split("\n")[0]
    said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f" in line {own[-1].lineno}, `{own[-1].line}`," if own and own[-1].line else ""
    if not exercise.of_function:
        return f"your answer cannot be used here ({said})."
    return f"your function stops{place} with {said}. It was called as {_called(exercise, answer, case)}."
