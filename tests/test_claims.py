"""Numbers in the prose: which are looked at, what ties them, and that a changed one is noticed."""

import re
from decimal import Decimal

import pytest

from authoring import claims, notebooks
from authoring.prose_numbers import claims as find


def test_every_ledger_entry_is_of_a_notebook():
    known = {claims.short(path) for path in notebooks.all_notebooks()}
    unknown = [e for e in claims.ledger(notebooks.CHAPTERS) if e["chapter"] not in known]
    assert not unknown, f"claims.toml names chapters that do not exist: {unknown}"


def prose(text):
    return find(notebooks.from_text(f"# 1 · Title\n\n{text}\n"))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("There are 3,072 numbers.", ["3,072"]),
        ("There are 3\u202f072 numbers and 15\u2009052\u2009800 more.", ["3,072", "15,052,800"]),
        ("A score of .843, then 0.9.", [".843", "0.9"]),
        ("That is 4.6 % or 12% or 5 percent.", ["4.6 %", "12%", "5 percent"]),
        (
            "It is 40.4× as many, 8 × as slow, 9 times, twofold, a factor of 2.",
            ["40.4×", "8 ×", "9 times", "2"],
        ),
        ("822 M weights, 61 million, 5 thousand.", ["822 M", "61 million", "5 thousand"]),
        ("Rows of −1,020 and -255; from 100–200.", ["−1,020", "-255", "100", "200"]),
        ("In **1,234** places, *5,678* here.", ["1,234", "5,678"]),
        ("A [map of 784](https://example.org/123).", ["784"]),
        ("2048 is no year, 1,998 neither.", ["2048", "1,998"]),
        ("| a | 1,728 |\n|---|---|\n| b | 1,792 |", ["1,728", "1,792"]),
        ("32·32·3 = 3,072.", ["3,072"]),
        # What is left alone.
        ("Two 3 × 3 filters, 10 of them, at (31, 31).", []),
        ("`1234` and $5678 + 0.5$ and $$9999$$", []),
        ("```\n12345\n```", []),
        ("In 1959 and 1962, the 1980s, 1959/1962, 2026.", []),
        ("ResNet-152, VGG-16, CIFAR-100, LeNet-300-100, float32, ViT-B/16, conv3x3, uint128.", []),
        ("3×224×224, 224 × 224, 1,024 × 784.", []),
        ("See https://example.org/12345 or <https://example.org/67890>.", []),
        ('<a href="x.html#12345">there</a> <!-- 12345 -->', []),
        ("Python 3.11, section 9.1, pp. 106–154, arXiv:1512.03385.", []),
    ],
)
def test_numbers_that_claim(text, expected):
    assert [claim.text for claim in prose(text)] == expected


def test_titles_of_works_under_reading_are_left_alone():
    text = "## Reading\n\n- [A survey of 1,234 papers](https://example.org/), with 5,678 figures.\n"
    assert [claim.text for claim in prose(text)] == ["5,678"]


def test_generated_cells_are_left_alone():
    assert prose('Words.\n\n+++ {"tags": ["navigation"]}\n\n[1 · 12,345](index.ipynb)') == []


def evidence(code, stdout=""):
    nb = notebooks.from_text(f"# T\n\n```{{code-cell}}\n{code}\n```\n")
    if stdout:
        nb.cells[1].outputs = [notebooks.nbformat.v4.new_output("stream", name="stdout", text=stdout)]
    return claims.evidence(nb)


@pytest.mark.parametrize(
    "code, stdout, number, tied",
    [
        ("print(n)", "3,072", "3072", True),
        ("print(n)", "[[-1020. 255.]]", "-1020", True),
        ("print(n)", "3.5e+06", "3500000", True),
        ("print(f'{n:.3f} of 12')", "0.843 of 12", "0.843", True),
        ("print(f'{n:.3f} of 12')", "0.843 of 12", "12", False),
        ("print('3,072 numbers')", "3,072 numbers", "3072", False),
        ("print(3072)", "3072", "3072", False),
        ("print(32 * 32 * 3)", "3072", "3072", True),
        ("print(x.dtype)", "float32 and v2048", "2048", False),
        ("assert n == 3_072", "", "3072", True),
        ("assert n == -1020", "", "-1020", True),
        ("assert 3072 == 3072", "", "3072", False),
        ("assert count(a) == 3072", "", "3072", True),
        ("n = 3072", "", "3072", False),
    ],
)
def test_evidence_is_computed_or_asserted(code, stdout, number, tied):
    assert (Decimal(number) in evidence(code, stdout)) is tied


