"""Exercises: right answers are accepted, every planted mistake is refused by its name, in all chapters."""

import ast
from fractions import Fraction

import numpy as np
import pytest

from authoring import anatomy, building, exercises, notebooks
from helpers.exercises import chapter, check, find, hint, progress
from helpers.exercises.compare import same
from helpers.exercises.judge import judge

NUMBERS = [n for n in range(1, 11) if (notebooks.ROOT / f"helpers/exercises/ch{n:02d}.py").exists()]
EXERCISES = {number: exercise for n in NUMBERS for number, exercise in chapter(n).items()}
MISTAKES = {
    f"{number}-{i}": (exercise, mistake)
    for number, exercise in EXERCISES.items()
    for i, mistake in enumerate(exercise.mistakes, start=1)
}
SEEDS = range(3)
every = pytest.mark.parametrize("number", EXERCISES)


NONSENSE = [0, -1.5, np.nan, "something", [], {}, object(), len, lambda: 1]


def solutions_of(n):
    (path,) = (notebooks.CHAPTERS / "solutions").glob(f"{n:02d}_*.ipynb")
    return path


def namespace(nb):
    """Return what the setup cell of a notebook imports."""
    space = {}
    for _, cell in notebooks.code(nb):
        if "setup" in notebooks.tags(cell):
            own = cell.source.rpartition("# --- end of the generated lines ---")[2]
            for node in ast.parse(own).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    exec(ast.unparse(node), space)
    return space


# --- every chapter that has exercises


