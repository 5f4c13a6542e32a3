"""Every command that a page or a message tells somebody to run is run, as written, on a copy of the book.

``--help`` is put behind it, so that it says what it would do; its options must be among those it then names.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from authoring import notebooks
from authoring.bench import chapters
from tools import book

ROOT = Path(__file__).resolve().parents[1]
PAGES = """README.md CONTRIBUTING.md Makefile helpers/README.md data/README.md authoring/trust/README.md
    teach/README.md chapters/text/index.md chapters/text/teach.md""".split()
ARGS = r"(?: ARGS=(?P<args>\"[^\"\n]+\"|[^\s\"`'.,:;)]+))?"
# On a page whatever stands behind `make` in code; in a program's messages what cannot be English.
WRITTEN = re.compile(r"(?:(?<=`)|(?<=\n))make (?P<name>[\w-]+)" + ARGS)
SAID = re.compile(rf"\bmake (?P<name>(?:{'|'.join(book.COMMANDS)})\b(?! [a-z])|\w+(?= ARGS=\S)){ARGS}")


def sources():
    """(text, pattern) of every place where a command may be named."""
    yield from (((ROOT / page).read_text(encoding="utf-8"), WRITTEN) for page in PAGES)
    for folder in ("authoring", "tools", "helpers", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            yield file.read_text(encoding="utf-8"), SAID


def commands():
    """(name, first word, all words) of the `make` commands, those of the same first word put together."""
    found = {}
    for text, pattern in sources():
        text = re.sub(r"\{[^{}\n]*\}", "01", text)  # what a message fills in
        for said in pattern.finditer(text):
            words = shlex.split((said["args"] or "").strip('"'))
            if said["name"] in ("refresh", "check"):  # any notebook will do
                words = ["01", *(word for word in words if word.startswith("-"))]
            first = words[0] if words and not words[0].startswith("-") else ""
            found.setdefault((said["name"], first), {}).update(dict.fromkeys(words))
    names = [name for name, _ in found]
    return sorted((*key, list(words)) for key, words in found.items() if key[1] or names.count(key[0]) == 1)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The book without its data and with an environment that is ready: this Python's packages."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-test.txt", "README.md"):
        shutil.copy(ROOT / name, root)
    skipped = shutil.ignore_patterns("__pycache__", "*.gz", "*.npz", "*.jpg", "*.png")
    for name in ("authoring", "tools", "helpers", "tests", "chapters", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=skipped)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (packages,) = (root / ".venv").glob("lib/python*/site-packages")
    (packages / "these.pth").write_text(sysconfig.get_path("purelib"))
    return root


def test_there_are_commands():
    assert {name for name, *_ in commands()} >= {"lab", "test", "check", "refresh", "bench", "format", "run"}


@pytest.mark.parametrize("name, first, words", commands(), ids=str)
def test_a_command_runs_as_it_is_written(name, first, words, copy):
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    env["PATH"] = (
        os.path.dirname(sys.executable) + os.pathsep + env.get("PATH", "")
    )  # for what `make run` runs
    if name == "clean":
        copy = shutil.copytree(copy, copy.with_name("cleaned"), symlinks=True)
    command = ["make", name, f"PYTHON={sys.executable}", f"ARGS={shlex.join([*words, '--help'])}"]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    for option in [word for word in words if word.startswith("-") and first != "jupyter"]:
        assert option in done.stdout, f"{option} is no option of make {name}"


def test_commands_without_make_are_the_same():
    text = "".join(text for text, _ in sources())
    named = re.findall(r"\bpy(?:thon3)? tools/book\.py (\w+)", text)
    assert named and set(named) <= set(book.COMMANDS)


def test_notebooks_in_commands_exist():
    for text, _ in sources():
        for words in re.findall(r"make (?:refresh|check) ARGS=\"?((?:(?:solutions/)?\d\d ?)+)", text):
            assert notebooks.find(words.split())


@pytest.mark.parametrize(("word", "limit"), [("03", 600), ("10", 1200)])
def test_the_bench_of_chapters_says_what_is_over_its_limits(word, limit):
    (path,) = (path for path in notebooks.find([word]) if notebooks.number(path))
    budget = chapters.judged(path, 0, 0)[0]
    assert chapters.judged(path, budget, limit * 1e6) == (budget, limit, [])
    assert chapters.judged(path, budget + 1, 0)[2] == ["time"]
    assert chapters.judged(path, 0, limit * 1e6 + 1)[2] == ["memory"]
