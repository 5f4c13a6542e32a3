"""What strict nbval notices, with this book's options and sanitising rules, and what the rules must add."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from configparser import ConfigParser

import pytest
from nbval.plugin import get_sanitize_patterns

from authoring import notebooks, rules

SANITIZE = notebooks.ROOT / "tests" / "nbval_sanitize.cfg"


def nbval(folder, files, *more):
    """Run nbval on notebooks; return name -> list of failed cells' messages."""
    report = folder / "report.xml"
    env = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    env["PYTHONPATH"] = str(notebooks.ROOT / "tests")
    command = [sys.executable, "-m", "pytest", "-q", *notebooks.NBVAL, *more]
    command += [f"--junitxml={report}", f"--rootdir={files[0].parents[1]}"]  # cases are named from there
    done = subprocess.run([*command, *files], cwd=notebooks.ROOT, env=env, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    failed = {path.stem: [] for path in files}
    cases = list(ElementTree.parse(report).iter("testcase"))
    assert cases, done.stdout
    for case in cases:
        for failure in case.iter("failure"):
            stem = case.get("classname").removesuffix(".ipynb").split(".")[-1]
            failed[stem].append(failure.get("message"))
    return failed


def variant(book, name, old, new):
    """Write the executed chapter under another name with one stored text replaced."""
    stored = book.chapter.read_text(encoding="utf-8")
    assert old in stored, f"{old!r} is not stored"
    path = book.chapters / f"{name}.ipynb"
    path.write_text(stored.replace(old, new), encoding="utf-8")
    return path


def never_run(book):
    nb = book.read()
    for _, cell in notebooks.code(nb):
        cell.execution_count, cell.outputs = None, []
    path = book.chapters / "never_run.ipynb"
    path.write_text(notebooks.to_json(nb))
    return path


def test_a_changed_digit_fails_when_the_cells_are_run(book):
    alt = "its heights are [0, 1, 4, 9]"
    files = [
        book.chapter,
        variant(book, "stdout", '"3,072 numbers', '"3,073 numbers'),
        variant(book, "alt", f'{alt}.\\"', f'{alt.replace("9", "8")}.\\"'),
        variant(book, "error", '"evalue": "kernel_size=5', '"evalue": "kernel_size=6'),
        never_run(book),
    ]
    failed = nbval(book.root, files)
    assert [len(messages) for messages in failed.values()] == [0, 1, 1, 1, 0]
    assert "3,073" in failed["stdout"][0]
    # nbval compares nothing in a notebook that was never run: a rule has to refuse it.
    assert rules.executed(book.chapter, notebooks.read(files[-1]))


def test_no_digit_of_a_stored_text_can_change_unnoticed(tmp_path):
    """In the book itself: every digit of every text output, alt text and error message."""
    files = [path for path in notebooks.all_notebooks() if path.exists()]
    files = [path for path in files if notebooks.code(notebooks.read(path))]
    failed = nbval(tmp_path, files, "-p", "nbval_mutants")
    assert not any(failed.values()), failed


def test_every_sanitising_rule_is_loaded():
    """nbval drops a rule without a word when its `replace: ` lacks the space."""
    text = SANITIZE.read_text()
    settings = ConfigParser(interpolation=None)
    settings.read_string(text)
    loaded = get_sanitize_patterns(text)
    assert len(loaded) == len(settings.sections()) == text.count("regex:")
    assert [settings[name]["regex"] for name in settings.sections()] == [regex for regex, _ in loaded]


def test_every_sanitising_rule_has_its_reason_above():
    lines = SANITIZE.read_text().splitlines()
    rules_at = [i for i, line in enumerate(lines) if line.startswith("[")]
    assert rules_at
    for i in rules_at:
        assert re.match(r"# \S.{20}", lines[i - 1]), f"line {i + 1}: {lines[i]} has no reason above it"


@pytest.mark.parametrize("text", ["3,072 numbers", "O = 5", 'alt="rows 4 4 −4 −4"', "base 64, eight"])
def test_sanitising_leaves_text_alone(text):
    for pattern, replacement in get_sanitize_patterns(SANITIZE.read_text()):
        assert re.sub(pattern, replacement, text) == text
