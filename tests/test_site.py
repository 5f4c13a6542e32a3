"""The web edition: what becomes of a notebook, of a formula, of a docstring; links, zip and PDF."""

import base64
import re
import zipfile
from types import SimpleNamespace

import nbformat
import pytest

import helpers
from authoring import notebooks, pictures
from authoring.site import build, docstrings, finish, mathml, pages, parts, pdf, sources, walk
from helpers import exercises
from helpers.quiz import questions

CHAPTER = next(notebooks.CHAPTERS.glob("03_*.ipynb"))
SOLUTIONS = CHAPTER.parent / "solutions" / CHAPTER.name


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    made = sources.Book(notebooks.CHAPTERS, folder, parts.Shelf(folder / "pictures", folder / "kept"))
    made.address = ""
    return made


@pytest.fixture(scope="module")
def chapter(book):
    return book.page(CHAPTER)


def shown(nb):
    """All that a page shows as HTML."""
    outputs = (output for _, cell in notebooks.code(nb) for output in cell.outputs)
    return "\n".join(output.get("data", {}).get("text/html", "") for output in outputs)


def test_a_page_needs_no_kernel(chapter):
    nbformat.validate(chapter)
    written = nbformat.writes(chapter)
    assert "widget" not in written and "base64" not in written
    assert "Generated:" not in written, "the set-up lines are for a notebook"


def test_every_stored_picture_is_there_once_with_its_words_and_caption(book, chapter):
    stored = notebooks.read(CHAPTER)
    html = shown(chapter)
    alts = re.findall(r'<img alt="([^"]*)" src="_pictures/([^"]+)" width="(\d+)" height="(\d+)"', html)
    assert all((book.shelf.folder / name).stat().st_size > 500 for _, name, *_ in alts)
    before = {
        alt
        for _, cell in notebooks.code(stored)
        for output in cell.outputs
        for alt in re.findall(r'<img alt="([^"]*)"', output.get("data", {}).get("text/html", ""))
    }
    assert {alt for alt, *_ in alts} == before
    assert html.count("<figcaption>") == len(alts)


def test_a_picture_keeps_its_pixels_and_its_smallest_size(book):
    output = next(
        o
        for _, c in notebooks.code(notebooks.read(CHAPTER))
        for o in c.outputs
        if "image/png" in o.get("data", {})
    )
    made = parts.figure(output.data["text/html"], book.shelf, "../")
    name, width, least = re.search(
        r'src="\.\./_pictures/([^"]+)" width="(\d+)".*min-width:(\d+)px', made
    ).groups()
    assert int(least) == round(int(width) * 2 / 3)
    packed = base64.b64encode((book.shelf.folder / name).read_bytes()).decode()
    assert pictures.same(output.data["image/png"], packed)


def test_an_explorer_is_its_picture_with_words_and_knows_its_state(book, chapter):
    html = shown(chapter)
    (found,) = re.findall(r'<div class="book-explorer"([^>]*)>', html)
    assert 'data-atlas="StridePadding' in found and "&quot;kernel&quot;: 3" in found
    assert '<p class="book-words">' in html
    assert {name for name, _ in book.needed.values()} == {"StridePadding"}


def test_an_explorer_of_the_chapters_own_model_stays_as_it_is(book):
    stored = next(
        o
        for _, c in notebooks.code(notebooks.read(CHAPTER))
        for o in c.outputs
        if "explorer" in o.get("metadata", {})
    )
    html = "".join(stored.data["text/html"])
    still = book.explorer(html, {**stored.metadata.explorer, "own": ["model"]}, "")
    assert "data-atlas" not in still and sources.ONLY_THERE in still
    assert sources.ONLY_THERE not in book.explorer(html, stored.metadata.explorer, "")


def test_set_up_and_drawing_are_folded_and_nothing_else(chapter):
    stored = [cell for _, cell in notebooks.code(notebooks.read(CHAPTER)) if notebooks.folded(cell)]
    solved = [
        cell for _, cell in notebooks.code(notebooks.read(SOLUTIONS)) if "hide-input" in notebooks.tags(cell)
    ]
    folded = [cell for _, cell in notebooks.code(chapter) if "hide-input" in notebooks.tags(cell)]
    assert len(stored) <= len(folded) <= len(stored) + len(solved)


def test_folds_that_follow_one_another_are_one(book):
    cells = book.page(next(notebooks.CHAPTERS.glob("01_*.ipynb"))).cells
    folds = [cell.cell_type == "code" and "hide-input" in notebooks.tags(cell) for cell in cells]
    for before, cell, both in zip(cells, cells[1:], zip(folds, folds[1:], strict=False), strict=False):
        assert not all(both) or before.outputs, cell.source[:100]
    code = "".join(cell.source for cell in cells if cell.cell_type == "code")
    stored = notebooks.read(next(notebooks.CHAPTERS.glob("01_*.ipynb")))
    for _, cell in notebooks.code(stored):
        assert not notebooks.folded(cell) or cell.source.splitlines()[-1] in code


def test_a_quiz_holds_every_reason_and_the_right_answer(chapter):
    html = shown(chapter)
    asked = questions.read(3)
    assert [int(n) for n in re.findall(r'data-right="(\d)"', html)] == [question.answer for question in asked]
    for question in asked:
        for option in question.options:
            assert questions.inline(option.why) in html and questions.inline(option.text) in html


