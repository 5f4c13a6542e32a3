"""The glossary: its order, its entries, and that the first use of a term in a chapter leads to it."""

import re

import pytest

from authoring import anatomy, glossary, notebooks

TEXT = notebooks.twin(notebooks.CHAPTERS / "glossary.ipynb").read_text(encoding="utf-8")
ENTRIES = glossary.entries(TEXT)
TERMS = [head for head, _ in ENTRIES]
CHAPTERS = [path for path in notebooks.all_notebooks() if notebooks.number(path)]
WHOLE = 10  # chapters; as long as some are missing, so may be the links to what they introduce


def words(path):
    return notebooks.twin(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CHAPTERS, ids=notebooks.name)
def test_links_taken_out_are_noticed_and_put_back(path):
    text = words(path)
    terms_linked = {term for term in TERMS if f"glossary.ipynb#{term.replace(' ', '-')})" in text}
    bare = re.sub(r"\[((?:[^\[\]])*)\]\(glossary\.ipynb#[^)]*\)", r"\1", text)
    gone = {term for _, _, term in glossary.missing(bare, TERMS)}
    assert len(gone) > len(terms_linked) / 2, "links have gone and nobody noticed"
    assert gone <= terms_linked
    assert glossary.missing(glossary.fix(bare, TERMS), TERMS) == []


def test_every_entry_is_linked_from_a_chapter():
    """An entry may wait for a chapter that it names and that is not written yet."""
    linked = {anchor for path in CHAPTERS for anchor in re.findall(r"glossary\.ipynb#([\w-]+)", words(path))}
    there = {notebooks.number(path) for path in CHAPTERS}
    lonely = []
    for head, body in ENTRIES:
        named = {int(number) for number in re.findall(r"chapter\s+(\d+)", body, re.I)}
        waits = len(there) < WHOLE and named - there
        if head.replace(" ", "-") not in linked and not waits:
            lonely.append(head)
    assert not lonely, f"link these from a chapter, or take them out: {lonely}"


def test_entries_are_in_order_and_have_anchors():
    """Headwords sorted, so that a term is found by eye too; the conventions stand behind them."""
    nb = notebooks.from_text(TEXT)
    heads = [
        text for _, source in anatomy.markdown(nb) for level, text in notebooks.headings(source) if level == 2
    ]
    assert heads == [*sorted(set(TERMS)), glossary.CONVENTIONS]
    assert {head.replace(" ", "-") for head in heads} == anatomy.anchors(nb), "small letters, digits, spaces"


@pytest.mark.parametrize("head, body", ENTRIES, ids=TERMS)
def test_an_entry_says_something(head, body):
    assert len(body) >= 40, "one or two sentences"
    assert re.search(r"chapter\s+\d", body, re.I), "name the chapter that introduces it"


def test_forms_are_of_entries():
    assert set(glossary.FORMS) | glossary.CASED <= set(TERMS)


def test_conventions_cover_what_differs():
    table = TEXT[TEXT.index(f"## {glossary.CONVENTIONS}") :]
    rows = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", table, re.M)]
    assert [cell.strip().split(",")[0] for cell in rows[0]] == [
        "", "This book", "PyTorch", "TensorFlow", "Papers and other libraries",
    ]  # fmt: skip
    assert {len(row) for row in rows} == {5}
    for anchor in ("dilation", "padding", "flip", "channel", "mac", "flop", "batch-norm", "dropout", "floor"):
        assert f"(#{anchor})" in table
    assert "σ² + ε" in table


SOME = ["bias", "box blur", "convolution", "floor", "max pooling", "pooling", "mac", "edge", "one-hot"]