@pytest.mark.parametrize(
    "text, known, tied",
    [
        ("3,072 numbers", "3072", True),
        ("3,072 numbers", "3072.4", False),
        ("3,072 numbers", "-3072", True),
        ("−1,020 at least", "-1020", True),
        ("−1,020 at least", "1020", False),
        ("40.4× more", "40.4342", True),
        ("40.4× more", "40.46", False),
        ("40× more", "40.4342", True),
        ("a ratio of 0.59", "0.585", True),
        ("4.6 % of it", "0.0463", True),
        ("4.6 % of it", "4.63", True),
        ("4.6 % of it", "0.463", False),
        ("822 M weights", "822083584", True),
        ("822 M weights", "823083584", False),
        ("150 million", "150528000", False),
        ("151 million", "150528000", True),
    ],
)
def test_what_ties(text, known, tied):
    (claim,) = prose(text)
    assert claims.ties(claim, {Decimal(known)}) is tied


def ledger(book, **entry):
    lines = "".join(f'{key} = "{value}"\n' for key, value in entry.items())
    (book.chapters / "claims.toml").write_text(f"[[claim]]\n{lines}")


def test_the_sample_is_tied(book):
    found, untied, stale = claims.check(book.chapter)
    assert [claim.text for claim in found] == ["3,072", "40.4×", "−1,020"]
    assert not untied and not stale


@pytest.mark.parametrize("number", ["3,072", "40.4×", "−1,020"])
def test_a_changed_digit_in_the_prose_is_noticed(book, number):
    source = book.text.read_text()
    for spot in (found.start() for found in re.finditer(r"\d", number)):
        other = f"{number[:spot]}{(int(number[spot]) + 1) % 10}{number[spot + 1 :]}"
        nb = book.read()
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(number, other)
        _, untied, _ = claims.check(book.chapter, nb)
        assert [claim.text for claim in untied] == [other], f"{number} became {other} unnoticed"
    assert number in source


def test_a_changed_result_is_noticed_in_the_prose(book):
    book.edit("32 * 32 * 3", "32 * 32 * 4")
    book.edit("== 3_072", "== 4_096")
    book.edit("== 40.4", "== 53.9")
    book.refresh()
    _, untied, _ = claims.check(book.chapter)
    assert [claim.text for claim in untied] == ["3,072", "40.4×"]


def test_a_message_names_cell_number_sentence_and_remedy(book):
    book.edit("Little.", "Much. It costs 12,345 francs.", book.chapter)
    (said,) = claims.tied(book.chapter, book.read())
    assert re.match(r"cell \d+: '12,345' in “It costs 12,345 francs.” is tied to nothing", said)
    assert 'chapter = "01", number = "12,345"' in said


def test_a_source_ties_a_number_and_goes_stale_with_it(book):
    book.edit("Little.", "It costs 12,345 francs.", book.chapter)
    ledger(book, chapter="01", number="12,345", says="what it costs", source="Somebody, Prices, 1998")
    assert claims.check(book.chapter)[1:] == ([], [])
    book.edit("It costs 12,345 francs.", "It costs a lot.", book.chapter)
    (entry,) = claims.check(book.chapter)[2]
    assert entry["number"] == "12,345"


def test_a_source_counts_in_its_own_chapter_only(book):
    book.edit("Little.", "It costs 12,345 francs.", book.chapter)
    ledger(book, chapter="02", number="12,345", says="what it costs", source="Somebody, Prices, 1998")
    _, untied, stale = claims.check(book.chapter)
    assert len(untied) == 1 and stale == []


def test_a_link_to_the_chapter_that_computed_it_ties_a_number(book):
    path = book.chapters / "glossary.ipynb"
    nb = notebooks.from_text("# T\n\nIt is 3,072 by [chapter 1](01_sample.ipynb).\n\nStill 3,072 here.\n")
    _, untied, _ = claims.check(path, nb)
    assert [claim.sentence for claim in untied] == ["Still 3,072 here."]


@pytest.mark.parametrize(
    "entry, said",
    [
        ({"chapter": "01", "number": "12,345", "says": "x"}, "lacks `source`"),
        ({"chapter": "01", "number": "12,345", "says": "", "source": "A, 1998"}, "lacks `says`"),
        ({"chapter": "01", "number": "12,345", "says": "x", "source": "a friend"}, "neither a year nor"),
    ],
)
def test_a_ledger_entry_needs_meaning_and_source(book, entry, said):
    ledger(book, **entry)
    with pytest.raises(ValueError, match=said):
        claims.ledger(book.chapters)
