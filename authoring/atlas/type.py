"""The pictures' type for a page: the letters of DejaVu that they use, in a style sheet."""

import base64
import io
import logging
import re

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, findfont

from authoring.atlas.sources import ROOT

FACES = (("DejaVu Sans", "normal"), ("DejaVu Sans", "bold"), ("DejaVu Sans Mono", "normal"))
DRAWN = ("explorers", "drawing", "architectures", "numerals.py", "filters.py")  # where they are written


def style_sheet():
    """Return a style sheet with the fonts in it, the same in every build."""
    rules = []
    for family, weight in FACES:
        data = base64.b64encode(_font(family, weight)).decode()
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
            f'src:url("data:font/woff;base64,{data}") format("woff")}}\n'
        )
    return "".join(rules)


def letters():
    """Return all letters that the pictures may need: those of their sources, and ASCII."""
    found = set(map(chr, range(32, 127)))
    for name in DRAWN:
        place = ROOT / "helpers" / name
        for path in [place] if place.suffix else place.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found.update(text, (chr(int(code, 16)) for code in re.findall(r"\\u([0-9a-f]{4})", text)))
    return "".join(sorted(letter for letter in found if letter.isprintable()))


def _font(family, weight):
    logging.getLogger("fontTools.subset").setLevel(logging.ERROR)  # a table of FontForge's own is left out
    options = subset.Options(
        flavor="woff", hinting=False, name_IDs=[0, 1, 2, 13, 14], layout_features=["kern"]
    )
    font = TTFont(findfont(FontProperties(family=family, weight=weight)), recalcTimestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(text=letters())
    cut.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
