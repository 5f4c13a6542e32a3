"""Every rule on every notebook of the book, and every rule on a sample that breaks it."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from authoring import (
    anatomy,
    building,
    check,
    claims,
    glossary,
    notebooks,
    pictures,
    questions,
    rules,
    shown,
    widgets,
)

NOTEBOOKS = notebooks.all_notebooks()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=notebooks.name)
def test_everything_is_in_order(path):
    wrong = check.wrong(path)
    assert not wrong, "\n".join([notebooks.name(path), *wrong])


def test_the_sample_is_in_order(book):
    assert check.wrong(book.chapter) == []


def test_an_edited_text_is_checked_before_it_is_built(book):
    book.edit("A 32 × 32 colour image has 3,072 numbers.", "A 32 × 32 colour image has 3,073 numbers.")
    changed, untied = check.wrong(book.chapter)
    assert "make refresh ARGS=01_sample" in changed and "'3,073'" in untied
    book.edit("numbers = 32 * 32 * 3", "numbers = 32 * 32 * 4")
    assert "not run from top to bottom" in check.wrong(book.chapter)[1]


def cell_with(nb, text):
    return next(cell for cell in nb.cells if text in cell.source)


def drop_last_count(nb):
    cell_with(nb, "StridePadding(size=7)").execution_count = None


def no_caption(nb):
    for output in cell_with(nb, "heights =").outputs:
        output.data["text/html"] = output.data["text/html"].partition("<p")[0]


def run_out_of_order(nb):
    cell_with(nb, "heights =").execution_count = 9


def never_run(nb):
    for _, cell in notebooks.code(nb):
        cell.execution_count, cell.outputs = None, []


def set_alt(alt):
    def change(nb):
        data = cell_with(nb, "heights =").outputs[0].data
        data["text/html"] = f'<img alt="{alt}" src="data:image/png;base64,aaaa">'

    return change


def picture_without_words(nb):
    del cell_with(nb, "heights =").outputs[0].data["text/html"]
    cell_with(nb, "heights =").outputs[0].data["text/plain"] = "<Figure size 640x480 with 1 Axes>"


def share_alt(nb):
    cell = cell_with(nb, "heights =")
    alt = pictures.shown(nb)[-1][2]
    cell.outputs[0].data["text/html"] = f'<img alt="{alt}" src="data:image/png;base64,aaaa">'


def other_words_in_widget(nb):
    for model in nb.metadata.widgets[widgets.STATE].state.values():
        if "<img" in str(model.state.get("value")):
            model.state.value = model.state.value.replace("7 × 7", "8 × 8")


def source(text, new):
    def change(nb):
        cell = cell_with(nb, text)
        cell.source = new if new is None else cell.source.replace(text, new)

    return change


def other_label_in_widget(nb):
    for model in nb.metadata.widgets[widgets.STATE].state.values():
        if model.state.get("description") == "Stride S":
            model.state.description = "Step S"


def other_words_in_picture(nb):
    data = cell_with(nb, "StridePadding(size=5").outputs[0].data
    data["text/html"] = data["text/html"].replace("5 × 5", "6 × 6")


def other_words_beside_widget(nb):
    data = cell_with(nb, "StridePadding(size=7)").outputs[0].data
    data["text/html"] = data["text/html"].replace("7 × 7", "8 × 7", 1)


def append(code):
    return lambda nb: nb.cells.append(new_code_cell(code))


def words(text):
    return lambda nb: nb.cells.append(new_markdown_cell(text))


def add_output(kind, **content):
    return lambda nb: cell_with(nb, "numbers =").outputs.append(new_output(kind, **content))


def stdout(text):
    return add_output("stream", name="stdout", text=text)


def tag(*names, on="numbers ="):
    return lambda nb: cell_with(nb, on).metadata.update(tags=list(names))


def without(text):
    def change(nb):
        nb.cells = [cell for cell in nb.cells if text not in cell.source]

    return change


def no_setup_tag(nb):
    cell_with(nb, "style.use").metadata = nbformat.from_dict({})


def long_cell(nb):
    cell_with(nb, "numbers =").source = "\n".join(f"x{i} = {i}" for i in range(26))


def three_in_a_row(nb):
    nb.cells += [new_code_cell("x = 1")] * 3


def state_gone(nb):
    del nb.metadata.widgets[widgets.STATE]["state"]


def model_gone(nb):
    del nb.metadata.widgets[widgets.STATE].state[f"{1:032x}"]


def widgets_gone(nb):
    del nb.metadata["widgets"]


def trace_with_folder(nb):
    cell_with(nb, "conv2d(").outputs[0].traceback.append("File /home/someone/conv.py:3")


def bare_widget(nb):
    output = cell_with(nb, "StridePadding(size=7)").outputs[0]
    output.data["text/plain"] = "VBox(children=(HTML(value='')))"


VIOLATIONS = [
    (rules.executed, drop_last_count, "execution counts"),
    (rules.executed, run_out_of_order, "execution counts"),
    (rules.executed, never_run, "make refresh ARGS=01_sample"),
    (pictures.described, set_alt(""), "says too little"),
    (pictures.described, set_alt("A plot of a curve that is quite nice."), "says too little"),
    (pictures.described, picture_without_words, "says too little"),
    (pictures.described, share_alt, "share the alt text"),
    (pictures.described, other_words_in_widget, "widget's picture"),
    (rules.plain_python, append("x = 1;"), "ends with `;`"),
    (rules.plain_python, append("!pip install torch"), "no shell|shell are not"),
    (rules.plain_python, append("%pip install torch"), "magics"),
    (rules.plain_python, append("interact(print, x=3)"), "interact"),
    (rules.plain_python, append("with widgets.Output() as out:\n    print(1)"), "Output"),
    (rules.plain_python, append("# NBVAL_SKIP\nx = 1"), "nbval comment"),
    (rules.short_cells, long_cell, "26 lines"),
    (rules.few_in_a_row, three_in_a_row, "more than two"),
    (rules.readable, append("\n".join(["x = 1"] * 16)), "visible lines, at most 15"),
    (rules.readable, append(f"x = {'1' * 100}"), "104 characters"),
    (rules.captioned, no_caption, "without a caption"),
    (rules.one_setup_cell, no_setup_tag, "0 cells tagged"),
    (rules.one_setup_cell, tag("setup"), "2 cells tagged"),
    (rules.one_setup_cell, append("def f():\n    import os"), "imports belong"),
    (rules.steady_outputs, stdout("took 1.2 s"), "a time"),
    (rules.steady_outputs, stdout("took 12 ms per loop"), "a time"),
    (rules.steady_outputs, stdout("about 3 seconds"), "a time"),
    (rules.steady_outputs, stdout("<Thing at 0x7f2b3c4d5e6f>"), "address"),
    (rules.steady_outputs, stdout("<helpers.ops.conv.Thing object at here>"), "address"),
    (rules.steady_outputs, add_output("execute_result", data={"text/plain": "3072"}), "bare object"),
    (rules.steady_outputs, bare_widget, "widget without words"),
    (rules.no_stderr, add_output("stream", name="stderr", text="UserWarning"), "stderr"),
    (rules.no_folders, stdout("saved in /home/someone/x.png"), "absolute path"),
    (rules.no_folders, append('open("/tmp/x")'), "absolute path"),
    (rules.no_folders, append(r'open(r"C:\data")'), "absolute path"),
    (rules.no_folders, trace_with_folder, "absolute path"),
    (rules.widgets_complete, state_gone, "no `state`"),
    (rules.widgets_complete, model_gone, "no state for widget"),
    (rules.widgets_complete, widgets_gone, "not stored"),
    (rules.tags_known, tag("raise-exception"), "unknown tag"),
    (rules.tags_known, tag("nbval-skip"), "unknown tag"),
    (rules.tags_known, tag("nbval-ignore-output"), "needs a comment"),
    (rules.tags_known, tag("stderr"), "needs a comment"),
    (rules.small, stdout("x" * 3_000_000), "MB, at most 3"),
    (building.as_its_text, source("Little.", "Much."), "edited by hand"),
    (claims.tied, words("It costs 12,345 francs."), "tied to nothing"),
    (questions.quiz, source("Quiz(1)", "Quiz(2)"), r"shows the quizzes \[2\]"),
    (questions.quiz, without("Quiz(1)"), r"shows the quizzes \[\]"),
    (questions.checked, append('check("1.1", None)'), r"\['1.1'\] are checked"),
    (shown.as_made_now, other_label_in_widget, "'Step S' is now 'Stride S'"),
    (shown.as_made_now, other_words_in_picture, "'Input 6 × 6.* is now 'Input 5 × 5"),
    (shown.as_made_now, other_words_beside_widget, "'Input 8 × 7.* is now 'Input 7 × 7"),
    (shown.as_made_now, source("size=7", "width=7"), "no setting 'width'"),
    (anatomy.headings_in_order, words("# Another title"), "more than one"),
    (anatomy.headings_in_order, words("## A\n\n#### B"), "skips from level 2 to 4"),
    (anatomy.headings_in_order, source("# 1 · A sample chapter", "## 1 · A sample"), "must begin"),
    (anatomy.promise, source("# 1 · A", "# A"), "title must be"),
    (anatomy.promise, source("# 1 ·", "# 2 ·"), "title must be"),
    (anatomy.promise, source("> You", "You"), "no promise"),
    (anatomy.parts_in_order, without("## Recap"), "in this order"),
    (anatomy.parts_in_order, source("## Break it", "## In practice"), "in this order"),
    (anatomy.parts_in_order, source("## Explore: stride", "## Stride"), "no part `## Explore"),
    (anatomy.parts_in_order, without("## A ratio"), "2 sections"),
    (anatomy.parts_in_order, words("## One more thing"), "may follow"),
    (anatomy.parts_filled, without("style.use"), "setup cell belongs"),
    (anatomy.parts_filled, without("heights ="), "end result comes first"),
    (anatomy.parts_filled, without("StridePadding("), "no explorer"),
    (anatomy.parts_filled, source("Predict what", "Think what"), "no prediction"),
    (anatomy.parts_filled, tag(on="conv2d("), "raises-exception"),
    (anatomy.parts_filled, source("|---|---|", "|"), "no table"),
    (anatomy.parts_filled, without("assert low"), "2 asserts"),
    (anatomy.links_resolve, words("[x](02_nowhere.ipynb)"), "no such file"),
    (anatomy.links_resolve, words("[x](glossary.ipynb#product)"), "no heading has this anchor"),
    (anatomy.links_resolve, words("[x](#break-it)"), "no heading has this anchor"),
    (anatomy.links_resolve, words("![](nowhere.png)"), "no such file"),
    (anatomy.links_resolve, words("[Chapter 2](01_sample.ipynb)"), "that is chapter 1"),
    (anatomy.links_resolve, words("See [chapter\n2](01_sample.ipynb)."), "that is chapter 1"),
    (anatomy.links_resolve, words("[x](http://example.org/)"), "use https"),
    (anatomy.pictures_in_markdown, words("![A cat](cat.png)"), "picture with alt text"),
]


@pytest.mark.parametrize("rule, change, said", VIOLATIONS, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_refuses_its_violation(rule, change, said, book):
    nb = book.read()
    change(nb)
    wrong = rule(book.chapter, nb)
    assert any(re.search(said, line) for line in wrong), wrong


def test_every_rule_is_broken_once():
    assert {rule for rule, _, _ in VIOLATIONS} | {glossary.linked} == set(check.RULES)


@pytest.mark.parametrize(
    "rule, change",
    [
        (rules.steady_outputs, stdout("the 1980s; 3 samples; (5, 3); 2 sides; 40.4 steps")),
        (rules.tags_known, tag("nbval-ignore-output", on="numbers =")),
        (rules.no_folders, stdout("https://example.org/home/x and a/b")),
        (
            anatomy.links_resolve,
            words("`[x](nowhere)` and [y](https://example.org/#z) and [z](glossary.ipynb#sum)"),
        ),
        (anatomy.parts_in_order, source("## Recap", "## Put right: a claim\n\n## Recap")),
        (anatomy.headings_in_order, words("```\n# a comment\n```")),
    ],
)
def test_a_rule_lets_the_harmless_pass(rule, change, book):
    nb = book.read()
    cell_with(nb, "numbers =").source += "\n# Output not compared: the order of a set differs"
    change(nb)
    assert rule(book.chapter, nb) == []
