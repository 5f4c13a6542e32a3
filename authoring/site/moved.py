"""An explorer that moves on a page, beside its Python: the two must say and show the same."""

import io

import numpy as np
from PIL import Image

from helpers.drawing import style
from helpers.drawing.picture import Picture

READY = "root => root.player || root.dataset.still"
FAR = 48  # steps of 255 by which two blocks of pixels are held to differ
MOST = 0.05  # share of such blocks; the edges of 128 thin lines are 4.2 % of their picture
BLOCK = 4


class Moved:
    """An explorer of the page beside its Python."""

    def __init__(self, page, key, explorer):
        self.page, self.explorer = page, explorer
        self.root = page.locator(f'[data-atlas="{key}"]').first
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

    @property
    def note(self):
        return self.root.locator(".book-note").text_content()

    def said(self, state):
        """Python's words and PyTorch line of a state."""
        model, trouble = self.explorer.solved(self.explorer.at(**state))
        return self.explorer.worded(model, trouble), "" if trouble else self.explorer.torch_code(model)

    def check(self, state=None, pixels=False):
        """Words, PyTorch line (and pixels) are those of Python's state."""
        state = self.state if state is None else state
        said = tuple(self.root.locator(f".book-{part}").text_content() for part in ("words", "code"))
        assert said == self.said(state), f"{said} in {state}"
        if pixels:
            alike(self.screenshot(), self.python(state), state)

    def python(self, state):
        model, trouble = self.explorer.solved(self.explorer.at(**state))
        if trouble:
            return Picture(*self.explorer.drawn(None, trouble)).pixels().copy()
        if self._picture is None:
            self._picture = Picture(*self.explorer.drawn(model, ""))
        self.explorer.update(self._picture.artists, model)
        return self._picture.pixels().copy()

    def screenshot(self):
        """The picture alone, laid into the window's corner, so that none of its pixels lies between two."""
        width, height = (round(inches * style.CSS_PER_INCH) for inches in self.explorer.size)
        svg = self.root.locator(".book-picture > svg")
        look = svg.get_attribute("style")
        corner = f"position:fixed;left:0;top:0;width:{width}px;height:{height}px;z-index:9999;background:#fff"
        svg.evaluate("(svg, look) => svg.setAttribute('style', look)", corner)
        data = self.page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
        svg.evaluate("(svg, look) => svg.setAttribute('style', look)", look)
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
