"""The diagnosis: a cause that nobody planted is found from the results, the arguments or the reader's source."""

import functools
import re
import textwrap

import numpy as np
import pytest

from helpers.exercises import find
from helpers.exercises.base import Exercise
from helpers.exercises.diagnosis import errors, source
from helpers.exercises.judge import judge
from helpers.ops.conv import conv2d

SCALE = 3  # what a notebook may hold beside the reader's function


def _draw(rng):
    shape = tuple(rng.integers(2, 5, 2))
    return rng.integers(-9, 10, shape) / 2, int(rng.integers(1, 6)), rng.integers(-9, 10, shape) / 2


def weigh(x, k, y):
    """A table of fractions, not square, with negative numbers: x times k, and y."""
    return x * k + y


WEIGH = Exercise(
    right=weigh,
    mistakes=(),
    hints=("",),
    cases=tuple((np.array([[0.5, 1.5, 2]]), k, np.array([[1, 0, 3.5]])) for k in (2, 1)),
    draw=_draw,
)


class Silent:
    """A function without source, so that only results speak."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *case):
        return self.function(*case)


def why(exercise, answer):
    verdict = judge(exercise, answer)
    assert verdict.state == "wrong"
    return verdict.cause.why if verdict.cause else ""


# --- from the results


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda r: r.T, "rows and columns are swapped"),
        (lambda r: r[::-1], "the order of the rows is reversed"),
        (lambda r: r[:, ::-1], "the order of the columns is reversed"),
        (lambda r: r[::-1, ::-1], "turned by half a turn"),
        (lambda r: np.roll(r, 1, 1), "one column too late"),
        (lambda r: r[:-1], "the last row is missing"),
        (lambda r: r[:, 1:], "the first column is missing"),
        (lambda r: np.pad(r, ((0, 1), (0, 1))), "the last row and the last column are too many"),
        (lambda r: r[:1], "the last rows or columns are missing; the others are right"),
        (lambda r: r[0], "that is only the first"),
        (lambda r: r.ravel(), "one flat list"),
        (lambda r: r.T.ravel(), "run down the columns first"),
        (lambda r: r[None], "one level too deep"),
        (lambda r: [r, r + 1], "several results in yours"),
        (lambda r: np.sort(r.ravel()).reshape(r.shape), "the right numbers, in another order"),
        (lambda r: -r, "the sign is wrong"),
        (np.abs, "the minus signs are lost"),
        (lambda r: np.maximum(r, 0), "negative numbers have become 0"),
        (np.trunc, "the fractions are cut off"),
        (np.floor, "rounded down"),
        (np.ceil, "rounded up"),
        (np.round, "rounded to whole numbers"),
        (lambda r: 2 * r, "2 times too large"),
        (lambda r: r / 100, "100 times too small"),
        (lambda r: np.degrees(r), "degrees and radians"),
        (lambda r: r + 1, "one too many, everywhere"),
        (lambda r: r - 0.5, "0.5 too few, everywhere"),
        (np.square, "a root is missing"),
        (lambda r: r != 0, "True and False, where the numbers themselves"),
        (lambda r: r.sum(0), "the numbers along axis 0 are added up; each is asked for"),
        (lambda r: r.mean(), "all numbers are averaged"),
        (lambda r: np.stack([r, r - r], 2), "an axis too many: added up along axis 2 yours would be right"),
        (lambda r: np.cumsum(r).reshape(r.shape), "each number still holds those before it"),
        (lambda r: r * (np.arange(len(r)) == 0)[:, None], "only the first row is right: it holds 0"),
        (lambda r: np.where(np.arange(r.shape[1]) == r.shape[1] - 1, 0, r), "only the last column is wrong: it holds 0"),
    ],
)  # fmt: skip
def test_a_changed_result_is_named(change, said):
    assert said in why(WEIGH, Silent(lambda *case: change(weigh(*case))))


@pytest.mark.parametrize(
    "answer, said",
    [
        (lambda x, k, y: weigh(y, k, x), "right if `x` and `y` are exchanged"),
        (lambda x, k, y: x * k, "right for zeros in the place of `y`: does `y` count at all"),
        (lambda x, k, y: x + y, "right for `k` = 1, whatever `k` is"),
        (lambda x, k, y: x * (k + 1) + y, "right for `k` + 1"),
        (lambda x, k, y: x * k**2 + y, "right for `k` squared"),
        (lambda x, k, y: x * k - y, "right for `y` with the other sign"),
        (lambda x, k, y: x * k + y[::-1], "right if the rows of `y` stand upside down"),
        (lambda x, k, y: weigh(x, k, y) * k, "too large by the factor `k`"),
        (lambda x, k, y: weigh(x, k, y) / x.size, "too small by the factor `x.size`"),
        (lambda x, k, y: y, "that is `y`, as it was given"),
        (lambda x, k, y: x * k + x, "right only if `y` is the same as `x`"),
        (lambda x, k, y: x * k + np.trunc(y), "right for `y` cut down to whole numbers"),
        (lambda x, k, y: weigh(x, k, y) if k % 2 else x, "right only where `k` is odd"),
        (lambda x, k, y: weigh(x, k, y) if k < 3 or k > 3 else None, "returns nothing here"),
        (lambda x, k, y: weigh(x, k, y) if k % 2 else None, "returns nothing wherever `k` is even"),
    ],
)
def test_a_right_answer_to_another_question_is_named(answer, said):
    assert said in why(WEIGH, Silent(answer))


def test_nothing_is_said_where_nothing_holds():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(9, 9))
    answers = [
        lambda x, k, y: weigh(x, k, y) + noise[: len(x), : x.shape[1]],
        lambda x, k, y: weigh(x, k, y) * (1 + (x > y) / 7),
        lambda x, k, y: np.sin(weigh(x, k, y)),
    ]
    assert [why(WEIGH, Silent(answer)) for answer in answers] == ["", "", ""]


def test_what_holds_in_the_first_cases_only_is_not_said():
    """Where x is not negative the minus signs seem to be lost, elsewhere not."""
    exercise = Exercise(
        right=lambda x: x, mistakes=(), hints=("",), cases=((-3.0,), (-1.0,), (2.0,)), draws=0,
        draw=lambda rng: (float(rng.integers(-90, -10)),),
    )  # fmt: skip
    assert "minus signs" not in why(exercise, Silent(lambda x: abs(x) if x > -10 else x - 1))


# --- what is kept from call to call


def test_state_is_found_whatever_keeps_it():
    def grows(x, k, y, kept=[]):  # noqa: B006
        kept.append(k)
        return x * sum(kept) + y

    def counts(x, k, y):
        counts.calls += 1
        return weigh(x, k, y) + (counts.calls > 5)

    counts.calls, first = 0, weigh(*WEIGH.cases[0])
    assert "the default is made once and kept" in why(WEIGH, grows)
    assert "asked the same twice, your function gives two answers" in why(WEIGH, counts)
    assert "the answer to the first question again and again" in why(WEIGH, Silent(lambda *case: first))


# --- from the source


def make(text, **names):
    """A reader's function from its text, as a cell of a notebook holds it."""
    import linecache

    text = textwrap.dedent(text).strip() + "\n"
    file = f"<cell {abs(hash(text))}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space = {"np": np, "__name__": "__main__", **names}
    exec(compile(text, file, "exec"), space)
    return [value for value in space.values() if getattr(value, "__module__", "") == "__main__"][-1]


