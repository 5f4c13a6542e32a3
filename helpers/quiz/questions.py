"""The questions of a chapter's quiz: read from its file, checked, and written out as text and as HTML.

``NN.toml`` beside it holds the questions of chapter NN. The words may hold `code` between backticks.
"""

import html
import re
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
LETTERS = "abcde"
WIDTH = 100  # characters of a line of the plain text


@dataclass(frozen=True)
class Option:
    """One answer to choose, and why it is right or tempting but wrong.

    ``value`` is a Python expression for the option's number; the tests evaluate it.
    """

    text: str
    why: str
    right: bool = False
    value: str = ""


@dataclass(frozen=True)
class Question:
    """A question with its options, exactly one of them right.

    ``code`` is shown below the words. It, ``given`` and ``check`` are run by the tests: ``given`` prepares
    names for the values, ``check`` asserts what the explanations say.
    """

    text: str
    options: tuple
    code: str = ""
    given: str = ""
    check: str = ""

    @property
    def answer(self):
        """The position of the right option."""
        return next(i for i, option in enumerate(self.options) if option.right)


def chapters():
    """Return the numbers of the chapters that have a quiz."""
    return sorted(int(path.stem) for path in FOLDER.glob("[0-9][0-9].toml"))


def read(chapter):
    """Return the questions of a chapter's quiz; ValueError or TypeError when there is none."""
    if isinstance(chapter, bool) or not isinstance(chapter, int):
        raise TypeError(f"chapter={chapter!r}: give the chapter's number, such as Quiz(3)")
    if chapter not in chapters():
        known = ", ".join(map(str, chapters()))
        raise ValueError(f"chapter={chapter}: it has no quiz; choose one of {known}")
    name = f"{chapter:02}.toml"
    stored = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [_question(f"{name}, question {n}", each) for n, each in enumerate(stored["question"], start=1)]


def _question(place, stored):
    try:
        options = tuple(Option(**option) for option in stored["option"])
        question = Question(options=options, **{key: stored[key] for key in stored if key != "option"})
    except (KeyError, TypeError) as error:
        remedy = "a question has text and options, each with text and why"
        raise ValueError(f"{place}: {error}; {remedy} (see helpers/quiz/questions.py)") from error
    if not 2 <= len(options) <= len(LETTERS):
        raise ValueError(f"{place}: {len(options)} options; give 2 to {len(LETTERS)}")
    if sum(option.right for option in options) != 1:
        raise ValueError(f"{place}: {sum(o.right for o in options)} options are right; mark one right = true")
    return question


def plain(words):
    """Return the words without marks, for a control's label."""
    return words.replace("`", "")


def inline(words):
    """Return the words as HTML, code between backticks set as code, words between asterisks in italics."""
    parts = re.split(r"`([^`]+)`", html.escape(words, quote=False))
    parts[::2] = [re.sub(r"(?<!\w)\*(\w[^*]*)\*(?!\w)", r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts)


def as_text(chapter, questions):
    """Return a quiz as plain text, with the answers and all explanations at the end."""
    lines = [f"Quiz of chapter {chapter}: {len(questions)} questions. The answers are at the end.", ""]
    for n, question in enumerate(questions, start=1):
        lines += _wrapped(f"{n}. ", question.text)
        lines += [f"       {line}" for line in question.code.splitlines()]
        for letter, option in zip(LETTERS, question.options, strict=False):
            lines += _wrapped(f"   {letter}) ", option.text)
        lines.append("")
    lines.append("Answers")
    for n, question in enumerate(questions, start=1):
        lines.append("")
        lines += _wrapped(f"{n}. ", f"{LETTERS[question.answer]}) {question.options[question.answer].text}")
        for letter, option in zip(LETTERS, question.options, strict=False):
            lines += _wrapped(f"   {letter}) ", f"{verdict(option)} {option.why}")
    return "\n".join(lines)


def as_html(chapter, questions):
    """Return a quiz as HTML that needs no program: questions, options, and the answers folded away."""
    parts = [f"<p><b>Quiz of chapter {chapter}</b>: {len(questions)} questions.</p>", "<ol>"]
    for question in questions:
        options = "".join(f"<li>{inline(option.text)}</li>" for option in question.options)
        parts.append(f'<li>{asked(question)}<ol type="a">{options}</ol></li>')
    return "\n".join([*parts, "</ol>", answers(questions)])


def asked(question, number=""):
    """Return a question's words and code as HTML, after its number where no list gives it one."""
    code = f"<pre>{html.escape(question.code.rstrip(), quote=False)}</pre>" if question.code else ""
    return f"<div>{number}{inline(question.text)}</div>{code}"


def answers(questions):
    """Return all answers with their explanations as HTML that opens on request."""
    rows = []
    for question in questions:
        reasons = "".join(f"<li>{verdict(option)} {inline(option.why)}</li>" for option in question.options)
        right = f"{LETTERS[question.answer]}) {inline(question.options[question.answer].text)}"
        rows.append(f'<li><b>{right}</b><ol type="a">{reasons}</ol></li>')
    return "\n".join(["<details><summary>All answers, explained</summary>", "<ol>", *rows, "</ol></details>"])


def verdict(option):
    return "Right." if option.right else "Not this one."


def _wrapped(mark, words):
    return textwrap.wrap(plain(words), WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
