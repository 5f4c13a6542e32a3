"""Quizzes: every file is complete, every number in it is computed, and the buttons mark what they should."""

import ast
import importlib
import pkgutil
import re
from fractions import Fraction

import numpy as np
import pytest

import helpers
from authoring import notebooks, questions
from helpers.quiz import questions as written
from helpers.quiz.widget import Quiz

QUIZZES = {chapter: written.read(chapter) for chapter in written.chapters()}
ALL = [(chapter, n, each) for chapter, quiz in QUIZZES.items() for n, each in enumerate(quiz, start=1)]
each_question = pytest.mark.parametrize("chapter, n, question", ALL, ids=[f"{c}.{n}" for c, n, _ in ALL])
each_quiz = pytest.mark.parametrize("chapter", QUIZZES)
# A number an option begins with: 12, −3, 1,024, 0.25, 4/9
NUMBER = re.compile(r"^(−?\d[\d,]*(?:\.\d+)?(?:/\d+)?)(?![\w.])(?!\s*[×:−+·=→])")


def names(question):
    """Return what the expressions of a question can use: NumPy, the operations, and the package's modules."""
    found = {"np": np} | {name: getattr(helpers, name) for name in dir(helpers) if not name.startswith("_")}
    code = "\n".join([question.given, question.code, question.check, *(o.value for o in question.options)])
    for module in pkgutil.iter_modules(helpers.__path__):
        if re.search(rf"\b{module.name}\.", code):
            found[module.name] = importlib.import_module(f"helpers.{module.name}")
    return found


def number(text):
    """Return (number that the option begins with, half a unit of its last place), or None."""
    found = NUMBER.match(text)
    if not found:
        return None
    digits = found[1].replace("−", "-").replace(",", "")
    places = len(digits.partition(".")[2])
    return float(Fraction(digits)), 0.5 * 10**-places if places else 1e-9


# -- the files ------------------------------------------------------------------------------------------


@each_question
def test_numbers_are_computed(chapter, n, question):
    scope = names(question)
    for code in (question.given, question.code, question.check):
        exec(code, scope)
    for option in question.options:
        written_number = number(option.text)
        if written_number is None:
            continue
        assert option.value, f"{option.text!r}: give the expression for it in `value`"
        wanted, off = written_number
        got = float(eval(option.value, scope))
        assert abs(got - wanted) <= off * (1 + 1e-9), f"{option.text!r}: {option.value} is {got}"
        assert option.value.strip() != option.text.strip(), "a literal computes nothing"


@each_question
def test_checks_can_fail(chapter, n, question):
    asserts = [node for node in ast.walk(ast.parse(question.check)) if isinstance(node, ast.Assert)]
    assert bool(asserts) == bool(question.check)
    for node in asserts:
        assert any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node)), ast.unparse(node)


def test_right_options_stand_in_every_place():
    places = [question.answer for _, _, question in ALL]
    shares = [places.count(place) / len(places) for place in range(4)]
    assert min(shares) > 0.1 and max(shares) < 0.4, shares


def test_what_a_quiz_lacks_is_said(monkeypatch):
    """The rule of `make check`, on a quiz with every fault."""
    option = written.Option(text="as in b)  it took 3 seconds " + "very " * 20, why="`No", right=True)
    question = written.Question(text="Which?", options=(option, option))
    monkeypatch.setattr(written, "read", lambda chapter: [question] * 3)
    path = notebooks.all_notebooks()[0]
    wrong = questions.quiz(path, notebooks.from_text("# 1 · T\n\n```{code-cell}\nQuiz(1)\n```\n"))
    assert len(wrong) == 3 + 3 * 8 and all(said.startswith("quiz/01.toml: ") for said in wrong)


# -- reading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, kind", [(11, ValueError), (-1, ValueError), ("3", TypeError), (True, TypeError)]
)
def test_a_chapter_without_quiz_is_refused_with_the_remedy(wrong, kind):
    with pytest.raises(kind, match=re.escape(f"chapter={wrong!r}")) as error:
        Quiz(wrong)
    assert re.search(r"choose one of \d|Quiz\(3\)", str(error.value))


