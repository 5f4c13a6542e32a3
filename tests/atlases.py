"""Pages with explorers that move, in a real Chromium, for the tests of their atlases."""

import html
import json
import shutil
from contextlib import contextmanager

from browser import FLAGS, chromium, watch
from playwright.sync_api import sync_playwright

from authoring import atlas
from authoring.atlas import export, packing
from authoring.atlas import type as lettering
from helpers.drawing import style

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>
<link rel="stylesheet" href="atlas/type.css"><link rel="stylesheet" href="player.css">
<style>body { margin: 0 auto; max-width: 900px }</style><main>{{main}}</main>{{scripts}}</html>"""


def stored(explorer, key):
    """An explorer as the web edition stores it."""
    picture = style.img(explorer.png, explorer.description, explorer.size[0] * style.CSS_PER_INCH)
    state, caption, words = map(
        html.escape, (json.dumps(explorer.state), explorer.caption, explorer.description)
    )
    return (
        f'<div class="book-explorer" data-atlas="{key}" data-state="{state}"><figure>'
        f'<div class="book-scroll">{picture}</div><figcaption>{caption}</figcaption></figure>'
        f'<p class="book-words">{words}</p></div>'
    )


def write(folder, explorers):
    """A page with explorers, key -> explorer, beside their atlases."""
    for file in (*atlas.SCRIPTS, atlas.STYLE):
        shutil.copy(file, folder)
    scripts = "".join(f'<script src="{file.name}"></script>' for file in atlas.SCRIPTS)
    main = "".join(stored(explorer, key) for key, explorer in explorers.items())
    text = PAGE.replace("{{main}}", main).replace("{{scripts}}", scripts)
    (folder / "index.html").write_text(text, encoding="utf-8")


def make(folder, explorers):
    """The page, and the atlases themselves, made here and now."""
    (folder / "atlas").mkdir()
    (folder / "atlas" / "type.css").write_text(lettering.style_sheet(), encoding="utf-8")
    for key, explorer in explorers.items():
        document = packing.dumped(export.document(explorer))
        (folder / "atlas" / f"{key}.js").write_text(f'CNNBook.atlas("{key}",{document});', encoding="utf-8")
    write(folder, explorers)


@contextmanager
def opened(folder, **options):
    """The page in Chromium, from its folder; nothing may be wrong in its console."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(**{"viewport": {"width": 1000, "height": 900}} | options)
        errors = watch(page)
        page.goto((folder / "index.html").as_uri())
        yield page
        browser.close()
    assert not errors, errors
