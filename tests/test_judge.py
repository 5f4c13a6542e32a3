"""The judge, on exercises made for it: what is right, what a wrong answer is told, what code may do."""

import re
import sys
from collections import deque

import numpy as np
import pytest

from helpers.exercises import check, hint
from helpers.exercises.base import Exercise, Mistake
from helpers.exercises.judge import judge
from helpers.exercises.trials import attempt


def add(a, b):
    return a + b


ADD = Exercise(
    right=add,
    mistakes=(Mistake(lambda a, b: a - b, "it subtracts."), Mistake(lambda a, b: a[2], "it looks too far.")),
    hints=("a.", "b.", "c."),
    cases=((np.array([[1, 2]]), np.array([[3, 5]])),),
    draw=lambda rng: tuple(rng.integers(1, 9, (2, 3, 4))),
)
PAIR = Exercise(right=(4, 7), mistakes=(Mistake((7, 9), "no."),), hints=("a.", "b.", "c."))


NAMED = Exercise(
    right=([1, 2], [3, 4]),
    parts=("row", "column"),
    mistakes=(Mistake(([2, 1], [3, 4]), "the row is reversed."), Mistake(([1, 2], [9, 9]), "no column.")),
    hints=("a.", "b.", "c."),
)
HALVES = Exercise(right=lambda n: np.arange(n) / 2, mistakes=(), hints=("a.", "b.", "c."), cases=((4,), (5,)))


def takes_too_few(a):
    return a


def takes_by_name(*, n):
    return np.arange(n) / 2


def prints(a, b):
    print(a + b)


def sometimes_nothing(a, b):
    return a + b if a.size == 2 else None


def changes_its_input(a, b):
    a += b
    return a


def stops(a, b):
    total = 0
    for i in range(9):
        total += a[0, i]
    return total


