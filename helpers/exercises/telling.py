"""What a reader is told of a wrong answer: on which input it differs, how, and why."""

import re
import traceback

import numpy as np

from helpers.exercises.compare import difference, first, same, show
from helpers.exercises.diagnosis.source import file_of
from helpers.exercises.kinds import Unfit
from helpers.exercises.trials import names


def told(exercise, answer, case, got, right, why):
    """Where the answer differs, and why."""
    if not exercise.reveals:
        return _hidden(got.value, right.value, why)
    because = f": {why}" if why else "."
    if right.error:
        found = f"is {show(got.value)}" if got.error is None else f"raises {type(got.error).__name__}"
        should, but = f"should raise {type(right.error).__name__}", found
    elif got.error:
        should, but = f"should be {show(right.value)}", f"raises {type(got.error).__name__}"
    else:
        should, but = difference(got.value, right.value, exercise.parts if exercise.of_function else ())
    if but.endswith("?"):
        because, but = (because, but.partition(":")[0]) if why else ("", but)
    return f"{called(exercise, answer, case)} {should}, but {but}{because}"


def called(exercise, answer, case):
    """The case as the reader would type it: name(W=8, K=3), or words for a value."""
    given = ", ".join(
        f"{name}={getattr(part, '__name__', None) or show(part)}"
        for name, part in zip(names(exercise) if case else [], case, strict=False)
    )
    if exercise.of_function and not exercise.use:
        name = getattr(answer, "__name__", "")
        return f"{name}({given})" if name.isidentifier() else f"your function, given {given},"
    return f"with {given}, the result" if given else "the result"


def _hidden(got, right, why):
    """What is wrong with a value, without giving the right one away."""
    if isinstance(got, dict) and isinstance(right, dict):
        key = next(key for key in right if not same(got[key], right[key]))
        return f"{key}: {_hidden(got[key], right[key], why)}"
    if isinstance(right, tuple) and isinstance(got, np.ndarray) and got.ndim:
        got = tuple(got)
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
    if isinstance(got, np.ndarray) and not right.ndim:
        return f"your answer should be one number, but is {show(got)}."
    if isinstance(got, np.ndarray):
        return f"your answer should have shape {right.shape}, but has {got.shape}."
    if isinstance(got, tuple) and len(got) == len(right):
        place = next(i for i, pair in enumerate(zip(got, right, strict=True)) if not same(*pair))
        return f"{show(got[place])} at [{place}] is wrong."
    return f"{show(got)} is not it."


def failed(exercise, answer, case, error, why):
    """The reader's error in one line, with the line of their code; the frames of the book are left out."""
    said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip().split("\n")[0]
    said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    file = file_of(answer)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f" in line {own[-1].lineno}, `{own[-1].line}`," if own and own[-1].line else ""
    if not exercise.of_function:
        return f"your answer cannot be used here ({said})."
    because = f" {why[0].upper()}{why[1:]}" if why else ""
    return (
        f"your function stops{place} with {said.rstrip('.')}. {_as_called(exercise, answer, case)}.{because}"
    )


def _as_called(exercise, answer, case):
    form = called(exercise, answer, case)
    given = form.removeprefix("your function, given ").removesuffix(",")
    return f"It was called as {form}" if given == form else f"It was given {given}"


def too_long(exercise, answer, case, seconds, place, why):
    """That a call had to be stopped, where it stood, and what keeps the loop going."""
    if not exercise.of_function:
        return f"your answer did not end within {seconds:g} seconds."
    stood = f" It was stopped in {place}." if place else ""
    reason = (
        f" {why[0].upper()}{why[1:]}."
        if why
        else " Does one of its loops never end, or do its numbers grow without end?"
    )
    return f"your function did not end within {seconds:g} seconds.{stood}{reason} {_as_called(exercise, answer, case)}."
