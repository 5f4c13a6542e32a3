"""Source notebooks for nbgrader are well formed, without nbgrader; `make class` runs it on them."""

import io
import sys

import nbformat
import pytest

from authoring import notebooks
from authoring.teaching import assignments
from helpers.exercises import chapter, confirm
from helpers.exercises.base import Exercise

CHAPTERS = [path for path in notebooks.all_notebooks() if notebooks.number(path)]


def released(source, stub="...  # your answer here"):
    """A cell as nbgrader releases it: a line in the place of the solution."""
    before, _, rest = source.partition(assignments.BEGIN)
    return before + stub + rest.partition(assignments.END)[2]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_an_assignment_marks_the_solution_right_and_the_release_not_tried(path, capsys):
    nb = assignments.assignment(path)
    nbformat.validate(nb)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells}
    assert len(cells) == len(nb.cells)
    answers = [place for place, cell in cells.items() if cell.metadata.nbgrader.solution]
    assert [place[9:].replace("-", ".") for place in answers] == list(chapter(notebooks.number(path)))
    setup = cells["setup"].source.rpartition("# --- end of the generated lines ---")[2]
    for place in answers:
        cell, marks = cells[place], cells[f"{place}-marks"]
        assert marks.metadata.nbgrader == {
            **{"schema_version": 3, "grade_id": f"{place}-marks", "points": 1},
            **{"grade": True, "locked": True, "solution": False, "task": False},
        }
        assert cell.source.count(assignments.BEGIN) == cell.source.count(assignments.END) == 1
        assert assignments.BEGIN not in marks.source and "your answer: " not in cell.source
        scope = {}
        exec(setup, scope)
        exec(cell.source, scope)
        exec(marks.source, scope)
        assert ": right." in capsys.readouterr().out
        exec(released(cell.source), scope)
        assert "not tried yet" in capsys.readouterr().out
        with pytest.raises(AssertionError, match="not tried yet"):
            exec(marks.source, scope)


def test_no_link_leads_out_of_an_assignment():
    assert assignments.unlinked("[a](../b.ipynb#c), [d](https://e.org)") == "a, [d](https://e.org)"
    for path in CHAPTERS:
        words = [cell.source for cell in assignments.assignment(path).cells if cell.cell_type == "markdown"]
        assert "](../" not in "".join(words) and ".ipynb" not in "".join(words)


def test_a_warning_costs_no_mark(monkeypatch):
    """nbgrader takes whatever stands on stderr for a fault."""

    def loud(x):
        print("a remark", file=sys.stderr)
        return x + 1

    monkeypatch.setattr(
        "helpers.exercises.find",
        lambda number: (number, Exercise(right=lambda x: x + 1, mistakes=(), hints=(), cases=((1,),))),
    )
    monkeypatch.setattr(sys, "stderr", said := io.StringIO())
    confirm("1.1", loud)
    assert said.getvalue() == ""


def test_the_course_folder_is_whole(tmp_path):
    (path,) = assignments.write(CHAPTERS[:1], tmp_path)
    assert path == tmp_path / "source" / "chapter_01" / "chapter_01.ipynb"
    assert nbformat.read(path, as_version=4).cells
    assert "...  # your answer here" in (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8")