def test_an_exercise_has_its_hints_and_its_solution_folded(chapter):
    html, text = shown(chapter), "\n".join(source for _, source in notebooks.markdown(chapter))
    for number, exercise in exercises.chapter(3).items():
        assert all(questions.inline(hint) in html for hint in exercise.hints)
        assert f"<summary>Solution of exercise {number}</summary>" in text
    assert text.count("<details class=") == text.count("</details>") - text.count("<details><summary>Answer")
    code = "\n".join(cell.source for _, cell in notebooks.code(chapter))
    assert "first, second, third, fourth = 8, 6, 3, 4" in code
    assert "](../" not in text, "a link of a folded solution leads from a folder above"
    assert "not tried yet" not in nbformat.writes(chapter)


def test_launches_are_there_where_there_is_an_address(book, chapter):
    assert "colab" not in nbformat.writes(chapter)
    book.address = "https://github.com/owner/book"
    doors = book.doors(CHAPTER)
    book.address = ""
    for place in (
        "colab.research.google.com/github/owner/book",
        "mybinder.org/v2/gh/owner/book",
        f"github.com/owner/book/raw/main/chapters/{CHAPTER.name}",
    ):
        assert place in doors


def test_a_solution_leads_back_to_its_chapter(book):
    nb = book.page(SOLUTIONS)
    assert f"](../{CHAPTER.name})" in nb.cells[1].source
    assert 'src="../_pictures/' in shown(nb) or "<img" not in shown(nb)


def test_an_error_is_its_message(chapter):
    said = [o.text for _, cell in notebooks.code(chapter) for o in cell.outputs if o.get("name") == "stderr"]
    assert len(said) == 1 and said[0].startswith('ValueError: padding="same"') and "\x1b" not in said[0]


def test_an_unknown_output_is_no_page(book):
    with pytest.raises(ValueError, match="no picture of style.show"):
        parts.figure("<b>bold</b>", book.shelf, "")


@pytest.mark.parametrize(
    "tex, parts",
    [
        (r"\left\lfloor \frac{W - K}{S} \right\rfloor + 1", ["<mfrac>", "⌊", "⌋"]),
        (r"\frac{\partial L}{\partial x} = \sum_i w_i", ["∂", "∑", "<msub>"]),
    ],
)
def test_formulas_become_mathml(tex, parts):
    made = mathml.convert(tex, block=True)
    assert made.startswith("<math") and all(part in made for part in parts)


def test_a_formula_that_is_not_understood_is_a_warning(caplog):
    with caplog.at_level("WARNING"):
        assert mathml.convert(r"\nonsense{x}", block=False) == ""
    assert "not understood" in caplog.text


def test_docstrings_are_plain_words():
    assert docstrings.marked("K*K of |x|, see conv_ and `pad`") == r"K\*K of \|x\|, see conv\_ and ``pad``"
    assert docstrings.marked("``X_loops`` stays") == "``X_loops`` stays"


def test_the_page_of_operations_has_every_one():
    text = pages.operations()
    for name in helpers.__all__:
        assert re.search(rf"autofunction:: helpers\.ops\.\w+\.{name}$", text, re.M), name


def test_the_index_of_terms_leads_to_glossary_and_sections():
    text = pages.terms(notebooks.CHAPTERS)
    assert re.search(r"^- \[stride\]\(glossary\.ipynb#stride\): .*\[3\]\(03_\w+\.ipynb#[\w-]+\)", text, re.M)


def test_two_zips_of_the_same_files_are_the_same(tmp_path):
    folder = tmp_path / "site"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "page.html").write_text("<p>")
    (folder / "a.html").write_text("<p>")
    build.pack(folder, tmp_path / "one.zip")
    (folder / "a.html").touch()
    build.pack(folder, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["cnn-book/a.html", "cnn-book/b/page.html"]


def test_a_page_that_may_store_nothing_still_opens():
    assert "try" in finish.mended('x = localStorage.getItem("theme") || "auto";')


def test_dead_links_and_mute_pictures_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="x"><p id="x"><a href="b.html#y"></a><a href="b.html#z"></a><a href="c.html"></a>'
        '<a href="https://example.org">out</a><img src="b.html"><img src="b.html" alt="words">'
    )
    (tmp_path / "b.html").write_text('<p id="y">')
    said = walk.links(tmp_path)
    for part in (
        "id x twice",
        "no words for the picture b.html",
        "b.html#z: no such place",
        "c.html: no such file",
    ):
        assert sum(part in each for each in said) == 1, said
    assert len(said) == 4


def test_pages_joined_for_print_have_names_of_their_own_and_links_within(tmp_path):
    (tmp_path / "index.html").write_text(
        '<head></head><article id="m"><h1 id="t">A</h1><a href="s/b.html#t">b</a><a href="gone.html">g</a>'
        "<details><summary>h</summary></details></article>"
    )
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "b.html").write_text(
        '<article><h1 id="t">B</h1><a href="../index.html">up</a><img src="../p.png" alt="p"></article>'
    )
    joined = pdf.Join(tmp_path, ["index", "s/b"])
    html = joined.html()
    assert joined.titles() == {"A": "A", "B": "B"}
    assert 'id="index--t"' in html and 'href="#s-b--t"' in html and 'href="#index"' in html
    assert "gone.html" not in html and "<details open" in html and 'src="p.png"' in html


def test_a_pdfs_outline_has_the_spaces_of_its_headings():
    entry = SimpleNamespace(title="one cell at atime", children=[])
    pdf.mend([SimpleNamespace(title="kept", children=[entry])], {"onecellatatime": "one cell at a time"})
    assert entry.title == "one cell at a time"


def test_the_pdf_has_every_page():
    made = {notebooks.name(path) for path in notebooks.all_notebooks()}
    assert made <= set(pdf.order())
