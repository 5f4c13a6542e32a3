"""Building notebooks from their texts and executing them; what happens to one edited by hand."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from jupytext import TextFileContentsManager

from authoring import building, check, contents, notebooks, refresh, setup_lines, widgets

TINY = """# 1 · Tiny

```{code-cell}
:tags: [setup]
import sys
import warnings
```

```{code-cell}
%s
```
"""


def tiny(book, source):
    """Make the chapter a title, a setup cell and one cell of code."""
    book.chapter.unlink()
    book.text.write_text(TINY % source)
    return book


def files(book):
    return {path.name: path.read_bytes() for path in (book.chapter, book.text)}


def said_by(text):
    return notebooks.keys(notebooks.from_text(text))


def outputs(book):
    return [cell.outputs for _, cell in notebooks.code(book.read())]


def test_running_again_changes_no_byte(book):
    before = files(book)
    assert "nothing changed" in book.refresh()
    assert files(book) == before


def test_cells_ran_from_one_to_the_last(book):
    counts = [cell.execution_count for _, cell in notebooks.code(book.read())]
    assert counts == list(range(1, 10))


def test_setup_cell_begins_with_the_generated_lines(book):
    cell = notebooks.code(book.read())[0][1]
    assert cell.source.startswith(setup_lines.lines("").strip())
    assert cell.source.endswith("style.use()")


def test_new_setup_lines_replace_the_old(book, monkeypatch):
    monkeypatch.setattr(setup_lines, "lines", lambda address: "# new lines")
    assert any("has changed" in said for said in building.as_its_text(book.chapter, book.read()))
    book.refresh()
    source = notebooks.code(book.read())[0][1].source
    assert source.startswith("# new lines\n# ---") and source.count("# ---") == 1
    assert "importlib" not in source and "import numpy as np" in source


def test_the_text_holds_nothing_that_is_generated(book):
    text = book.text.read_text()
    assert "navigation" not in text and "importlib" not in text and "built" not in text
    book.refresh()
    assert book.text.read_text() == text  # nobody but its author writes it


def test_generated_parts_in_a_text_do_no_harm_and_are_reported(book):
    before = files(book)
    book.text.write_text(notebooks.to_text(book.read()))
    assert "navigation" in book.text.read_text()
    (said,) = building.as_its_text(book.chapter, book.read())
    assert 'make check ARGS="01_sample --fix"' in said
    assert "nothing changed" in book.refresh()
    check.fix(book.chapter)
    assert building.as_its_text(book.chapter, book.read()) == []
    assert said_by(book.text.read_text()) == said_by(before["01_sample.md"].decode())


def test_an_edited_text_is_built(book):
    book.edit("Little.", "Much.")
    assert "built" in book.refresh(run=False)
    assert "Much." in book.chapter.read_text()


def test_a_notebook_edited_by_hand_is_not_written_over(book):
    book.edit("Little.", "Much.", book.chapter)
    before = files(book)
    with pytest.raises(building.Stop, match=r"edited by hand(.|\n)*--adopt(.|\n)*--discard"):
        book.refresh()
    assert files(book) == before
    (said,) = building.as_its_text(book.chapter, book.read())
    assert "--adopt" in said
    assert contents.update(book.root) == [] and files(book) == before


def test_edits_by_hand_are_adopted_into_the_text(book):
    book.edit("Little.", "Much.", book.chapter)
    book.refresh(run=False, adopt=True)
    assert "Much." in book.text.read_text()
    assert building.as_its_text(book.chapter, book.read()) == []
    with pytest.raises(building.Stop, match="nothing to adopt"):
        book.refresh(run=False, adopt=True)


def test_edits_by_hand_are_discarded(book):
    before = files(book)
    book.edit("Little.", "Much.", book.chapter)
    book.refresh(run=False, discard=True)
    assert files(book) == before


def test_edits_on_both_sides_are_both_kept(book):
    book.edit("The last height is 9.", "The last height is nine.", book.chapter)
    book.edit("Little.", "Much.")
    book.refresh(run=False, adopt=True)
    assert "is nine." in book.text.read_text() and "is nine." in book.chapter.read_text()
    assert "Much." in (book.root / "build" / "01_sample.md").read_text()


def test_the_same_edit_on_both_sides_needs_no_decision(book):
    for file in (book.chapter, book.text):
        book.edit("Little.", "Much.", file)
    book.refresh(run=False)
    assert building.as_its_text(book.chapter, book.read()) == []


def test_an_edit_of_a_generated_cell_is_not_written_over(book):
    book.edit("[Contents](index.ipynb)", "[All chapters](index.ipynb)", book.chapter)
    before = book.chapter.read_bytes()
    for adopt in (False, True):
        with pytest.raises(building.Stop, match=r"generated cells(.|\n)*--discard" if adopt else "--adopt"):
            book.refresh(adopt=adopt)
    assert book.chapter.read_bytes() == before


def test_a_notebook_without_text_gets_one(book):
    before = said_by(book.text.read_text())
    book.text.unlink()
    with pytest.raises(building.Stop, match="--adopt"):
        book.refresh()
    book.refresh(run=False, adopt=True)
    assert said_by(book.text.read_text()) == before


def test_what_a_reader_does_is_no_edit(book):
    """Running cells, and what JupyterLab or Colab writes beside them, changes no source."""
    nb = book.read()
    for i, cell in notebooks.code(nb):
        cell.outputs, cell.execution_count = [], 3 * i
        cell.metadata.update({"colab": {"base_uri": "x"}, "scrolled": True, "id": "a"})
    nb.metadata["colab"] = {"provenance": []}
    book.chapter.write_text(notebooks.to_json(nb))
    assert not building.edited(book.read())


def test_a_failing_cell_stops_and_is_shown(book):
    tiny(book, "print(1 / 0)")
    with pytest.raises(building.Stop, match=r"(?s)raises-exception.*print\(1 / 0\).*division by zero"):
        book.refresh()
    assert not book.chapter.exists()


def test_a_meant_error_keeps_no_folder_of_this_machine(book):
    error = outputs(book)[-2][0]
    assert error.ename == "ValueError"
    assert not any("File " in line for line in error.traceback)
    assert "In[8]" in refresh.ANSI.sub("", "".join(error.traceback))


def test_a_notebook_saved_during_the_run_is_not_overwritten(book):
    tiny(book, f'open(r"{book.chapter}", "w").write("Mine.")')
    with pytest.raises(building.Stop, match="was saved while it ran"):
        book.refresh()
    assert book.chapter.read_text() == "Mine."


def test_no_execute_keeps_outputs_until_code_differs(book):
    before = outputs(book)
    book.edit("round(ratio, 1)", "round(ratio, 2)")
    book.refresh(run=False)
    after = outputs(book)
    assert after[:3] == before[:3]
    assert not any(after[3:])
    assert "widgets" not in book.read().metadata


def test_no_execute_keeps_everything_when_only_words_differ(book):
    before, state = outputs(book), book.read().metadata.widgets
    book.edit("Little.", "Much.")
    book.refresh(run=False)
    assert outputs(book) == before and book.read().metadata.widgets == state


def test_metadata_names_no_version(book):
    stored = json.loads(book.chapter.read_text())
    assert stored["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in stored["metadata"]["language_info"]
    assert not any("execution" in cell["metadata"] for cell in stored["cells"])
    assert sys.version.split()[0] not in book.text.read_text()


def test_the_budget_goes_from_text_to_notebook(book):
    book.text.write_text(f"---\nbook:\n  budget_seconds: 90\n---\n\n{book.text.read_text()}")
    book.refresh(run=False)
    assert book.read().metadata.book.budget_seconds == 90


def test_an_edit_changes_only_the_ids_of_its_own_section(book):
    before = [cell.id for cell in book.read().cells]
    assert len(set(before)) == len(before)
    book.edit("## A ratio\n", "## A ratio\n\nFirst.\n\n```{code-cell}\nprint(1 + 1)\n```\n")
    book.refresh(run=False)
    after = [cell.id for cell in book.read().cells]
    assert [name for name in after if name not in before] == ["a-ratio-3"]
    assert [name for name in after if name in before] == before


def test_widget_ids_are_numbered_and_complete(book):
    nb = book.read()
    state = nb.metadata.widgets[widgets.STATE].state
    assert list(state) == [f"{i:032x}" for i in range(1, len(state) + 1)]
    explorer, quiz = [view.model_id for view in widgets.views(nb)]
    assert explorer == f"{1:032x}" and quiz in state
    assert {key for model in state.values() for key in widgets._references(model)} <= set(state)


def model(name, **state):
    return {"model_name": name, "model_module": "m", "model_module_version": "1", "state": state}


def notebook_with(states, *shown):
    cell = nbformat.v4.new_code_cell("x")
    for key in shown:
        data = {widgets.VIEW: {"model_id": key, "version_major": 2, "version_minor": 0}}
        cell.outputs.append(nbformat.v4.new_output("display_data", data))
    stored = {widgets.STATE: {"state": states, "version_major": 2, "version_minor": 0}}
    return nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": stored})


def test_settle_orders_by_appearance_drops_orphans_keeps_links():
    states = {
        "ff": model("OrphanModel"),
        "bb": model("HTMLModel", value="bar [00:03<00:01, 2.5it/s]", layout="IPY_MODEL_cc"),
        "cc": model("LayoutModel", width="5px", height=None),
        "aa": model("BoxModel", children=["IPY_MODEL_bb"]),
        "dd": model("LinkModel", source=["IPY_MODEL_aa", "value"], target=["IPY_MODEL_bb", "value"]),
        "ee": model("LinkModel", source=["IPY_MODEL_ff", "value"], target=["IPY_MODEL_bb", "value"]),
    }
    nb = widgets.settle(notebook_with(states, "aa"))
    state = nb.metadata.widgets[widgets.STATE].state
    assert [m.model_name for m in state.values()] == ["BoxModel", "HTMLModel", "LayoutModel", "LinkModel"]
    assert state[f"{1:032x}"].state.children == [f"IPY_MODEL_{2:032x}"]
    assert state[f"{2:032x}"].state.value == "bar"
    assert dict(state[f"{3:032x}"].state) == {"width": "5px"}
    assert state[f"{4:032x}"].state.source == [f"IPY_MODEL_{1:032x}", "value"]


def test_settle_refuses_a_view_without_state():
    with pytest.raises(ValueError, match="its state was not stored"):
        widgets.settle(notebook_with({}, "aa"))


def test_settle_leaves_no_widget_metadata_without_views():
    assert "widgets" not in widgets.settle(notebook_with({"aa": model("BoxModel")})).metadata


def test_markdown_that_the_text_cannot_hold_is_refused(book):
    nb = book.read()
    nb.cells.insert(3, nbformat.v4.new_markdown_cell("One\n\n+++\n\nTwo"))
    with pytest.raises(ValueError, match="Markdown cannot hold this cell"):
        notebooks.to_text(notebooks.tidy(nb))


def test_names_find_their_notebooks(book):
    def found(*words):
        return [notebooks.name(path) for path in notebooks.find(words, book.chapters)]

    assert found("01") == found("01_sample") == found("chapters/text/01_sample.md") == ["01_sample"]
    assert found("all") == ["01_sample", "index", "glossary"]
    with pytest.raises(ValueError, match="there are 01_sample"):
        found("07")


def test_solutions_have_their_own_folder(book):
    text = book.chapters / "text" / "solutions" / "01_sample.md"
    text.parent.mkdir()
    code = '```{code-cell}\n:tags: [setup]\nfrom helpers.exercises import check\n\ncheck("1.1", None)\n```\n'
    text.write_text(f"# Solutions to chapter 1\n\n{code}")
    path = notebooks.find(["solutions/01"], book.chapters)[0]
    assert notebooks.twin(path) == text
    book.refresh(path)
    source = notebooks.read(path).cells[1].source
    assert source == "[← 1 · A sample chapter](../01_sample.ipynb) | [Contents](../index.ipynb)"


def test_prints_cut_in_pieces_are_stored_as_one():
    def piece(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    shown = nbformat.v4.new_output("display_data", {"text/plain": "a picture"})
    outputs = [piece("stdout", "a\n"), piece("stdout", "b\n"), shown, piece("stdout", "c\n")]
    assert [output.get("text") for output in refresh.joined(outputs)] == ["a\nb\n", None, "c\n"]
    assert len(refresh.joined([piece("stdout", "a"), piece("stderr", "b")])) == 2


# -- a text opened as a notebook in JupyterLab, which jupytext makes possible


@pytest.fixture
def lab(tmp_path):
    """What JupyterLab's server opens and saves files with, over a copy of all texts and one notebook."""
    shutil.copytree(notebooks.CHAPTERS / "text", tmp_path / "chapters" / "text")
    shutil.copy(notebooks.all_notebooks()[0], tmp_path / "chapters")
    shutil.copy(notebooks.ROOT / "pyproject.toml", tmp_path)
    return TextFileContentsManager(root_dir=str(tmp_path))