RIGHT = """
def weigh(x, k, y):
    H, W = x.shape
    out = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            if k > 0:
                out[i, j] = x[i, j] * k
                out[i, j] += y[i, j]
    return out
"""


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("range(H)", "range(H - 1)", r"line 4, `for i in range\(H - 1\):`: `- 1` does not belong there"),
        ("range(W)", "range(1, W)", r"line 5, `for j in range\(1, W\):`: `1` is not right there"),
        ("k > 0", "k > 1", "line 6, `if k > 1:`: the comparison `k > 1` is not the right one|line 6.*: `1` is not right"),
        ("* k", "/ k", "line 7, .*: `/` is not the right operation"),
        ("* k", "* H", "line 7, .*: `H` is not what belongs there"),
        ("* k", "", "line 7, .*: a factor is missing at `x.i, j.`"),
        ("+= y", "= y", "line 8, .*: `=` overwrites what was there before; `.=` goes on from it"),
        ("(H, W))", "(W, H))", "line 3, .*: `W` and `H` have changed places there"),
        ("x[i, j]", "x[j, i]", "line 7, .*: `j` and `i` have changed places there"),
        ("(H, W))", "(H, W), dtype=int)", "line 3, .*holds whole numbers only: fractions are cut off there"),
        ("    return", "        return", "line 9, `return out`: this return stands inside the loop"),
        ("    return out", "    return out.T", "rows and columns are swapped. Line 9, .*: `.T` does not belong"),
        ("    return out", "    return -out", "the sign is wrong. Line 9, .*: the minus of `-out` does not belong"),
        ("    return out", "    return out[:-1]", "the last row is missing.* Line 9, .*only a part; all of it is needed"),
        ("    return out", "    return np.abs(out)", "Line 9, .*: `abs` does not belong there"),
        ("    return out", "    out.round()\n    return out + H", "line 9, `out.round..`: this works something out, and throws it away"),
        ("    H, W", "    k = 2\n    H, W", "line 2, `k = 2`: the argument `k` is overwritten before it was used"),
        ("* k", "* SCALE", "line 7, .*: `SCALE` is not what belongs there"),
        ("for i in range(H)", "for k in range(H)", "line 4, `for k in range.H.:`: the loop gives its own values to the argument `k`"),
    ],
)  # fmt: skip
def test_the_line_that_is_wrong_is_quoted(old, new, said):
    assert RIGHT.count(old) == 1, old
    found = judge(WEIGH, make(RIGHT.replace(old, new), SCALE=SCALE)).words
    assert re.search(said, found, re.I), found


