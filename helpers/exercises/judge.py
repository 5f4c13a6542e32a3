"""The judgement of a reader's answer: right, not tried, or wrong, and then on which input and why."""

import dis
import inspect
import re
from dataclasses import dataclass

from helpers.exercises import telling
from helpers.exercises.base import Cause
from helpers.exercises.compare import show
from helpers.exercises.diagnosis import reading
from helpers.exercises.diagnosis.naming import cause
from helpers.exercises.diagnosis.repair import repaired
from helpers.exercises.diagnosis.source import read
from helpers.exercises.kinds import empty, gap, settled
from helpers.exercises.timing import Watch, countable
from helpers.exercises.trials import Trial, names


@dataclass(frozen=True)
class Verdict:
    """``state`` is "right", "untried" or "wrong"; a wrong answer has words, and a cause where one is certain.

    ``printed`` is what the reader's function printed in the case that the words are about.
    """

    state: str
    words: str = ""
    cause: Cause | None = None
    printed: str = ""

    @property
    def mistake(self):
        """The planted mistake that the answer is, or None."""
        return self.cause and self.cause.mistake


def judge(exercise, answer, seed=0):
    """The verdict on an answer, found by trying it on every case beside the right one and the mistakes."""
    answer = settled(answer)
    if empty(answer):
        return Verdict("untried")
    if exercise.of_function != callable(answer):
        wanted = "give the function itself, without brackets" if exercise.of_function else "give its value"
        kind = "a function" if callable(answer) else f"not a function but {show(answer)}"
        return Verdict("wrong", f"your answer is {kind}; {wanted}.")
    if where := "" if exercise.of_function else gap(answer, exercise.parts):
        return Verdict("wrong", f"{where} is still empty: write your answer in the place of None.")
    if exercise.of_function and (words := _wrong_arguments(exercise, answer)):
        return Verdict("wrong", words)
    with countable(answer), Watch() as watch:
        return _tried(Trial(exercise, answer, watch, seed))


def further(exercise, answer, verdict):
    """A further sentence about a mistake that was named: its hint, the line it stands in, or a small case."""
    if verdict.cause.hint:
        return verdict.cause.hint
    if not exercise.of_function:
        return max(exercise.hints, key=lambda text: len(_words(text) & _words(verdict.cause.why)))
    with countable(answer), Watch() as watch:
        trial = Trial(exercise, answer, watch)
        mended = repaired(read(trial.written), trial)
        if mended:
            return mended.hint
        case, _, right = trial.triples[trial.wrong[0]]
    asked = telling.called(exercise, answer, case).removesuffix(",")
    return f"work {asked} out by hand, step by step: it should be {show(right.value)}. Where does yours part from it?"


def _words(text):
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3}


def _tried(trial):
    """The verdict on an answer that could be tried."""
    exercise, answer, got, right = trial.exercise, trial.answer, trial.got, trial.right
    source = read(trial.written) if exercise.of_function else None
    if trial.endless:
        return _endless(trial, source)
    if all(outcome.nothing for outcome in got):
        if exercise.use or _does_nothing(answer):
            return Verdict("untried")
        why = reading.printed_only(source) or "does it print its answer, or is a return missing?"
        return Verdict("wrong", f"your function returns nothing: {why}", Cause(why), got[0].printed)
    changed = next((outcome.changed[0] for outcome in got if outcome.changed), None)
    if not trial.wrong:
        if changed is None:
            return Verdict("right", printed=got[0].printed)
        found = Cause(f"your function changes {changed}: use a copy.", f"`{changed}.copy()` makes one.")
        return Verdict("wrong", f"the answers are right, but {found.why}", found, got[0].printed)
    found = cause(trial, source)
    i = found.place if found and found.place is not None else trial.wrong[0]
    why, case = found.why if found else "", trial.cases[i]
    if got[i].error and not right[i].error and not (found and found.mistake):
        words = telling.failed(exercise, trial.written, case, got[i].error, why)
    else:
        words = telling.told(exercise, answer, case, got[i], right[i], why)
    if changed:
        also = f"your function changes {changed}, and may need it later: work on a copy."
        words, found = f"{words} Besides, {also}", found or Cause(also, f"`{changed}.copy()` makes one.")
    return Verdict("wrong", words, found, got[i].printed)


def _endless(trial, source):
    """The verdict on a function that had to be stopped in the last case it was tried on."""
    code = getattr(trial.written, "__code__", None)
    line = next((line for file, line in trial.watch.stood if code and file == code.co_filename), None)
    place = source.at(line) if source and line else f"line {line}" if line else ""
    why = reading.endless(source, line) if line else ""
    case = trial.cases[len(trial.got) - 1]
    words = telling.too_long(trial.exercise, trial.answer, case, trial.limit, place, why)
    return Verdict(
        "wrong",
        words,
        Cause(why or "it does not end", "What changes from one round of the loop to the next?"),
    )


def _does_nothing(answer):
    """Whether a function is a starter: its only line returns None."""
    code = getattr(answer, "__code__", None)
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "COPY_FREE_VARS"}
    return code is None or {step.opname for step in dis.get_instructions(code)} <= idle


def _wrong_arguments(exercise, answer):
    """Words if the reader's function cannot be called with the arguments of a case."""
    case = exercise.all_cases()[0]
    try:
        takes = inspect.signature(answer)
    except (TypeError, ValueError):  # written in C: no signature
        return ""
    try:
        takes.bind(*case)
    except TypeError:
        wanted = ", ".join(names(exercise)[: len(case)])
        by_name = [
            p.name for p in takes.parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty
        ]
        if by_name:
            return f"your function takes {', '.join(by_name)} by name only: leave the * out; it is called with ({wanted})."
        return f"your function takes {', '.join(takes.parameters) or 'nothing'}; it must take {wanted}."
    return ""
