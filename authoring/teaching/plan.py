"""The ten chapters on a term of twelve weeks and on one intensive week: the tables of *Teach with it*.

Minutes are those of the contents table (entries.py), read from the texts; so are the prerequisites.
"""

import math
import re

from authoring import entries, notebooks

# What a week of the term reads: chapters, or one from or up to a section.
TERM = ("1", "2", "3", "4", "5", "6 to Backward", "6 from Training well", "7", "8", "9", "10", "")
WEEK = {"Monday": (1, 2), "Tuesday": (3, 4), "Wednesday": (5, 6), "Thursday": (7, 8), "Friday": (9, 10)}
PROJECT = "the projects at the end of the exercises, presented"
# Sections without which the later chapters can be followed.
SKIP = {
    1: ("Where the idea came from",),
    2: ("Convolution as a Toeplitz matrix", "Linearity, and which other laws hold"),
    3: ("Zero, reflect, replicate and circular padding", "Same padding with stride 2"),
    4: ("Two layers on a photograph",),
    5: ("Let it be learned",),
    6: ("Deeper",),
    7: ("The field of famous networks",),
    8: ("One more separation",),
    9: ("Feature visualisation",),
    10: ("Same body, other heads", "A patch embedding is a strided convolution"),
}


def sections(path):
    """Section -> minutes of reading, in order, from a chapter's text; its exercises are not among them."""
    found = {}
    for heading, content in notebooks.parts(notebooks.read(notebooks.twin(path))):
        words = sum(len(source.split()) for kind, source, _ in content if kind == "markdown")
        code = [cell for kind, _, cell in content if kind == "code"]
        used = entries.explorers(notebooks.nbformat.v4.new_notebook(cells=code))
        found[heading] = found.get(heading, 0) + words / 200 + len(code) / 2 + 2 * len(used)
    return found


def needs(path):
    """The earlier chapters that a chapter says the reader needs."""
    text = notebooks.twin(path).read_text(encoding="utf-8")
    said = re.search(r"\*\*You need\*\*(.*?)\n\n", text, re.S)[1]
    found = {int(number) for number in re.findall(r"\((\d\d)_\w+\.ipynb", said)}
    return sorted(number for number in found if number < notebooks.number(path))


def named(path, section):
    """A section's heading in full, from its beginning; ValueError where the chapter has none of that name."""
    hits = [heading for heading in sections(path) if heading.startswith(section)]
    if not hits:
        raise ValueError(f"{notebooks.name(path)}: no section {section!r}; see authoring/teaching/plan.py")
    return hits[0]


def skipped(entry):
    """What can be left out of a chapter, with the minutes that it saves."""
    titles = [named(entry.path, section) for section in SKIP[entry.number]]
    minutes = [max(1, round(sections(entry.path)[title])) for title in titles]
    return "; ".join(f"*{title}* ({n} min)" for title, n in zip(titles, minutes, strict=True))


def part(entry, which):
    """(what is read, minutes) of a part of a chapter: ``to`` a section, that included, or ``from`` it."""
    way, section = which.split(" ", 1)
    found = sections(entry.path)
    at = list(found).index(named(entry.path, section)) + (way == "to")
    minutes = list(found.values())
    share = sum(minutes[:at] if way == "to" else minutes[at:]) / sum(minutes)
    return f", {way} *{list(found)[at - (way == 'to')]}*", 5 * math.ceil(share * entry.minutes / 5)


def table(chapters):
    """Both plans as Markdown, from the entries of the contents table."""
    by_number = {entry.number: entry for entry in chapters}
    rows = [
        "**A term of twelve weeks**\n",
        "| Week | Chapter | Reading | Exercises | Needs | Can be left out |",
        "|---|---|---|---|---|---|",
    ]
    for week, said in enumerate(TERM, start=1):
        number, _, which = said.partition(" ")
        entry = by_number.get(int(number or 0))
        if entry is None:
            rows.append(f"| {week} | {PROJECT} | | | | |")
            continue
        more, minutes = part(entry, which) if which else ("", entry.minutes)
        what = f"[{entry.number} · {entry.title}]({entry.path.name}){more}"
        first = which.startswith("to")  # a chapter of two weeks: its exercises come with the second
        before = ", ".join(map(str, needs(entry.path))) or "–"
        rest = ("–", before, "–") if first else (entry.exercises, before, skipped(entry))
        rows.append(f"| {week} | {what} | {minutes} min | {' | '.join(map(str, rest))} |")
    rows += ["\n**One intensive week**\n", "| Day | Chapters | Reading | Exercises |", "|---|---|---|---|"]
    for day, numbers in WEEK.items():
        found = [by_number[number] for number in numbers if number in by_number]
        titles = ", ".join(f"[{entry.number} · {entry.title}]({entry.path.name})" for entry in found)
        minutes = sum(entry.minutes for entry in found)
        exercises = sum(entry.exercises for entry in found)
        rows.append(f"| {day} | {titles} | {minutes // 60} h {minutes % 60:02} min | {exercises} |")
    return "\n".join(rows)