@pytest.mark.parametrize("n", NUMBERS)
def test_a_starter_becomes_right_by_the_solution(n, capsys, monkeypatch, tmp_path):
    """In the chapter's own names: nothing that the answer needs is left out of the starter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    path = solutions_of(n)
    for space in (namespace(notebooks.read(notebooks.CHAPTERS / path.name)), namespace(notebooks.read(path))):
        assert "check" in space and "hint" in space, "import check and hint in the setup cell"
    for _, cell in notebooks.code(notebooks.read(path)):
        if "exercise" in notebooks.tags(cell):
            exec(exercises.starter(cell.source), dict(space))
            assert "not tried yet" in capsys.readouterr().out
            exec(cell.source.replace(", record=False", ""), dict(space))
            assert ": right." in capsys.readouterr().out
    assert progress.solved() == set(chapter(n))


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_answer_is_right(number, seed):
    exercise = EXERCISES[number]
    assert judge(exercise, exercise.right, seed).state == "right"


@every
def test_the_formula_gives_the_right_answer(number):
    exercise = EXERCISES[number]
    for part, (work_out, given) in (exercise.formula or {}).items():
        right = exercise.right[exercise.parts.index(part)]
        assert same(np.asarray(right), np.asarray(work_out(*given)))


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_mistake_is_refused_by_its_name(name, seed):
    exercise, mistake = MISTAKES[name]
    verdict = judge(exercise, mistake.answer, seed)
    assert verdict.state == "wrong"
    assert verdict.mistake is mistake, verdict.words
    assert verdict.words.endswith(mistake.why)
    assert len(verdict.words) < 600 and "\n" not in verdict.words


def convert(change):
    """Return a change of arrays, carried into tuples, lists and dicts."""

    def deep(value):
        if isinstance(value, dict):
            return {key: deep(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)) and np.asarray(value, dtype=object).dtype == object:
            kind = type(value)
            return kind(deep(item) for item in value)
        if isinstance(value, str) or callable(value) or value is None:
            return value
        return change(np.asarray(value))

    return deep


def whole(array):
    return array.astype(np.int64) if np.array_equal(array, np.round(array)) else array


def backwards(array):
    """The same values, lying the other way round in memory."""
    turned = np.empty(array.shape[::-1], array.dtype).T
    turned[...] = array
    return turned


def fractions(array):
    return Fraction(float(array)) if not array.ndim else [fractions(part) for part in array]


def scalars(array):
    return array[()] if not array.ndim else [scalars(part) for part in array]


def tensor(array):
    torch = pytest.importorskip("torch")
    array = np.array(array, order="C")  # ascontiguousarray would add an axis to a number
    return torch.tensor(array, requires_grad=array.dtype.kind == "f")


DRESSES = {
    "lists": convert(lambda array: array.tolist()),
    "arrays": convert(np.asarray),
    "float32": convert(lambda array: array.astype(np.float32) if array.dtype.kind != "b" else array),
    "whole numbers": convert(whole),
    "other memory": convert(backwards),
    "generators": convert(lambda array: (part for part in array) if array.ndim else array),
    "lists of arrays": convert(lambda array: list(array) if array.ndim else array),
    "NumPy scalars": convert(scalars),
    "fractions": convert(lambda array: fractions(array) if array.dtype.kind == "f" else array),
    "tensors": convert(tensor),
}


@every
@pytest.mark.parametrize("dress", DRESSES)
def test_a_right_answer_in_odd_dress_is_right(number, dress):
    exercise, change = EXERCISES[number], DRESSES[dress]
    answer = change(exercise.right)
    if exercise.of_function and not exercise.use:

        def answer(*case, extra=None):
            return change(exercise.right(*case))

    verdict = judge(exercise, answer)
    assert verdict.state == "right", verdict.words


@every
def test_an_unanswered_exercise_is_untried(number):
    exercise = EXERCISES[number]
    answers = [None, ..., (None, None), [None], {"a": None}]
    if exercise.of_function:
        answers.append(lambda *case: None)
    for answer in answers:
        if exercise.use is None or not callable(answer):
            assert judge(exercise, answer).state == "untried"


@every
@pytest.mark.parametrize("answer", NONSENSE, ids=lambda answer: f"a {type(answer).__name__}")
def test_nonsense_is_refused_in_one_line(number, answer):
    verdict = judge(EXERCISES[number], answer)
    assert verdict.state == "wrong" and len(verdict.words) > 10 and "\n" not in verdict.words
    assert " at 0x" not in verdict.words


@every
def test_an_error_is_told_with_the_readers_line(number):
    exercise = EXERCISES[number]
    if not exercise.of_function or exercise.use:
        return

    def answer(*case):
        return case[99]

    words = judge(exercise, answer).words
    assert "IndexError" in words and "`return case[99]`" in words


@every
def test_hints_come_in_three_steps(number, capsys):
    exercise = EXERCISES[number]
    for step in (1, 2, 3):
        hint(number, step)
        assert exercise.hints[step - 1] in capsys.readouterr().out


@every
def test_mistakes_have_different_names(number):
    reasons = [mistake.why for mistake in EXERCISES[number].mistakes]
    assert len(set(reasons)) == len(reasons) >= 2


# --- check, hint and the file of progress


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def test_progress_is_counted_and_kept(folder, capsys):
    total = len(chapter(3))
    check("3.1", (8, 6, 3, 4))
    check("3.1", (8, 6, 3, 4))
    check("3.5", (5, 1, 4))
    check("3.3", lambda K, D: K)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        f"3.{e}: right. {n} of {total} in this chapter." for e, n in ((1, 1), (1, 1), (5, 2))
    ]
    assert lines[3].startswith("3.3: not yet: ")
    assert progress.solved() == {"3.1", "3.5"}
    (folder / progress.FILE).unlink()
    assert progress.solved() == set()


def test_nothing_is_written_unless_a_right_answer_is_to_be_recorded(folder, capsys, monkeypatch):
    check("3.1", None)
    check("3.1", 0)
    check("3.1", (8, 6, 3, 4), record=False)
    monkeypatch.setenv("CI", "true")
    check("3.1", (8, 6, 3, 4))
    assert list(folder.iterdir()) == []
    assert capsys.readouterr().out.splitlines()[2] == "3.1: right."


@pytest.mark.parametrize("broken", ["", "{", "[1]", '{"solved": 3}', '{"solved": [3, null]}', "\udcff"])
def test_a_broken_file_is_begun_anew(folder, capsys, broken):
    (folder / progress.FILE).write_bytes(broken.encode("utf-8", "surrogateescape"))
    check("3.1", (8, 6, 3, 4))
    assert "right. 1 of" in capsys.readouterr().out
    assert progress.solved() == {"3.1"}


def test_a_folder_that_cannot_be_written_is_no_error(folder, capsys):
    (folder / progress.FILE).mkdir()  # not even root writes a file over a folder
    check("3.1", (8, 6, 3, 4))
    assert "right. 1 of" in capsys.readouterr().out


def test_progress_is_never_committed():
    assert progress.FILE in (notebooks.ROOT / ".gitignore").read_text().split()


def test_numbers_are_read_kindly_and_refused_with_the_remedy():
    assert find("03.1")[0] == find(" 3.1 ")[0] == "3.1"
    with pytest.raises(TypeError, match='in quotes, e.g. check\\("3.1", answer\\)'):
        check(3.1, None)
    with pytest.raises(ValueError, match="give chapter and exercise"):
        check("3", None)
    with pytest.raises(ValueError, match="chapter 3 has the exercises 3.1, 3.2"):
        check("3.99", None)
    with pytest.raises(ValueError, match="chapter 77 has no exercises"):
        hint("77.1")
    for step in (0, 4, True, "1"):
        with pytest.raises(ValueError, match="give a step from 1 to 3"):
            hint("3.1", step)


# --- the generator


SOLUTIONS = """# Solutions 1 · A sample chapter

