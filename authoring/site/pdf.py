"""``make pdf``: the whole site as one tagged PDF with an outline, printed by Chromium.

All pages become one, so that links between them work on paper's screen too; explorers are their pictures.
"""

import argparse
import os
import posixpath
import re
import sys
from urllib.parse import unquote, urlsplit

import pikepdf
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from authoring import notebooks
from authoring.site import build, chromium

FILE = build.ROOT / "build" / "cnn-book.pdf"
# Code that only draws is left out as well; the solutions stand at the end.
LEFT_OUT = "a.headerlink, script, .viewcode-link, .book-doors, .book-hidden, .book-solution, details.hide"
BOOK = "Convolutional neural networks from scratch"


def order():
    """The pages of the PDF: the index, the chapters, what stands beside them, the solutions."""
    names = [notebooks.name(path) for path in notebooks.all_notebooks()]
    chapters = [name for name in names if re.match(r"\d\d_", name)]
    solutions = [name for name in names if "/" in name]
    return [
        "index",
        *chapters,
        "glossary",
        "terms",
        "corrections",
        "teach",
        "operations",
        *solutions,
        "licences",
    ]


def key(page):
    return re.sub(r"\W", "-", page)


class Join:
    """One page made of many: names get their page's in front, and links lead within."""

    def __init__(self, folder, pages):
        self.folder, self.pages = folder, pages
        self.articles = [self.article(page) for page in pages]
        self.names = {node["id"] for each in self.articles for node in each.select("[id]")} | set(
            map(key, pages)
        )
        for page, each in zip(pages, self.articles, strict=True):
            for link in each.select("a[href]"):
                self.lead(link, page)

    def article(self, page):
        text = (self.folder / f"{page}.html").read_text(encoding="utf-8")
        found = BeautifulSoup(text, "html.parser").select_one("article")
        for node in found.select(LEFT_OUT):
            node.decompose()
        for node in found.select("[id]"):
            node["id"] = f"{key(page)}--{node['id']}"
        for node in found.select("details"):
            node["open"] = ""
        for node in found.select("img"):
            node["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(page), node["src"]))
            del node["loading"]
        found.name, found["id"], found["class"] = "section", key(page), "book-part"
        del found["role"]
        return found

    def lead(self, link, page):
        """Send a link of a page to its place here; one to a page that is not here becomes plain words."""
        parts = urlsplit(link["href"])
        if parts.scheme:
            return
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        target = page if not parts.path else target.removesuffix(".html")
        place = key(target) + (f"--{unquote(parts.fragment)}" if parts.fragment else "")
        if place not in self.names:  # a folded solution's own place, or the source of an operation
            place = key(target)
        if place in self.names:
            link["href"] = f"#{place}"
        else:
            link.unwrap()

    def titles(self):
        """The headings, by their letters alone."""
        headings = [title for each in self.articles for title in each.select("h1, h2, h3, h4")]
        found = [" ".join(title.get_text().split()) for title in headings]
        return {title.replace(" ", ""): title for title in found}

    def html(self):
        head = BeautifulSoup((self.folder / "index.html").read_text(encoding="utf-8"), "html.parser").head
        styles = "".join(str(link) for link in head.select("link[rel=stylesheet], style"))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{BOOK}</title>{styles}</head>'
            f'<body data-theme="light"><article>{"".join(map(str, self.articles))}</article></body></html>'
        )


def mend(entries, titles):
    """Give a PDF's outline its titles back: Chromium loses the space at which a heading is broken."""
    for entry in entries:
        entry.title = titles.get("".join(entry.title.split()), entry.title)
        mend(entry.children, titles)


def dead(file):
    """The links of a PDF that lead out of it into a folder, or nowhere within it."""
    with pikepdf.open(file) as found:
        named = set(found.Root.get("/Dests", {}).keys())
        wrong = []
        for page in found.pages:
            for note in page.get("/Annots", []):
                action, place = note.get("/A", {}), note.get("/Dest")
                place = action.get("/D", place)
                if str(action.get("/URI", "")).startswith("file:"):
                    wrong.append(str(action["/URI"]))
                if isinstance(place, pikepdf.Name) and str(place) not in named:
                    wrong.append(str(place))
        return wrong


def make(file):
    """Print the built site; (pages, bytes)."""
    whole = build.SITE / "print.html"
    joined = Join(build.SITE, order())
    whole.write_text(joined.html(), encoding="utf-8")
    raw = file.with_suffix(".raw")
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
            page = browser.new_page(color_scheme="light")
            page.goto(whole.as_uri(), timeout=300_000)
            page.evaluate("Promise.all([...document.images].map(i => i.decode()))")
            page.pdf(path=raw, prefer_css_page_size=True, tagged=True, outline=True, print_background=True)
            browser.close()
    finally:
        whole.unlink()
    with pikepdf.open(raw) as printed:
        count = len(printed.pages)
        with printed.open_outline() as outline:
            mend(outline.root, joined.titles())
        printed.save(
            file,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            compress_streams=True,
            deterministic_id=True,
        )
    raw.unlink()
    return count


def main():
    argparse.ArgumentParser(prog="make pdf", description="The built web edition as one PDF.").parse_args()
    if not chromium.find():
        print(chromium.MISSING, file=sys.stderr)
        return 1
    if not build.SITE.exists():
        build.build()
    steps = tqdm(total=1, desc="printing")
    count = make(FILE)
    steps.update()
    steps.close()
    wrong = dead(FILE)
    print(f"{os.path.relpath(FILE, build.ROOT)}: {count} pages, {FILE.stat().st_size / 1e6:.1f} MB")
    print("".join(f"a dead link: {link}\n" for link in wrong), end="")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
