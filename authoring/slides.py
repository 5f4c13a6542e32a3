"""``make slides``: a deck for each chapter, from the pages of the web edition, which must have been built.

On the slides stand promise, pictures with captions, explorers that move, formulas, tables, short code and the
quiz; the prose becomes the speaker's notes (press S). reveal.js comes with the package sphinx-revealjs.
"""

import argparse
import copy
import re
import shutil
import sys
from pathlib import Path

import sphinx_revealjs
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from authoring import notebooks
from authoring.site import build, chromium

SKIPPED = ("Build, learn, need", "Exercises", "Reading")
LINES = 15  # of code, and of what it prints, on one slide
ITEMS, LETTERS = 7, 700  # of a list
ROWS = 9  # of a table
REVEAL = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
FILES = ("dist/reveal.js", "dist/reveal.css", "dist/theme/white.css", "plugin/notes/notes.js")
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
{styles}
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
{scripts}
</body>
</html>
"""
STYLES = (
    "pygments.css",
    "formulas.css",
    "atlas/type.css",
    "book.css",
    "player.css",
    "slides.css",
)  # of the web edition
SCRIPTS = ("memory.js", "quiz.js", "scene.js", "atlas.js", "player.js", "slides.js")


def deck(page):
    """The deck of a built page."""
    soup = BeautifulSoup(page, "html.parser")
    top = soup.select_one("article section")
    for link in top.select("a.headerlink"):
        link.decompose()
    title = top.h1.get_text()
    columns = [[f"<h1>{title}</h1>{top.blockquote or ''}"]]
    for section in top.find_all("section", recursive=False):
        if section.h2.get_text() not in SKIPPED:
            columns.append(Column(section).slides)
    slides = "\n".join(
        f"<section>{''.join(f'<section>{slide}</section>' for slide in column)}</section>"
        for column in columns
    )
    slides = re.sub(r'(src|data-atlas-folder)="(_\w+)/', r'\1="../\2/', slides).replace(' loading="lazy"', "")
    slides = re.sub(r' id="[^"]*"', "", slides)
    slides = re.sub(r'href="(?!https?:)([^"]+)"', r'href="../\1" target="_blank"', slides)
    styles = ["reveal/reveal.css", "reveal/white.css", *(f"../_static/{file}" for file in STYLES)]
    scripts = ["reveal/reveal.js", "reveal/notes.js", *(f"../_static/{file}" for file in SCRIPTS)]
    links = [f'<link rel="stylesheet" href="{file}">' for file in styles]
    tags = [f'<script src="{file}"></script>' for file in scripts]
    return PAGE.format(title=title, styles="\n".join(links), slides=slides, scripts="\n".join(tags))


class Column:
    """The slides of one section, from above to below."""

    def __init__(self, section):
        self.slides, self.notes, self.title = [], [], section.h2.get_text()
        self.walk(section)
        if not self.slides:
            first, *self.notes = self.notes or [""]
            self.add(first)
        elif self.notes:
            self.slides[-1] += _notes(self.notes)

    def walk(self, section):
        for part in section.find_all(True, recursive=False):
            classes = part.get("class") or []
            if part.name == "section":
                self.title = part.find(re.compile(r"h\d")).get_text()
                self.walk(part)
            elif "cell" in classes:
                self.cell(part)
            elif (
                part.name in ("table", "math")
                or part.find(["table", "math"], recursive=False)
                and part.name == "div"
            ):
                for piece in _pieces(part):
                    self.add(str(piece))
            elif part.name in ("ul", "ol") and len(part("li")) <= ITEMS and len(part.get_text()) <= LETTERS:
                self.add(str(part))
            elif part.name not in ("h2", "h3", "h4", "span"):
                self.notes.append(part.decode_contents() if part.name == "p" else str(part))

    def cell(self, cell):
        """What a cell shows: each picture, explorer and question on a slide of its own; else its code."""
        shown = cell.select(".book-explorer, .book-figure, fieldset")
        for part in shown:
            if not (part.name == "figure" and part.find_parent(class_="book-explorer")):
                self.add(str(part) if part.name != "fieldset" else f'<div class="book-asked">{part}</div>')
        code = cell.select_one(".cell_input")
        if shown or not code or code.find_parent("details"):
            return
        printed = cell.select(".cell_output pre")
        lines = code.get_text().strip().count("\n") + sum(
            out.get_text().strip().count("\n") + 1 for out in printed
        )
        if lines <= 2 * LINES:
            self.add(str(code) + "".join(map(str, printed)))

    def add(self, content):
        """A slide with what is to be said about it, which came before."""
        self.slides.append(f'<h2>{self.title}</h2><div class="book-fit">{content}</div>{_notes(self.notes)}')
        self.notes = []


def _pieces(part):
    """A table of at most ROWS rows, or several of them; what is no table is one."""
    count = len(part.select("tbody tr"))
    for first in range(0, max(count, 1), ROWS):
        piece = copy.copy(part)
        for at, row in enumerate(piece.select("tbody tr")):
            if not first <= at < first + ROWS:
                row.decompose()
        yield piece


def _notes(words):
    return f'<aside class="notes">{"".join(f"<p>{each}</p>" for each in words)}</aside>' if words else ""


def write(site=build.SITE):
    """Write all decks below the site; their files."""
    folder = site / "slides"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "reveal").mkdir(parents=True)
    for file in FILES:
        shutil.copy(REVEAL / file, folder / "reveal" / Path(file).name)
    made = []
    for path in sorted(site.glob("[0-9][0-9]_*.html")):
        made.append(folder / path.name)
        made[-1].write_text(deck(path.read_text(encoding="utf-8")), encoding="utf-8")
    return made


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make slides", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="see in Chromium that nothing is too large")
    chosen = parser.parse_args(arguments)
    if not (build.SITE / "index.html").exists():
        print("The slides are made from the web edition: make site first.", file=sys.stderr)
        return 1
    decks = write()
    print("\n".join(str(file.relative_to(notebooks.ROOT)) for file in decks))
    wrong = overfull(decks) if chosen.check else []
    print("".join(f"More than a slide holds: {each}\n" for each in wrong), end="")
    return int(bool(wrong))


def overfull(decks):
    """The slides that hold more than can be made small enough, with their explorers moving."""
    wrong = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for file in decks:
            page.goto(file.as_uri())
            page.wait_for_function("window.bookDeck && bookDeck.deck.isReady()")
            wrong += [f"{file.name} {each}" for each in page.evaluate("bookDeck.overfull()")]
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
