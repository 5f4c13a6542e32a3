"""Turn the exercises into source notebooks for nbgrader: https://nbgrader.readthedocs.io

    make assignments            into build/assignments, a course folder of nbgrader
    make assignments ARGS=03    one chapter

A chapter is an assignment, an exercise two of its cells: the answer, whose solution nbgrader takes out, and
a locked cell of one point that asks the book's own checker.
"""

import argparse
import ast
import re
import shutil

import nbformat

from authoring import building, exercises, notebooks

FOLDER = notebooks.ROOT / "build" / "assignments"
CONFIG = notebooks.ROOT / "teach" / "nbgrader_config.py"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def name(number):
    """What nbgrader calls a chapter's assignment."""
    return f"chapter_{number:02}"


def assignment(path):
    """The source notebook of a chapter, made from its solutions."""
    solutions = building.build(path.parent / "solutions" / path.name)
    first = solutions.cells[0].source.splitlines()[0]
    cells = [
        _words(f"{first.replace('Solutions', 'Exercises')}\n\n{_introduction(solutions)}", "introduction"),
        _code(_setup(solutions), "setup", locked=True),
    ]
    for heading, number, title, prompt, source in exercises.tasks(solutions):
        if number:
            place = heading.replace(" ", "-")
            cells.append(_words(f"## Exercise {number} · {title}\n\n{unlinked(prompt)}", f"{place}-words"))
            cells.append(_code(answer(source), place, solution=True))
            cells.append(_code(marks(number, source), f"{place}-marks", grade=True, locked=True, points=1))
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": notebooks.KERNEL, "language_info": notebooks.LANGUAGE}
    )


def _introduction(nb):
    number = next(number for _, number, *_ in exercises.tasks(nb) if number)
    return (
        "Write each answer where `# your answer here` stands, and run its cell: the checker says what is "
        f'likely wrong. `hint("{number}")` gives a hint. Change nothing in the cells below an answer: they '
        "give the marks, one point for an exercise."
    )


def _setup(nb):
    return next(cell.source for _, cell in notebooks.code(nb) if "setup" in notebooks.tags(cell))


def unlinked(words):
    """The words without links into the book, which lies elsewhere."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", words)


def answer(source):
    """The cell of an answer: names that are to be filled in, and the solution between nbgrader's marks."""
    lines = exercises.starter(source).splitlines()
    empty = [line for line in lines if line.endswith("= None  # your answer")]
    indent = re.search(rf"^(\s*){exercises.BEGIN}", source, re.M)[1]
    source = source.replace(exercises.BEGIN, BEGIN).replace(exercises.END, f"{END}")
    return "\n".join([*empty, source]) if empty and not indent else source


def marks(number, source):
    """The cell that gives the point: it asks the checker about what the answer's cell gives to `check`."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    call = next(node for node in calls if getattr(node.func, "id", "") == "check")
    given = ast.get_source_segment(source, call.args[1])
    return f'from helpers.exercises import confirm\n\nconfirm("{number}", {given})'


def _words(source, grade_id):
    return nbformat.v4.new_markdown_cell(source, id=grade_id, metadata=_nbgrader(grade_id, locked=True))


def _code(source, grade_id, **settings):
    return nbformat.v4.new_code_cell(source, id=grade_id, metadata=_nbgrader(grade_id, **settings))


def _nbgrader(grade_id, locked=False, solution=False, grade=False, **points):
    kind = {"locked": locked, "solution": solution, "grade": grade, "task": False, **points}
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **kind}}


def write(paths, folder):
    """Write a course folder with the assignments of chapters, and return their paths."""
    written = []
    for path in paths:
        own = name(notebooks.number(path))
        place = folder / "source" / own / f"{own}.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(notebooks.to_json(assignment(path)), encoding="utf-8")
        written.append(place)
    shutil.copy(CONFIG, folder)
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", nargs="*", help="01, 03, ... (default: all)")
    found = notebooks.chosen(parser, parser.parse_args().chapter)
    for path in write([path for path in found if notebooks.number(path)], FOLDER):
        print(path.relative_to(notebooks.ROOT))
    print(f"nbgrader works in {FOLDER.relative_to(notebooks.ROOT)}: nbgrader generate_assignment chapter_01")


if __name__ == "__main__":
    main()
