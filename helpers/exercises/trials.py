"""What comes of an answer on the cases of an exercise."""

import copy
import functools
import inspect
import io
import time
from contextlib import redirect_stdout
from dataclasses import dataclass

import numpy as np

from helpers.exercises.compare import same
from helpers.exercises.diagnosis.source import undecorated
from helpers.exercises.kinds import NOTHING, Unfit, plain

PATIENCE = 2.0  # seconds, on a machine as fast as most
SLOWER = 2000  # a call may take so many times as long as the right answer's
FURTHER = 0.3  # seconds that are spent on further cases
PRINTED = 1000  # letters of what a reader's function prints that are shown
VERSION = 0.05  # seconds that another version of the answer gets for a case, beside its pace


@dataclass
class Outcome:
    """What came of one case: a plain value, or an error; the arguments changed on the way; what was printed."""

    value: object = None
    error: BaseException | None = None
    changed: tuple = ()
    printed: str = ""

    @property
    def nothing(self):
        return isinstance(self.value, Unfit) and self.value == NOTHING


class Said(io.StringIO):
    """What a reader's function prints, kept so far as it is shown: a loop without end would fill the memory."""

    def write(self, text):
        if self.tell() <= PRINTED:
            super().write(text[: PRINTED + 1])
        return len(text)


def attempt(exercise, answer, case, run=lambda call: call()):
    """The outcome of one case, on a copy of it; ``run`` makes the call, and gives None if it had to stop it."""
    given = copy.deepcopy(case)
    said = Said()

    def call():
        try:
            return Outcome(plain(exercise.result(answer, given)))
        except (Exception, SystemExit) as error:  # whatever a reader's code may raise
            return Outcome(error=error)

    with redirect_stdout(said):
        outcome = run(call) or Outcome(error=TimeoutError())
    outcome.printed = said.getvalue()
    if exercise.of_function:
        outcome.changed = tuple(
            name
            for name, before, after in zip(names(exercise), case, given, strict=False)
            if isinstance(before, (np.ndarray, list)) and not _unchanged(before, after)
        )
    return outcome


class Trial:
    """An answer on all cases beside the right one, under a watch; further cases are drawn when asked for."""

    def __init__(self, exercise, answer, watch, seed=0):
        self.exercise, self.answer, self.watch, self.seed = exercise, answer, watch, seed
        self.cases = exercise.all_cases(seed)
        self.names = names(exercise) if exercise.of_function else []
        self.right, self.limit = limit_for(exercise, self.cases)
        self.got, self.endless, begun = [], False, time.perf_counter()
        for case in self.cases:
            self.got.append(self.of_reader(case))
            if self.endless:
                break
        self.pace = (time.perf_counter() - begun) / len(self.got)  # seconds a case
        self.wrong = [
            i for i, (a, b) in enumerate(zip(self.got, self.right, strict=False)) if not agree(a, b)
        ]
        self._more = None

    @functools.cached_property
    def written(self):
        """The function without its decorators, if these change nothing."""
        own = undecorated(self.answer)
        if own is self.answer or self.endless:
            return own
        run = lambda call: self.watch.run(call, self.limit)  # noqa: E731
        alike = (agree(attempt(self.exercise, own, case, run), got) for case, got, _ in self.triples)
        return own if all(alike) else self.answer

    def of_reader(self, case):
        """The outcome of the reader's answer; of one that had to be stopped nothing more is asked."""
        if self.endless:
            return Outcome(error=TimeoutError())
        outcome = attempt(self.exercise, self.answer, case, lambda call: self.watch.run(call, self.limit))
        self.endless = self.watch.stopped
        return outcome

    @property
    def triples(self):
        """Every case with the reader's outcome and the right one."""
        return list(zip(self.cases, self.got, self.right, strict=True))

    def more(self):
        """Further such triples, of cases not seen before; fewer where the reader's answer takes its time.

        Where there are only a few right answers, such as True and False, it takes many to tell two rules apart.
        """
        if self._more is None:
            few = len({repr(outcome.value) for outcome in self.right}) < 5
            count = min(72 if few else 24, int(FURTHER / max(self.pace, 1e-6)))
            self._more = []
            for case in self.exercise.more_cases(count, [self.seed, count]):
                right = attempt(self.exercise, self.exercise.right, case)
                self._more.append((case, self.of_reader(case), right))
        return self._more

    def mended_by(self, version, case, right):
        """Whether another version of the answer is right in a case, in about the time that the answer took."""
        if right.error:
            return True
        seconds = VERSION + 50 * self.pace
        made = attempt(self.exercise, version, case, lambda call: self.watch.run(call, seconds, waits=40))
        return made.error is None and same(made.value, right.value)


def _unchanged(before, after):
    if isinstance(before, list):
        return before == after
    return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")


def limit_for(exercise, cases):
    """The right outcomes of the cases, and the seconds that a reader's call may take.

    A few on a slow machine: the right answer's own time, which a reader's loops take many times, says how slow.
    """
    right, times = [], []
    for case in cases:
        begun = time.perf_counter()
        right.append(attempt(exercise, exercise.right, case))
        times.append(time.perf_counter() - begun)
    return right, round(min(max(PATIENCE, SLOWER * sorted(times)[len(times) // 2]), 5 * PATIENCE), 1)


def agree(a, b):
    if a.error or b.error:
        return isinstance(a.error, type(b.error)) or isinstance(b.error, type(a.error))
    return same(a.value, b.value)


def names(exercise):
    """What the arguments of a case are called."""
    parameters = list(inspect.signature(exercise.use or exercise.right).parameters)
    return parameters[1:] if exercise.use else parameters
