"""The pictures a notebook shows, and the rule that each says in words what is seen."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from authoring import notebooks, widgets

KINDS = {"image/png", "image/jpeg", "image/svg+xml"}
ALT = 40  # characters an alt text has at least
IS_PICTURE = re.compile(
    r"^(?:an? |the )?(?:picture|plot|image|figure|graph|chart|diagram)s?(?: of| showing|:)?\s*", re.I
)


class Page(HTMLParser):
    """The pictures and the words of a piece of HTML."""

    def __init__(self, source):
        super().__init__()
        self.pictures, self.words = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            found = dict(attributes)
            self.pictures.append((found.get("src") or "", found.get("alt") or ""))

    def handle_data(self, data):
        self.words += data


def shown(nb):
    """(place, content, alt text) of every picture that a code cell shows."""
    found = []
    for i, cell in notebooks.code(nb):
        for output in cell.outputs:
            data = output.get("data", {})
            images = Page(data.get("text/html", "")).pictures
            kinds = [data[kind] for kind in sorted(KINDS & data.keys())]
            if not images and kinds:
                images = [(kinds[0], data.get("text/plain", ""))]
            found += [(i, content, alt) for content, alt in images]
    return found


def widget_alts(nb):
    """The alt texts of the pictures in the stored state of widgets."""
    models = nb.metadata.get("widgets", {}).get(widgets.STATE, {}).get("state", {}).values()
    values = [model["state"].get("value") for model in models]
    return [alt for v in values if isinstance(v, str) and "<img" in v for _, alt in Page(v).pictures]


def same(one, other):
    """Say whether two pictures have the same pixels; an explorer's is compressed less than a static one."""
    if one == other:
        return True
    try:
        a, b = _pixels(one), _pixels(other)
    except OSError:  # not a picture of pixels
        return False
    return a.shape == b.shape and bool((a == b).all())


def _pixels(content):
    data = base64.b64decode(content.partition(",")[2] or content)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def described(path, nb):
    wrong, seen = [], {}
    for i, content, alt in shown(nb):
        if len(IS_PICTURE.sub("", alt.strip())) < ALT:
            wrong.append(f"cell {i}: alt text {alt!r} says too little: say what is seen, with its numbers")
        if not same(seen.setdefault(alt, content), content):
            wrong.append(f"cell {i}: two different pictures share the alt text {alt[:60]!r}")
    for alt in widget_alts(nb):
        if alt not in seen:
            wrong.append(f"a widget's picture has the alt text {alt!r}, the output beside it another")
    return wrong
