"""Hold every exercise against answers that are the right one, changed: is each refused, and by its true name?

    make bench ARGS=checkers
    make bench ARGS="checkers 2.2 5.3"    these exercises only

A row an exercise, a letter a change: n named, . refused without a name, ! misnamed, A accepted; a blank where
the change changes nothing, or does not apply. The answers have no source, so this measures what is found from
results alone. A name is true if it holds in further cases that the checker has not seen.
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np

from helpers.exercises import chapter, find
from helpers.exercises.judge import judge
from helpers.exercises.kinds import plain
from helpers.exercises.trials import agree, attempt

FURTHER = 40  # cases that a name has to hold in


class Answer:
    """A function without source: the right one with something done to its arguments, its result, or both."""

    def __init__(self, exercise, result=None, arguments=None):
        self.exercise, self.result, self.arguments = exercise, result, arguments

    def __call__(self, *case):
        given = self.arguments(case) if self.arguments else case
        right = plain(self.exercise.right(*given))
        return self.result(right, case) if self.result else right


def on_arrays(change, least=0):
    """A change of results that are arrays of so many axes at least; others stay as they are."""
    return lambda right, case: (
        change(right) if isinstance(right, np.ndarray) and right.ndim >= least else right
    )


RESULTS = {
    "rows and columns swapped": on_arrays(lambda b: b.swapaxes(-1, -2), 2),
    "first axis last": on_arrays(lambda b: np.moveaxis(b, 0, -1), 3),
    "first axis reversed": on_arrays(lambda b: b[::-1], 1),
    "last axis reversed": on_arrays(lambda b: b[..., ::-1], 2),
    "half a turn": on_arrays(lambda b: np.flip(b), 2),
    "rolled by one": on_arrays(lambda b: np.roll(b, 1, -1), 1),
    "last missing": on_arrays(lambda b: b[:-1], 1),
    "first missing": on_arrays(lambda b: b[1:], 1),
    "last column missing": on_arrays(lambda b: b[..., :-1], 2),
    "one more at the end": on_arrays(lambda b: np.append(b, b[-1:], 0), 1),
    "a rim of zeros at the end": on_arrays(lambda b: np.pad(b, [(0, 1)] * b.ndim), 1),
    "only the first": on_arrays(lambda b: b[0] if len(b) else b, 1),
    "the first, then zeros": on_arrays(lambda b: np.concatenate([b[:1], 0 * b[1:]]), 1),
    "flat": on_arrays(np.ravel, 2),
    "an axis more in front": on_arrays(lambda b: b[None], 1),
    "an axis more behind": on_arrays(lambda b: b[..., None], 1),
    "added up along axis 0": on_arrays(lambda b: b.sum(0), 1),
    "averaged along the last axis": on_arrays(lambda b: b.mean(-1), 2),
    "sorted": on_arrays(lambda b: np.sort(b, 0), 1),
    "other sign": on_arrays(lambda b: b * -1),
    "without signs": on_arrays(np.abs),
    "negatives are 0": on_arrays(lambda b: np.maximum(b, 0)),
    "twice": on_arrays(lambda b: b * 2),
    "per cent": on_arrays(lambda b: b * 100),
    "half": on_arrays(lambda b: b / 2),
    "squared": on_arrays(np.square),
    "one more": on_arrays(lambda b: b + 1),
    "one less": on_arrays(lambda b: b - 1),
    "cut to whole numbers": on_arrays(np.trunc),
    "rounded down": on_arrays(np.floor),
    "rounded up": on_arrays(np.ceil),
    "rounded": on_arrays(np.round),
    "rounded to one place": on_arrays(lambda b: np.round(b, 1)),
    "True and False": on_arrays(lambda b: b != 0),
    "summed on and on": on_arrays(lambda b: np.cumsum(b).reshape(b.shape), 1),
}


def only_if(kind, test, other):
    """The right result where the first argument of a kind passes a test or there is none, another elsewhere."""

    def changed(right, case):
        found = [part for part in case if type(part) is kind]
        return right if not found or test(found[0]) else other(right)

    return changed


def _square(x):
    return x.ndim < 2 or x.shape[-1] == x.shape[-2]


def _odd(n):
    return n % 2 == 1


def _spoilt(right):
    return right + 7 if isinstance(right, np.ndarray) and right.dtype.kind in "iuf" else None


BEHAVIOUR = {
    "right on square input only": only_if(np.ndarray, _square, _spoilt),
    "right on non-negative input only": only_if(np.ndarray, lambda x: (x >= 0).all(), _spoilt),
    "right on whole input only": only_if(np.ndarray, lambda x: (x % 1 == 0).all(), _spoilt),
    "right for odd numbers only": only_if(int, _odd, _spoilt),
    "None for even numbers": only_if(int, _odd, lambda right: None),
    "None on input that is not square": only_if(np.ndarray, _square, lambda right: None),
}


ARGUMENTS = {
    "int": {"one more": lambda n: n + 1, "is 1": lambda n: 1},
    "list": {"reversed": lambda items: items[::-1], "without its last": lambda items: items[:-1]},
    "ndarray": {
        "turned round": lambda x: np.flip(x).copy(),
        "transposed": lambda x: x.T.copy() if x.ndim == 2 else x,
        "all zeros": np.zeros_like,
    },
}


def argument_changes(exercise):
    """name -> change of a case: arguments of one kind exchanged, or one of them changed."""
    case = exercise.all_cases()[0]
    kinds = ["list" if isinstance(part, (list, tuple)) else type(part).__name__ for part in case]
    for i, kind in enumerate(kinds):
        for j in range(i + 1, len(case)):
            if kind == kinds[j] and kind in ("float", *ARGUMENTS):
                yield f"arguments {i} and {j} exchanged", _exchange(i, j)
        for name, change in ARGUMENTS.get(kind, {}).items():
            yield f"argument {i} {name}", _change(i, change)


def _exchange(i, j):
    return lambda case: tuple(
        case[j] if k == i else case[i] if k == j else part for k, part in enumerate(case)
    )


def _change(i, change):
    return lambda case: (*case[:i], change(case[i]), *case[i + 1 :])


def answers(exercise):
    """name -> answer, of every change that applies to an exercise."""
    if not exercise.of_function:
        for name, change in RESULTS.items():
            value = plain(exercise.right)
            if exercise.parts and isinstance(exercise.right, tuple):
                parts = [plain(part) for part in exercise.right]
                yield f"{name}, in all parts", tuple(change(part, ()) for part in parts)
                yield f"{name}, in the first part", (change(parts[0], ()), *parts[1:])
            elif isinstance(value, np.ndarray):
                yield name, change(value, ())
        return
    for name, change in {**RESULTS, **BEHAVIOUR}.items():
        yield name, Answer(exercise, change)
    kept = []
    yield (
        "right once, then stale",
        Answer(exercise, lambda right, _: (kept or kept.append(right) or kept)[0]),
    )
    for name, change in argument_changes(exercise):
        yield name, Answer(exercise, arguments=change)


@dataclass
class Row:
    """What became of the changed answers to one exercise: (change, letter, words) each."""

    number: str
    cells: list

    def count(self, letter):
        return sum(found == letter for _, found, _ in self.cells)


def row(number):
    """The exercise held against every change."""
    _, exercise = find(number)
    return Row(number, [(name, *letter(exercise, name, answer)) for name, answer in answers(exercise)])


def letter(exercise, name, answer):
    """What became of one changed answer, and the words."""
    if not _differs(exercise, answer):
        return " ", ""
    verdict = judge(exercise, answer)
    if verdict.state == "untried":  # it returned nothing at all
        return " ", ""
    if verdict.state == "right":
        return "A", ""
    if verdict.cause is None:
        return ".", verdict.words
    return "n" if _true(exercise, answer, name, verdict.cause) else "!", verdict.words


def _differs(exercise, answer):
    if not exercise.of_function and isinstance(answer, tuple) and any(part is None for part in answer):
        return False
    tried = (
        [attempt(exercise, one, case) for one in (answer, exercise.right)] for case in exercise.all_cases()
    )
    return not all(agree(*outcomes) for outcomes in tried)


def _true(exercise, answer, name, cause):
    """Whether what is said of an answer is so: in cases that were not seen, or by its words where it says no more."""
    if cause.holds is None or not exercise.of_function:
        said = {"right once": "is kept", "None": "nothing"}
        return all(words in cause.why for start, words in said.items() if name.startswith(start))
    for case in exercise.more_cases(FURTHER, 99):
        got, right = attempt(exercise, answer, case), attempt(exercise, exercise.right, case)
        if not (got.error or right.error or cause.holds(case, got, right)):
            return False
    return True


def main():
    parser = argparse.ArgumentParser(prog="make bench ARGS=checkers", description=__doc__.split("\n")[0])
    parser.add_argument("exercises", nargs="*", help="such as 2.2; without one, all of them")
    parser.add_argument("--words", action="store_true", help="print what is said of each answer too")
    options = parser.parse_args()
    numbers = options.exercises or [number for n in range(1, 11) for number in chapter(n)]
    total = Counter()
    for number in numbers:
        done = row(number)
        counts = {mark: done.count(mark) for mark in "n.!A"}
        total.update(counts)
        print(f"{number:>5}  {_share(counts)}  {''.join(mark for _, mark, _ in done.cells)}", flush=True)
        for name, mark, words in done.cells:
            if mark in "!A" or (options.words and mark != " "):
                print(f"         {mark} {name}: {words}")
    print(f"  all  {_share(total)}")


def _share(counts):
    tried = sum(counts.values())
    share = f"{counts['n'] / tried:4.0%}" if tried else "   -"
    return f"{share} of {tried:>4} named, {counts['.']:>3} silent, {counts['!']} misnamed, {counts['A']} accepted"


if __name__ == "__main__":
    main()