@pytest.mark.parametrize("change, read", [("made", True), ("np.negative(made)", False)])
def test_a_decorated_function_is_read_if_the_decorator_changes_nothing(change, read):
    def decorator(function):
        wrapper = lambda *given: eval(change, {"np": np, "made": function(*given)})  # noqa: E731
        return functools.wraps(function)(wrapper)

    found = judge(WEIGH, decorator(make(RIGHT.replace("* k", "/ k")))).words
    assert ("line 7, `out[i, j] = x[i, j] / k`: `/` is not the right operation" in found) == read


def test_a_right_function_is_not_read_for_faults():
    """What may be a sign of a mistake is said of wrong answers only."""
    odd = RIGHT.replace("    return out", "    x * 2\n    for sum in [out]:\n        return sum")
    assert judge(WEIGH, make(odd)).state == "right"


def test_a_mistake_made_on_both_axes_is_one_mistake():
    text = """
        def middle(x, n):
            H, W = x.shape
            return np.array([[x[i, j] for j in range(n, W - n - 1)] for i in range(n, H - n - 1)])
        """
    exercise = Exercise(
        right=lambda x, n: x[n : len(x) - n, n : x.shape[1] - n], mistakes=(), hints=("",),
        draw=lambda rng: (rng.normal(size=rng.integers(7, 9, 2)), int(rng.integers(1, 3))),
        cases=((np.arange(30.0).reshape(5, 6), 1),),
    )  # fmt: skip
    assert re.search(
        "line 3, .*(`- 1` does not belong|`1` is not right) there", why(exercise, make(text)), re.I
    )


def test_a_function_that_the_answer_calls_is_read_as_well():
    text = """
        def product(x, k):
            return x + k

        def weigh(x, k, y):
            return product(x, k) + y
        """
    assert "line 2, `return x + k`: `+` is not the right operation" in why(WEIGH, make(text))


def test_recursion_closures_and_lambdas_are_read():
    power = Exercise(
        right=lambda n, k: n**k, mistakes=(), hints=("",), cases=((2, 3), (3, 2), (2, 0)),
        draw=lambda rng: tuple(int(n) for n in rng.integers(1, 5, 2)),
    )  # fmt: skip
    recursive = make("""
        def power(n, k):
            return n * power(n, k - 1) if k > 0 else 0
        """)
    assert re.search("line 2, .*`0` is not right there", why(power, recursive))

    def outer(one):
        def inner(n, k):
            return (n + one) ** k

        return inner

    assert re.search(r"`return \(n \+ one\) \*\* k`: `\+ one` does not belong there", why(power, outer(1)))
    pair = [lambda n, k: k**n, lambda n, k: n * k]
    assert "the two sides of `k ** n` are exchanged" in why(power, pair[0])
    assert source.read(pair[1]).built()(3, 4) == 12 and source.read(pair[0]).built()(2, 3) == 9


