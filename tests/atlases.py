"""Pages with explorers that move, in a real Chromium, for the tests of their atlases."""

import html
import io
import json
import shutil
from contextlib import contextmanager

import numpy as np
from browser import FLAGS, chromium, watch
from PIL import Image
from playwright.sync_api import sync_playwright

from authoring import atlas
from authoring.atlas import export, packing
from authoring.atlas import type as lettering
from helpers.drawing import style
from helpers.drawing.picture import Picture

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>
<link rel="stylesheet" href="atlas/type.css"><link rel="stylesheet" href="player.css">
<style>body { margin: 0 auto; max-width: 900px }</style><main>{{main}}</main>{{scripts}}</html>"""
READY = "root => root.player || root.dataset.still"
FAR, MOST = 48, 0.03  # how many blocks of pixels may differ by more than so many of 255 steps
BLOCK = 4


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


class Moved:
    """An explorer of the page beside its Python."""

    def __init__(self, page, key, explorer):
        self.page, self.explorer = page, explorer
        self.root = page.locator(f'[data-atlas="{key}"]')
        self.root.scroll_into_view_if_needed()
        handle = self.root.element_handle()
        page.wait_for_function(READY, arg=handle, timeout=30_000)
        assert not self.root.get_attribute("data-still"), self.root.get_attribute("data-still")
        self._picture = None

    def js(self, code, given=None):
        """Evaluate code in which ``p`` is the player and ``x`` what is given."""
        return self.root.evaluate(f"async (root, x) => {{ const p = root.player; return {code} }}", given)

    @property
    def state(self):
        return self.js("p.atlas.state(p.places)")

    def show(self, state):
        """Bring the page to a state."""
        self.js("p.show(p.atlas.rest(p.atlas.find(x)))", state)

    def check(self, state=None, pixels=False):
        """Words, PyTorch line, parts of the picture (and pixels) are those of Python's state."""
        whole = self.explorer.at(**(self.state if state is None else state))
        model, trouble = self.explorer.solved(whole)
        words, code = (self.root.locator(f".book-{part}").text_content() for part in ("words", "code"))
        assert words == self.explorer.worded(model, trouble), whole
        assert code == ("" if trouble else self.explorer.torch_code(model)), whole
        if pixels:
            alike(self.screenshot(), self.python(model, trouble), whole)

    def python(self, model, trouble):
        if trouble:
            return Picture(*self.explorer.drawn(None, trouble)).pixels().copy()
        if self._picture is None:
            self._picture = Picture(*self.explorer.drawn(model, ""))
        self.explorer.update(self._picture.artists, model)
        return self._picture.pixels().copy()

    def screenshot(self):
        data = self.root.locator(".book-picture > svg").screenshot()
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def alike(page, python, state):
    """The page's picture is Python's but for the edges of letters, and it is not blank."""
    height, width = python.shape[0] // BLOCK, python.shape[1] // BLOCK
    small = [
        np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX), np.int16)
        for picture in (page, python)
    ]
    far = (np.abs(small[0] - small[1]).max(axis=2) > FAR).mean()
    inked = [(picture.min(axis=2) < 235).mean() for picture in small]
    assert far < MOST, f"{far:.1%} of the picture differ in {state}"
    assert inked[0] > 0.75 * inked[1] - 0.005, f"{inked[0]:.1%} are painted, not {inked[1]:.1%}: {state}"
