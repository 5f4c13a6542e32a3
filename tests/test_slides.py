"""Decks of slides: what is seen stands on slides, what is said in the notes, links lead back to the book."""

import pytest

bs4 = pytest.importorskip("bs4")

from authoring import slides  # noqa: E402

PAGE = """
<article><section><h1>3 · Sizes<a class="headerlink" href="#x">¶</a></h1>
<blockquote>You will count.</blockquote>
<section><h2>Build, learn, need</h2><p>skipped</p></section>
<section id="s"><h2>Count</h2>
<p>Before the picture, see <a href="02_b.html#dot">dot</a>.</p>
<div class="cell"><details class="above-input"><div class="cell_input"><pre>draw()</pre></div></details>
<div class="cell_output"><figure class="book-figure"><img src="_pictures/a.webp" alt="cells" loading="lazy">
<figcaption>How it is read.</figcaption></figure></div></div>
<section><h3>Shorter</h3><p>Then code.</p>
<div class="cell"><div class="cell_input"><pre>print(1)</pre></div>
<div class="cell_output"><pre>1</pre></div></div>
<p>After it.</p></section></section>
<section><h2>Words alone</h2><p>The first sentence.</p><p>The second.</p></section>
<section><h2>Quiz</h2><div class="cell"><div class="book-quiz"><fieldset><legend>1. A</legend></fieldset>
<fieldset><legend>2. B</legend></fieldset></div></div></section>
<section><h2>Reading</h2><p>skipped</p></section></section></article>
"""


def test_a_page_becomes_a_deck():
    deck = bs4.BeautifulSoup(slides.deck(PAGE), "html.parser")
    columns = deck.select(".slides > section")
    assert [len(column.find_all("section")) for column in columns] == [1, 2, 1, 2]
    assert deck.h1.get_text() == "3 · Sizes" and "skipped" not in deck.get_text()
    picture, code = columns[1].find_all("section")
    assert picture.h2.get_text() == "Count" and picture.img["src"] == "../_pictures/a.webp"
    assert picture.aside.a["href"] == "../02_b.html#dot" and "draw()" not in picture.get_text()
    assert code.h2.get_text() == "Shorter" and [pre.get_text() for pre in code.select("pre")] == [
        "print(1)",
        "1",
    ]
    assert [note.get_text() for note in code.select("aside p")] == ["Then code.", "After it."]
    assert columns[2].find(class_="book-fit").get_text() == "The first sentence."
    assert not deck.select("[id], [loading]")


def test_a_long_table_takes_several_slides():
    rows = "".join(f"<tr><td>{n}</td></tr>" for n in range(slides.ROWS + 2))
    table = f"<table><thead><tr><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
    page = f"<article><section><h1>T</h1><section><h2>S</h2>{table}</section></section></article>"
    first, second = bs4.BeautifulSoup(slides.deck(page), "html.parser").select("section section:has(table)")
    assert [cell.get_text() for cell in second.select("th, td")] == [
        "n",
        str(slides.ROWS),
        str(slides.ROWS + 1),
    ]
    assert len(first.select("td")) == slides.ROWS
