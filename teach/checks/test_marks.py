"""nbgrader releases, marks and comments every chapter's assignment: its marks are the checkers' verdicts."""

import csv
import shutil
import subprocess
import sys

import nbformat
import pytest

from authoring import notebooks
from authoring.teaching import assignments
from helpers.exercises import chapter
from helpers.exercises.judge import judge

CHAPTERS = [path for path in notebooks.all_notebooks() if notebooks.number(path)]


def mistaken(number, exercise, given):
    """Code of a student who makes the first mistake that the exercise's author has foreseen."""
    at = next(i for i, mistake in enumerate(exercise.mistakes) if mistake.answer is not None)
    return (
        "from helpers.exercises import find as _find\n"
        f'{given} = _find("{number}")[1].mistakes[{at}].answer\n'
        "import sys\nprint('a warning', file=sys.stderr)"
    )


def submit(release, student, solved):
    """A student's notebook: the release with answers in some cells; one has cut the marks' cells out."""
    nb = nbformat.read(release, as_version=4)
    for cell in nb.cells:
        place = cell.metadata.nbgrader.grade_id
        if place in solved:
            cell.source = solved[place]
        if student == "wrong" and cell.metadata.nbgrader.grade:
            cell.source = "print('full marks, please')"
    return nb


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    assignments.write(CHAPTERS, folder)
    return folder


def nbgrader(course, *words):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=course, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_marks_are_the_verdicts(course, path):
    number = notebooks.number(path)
    name, known = assignments.name(number), chapter(number)
    nbgrader(course, "generate_assignment", name)
    release = course / "release" / name / f"{name}.ipynb"
    source = nbformat.read(course / "source" / name / f"{name}.ipynb", as_version=4)
    text = release.read_text(encoding="utf-8")
    assert "SOLUTION" not in text
    right, wrong = {}, {}
    for cell in source.cells:
        place = cell.metadata.nbgrader.grade_id
        if cell.metadata.nbgrader.solution:
            task = place.removeprefix("exercise-").replace("-", ".")
            right[place] = cell.source
            solution = cell.source.partition(assignments.BEGIN)[2].partition(assignments.END)[0].strip()
            assert solution.splitlines()[-1].strip() not in text, f"{task}: its solution is in the release"
            marks = next(c for c in source.cells if c.metadata.nbgrader.grade_id == f"{place}-marks")
            given = marks.source.partition(", ")[2].removesuffix(")")
            wrong[place] = mistaken(task, known[task], given)
    mixed = {place: (right if i % 2 else wrong)[place] for i, place in enumerate(right)}
    students = {"right": right, "wrong": wrong, "empty": {}, "mixed": mixed}
    for student, solved in students.items():
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(submit(release, student, solved), folder / f"{name}.ipynb")
    nbgrader(course, "autograde", name)
    nbgrader(course, "generate_feedback", name)
    for student, solved in students.items():
        marked = nbformat.read(course / "autograded" / student / name / f"{name}.ipynb", as_version=4)
        given = {}
        for cell in marked.cells:
            if cell.metadata.nbgrader.grade:
                errors = [out.evalue for out in cell.outputs if out.output_type == "error"]
                given[cell.metadata.nbgrader.grade_id.removesuffix("-marks")] = errors
        assert set(given) == set(right)
        verdicts = {place: verdict(solved.get(place), place, known) for place in right}
        assert {place: not errors for place, errors in given.items()} == {
            place: found.state == "right" for place, found in verdicts.items()
        }, student
        for place, found in verdicts.items():
            if found.state == "wrong":  # the student reads in the feedback why
                assert given[place] == [f"{place[9:].replace('-', '.')}: {found.words}"]
        page = (course / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
        points = sum(found.state == "right" for found in verdicts.values())
        assert f"(Score: {points:.1f} / {len(right):.1f})" in page
    nbgrader(course, "export", "--to", "grades.csv")
    with open(course / "grades.csv", newline="") as file:
        scores = {
            row["student_id"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["assignment"] == name
        }
    assert scores == {"right": len(right), "wrong": 0, "empty": 0, "mixed": len(right) // 2}
    shutil.rmtree(course / "submitted")


def verdict(source, place, known):
    """The checker's verdict on what a student has written in a cell, found without nbgrader."""
    exercise = known[place.removeprefix("exercise-").replace("-", ".")]
    if source is None:
        return judge(exercise, None)
    if "BEGIN SOLUTION" in source:
        return judge(exercise, exercise.right)
    at = next(i for i, mistake in enumerate(exercise.mistakes) if mistake.answer is not None)
    return judge(exercise, exercise.mistakes[at].answer)