@pytest.mark.parametrize(
    "toml, said",
    [
        ('[[question]]\ntext = "x"', "option"),
        (
            '[[question]]\ntext = "x"\noption = [{text = "a", why = "b"}, {text = "c", why = "d"}]',
            "0 options",
        ),
        ('[[question]]\ntext = "x"\noption = [{text = "a", why = "b", right = true}]', "1 options"),
        ('[[question]]\ntext = "x"\noption = [{text = "a", right = true}]', "why"),
        ('[[question]]\ntext = "x"\nhint = "y"\noption = []', "hint"),
    ],
)
def test_a_broken_file_is_named(toml, said, tmp_path, monkeypatch):
    (tmp_path / "07.toml").write_text(toml)
    monkeypatch.setattr(written, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="07.toml, question 1") as error:
        written.read(7)
    assert said in str(error.value)


def test_code_in_words_is_marked_and_the_rest_is_escaped():
    assert written.inline("a < b and `x < y`") == "a &lt; b and <code>x &lt; y</code>"
    assert written.inline("*and* `a*b*c` 2*3*4") == "<em>and</em> <code>a*b*c</code> 2*3*4"
    assert written.plain("`x < y`") == "x < y"


# -- what is shown --------------------------------------------------------------------------------------


@pytest.fixture
def quiz():
    return Quiz(3)


def test_nothing_is_chosen_or_said_at_first(quiz):
    assert quiz.score == 0 and quiz.total == len(QUIZZES[3])
    assert all(asked.choices.value is None and asked.said.value == "" for asked in quiz.asked)


@each_quiz
def test_every_option_is_marked_with_its_own_explanation(chapter):
    quiz = Quiz(chapter)
    for asked in quiz.asked:
        for i, option in enumerate(asked.question.options):
            asked.choices.value = i
            assert asked.said.value == "", "what was said of another option is gone"
            asked.button.click()
            assert written.inline(option.why) in asked.said.value and 'role="alert"' in asked.said.value
            assert written.verdict(option) in asked.said.value
        assert asked.solved
    assert quiz.score == quiz.total
    assert f"{quiz.total} of {quiz.total} right" in quiz._counted.value


def test_checking_without_a_choice_asks_for_one(quiz):
    quiz.asked[0].button.click()
    assert "Choose an answer first" in quiz.asked[0].said.value
    assert quiz.score == 0 and not quiz.asked[0].tried


def test_first_tries_are_counted(quiz):
    for n, asked in enumerate(quiz.asked):
        right = asked.question.answer
        if n == 0:  # wrong first
            asked.choices.value = (right + 1) % len(asked.question.options)
            asked.button.click()
        asked.choices.value = right
        asked.button.click()
        asked.button.click()  # twice the same changes nothing
    assert f"{quiz.total} of {quiz.total} right</b>, {quiz.total - 1} at the first try" in quiz._counted.value


def test_two_quizzes_do_not_share_their_answers(quiz):
    quiz.asked[0].choices.value = 0
    assert Quiz(3).asked[0].choices.value is None


@each_quiz
def test_without_a_kernel_everything_can_be_read(chapter):
    bundle = Quiz(chapter)._repr_mimebundle_()
    assert "model_id" in bundle["application/vnd.jupyter.widget-view+json"]
    text, page = " ".join(bundle["text/plain"].split()), bundle["text/html"]
    before, _, after = text.partition(" Answers ")
    for question in QUIZZES[chapter]:
        assert written.inline(question.text) in page
        for option in question.options:
            assert " ".join(written.plain(option.text).split()) in before
            assert written.plain(option.why) in after and written.plain(option.why) not in before
            assert written.inline(option.why) in page.partition("<details>")[2]
    assert Quiz(chapter)._repr_mimebundle_()["text/plain"] == bundle["text/plain"]


def test_every_button_and_option_has_a_name_of_its_own(quiz):
    labels = [asked.button.description for asked in quiz.asked]
    assert len(set(labels)) == len(labels)
    assert all(all(label for label, _ in asked.choices.options) for asked in quiz.asked)
