"""Exercises that check themselves: ``check("3.1", answer)`` and ``hint("3.1")``.

The exercises of a chapter stand in a module of its own, which is imported when one of them is asked for.
"""

import contextlib
import importlib
import io
import re
import warnings
from importlib.util import find_spec

from helpers.exercises import progress
from helpers.exercises.judge import further, judge
from helpers.exercises.trials import PRINTED

__all__ = ["check", "confirm", "hint"]

named = {}  # exercise -> the answer whose mistake was named last, and the verdict, until a hint is asked for


def chapter(number):
    """The exercises of a chapter, number -> Exercise; ValueError if it has none."""
    if find_spec(f"{__name__}.ch{number:02d}") is None:
        raise ValueError(f"chapter {number} has no exercises; the first number is the chapter's")
    return importlib.import_module(f"{__name__}.ch{number:02d}").EXERCISES


def find(number):
    """The exercise's number in its usual form, and the exercise."""
    if not isinstance(number, str):
        raise TypeError(f'number={number!r}: write it in quotes, e.g. check("3.1", answer)')
    parts = re.fullmatch(r"\s*0*(\d+)\.0*(\d+)\s*", number)
    if not parts:
        raise ValueError(f'number={number!r}: give chapter and exercise, e.g. check("3.1", answer)')
    usual, found = f"{parts[1]}.{parts[2]}", chapter(int(parts[1]))
    if usual not in found:
        raise ValueError(f"number={number!r}: chapter {parts[1]} has the exercises {', '.join(found)}")
    return usual, found[usual]


def check(number, answer, record=True):
    """Say in a sentence whether the answer to an exercise is right, and if not, what is likely wrong.

    A right answer is noted in a small file beside the notebook, unless ``record`` is False.
    """
    number, exercise = find(number)
    verdict = judge(exercise, answer)
    named.pop(number, None)
    if verdict.printed:
        rest = " …" if len(verdict.printed) > PRINTED else ""
        print(verdict.printed[:PRINTED].rstrip("\n") + rest)
    if verdict.state == "untried":
        print(f'{number}: not tried yet. hint("{number}") gives a first hint.')
    elif verdict.state == "wrong":
        print(f"{number}: not yet: {verdict.words}")
        if verdict.cause:
            named[number] = answer, verdict
    elif not record:
        print(f"{number}: right.")
    else:
        mine = chapter(int(number.partition(".")[0]))
        print(f"{number}: right. {len(progress.add(number) & set(mine))} of {len(mine)} in this chapter.")


def confirm(number, answer):
    """Say nothing where the answer to an exercise is right, else raise AssertionError with the checker's words.

    A marking program (nbgrader) runs it in a cell of its own. It takes whatever stands on stderr for a fault,
    so a warning of the reader's function must not get there.
    """
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        number, exercise = find(number)
        verdict = judge(exercise, answer)
    if verdict.state != "right":
        raise AssertionError(f"{number}: {verdict.words or 'not tried yet'}")


def hint(number, step=None):
    """Print a hint: the first says where to look, the third nearly says it all.

    After a check that named a mistake the first hint is about that mistake.
    """
    number, exercise = find(number)
    last = len(exercise.hints)
    if step is None and number in named:
        print(
            f'{number}, about your answer: {further(exercise, *named.pop(number))} hint("{number}") goes on.'
        )
        return
    step = 1 if step is None else step
    if isinstance(step, bool) or step not in range(1, last + 1):
        raise ValueError(f"step={step!r}: give a step from 1 to {last}")
    more = f' hint("{number}", {step + 1}) says more.' if step < last else ""
    print(f"{number}, hint {step} of {last}: {exercise.hints[step - 1]}{more}")