@pytest.mark.parametrize(
    "exercise, answer, said",
    [
        (
            ADD,
            lambda a, b: a - b,
            r"given a=\[\[1, 2\]\], b=.*, should be \[\[4, 7\]\], but is .*: it subtracts",
        ),
        (ADD, 3, "not a function but 3; give the function itself"),
        (ADD, takes_too_few, "takes a; it must take a, b"),
        (ADD, sometimes_nothing, "but is nothing: your function returns nothing here"),
        (ADD, changes_its_input, "the answers are right, but your function changes a"),
        (ADD, stops, r"stops in line \d+, `total \+= a\[0, i\]`, with IndexError.* stops\(a=\[\[1, 2\]\]"),
        (
            ADD,
            lambda a, b: (a + b).T,
            r"should have shape \(1, 2\), but has shape \(2, 1\): rows and columns",
        ),
        (ADD, lambda a, b: -(a + b), "the sign is wrong"),
        (ADD, lambda a, b: a + b + 1, "one too many, everywhere"),
        (ADD, lambda a, b: a + b - 1, "one too few, everywhere"),
        (ADD, lambda a, b: a[2], "raises IndexError: it looks too far"),
        (
            ADD,
            lambda a, b: np.where(a + b == 7, 8, a + b),
            r"should be \[\[4, 7\]\], but is \[\[4, 8\]\]: line \d+, .*`8`",
        ),
        (ADD, lambda a, b: (a + b) * np.nan, r"is \[\[nan, nan\]\]"),
        (ADD, lambda a, b: "abc", "should be an array of shape .*, but is a string"),
        (ADD, lambda a, b: (a + b).sum, "is a function that was not called: write its brackets"),
        (ADD, lambda a, b: {*(a + b).ravel().tolist()}, "is a set, which has no order: give a list"),
        (PAIR, (4, 8), r"^8 at \[1\] is too large\.$"),
        (PAIR, (4, 6), r"^6 at \[1\] is too small\.$"),
        (PAIR, (7, 9), r"^\(7, 9\) is not it: no\.$|^\[7, 9\] is not it: no\.$"),
        (PAIR, (7, 4), "is not it: the order is reversed"),
        (PAIR, 4, "^4 is not it: that is only the first of them"),
        (PAIR, 5, r"should have shape \(2,\), but has \(\)"),
        (PAIR, "4 7", "should be an array of shape .*, but is a string"),
        (PAIR, (4, None), "part 2 of 2 is still empty"),
        (PAIR, (4, np.nan), r"there is no number at \[1\]"),
        (NAMED, ([1, 2], None), "^`column` is still empty"),
        (NAMED, ([1, 2], [9, 9]), r"^column: \[9, 9\] is not it: no column\.$"),
        (NAMED, ([2, 1], [9, 9]), r"^row: \[2, 1\] is not it: the row is reversed\.$"),
        (NAMED, ([1, 2],), "give 2 answers: row, column"),
        (ADD, prints, r"returns nothing: line \d+, `print\(a \+ b\)`: printing shows"),
        (ADD, lambda a, b: (a + b)[None], "one level too deep; there is an axis too many"),
        (ADD, lambda a, b: (a, None), "should be an array of shape .*, but has nothing"),
        (HALVES, lambda n: np.arange(n) // 2, "the fractions are cut off"),
        (HALVES, takes_by_name, r"takes n by name only: leave the . out; it is called with .n.\.$"),
        (PAIR, add, "is a function; give its value"),
    ],
)
def test_a_wrong_answer_is_told_what_it_is(exercise, answer, said):
    verdict = judge(exercise, answer)
    assert verdict.state == "wrong"
    assert re.search(said, verdict.words), verdict.words


def test_a_readers_function_cannot_spoil_the_cases():
    def empties(numbers):
        total = sum(numbers)
        numbers.clear()
        return total

    exercise = Exercise(right=sum, mistakes=(), hints=("",), cases=(([1, 2],),))
    assert "your function changes" in judge(exercise, empties).words
    assert exercise.cases == (([1, 2],),) and judge(exercise, sum).state == "right"


def test_a_set_stands_for_a_list_only_where_the_author_says_so():
    def exercise(unordered):
        return Exercise(
            right=lambda n: list(range(n)), mistakes=(), hints=("",), cases=((12,), (9,)), unordered=unordered
        )

    assert judge(exercise(True), lambda n: set(range(n))).state == "right"
    assert "has no order" in judge(exercise(False), lambda n: set(range(n))).words
    assert judge(exercise(True), lambda n: list(range(n))[::-1]).state == "wrong"


def test_whole_numbers_are_not_blamed_for_another_mistake():
    """An answer of whole numbers that is wrong otherwise does not come of an array of whole numbers."""
    words = judge(HALVES, lambda n: np.arange(n) * 3).words
    assert "whole" not in words and "fractions" not in words


def test_large_results_show_the_first_differing_position():
    big = Exercise(
        right=lambda n: np.arange(n * n).reshape(n, n), mistakes=(), hints=("",), cases=((5,), (6,))
    )

    def answer(n):
        result = np.arange(n * n).reshape(n, n)
        result[2, 3] += 40
        return result

    assert judge(big, answer).words.startswith("answer(n=5) at [2, 3] should be 13, but is 53: line ")


@pytest.mark.parametrize(
    "right, almost", [(61_706, 61_705), (61_706.0, 61_699.0), ((1, 2), (1, 2.001)), (0.5, 0.501)]
)
def test_near_is_not_right(right, almost):
    exercise = Exercise(right=right, mistakes=(), hints=("",))
    assert judge(exercise, almost).state == "wrong"
    assert judge(exercise, right).state == "right"


def test_words_are_compared_without_case_and_spaces():
    exercise = Exercise(right=("same", "valid"), mistakes=(), hints=("",))
    assert judge(exercise, [" Same", "VALID"]).state == "right"
    assert judge(exercise, ["same", "full"]).words == "'full' at [1] is wrong."


def test_an_expected_error_must_be_raised():
    def right(n):
        if n < 0:
            raise ValueError("no")
        return n

    exercise = Exercise(right=right, mistakes=(), hints=("",), cases=((1,), (-1,)))
    assert judge(exercise, right).state == "right"
    words = judge(exercise, lambda n: n).words
    assert words.startswith("your function, given n=-1, should raise ValueError, but is -1")


# --- kinds


def odd_kinds():
    """The same numbers 0, 1/2, 1, 3/2 … in many kinds, by name."""
    from decimal import Decimal
    from fractions import Fraction

    return {
        "a generator": lambda n: (k / 2 for k in range(n)),
        "a map": lambda n: map(lambda k: k / 2, range(n)),
        "a deque": lambda n: deque(k / 2 for k in range(n)),
        "values of a dict": lambda n: {k: k / 2 for k in range(n)}.values(),
        "fractions": lambda n: [Fraction(k, 2) for k in range(n)],
        "decimals": lambda n: [Decimal(k) / 2 for k in range(n)],
        "a mixture": lambda n: [np.float32(k / 2) if k % 2 else k // 2 for k in range(n)],
        "arrays of one number": lambda n: [np.array(k / 2) for k in range(n)],
        "complex numbers": lambda n: np.arange(n) / 2 + 0j,
        "float16": lambda n: (np.arange(n) / 2).astype(np.float16),
        "a masked array": lambda n: np.ma.array(np.arange(n) / 2),
    }


@pytest.mark.parametrize("answer", odd_kinds().values(), ids=odd_kinds())
def test_numbers_of_any_kind_are_right(answer, monkeypatch):
    monkeypatch.setattr("helpers.exercises.diagnosis.repair.WORK", 0.1)  # no cause is asked for
    assert judge(HALVES, answer).state == "right"
    assert judge(HALVES, lambda n: [k + 1 for k in answer(n)]).state == "wrong"


@pytest.mark.parametrize("change", ["tensor", "list of tensors", "bfloat16", "parameter"])
def test_tensors_that_require_grad_are_numbers_too(change, monkeypatch):
    monkeypatch.setattr("helpers.exercises.diagnosis.repair.WORK", 0.1)
    torch = pytest.importorskip("torch")

    def answer(n):
        halves = torch.arange(n, dtype=torch.float32, requires_grad=True) / 2
        if change == "list of tensors":
            return [part.clone() for part in halves]
        if change == "parameter":
            return torch.nn.Parameter(halves.detach())
        return halves.to(torch.bfloat16) if change == "bfloat16" else halves

    assert judge(HALVES, answer).state == "right"
    assert judge(HALVES, lambda n: answer(n)[0]).state == "wrong"


class Awkward:
    """An object that makes trouble wherever it is touched."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __iter__(self):
        raise KeyError("no")

    def __len__(self):
        return -1


def breaks_midway(n):
    yield 0
    raise OSError("gone")


@pytest.mark.parametrize(
    "result",
    [
        Awkward, lambda: [Awkward()], lambda: breaks_midway(3), lambda: {"a": [1, {2}]}, lambda: b"01", lambda: 10**400,
        lambda: np.array(["2020-01-01"], "datetime64[D]"), lambda: np.array([(1, 2)], [("a", int), ("b", int)]),
        lambda: [[1], [2, 3]], lambda: np.zeros((0, 3)), lambda: [np.nan, np.inf, -np.inf, 0], lambda: type, lambda: ...,
        lambda: [None, 1], lambda: ([], ()), lambda: iter(int, 1), lambda: [1j, 2], lambda: "", lambda: np.ma.masked,
    ],
)  # fmt: skip
def test_whatever_a_function_returns_is_refused_in_a_line(result):
    for exercise, answer in ((HALVES, lambda n: result()), (ADD, lambda a, b: result())):
        verdict = judge(exercise, answer)
        assert verdict.state == "wrong" and verdict.words and "\n" not in verdict.words


def test_leaving_python_is_an_error_like_any_other():
    assert "SystemExit" in judge(HALVES, lambda n: sys.exit("bye")).words


# --- what is told


PAIRED = Exercise(
    right=lambda numbers: (float(np.mean(numbers)), float(np.std(numbers))),
    parts=("mean", "spread"),
    mistakes=(),
    hints=("a.", "b.", "c."),
    cases=(([1, 2, 6],),),
    draw=lambda rng: (rng.integers(1, 9, int(rng.integers(3, 6))).tolist(),),
)


@pytest.mark.parametrize(
    "answer, said",
    [
        (lambda n: (np.std(n), np.mean(n)), "should be .mean 3, spread 2.16.*but is .mean 2.16.*: `mean` and `spread` have changed"),
        (lambda n: (np.mean(n), 2 * np.std(n)), "should have spread = 2.16025, but has 4.32049: `spread`: every number is 2 times"),
        (lambda n: (np.mean(n), np.std(n, ddof=1)), "`spread`: squares are divided by n − 1 and not by n, where n is `len.numbers.`"),
        (lambda n: (np.mean(n), np.mean(n)), "`spread`: it is the same as `mean`"),
        (lambda n: (np.mean(n),), "the last number is missing; the rest is right"),
    ],
)  # fmt: skip
def test_the_parts_of_a_tuple_are_called_by_their_names(answer, said):
    assert re.search(said, judge(PAIRED, answer).words), judge(PAIRED, answer).words


def test_a_changed_input_is_told_of_a_wrong_answer_too():
    def answer(numbers):
        numbers.sort(reverse=True)
        return numbers[0], np.std(numbers)

    words = judge(PAIRED, answer).words
    assert "should have mean = 3" in words and words.endswith(
        "changes numbers, and may need it later: work on a copy."
    )


def shout(n):
    print("halving", n)
    return np.arange(n) / 2


def test_what_a_function_prints_is_shown_once(capsys, monkeypatch):
    monkeypatch.setattr("helpers.exercises.find", lambda number: (number, HALVES))
    check("0.1", shout, record=False)
    assert capsys.readouterr().out == "halving 4\n0.1: right.\n"
    check("0.1", lambda n: shout(n) + (n == 5), record=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "halving 5" and len(lines) == 2, "of the case that is told"


def test_much_that_is_printed_is_cut(capsys, monkeypatch):
    monkeypatch.setattr("helpers.exercises.find", lambda number: (number, HALVES))
    check("0.1", lambda n: print("x" * 9999) or np.arange(n) / 2, record=False)
    assert len(capsys.readouterr().out) < 1200
    assert len(attempt(HALVES, lambda n: [print("x" * 999) for _ in range(999)], (3,)).printed) < 3000


def test_a_class_of_wrong_values_is_named_and_exact_mistakes_come_first():
    exercise = Exercise(
        right=(4, 7),
        mistakes=(
            Mistake((1, 1), "both are one."),
            Mistake((0, 3), "the first is too small.", when=lambda answer: answer[0] < 4),
        ),
        hints=("a.",),
    )
    assert judge(exercise, (1, 1)).words.endswith("both are one.")
    assert judge(exercise, (3, 9)).words.endswith("the first is too small.")
    assert "too small" not in judge(exercise, (5, 9)).words
    assert judge(exercise, "ab").state == "wrong", "a class that cannot be asked says no"


# --- hints


def test_hints_know_the_mistake(capsys):
    def total(a, b):
        return a * b

    def said(function, *arguments):
        function(*arguments)
        return capsys.readouterr().out

    for number, answer, about in (
        ("10.3", lambda counts: 100 * np.mean(np.diagonal(counts) / np.sum(counts, axis=1)), "`100 *`|Try|work .* out by hand"),
        ("3.1", (8, 6, 3, 8), "."),
        ("1.2", lambda H, W, C, K, F: (F * (H * W * C + 1), F * (K + K * C + 1)), r"line \d+.*Try"),
    ):  # fmt: skip
        assert ": not yet: " in said(check, number, answer)
        first = said(hint, number)
        assert first.startswith(f"{number}, about your answer: ") and re.search(about, first), first
        assert said(hint, number).startswith(f"{number}, hint 1 of 3: "), "once; then the others"
        said(check, number, answer)
        assert said(hint, number, 2).startswith(f"{number}, hint 2 of 3: "), (
            "a step that is asked for is given"
        )


def test_a_hint_is_about_the_last_answer_only(capsys):
    check("3.1", (8, 6, 3, 8))
    check("3.1", (8, 6, 3, 4), record=False)
    capsys.readouterr()
    hint("3.1")
    assert "hint 1 of 3" in capsys.readouterr().out