def test_a_source_that_is_not_the_functions_own_is_not_read(tmp_path, monkeypatch):
    import importlib
    import linecache

    file = tmp_path / "readers_answer.py"
    file.write_text("def weigh(x, k, y):\n    return x * k - y\n")
    monkeypatch.syspath_prepend(tmp_path)
    answer = importlib.import_module("readers_answer").weigh
    assert source.read(answer) is not None
    file.write_text("import numpy\n\n\ndef other(x, k, y):\n    return x * k + y\n")
    linecache.checkcache()
    assert source.read(answer) is None and source.read(len) is None and source.read(Silent(answer)) is None
    assert judge(WEIGH, answer).state == "wrong"


def test_code_that_does_more_than_reckon_is_not_run_in_other_versions(tmp_path):
    text = f"""
        def weigh(x, k, y):
            open({str(tmp_path / "log")!r}, "a").write("run ")
            return x * k - y
        """
    judge(WEIGH, make(text))
    runs = (tmp_path / "log").read_text().count("run")
    assert runs <= len(WEIGH.cases) + WEIGH.draws + 24 + 4, "once a case, and again for what is kept"


def test_other_versions_print_nothing(capsys):
    judge(WEIGH, make("def weigh(x, k, y):\n    print('hello')\n    return x * k - y\n"))
    assert capsys.readouterr().out == ""


def test_reading_changes_nothing_in_what_is_read():
    text = RIGHT.replace("* k", "- k")
    answer = make(text)
    before = [judge(WEIGH, answer).words for _ in range(2)]
    assert before[0] == before[1]


# --- errors


@pytest.mark.parametrize(
    "code, said",
    [
        ("np.zeros(3)[3]", "one past the end of axis 0: the last place of 3 is 2"),
        ("[1, 2][2]", "the index runs past the end"),
        ("np.zeros((2, 3))[0, 5]", "axis 1 has only 3 places"),
        ("np.zeros(2) + np.zeros(3)", "do not have the same shape"),
        ("1 if np.zeros(2) > 0 else 2", "want one True or False"),
        ("range(4 / 2)", "`//` gives one, `/` a fraction"),
        ("[1, 2] - [1, 1]", "make arrays of them"),
        ("[1, 2].shape", "that is a list; np.array"),
        ("[[1, 2]][0, 1]", "read with .i..j."),
        ("len(5)", "that is one number"),
        ("undefined + 1", "nothing has the name `undefined` yet"),
        ("(1).__add__(2)(3)", "it is no function"),
        ("1 / 0", "what stands below the line is 0"),
        ("np.zeros(6).reshape(4, 2)", "as many entries as the old one"),
        ("None + 1", "something there is None"),
        ("np.zeros((0, 2)).max()", "nothing is left there to choose from"),
        ("np.zeros(3)[0, 1]", "fewer axes than indices"),
        ("(lambda f: f(f))(lambda f: f(f))", "calls itself again and again"),
    ],
)
def test_an_error_is_put_into_plain_words(code, said):
    try:
        eval(code, {"np": np})
    except Exception as error:
        assert re.search(said, errors.meaning(error)), (error, errors.meaning(error))
    else:
        pytest.fail("no error")


# --- values


def test_a_number_worked_out_by_hand_is_held_against_its_formula():
    def area(height, width):
        return height * width

    rooms = Exercise(
        right=(35, 66), parts=("hall", "kitchen"), mistakes=(), hints=("a.",),
        formula={"hall": (area, (5, 7)), "kitchen": (area, (6, 11))},
    )  # fmt: skip
    assert judge(rooms, (35, 11)).words == "kitchen: 11 is not it: that is `width` itself, unchanged."
    assert (
        judge(rooms, (25, 66)).words
        == "hall: 25 is not it: that is right only if `width` is the same as `height`."
    )
    assert judge(rooms, (70, 66)).words == "hall: 70 is too large.", "twice which of the two?"
    assert judge(rooms, (66, 35)).words.startswith("hall: 66 is not it: `hall` and `kitchen` are exchanged")
    assert judge(rooms, (36, 66)).words == "hall: 36 is too large."


@pytest.mark.parametrize("number, answer", [("10.3", np.mean), ("6.2", np.polymul), ("2.2", conv2d)])
def test_a_function_of_a_library_is_not_read_as_the_reader_s_own(number, answer):
    assert " line " not in judge(find(number)[1], answer).words.casefold()
