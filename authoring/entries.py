"""What the contents table says of the chapters, read from the notebooks themselves.

Title and promise come from a chapter's first cell, its explorers from the code, its time budget from the
metadata ``book.budget_seconds``.

Reading time: 200 words a minute, half a minute for a code cell, two minutes for an explorer or an
exercise; rounded up to five minutes.
"""

import ast
import math
import re
from dataclasses import dataclass
from pathlib import Path

from authoring import notebooks

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
    """Return (title, promise, rest) of a first cell: heading, the quotation below it, what follows."""
    found = re.match(r"#\s+(.+)\n*((?:^>.*\n?)*)", source, re.M)
    if not found:
        raise ValueError(f"the first cell must begin with a `# title`, not with {source[:60]!r}")
    promise = " ".join(line.lstrip("> ").strip() for line in found[2].splitlines()).strip()
    return found[1].strip(), promise, source[found.end() :].strip("\n")


def explorers(nb):
    """Return the names of the explorers a notebook's code uses, in order of appearance."""
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
    """Return the contents entry of a chapter's notebook."""
    title, promise, _ = split_title(nb.cells[0].source)
    prose = [c.source for c in nb.cells if c.cell_type == "markdown" and not generated_tag(c)]
    words = sum(len(source.split()) for source in prose)
    calls = [node for tree in _trees(nb) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    exercises = sum(getattr(call.func, "id", "") == "check" for call in calls)
    code = sum(cell.cell_type == "code" for cell in nb.cells)
    used = explorers(nb)
    minutes = 5 * math.ceil((words / 200 + code / 2 + 2 * (len(used) + exercises)) / 5)
    budget = nb.metadata.get("book", {}).get("budget_seconds", BUDGET)
    title = re.sub(r"^\d+\s*[·.:]\s*", "", title)
    return Chapter(path, notebooks.number(path), title, promise, used, exercises, minutes, budget)


def chapters(folder, *more):
    """Return the entries of the chapters in a folder, and of those ``more`` (path, notebook) being made."""
    found = {p: notebooks.read(p) for p in folder.glob("[0-9][0-9]_*.ipynb")} | dict(more)
    return [chapter(p, nb) for p, nb in sorted(found.items()) if notebooks.number(p)]


def generated_tag(cell):
    """Return the tag that marks a cell as wholly generated, if any."""
    return next((tag for tag in ("navigation", "contents") if tag in notebooks.tags(cell)), "")


def explorer_title(name):
    """Return an explorer's title in lower case, as it stands on its class."""
    from helpers import explorers as room  # not above: it imports ipywidgets

    return getattr(room, name).title.lower()


def table(entries, folder=""):
    """Return the contents as a Markdown table; ``folder`` is put before every link.

    The number of exercises leads to their solutions.
    """
    if not entries:
        return "*No chapter yet.*"
    heads = ["Chapter", "What it promises", "Explorers", "Exercises", "Reading", "Runs in"]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for entry in entries:
        shown = ", ".join(map(explorer_title, entry.explorers)) or "–"
        link = f"[{entry.number} · {entry.title}]({folder}{entry.path.name})"
        solved = f"[{entry.exercises}]({folder}solutions/{entry.path.name})" if entry.exercises else "–"
        time = f"{entry.budget} s" if entry.budget < 120 else f"{math.ceil(entry.budget / 60)} min"
        rows.append(f"| {link} | {entry.promise} | {shown} | {solved} | {entry.minutes} min | under {time} |")
    return "\n".join(rows)
