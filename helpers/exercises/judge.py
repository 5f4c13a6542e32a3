"""The judgement of a reader's answer: right, not tried, or wrong, and then on which input and why."""

import dis
import inspect
import re
import traceback
from dataclasses import dataclass

import numpy as np

from helpers.exercises.base import Mistake
from helpers.exercises.compare import Unfit, difference, empty, first, gap, same, show
from helpers.exercises.naming import looks_like, named, named_in_part
from helpers.exercises.trials import agree, attempt, names


@dataclass(frozen=True)
class Verdict:
    """``state`` is "right", "untried" or "wrong"; a wrong answer has words, and the mistake it equals."""

    state: str
    words: str = ""
    mistake: Mistake | None = None


def judge(exercise, answer, seed=0):
    """The verdict on an answer, found by trying it on every case beside the right one and the mistakes."""
    if empty(answer):
        return Verdict("untried")
    if exercise.of_function != callable(answer):
        wanted = "give the function itself, without brackets" if exercise.of_function else "give its value"
        kind = "a function" if callable(answer) else f"not a function but {show(answer)}"
        return Verdict("wrong", f"your answer is {kind}; {wanted}.")
    if where := "" if exercise.of_function else gap(answer, exercise.parts):
        return Verdict("wrong", f"{where} is still empty: write your answer in the place of None.")
    cases = exercise.all_cases(seed)
    if exercise.of_function and (words := _wrong_arguments(exercise, answer, cases[0])):
        return Verdict("wrong", words)
    got = [attempt(exercise, answer, case) for case in cases]
    if all(isinstance(outcome.value, Unfit) and outcome.value.name == "NoneType" for outcome in got):
        if exercise.use or _does_nothing(answer):
            return Verdict("untried")
        return Verdict(
            "wrong", "your function returns nothing. Does it print its answer, or is a return missing?"
        )
    right = [attempt(exercise, exercise.right, case) for case in cases]
    wrong = [i for i, pair in enumerate(zip(got, right, strict=True)) if not agree(*pair)]
    if not wrong:
        changed = next((outcome.changed for outcome in got if outcome.changed), None)
        if changed is None:
            return Verdict("right")
        return Verdict("wrong", f"the answers are right, but your function changes {changed[0]}: use a copy.")
    i, mistake, like = wrong[0], named(exercise, cases, got), looks_like(got, right)
    if mistake is None and not like:
        mistake, place = named_in_part(exercise, cases, got, right)
        i = place if mistake else i
    if mistake:
        why = mistake.why
    elif got[i].error and not right[i].error:
        return Verdict("wrong", _stopped(exercise, answer, cases[i], got[i].error))
    else:
        why = like
    return Verdict("wrong", _told(exercise, answer, cases[i], got[i], right[i], why), mistake)


def _does_nothing(answer):
    """Whether a function is a starter: its only line returns None."""
    code = getattr(answer, "__code__", None)
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "COPY_FREE_VARS"}
    return code is None or {step.opname for step in dis.get_instructions(code)} <= idle


def _wrong_arguments(exercise, answer, case):
    """Words if the reader's function cannot be called with the arguments of a case."""
    if exercise.use:
        return ""
    try:
        inspect.signature(answer).bind(*case)
    except TypeError:
        takes = ", ".join(inspect.signature(answer).parameters) or "nothing"
        return f"your function takes {takes}; it must take {', '.join(names(exercise)[: len(case)])}."
    except ValueError:  # written in C: no signature
        pass
    return ""


def _called(exercise, answer, case):
    """The case as the reader would type it: name(W=8, K=3), or words for a value."""
    given = ", ".join(
        f"{name}={getattr(part, '__name__', None) or show(part)}"
        for name, part in zip(names(exercise) if case else [], case, strict=False)
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
    because = "" if because == "." and but.endswith("?") else because
    return f"{_called(exercise, answer, case)} {should}, but {but}{because}"


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


def _stopped(exercise, answer, case, error):
    """The reader's error in one line, with the line of their code; the frames of the book are left out."""
    said = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip().split("\n")[0]
    said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f" in line {own[-1].lineno}, `{own[-1].line}`," if own and own[-1].line else ""
    if not exercise.of_function:
        return f"your answer cannot be used here ({said})."
    called = _called(exercise, answer, case)
    given = called.removeprefix("your function, given ").removesuffix(",")
    told = f"It was called as {called}" if given == called else f"It was given {given}"
    return f"your function stops{place} with {said.rstrip('.')}. {told}."
