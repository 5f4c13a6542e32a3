"""The glossary: its order, its entries, and that the first use of a term in a chapter leads to it."""

import re

import pytest

from authoring import anatomy, glossary, notebooks

TEXT = notebooks.twin(notebooks.CHAPTERS / "glossary.ipynb").read_text(encoding="utf-8")
ENTRIES = glossary.entries(TEXT)
TERMS = [head for head, _ in ENTRIES]
CHAPTERS = [path for path in notebooks.all_notebooks() if notebooks.number(path)]


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
    linked = {anchor for path in CHAPTERS for anchor in re.findall(r"glossary\.ipynb#([\w-]+)", words(path))}
    lonely = [head for head in TERMS if head.replace(" ", "-") not in linked]
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


def test_a_link_leads_to_the_term_that_its_words_are():
    links = "[Biases](glossary.ipynb#bias), [max](glossary.ipynb#max-pooling), [so](glossary.ipynb#mac)"
    text = f"# 1 · A\n\n{links}"
    swapped = text.replace("#bias", "#floor").replace("#max-pooling", "#bias")
    assert glossary.misled(notebooks.from_text(text), SOME) == []
    (said,) = glossary.misled(notebooks.from_text(swapped), SOME)
    assert "[Biases](glossary.ipynb#floor): the words are another term, bias" in said


def test_fix_links_first_uses_only():
    text = "# 1 · A\n\nA bias, a bias, max pooling and\npools.\n"
    fixed = glossary.fix(text, SOME)
    assert fixed == (
        "# 1 · A\n\nA [bias](glossary.ipynb#bias), a bias, [max pooling](glossary.ipynb#max-pooling) and\n"
        "[pools](glossary.ipynb#pooling).\n"
    )
    assert glossary.fix(fixed, SOME) == fixed


def test_chapters_are_linked_once_they_exist(tmp_path):
    tmp_path = tmp_path / "chapters"
    tmp_path.mkdir()
    (tmp_path / "06_net.ipynb").write_text("{}")
    text = "# G\n\n## bias\n\nSee chapter 6, [chapter 3](03.ipynb) and chapter 9.\n"
    assert glossary.unlinked_chapters(text, tmp_path) == [(6, "06_net.ipynb")]
    text = text.replace("See chapter 6", "See [chapter 6](06_net.ipynb)")
    assert glossary.unlinked_chapters(text, tmp_path) == []