Words.

```{code-cell}
:tags: [setup]
from helpers.exercises import check, hint
```

## exercise 1-1

**Add up.** What is the sum? See [sum](../glossary.ipynb#sum).

```{code-cell}
:tags: [exercise]
# your answer: begin
low, high = 8, 6
# your answer: end
print("1.1", (low, high))
```

Because it is.

## exercise 1-2

**Go on.** Write it.

```{code-cell}
:tags: [exercise]
def on(n):
    # your answer: begin
    m = n + 1
    return m
    # your answer: end


check("3.1", on(1), record=False)
```

## project all of it

Do more.

```{code-cell}
print("a way")
```
"""


def test_the_chapters_exercises_are_made_from_the_solutions(book):
    twin = book.chapters / "text" / "solutions" / "01_sample.md"
    twin.parent.mkdir()
    twin.write_text(SOLUTIONS)
    book.edit("import numpy as np", "import numpy as np\nfrom helpers.exercises import check, hint")
    book.refresh()
    nb = book.read()
    parts = dict(anatomy.parts(nb))
    assert list(parts)[-2:] == ["Exercises", "Reading"]
    kinds = [(kind, source) for kind, source, _ in parts["Exercises"] if source]
    assert [kind for kind, _ in kinds] == ["markdown", "code", "markdown", "code", "markdown"]
    assert '`hint("3.1")` gives a hint' in kinds[0][1].replace("\n", " ")
    assert kinds[0][1].endswith(
        "### Exercise 1.1 · Add up\n\nWhat is the sum? See [sum](glossary.ipynb#sum)."
    )
    assert kinds[1][1].startswith("low = None  # your answer\nhigh = None  # your answer\nprint(")
    assert kinds[2][1].startswith("[Solution of exercise 1.1](solutions/01_sample.ipynb#exercise-1-1)\n\n###")
    assert "    return None  # your code in the place of this line\n" in kinds[3][1]
    assert kinds[3][1].endswith('check("3.1", on(1))')
    project = "### Project · All of it\n\nDo more.\n\n"
    assert f"{project}[One way to do it](solutions/01_sample.ipynb#project-all-of-it)" in kinds[4][1]
    assert "nothing changed" in book.refresh()
    twin.write_text(SOLUTIONS.replace("What is the sum", "How much is the sum"))
    assert any("has changed" in said for said in building.as_its_text(book.chapter, nb))
    book.refresh()
    assert "How much is the sum" in book.chapter.read_text()
    assert "Exercise 1.1" not in book.text.read_text(), "the text of the chapter holds none of it"


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("# your answer: end", "# the end", "marks its answer"),
        ("low, high = 8, 6\n", "", "without an answer"),
        ("**Add up.**", "Add up.", "begin with"),
        ("check(", "print(", "without a call of check"),
    ],
)
def test_solutions_that_cannot_be_used_are_refused(book, old, new, said):
    twin = book.chapters / "text" / "solutions" / "01_sample.md"
    twin.parent.mkdir()
    twin.write_text(SOLUTIONS.replace(old, new, 1 if "your" in old else -1))
    with pytest.raises(ValueError, match=said):
        exercises.section(book.chapter, notebooks.read(twin))
