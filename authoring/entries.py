"""What the contents table says of the chapters, read from their texts.

Title and promise come from a chapter's first cell, its explorers from the code, its time budget from the
metadata ``book.budget_seconds``.

Reading time: 200 words a minute, half a minute for a code cell that is not folded, two minutes for an
explorer or an exercise; rounded up to five minutes.
"""

import ast
import functools
import math
import re
from dataclasses import dataclass
from pathlib import Path

from authoring import exercises, notebooks

BUDGET = 60  # seconds, where a chapter names none


@dataclass
class Chapter:
    """What the contents table says of a chapter."""

    path: Path
    number: int
    title: str
    promise: str
    explorers: list
    exercises: int
    minutes: int
    budget: int


def split_title(source):
    """(title, promise, rest) of a first cell: heading, the quotation below it, what follows."""
    found = re.match(r"#\s+(.+)\n*((?:^>.*\n?)*)", source, re.M)
    if not found:
        raise ValueError(f"the first cell must begin with a `# title`, not with {source[:60]!r}")
    promise = " ".join(line.lstrip("> ").strip() for line in found[2].splitlines()).strip()
    return found[1].strip(), promise, source[found.end() :].strip("\n")


def explorers(nb):
    """The names of the explorers a notebook's code uses, in order of appearance."""
    used, imported = [], set()
    for tree in _trees(nb):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "helpers.explorers":
                imported |= {alias.name for alias in node.names}
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "explorers":
                used.append(node.attr)
            if isinstance(node, ast.Name) and node.id in imported:
                used.append(node.id)
    return list(dict.fromkeys(used))


def _trees(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            try:
                yield ast.parse(cell.source)
            except SyntaxError:
                continue  # a rule says so (rules.py)


def chapter(path, nb):
    """The contents entry of a chapter's notebook."""
    title, promise, _ = split_title(nb.cells[0].source)
    prose = [c.source for c in nb.cells if c.cell_type == "markdown" and not generated_tag(c)]
    words = sum(len(source.split()) for source in prose)
    calls = [node for tree in _trees(nb) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    checks = sum(getattr(call.func, "id", "") == "check" for call in calls)
    code = sum(not notebooks.folded(cell) for _, cell in notebooks.code(nb))
    used = explorers(nb)
    minutes = 5 * math.ceil((words / 200 + code / 2 + 2 * (len(used) + checks)) / 5)
    budget = nb.metadata.get("book", {}).get("budget_seconds", BUDGET)
    title = re.sub(r"^\d+\s*[·.:]\s*", "", title)
    return Chapter(path, notebooks.number(path), title, promise, used, checks, minutes, budget)


def chapters(folder):
    """The entries of the chapters whose texts lie in a folder; read again only when a text has changed."""
    files = sorted((folder / "text").glob("**/[0-9][0-9]_*.md"))
    return _chapters(folder, tuple((file, file.stat().st_mtime_ns) for file in files))


@functools.lru_cache(maxsize=1)
def _chapters(folder, files):
    found = []
    for file, _ in files:
        path = folder / f"{file.stem}.ipynb"
        if file.parent.name == "text":  # not its solutions
            nb = notebooks.read(file)
            nb.cells = exercises.put_in(exercises.take_out(nb.cells, path), path)
            found.append(chapter(path, nb))
    return found


def generated_tag(cell):
    """The tag that marks a cell as wholly generated, if any."""
    return next((tag for tag in ("navigation", "contents") if tag in notebooks.tags(cell)), "")


def explorer_title(name):
    """An explorer's title in lower case, as it stands on its class."""
    from helpers import explorers as room  # not above: it imports ipywidgets

    return getattr(room, name).title.lower()


def table(entries, folder=""):
    """The contents as a Markdown table; ``folder`` is put before every link."""
    if not entries:
        return "*No chapter yet.*"
    heads = ["Chapter", "What it promises", "Explorers", "Exercises", "Reading", "Runs in"]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for entry in entries:
        shown = ", ".join(map(explorer_title, entry.explorers)) or "–"
        link = f"[{entry.number} · {entry.title}]({folder}{entry.path.name})"
        solutions = f"[solutions]({folder}solutions/{entry.path.name})"
        solved = f"{entry.exercises} · {solutions}" if entry.exercises else "–"
        time = f"{entry.budget} s" if entry.budget < 120 else f"{math.ceil(entry.budget / 60)} min"
        rows.append(f"| {link} | {entry.promise} | {shown} | {solved} | {entry.minutes} min | under {time} |")
    return "\n".join(rows)
