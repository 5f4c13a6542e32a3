"""The numbers in a notebook's prose that claim something.

These are numbers of three or more digits, decimals, percentages and ratios (40.4×, 8 times, a factor of 2)
in Markdown cells. Not looked at: code, formulas, years, names (ResNet-50), shapes (3×32×32), link targets.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from authoring import anatomy, entries, notebooks

DIGITS = r"\d{1,3}(?:[,\u202f\u2009\u00a0]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+"
SCALES = {"thousand": 3, "million": 6, "billion": 9, "M": 6, "k": 3}
PERCENT = r"\s?%|\s(?:percent|per cent)\b"
RATIO = r"\s?×(?!\s?\d|\s?[A-Z_]\b)|\s(?:times|fold)\b|-fold\b|-times\b"
NUMBER = re.compile(
    rf"(?P<sign>[-−])?(?P<digits>{DIGITS})(?P<scale>\s(?:thousand|million|billion|M|k)\b)?"
    rf"(?:(?P<percent>{PERCENT})|(?P<ratio>{RATIO}))?"
)
FACTOR = re.compile(r"\bfactor(?: of)?(?: about| some| almost| nearly)?\s$")
# Sides and products of whole numbers: 3×32×32, 224 × 224, 32·32·3.
SHAPE = re.compile(r"(?<![\w.,])\d(?:[\d,]*\d)?(?:\s?[×x·]\s?\d(?:[\d,]*\d)?)+(?!\w|\.\d)")
NAME = re.compile(
    r"\b[A-Za-z][\w/]*-[A-Za-z]*\d[\w/-]*|\b[A-Za-z_]\w*\d[\w.]*|\barXiv:\S+"
    r"|(?:\b(?:(?i:sections?|exercises?|figures?|tables?|equations?|pages?)|pp?\.|Python|PyTorch|NumPy)|§)\s?\d[\d.–-]*"
)
# A number such as 2048 is no year.
YEAR = re.compile(r"(?<![\d.,\-−])(?:19\d\d|20[0-2]\d)(?:s|(?:/\d\d(?:\d\d)?))?(?![\d,.]*\d|\s?%|\s?×)")
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*>|])|\n\n|\n(?=[-|>*]|\d+\.)")
BLOCK = re.compile(r"\n\s*\n|\n(?=[-*|>]|\d+\. )")


@dataclass(frozen=True)
class Claim:
    """A number in the prose."""

    text: str  # as written, such as `40.4×` or `−1,020`
    value: Decimal
    kind: str  # "", "percent" or "ratio"
    places: int  # decimals written
    power: int  # 6 for millions
    signed: bool
    cell: int
    sentence: str
    links: tuple  # the notebooks its block links to


def plain(source):
    """Return Markdown as the words a reader sees: no code, formulas, markup, targets or HTML tags."""
    text = anatomy.prose(source)
    text = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<https?:[^>]*>|https?://\S+|</?[a-zA-Z][^>]*>", " ", text)
    return re.sub(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)", "", text)


def claims(nb):
    """The numbers in a notebook's prose that must be tied."""
    found, reading = [], False
    for i, source in notebooks.markdown(nb):
        if entries.generated_tag(nb.cells[i]):
            continue
        for block in BLOCK.split(source):
            for _, title in notebooks.headings(block):
                reading = title == "Reading"
            if reading:  # titles of works stand in links there
                block = anatomy.LINK.sub(" ", block)
            links = [target.partition("#")[0] for _, target in anatomy.LINK.findall(anatomy.prose(block))]
            links = tuple(target for target in links if target.endswith(".ipynb"))
            for sentence in SENTENCE.split(plain(block)):
                found += [_claim(*part, i, sentence, links) for part in numbers(sentence) if _must(*part)]
    return found


def numbers(text):
    """(text, match) of every number that is not part of a shape, a name or a year."""
    text = " ".join(re.sub(r"[\u202f\u2009\u00a0](?!\d)", " ", text).split(" "))
    for pattern in (NAME, SHAPE, YEAR):
        text = pattern.sub(lambda found: "\x00" * len(found[0]), text)
    return [(text, found) for found in NUMBER.finditer(text) if not _part_of_word(text, found)]


def _part_of_word(text, found):
    before = text[found.start("digits") - 1 : found.start("digits")]
    return bool(before) and (before.isalpha() or before in "_\x00")


def _kind(text, found):
    if found["percent"]:
        return "percent"
    return "ratio" if found["ratio"] or FACTOR.search(text[: found.start()]) else ""


def _must(text, found):
    digits = re.sub(r"\D", "", found["digits"])
    return bool(len(digits) >= 3 or "." in found["digits"] or found["scale"] or _kind(text, found))


def _claim(text, found, cell, sentence, links):
    value = Decimal(re.sub(r"[^\d.]", "", found["digits"]))
    places = len(found["digits"].partition(".")[2])
    before = text[found.start() - 1 : found.start()]
    # A hyphen between two numbers is a range, not a sign.
    signed = bool(found["sign"]) and (found["sign"] == "−" or before in ("", " ", "(", "[", "="))
    power = SCALES[found["scale"].strip()] if found["scale"] else 0
    written = found[0].strip() if signed else found[0].lstrip("-−").strip()
    written = re.sub(r"(?<=\d)[\u202f\u2009\u00a0](?=\d)", ",", written)
    value = -value if signed else value
    sentence = " ".join(sentence.split())
    return Claim(written, value, _kind(text, found), places, power, signed, cell, sentence, links)