def saved(lab, path, change=lambda nb: None):
    """Open a file as a notebook, run it a little, change it, save; the names of the files that changed."""
    root = Path(lab.root_dir)
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    model = lab.get(path.relative_to(notebooks.ROOT).as_posix(), type="notebook")
    nb = model["content"]
    nb.metadata.update({"kernelspec": notebooks.KERNEL, "language_info": notebooks.LANGUAGE})
    for _, cell in notebooks.code(nb):
        cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="1")], 1
        cell.metadata.update({"trusted": True, "scrolled": False})
    change(nb)
    lab.save(model, path.relative_to(notebooks.ROOT).as_posix())
    after = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    changed = {
        file.relative_to(root).as_posix() for file, content in after.items() if before.get(file) != content
    }
    return {name for name in changed if ".ipynb_checkpoints" not in name}


@pytest.mark.parametrize("path", notebooks.all_notebooks(), ids=notebooks.name)
def test_a_text_opened_and_saved_in_jupyterlab_says_the_same(path, lab):
    text = notebooks.twin(path)
    changed = saved(lab, text)
    assert changed <= {text.relative_to(notebooks.ROOT).as_posix()}, "a text is saved alone"
    there = Path(lab.root_dir) / text.relative_to(notebooks.ROOT)
    assert notebooks.keys(notebooks.read(there)) == notebooks.keys(notebooks.read(text))
    assert saved(lab, text) == set(), "saved again, it changes no byte"


def test_an_edit_in_jupyterlab_reaches_the_text(lab):
    text = notebooks.twin(notebooks.all_notebooks()[0])
    name = text.relative_to(notebooks.ROOT).as_posix()
    assert saved(lab, text, lambda nb: nb.cells[2].update(source="Another beginning.")) == {name}
    assert "Another beginning." in (Path(lab.root_dir) / name).read_text(encoding="utf-8")


def test_a_reader_who_saves_a_notebook_writes_no_text(lab):
    path = notebooks.all_notebooks()[0]
    assert saved(lab, path) == {path.relative_to(notebooks.ROOT).as_posix()}
