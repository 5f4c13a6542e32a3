"""``make slides``: a deck for each chapter, from the pages of the web edition, built where it is missing.

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

from authoring import notebooks
from authoring.site import __main__ as site
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
<title>{title}</title>
{styles}
</head>
<body>
{body}
</body>
</html>
"""
DECK = """\
<div class="reveal"><div class="slides">
{slides}
</div></div>
{scripts}"""
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
    body = DECK.format(slides=slides, scripts="\n".join(tags))
    return PAGE.format(title=f"{title}: slides", styles="\n".join(links), body=body)


CONTENTS = """\
<h1>Slides</h1>
<p>One deck a chapter. Arrow keys turn the slides, S opens the speaker's notes, ? lists all keys.</p>
<ol>
{rows}
</ol>"""


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
                self.whole(part)
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

    def whole(self, part):
        """Something on a slide of its own, a long table on several."""
        for start in range(0, len(part.select("tbody tr")) or 1, ROWS):
            shown = copy.copy(part)
            rows = shown.select("tbody tr")
            for row in rows[:start] + rows[start + ROWS :]:
                row.decompose()
            self.add(str(shown))

    def add(self, content):
        """A slide with what is to be said about it, which came before."""
        self.slides.append(f'<h2>{self.title}</h2><div class="book-fit">{content}</div>{_notes(self.notes)}')
        self.notes = []


def _notes(words):
    return f'<aside class="notes">{"".join(f"<p>{each}</p>" for each in words)}</aside>' if words else ""


def write(site=build.SITE):
    """Write all decks below the site, with a page that lists them; their files."""
    folder = site / "slides"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "reveal").mkdir(parents=True)
    for file in FILES:
        text = (REVEAL / file).read_text(encoding="utf-8")
        text = (
            re.sub(r"@import [^;]*;", "", text) if file.endswith(".css") else text
        )  # its fonts: ours are used
        (folder / "reveal" / Path(file).name).write_text(text, encoding="utf-8")
    made = []
    for path in sorted(site.glob("[0-9][0-9]_*.html")):
        made.append(folder / path.name)
        made[-1].write_text(deck(path.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "index.html").write_text(contents(made), encoding="utf-8")
    return made


def contents(files):
    """A page with a link to each deck."""
    titles = [re.search("<title>(.*): slides</title>", file.read_text(encoding="utf-8"))[1] for file in files]
    rows = (f'<li><a href="{file.name}">{title}</a></li>' for file, title in zip(files, titles, strict=True))
    return PAGE.format(title="Slides", styles="", body=CONTENTS.format(rows="\n".join(rows)))


def look(files):
    """What is wrong with the decks as they are seen."""
    from playwright.sync_api import sync_playwright

    from authoring.site import walk

    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for file in files:
            page, said = walk.watched(browser.new_context(viewport={"width": 1280, "height": 720}), "file:")
            page.goto(file.as_uri())
            page.wait_for_function("window.bookDeck && bookDeck.deck.isReady()")
            found += [f"{file.name}: {each}" for each in (*page.evaluate("bookDeck.overfull()"), *said)]
            page.close()
        browser.close()
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make slides", description="A deck of slides for each chapter.")
    parser.add_argument("--check", action="store_true", help="look at every slide in Chromium")
    chosen = parser.parse_args(arguments)
    if not (build.SITE / "index.html").exists() and site.main([]):
        return 1
    files = write()
    print(f"{(files[0].parent / 'index.html').relative_to(notebooks.ROOT)}: {len(files)} decks.")
    if chosen.check:
        wrong = look(files)
        print("\n".join(wrong) or "Every slide is as it should be.")
        return int(bool(wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