@pytest.mark.parametrize(
    "text, used",
    [
        ("A bias. Pooling!", ["bias", "pooling"]),
        ("Two biases, many floors, four pools.", ["bias", "floor", "pooling"]),
        ("Biased and pooled, unbiased.", []),
        ("It is max\npooling.", ["max pooling"]),
        ("Max pooling is pooling.", ["max pooling", "pooling"]),
        ("A MAC and a mac.", ["mac"]),
        ("Over the edge.", []),
        ("An edge detector.", ["edge"]),
        ("A one-hot vector, a convolutional layer", ["one-hot", "convolution"]),
        ("`bias` and $floor$ and $$\npooling\n$$", []),
        ("## A bias\n\n### The floor\n", []),
        ("[A bias](02_x.ipynb) and ![pooling](x.png)", []),
        ("<!-- bias --> <summary>Pooling</summary>", []),
        ("So:\n\n    nn.Conv2d(bias=1, pooling=2)\n\nend", []),
        ("- a bias\n    and a floor\n", ["bias", "floor"]),
        ("```{code-cell} ipython3\n# bias\n## Reading\n```\n\nA floor.", ["floor"]),
        ("## Reading\n\n- A floor.\n\n## Recap\n\nA bias.", ["bias"]),
        ("## Exercises\n\nA floor.", []),
        ("| a | bias |\n|---|---|\n| floor | 1 |", ["bias", "floor"]),
    ],
)
def test_what_is_a_use(text, used):
    text = f"---\nfloor: bias\n---\n\n# 1 · The bias\n\n> The floor\n> and pooling.\n\n+++\n\n{text}\n"
    plain, linked = glossary.uses(text, SOME)
    assert sorted(plain) == sorted(used) and not linked
    assert all(text[start:end].lower()[:2] == term[:2] for term, (start, end) in plain.items())


def test_the_first_use_counts():
    late = "# 1 · A\n\nA bias here, [a bias](glossary.ipynb#bias) there.\n"
    assert [term for *_, term in glossary.missing(late, SOME)] == ["bias"]
    early = "# 1 · A\n\n[A shift](glossary.ipynb#bias) here, a bias there.\n"
    assert glossary.missing(early, SOME) == []


def test_fix_in_a_wide_list_item():
    text = (
        "# 1 · A\n\n1. " + "word " * 20 + "a bias,\n   and max pooling " + "word " * 20 + "of pools\n\nend\n"
    )
    fixed = glossary.fix(text, SOME)
    for link in ("[bias](glossary.ipynb#bias),", "[max pooling](glossary.ipynb#max-pooling)", "[pools]("):
        assert f" {link}" in fixed.replace("\n", " ")
    assert max(map(len, fixed.split("\n"))) <= glossary.WIDTH


def test_fix_links_first_uses_only():
    text = "# 1 · A\n\nA bias, a bias, max pooling and\npools.\n"
    fixed = glossary.fix(text, SOME)
    assert fixed == (
        "# 1 · A\n\nA [bias](glossary.ipynb#bias), a bias, [max pooling](glossary.ipynb#max-pooling) and\n"
        "[pools](glossary.ipynb#pooling).\n"
    )
    assert glossary.fix(fixed, SOME) == fixed


def test_wrap_keeps_code_formulas_and_lists_whole():
    words = (
        "- one `a b c d e f g h` two $x + y + z$ three [four five](glossary.ipynb#bias), six 7 - 8 9 10. x"
    )
    lines = glossary.wrap(words, 24).split("\n")
    assert " ".join(line.strip() for line in lines) == words
    assert all(line.startswith("  ") for line in lines[1:])
    for whole in ("`a b c d e f g h`", "$x + y + z$", "[four five](glossary.ipynb#bias),"):
        assert any(whole in line for line in lines)
    assert not any(re.match(r"\s*(?:[-*+]|\d+\.)(?: |$)", line) for line in lines[1:])


def test_a_wide_table_or_page_of_html_is_left_alone():
    table = "| " + "bias " * 40 + "|\n|---|\n"
    assert "\n" not in glossary.wrap_at(f"\n\n{table}\n\n", 5).strip().split("|\n")[0]


def test_chapters_are_linked_once_they_exist(tmp_path):
    tmp_path = tmp_path / "chapters"
    tmp_path.mkdir()
    (tmp_path / "06_net.ipynb").write_text("{}")
    text = "# G\n\n## bias\n\nSee chapter 6, [chapter 3](03.ipynb) and chapter 9.\n"
    assert glossary.unlinked_chapters(text, tmp_path) == [(6, "06_net.ipynb")]
    fixed = glossary.fix_chapters(text, tmp_path)
    assert "See [chapter 6](06_net.ipynb), [chapter 3](03.ipynb) and chapter 9." in fixed
    assert glossary.unlinked_chapters(fixed, tmp_path) == []
