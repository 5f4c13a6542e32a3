"""The first use of a glossary term in a chapter is a link to the glossary.

`make check` lists what is missing; with ARGS="06 --fix" it puts the links into the text of chapter 6.

A use is a whole word or its plural, in small letters or capitals, or a form in glossary_forms.py, in a
chapter's prose. Not looked at: title and promise, headings, code, formulas, other links, quiz, exercises
and reading list. A word inside a longer term is no use of the shorter one: "max pooling" does not count
for "pooling".
"""

import functools
import re

from authoring import anatomy, notebooks
from authoring.glossary_forms import CASED, FORMS

CONVENTIONS = "conventions"  # the last part of the glossary, not a term
LEFT_OUT = {"Quiz", "Exercises", "Reading"}


def entries(text):
    """(headword, definition) of every entry of the glossary's text, in its order."""
    parts = re.split(r"^## +(.+?) *$", text, flags=re.M)[1:]
    found = zip(parts[::2], parts[1::2], strict=True)
    return [(head, body.split("\n+++")[0].strip()) for head, body in found if head != CONVENTIONS]


@functools.lru_cache(maxsize=4)
def patterns(terms):
    """(term, compiled pattern) for every headword."""
    found = []
    for term in terms:
        form = FORMS.get(term, re.escape(term).replace(r"\ ", " ").replace(r"\-", "-") + "s?")
        form = re.sub(r" ", r"\\s+", form)
        found.append((term, re.compile(rf"(?<![\w-])(?:{form})(?![\w])", 0 if term in CASED else re.I)))
    return found


def _blank(text, *spans):
    """The text with the spans replaced by spaces, line breaks kept."""
    pieces, last = [], 0
    for start, end in sorted(spans):
        pieces += [text[last:start], re.sub(r"[^\n]", " ", text[max(start, last) : end])]
        last = max(last, end)
    return "".join([*pieces, text[last:]])


def prose(text):
    """A chapter's text twin with all that is no prose blanked out, every letter in its place."""
    for pattern in (
        r"\A---\n.*?\n---\n",  # front matter
        r"^(```|~~~).*?^\1[ ]*$",
        r"^\+\+\+[^\n]*$",
        r"\A\s*# [^\n]*\n(?:\s*>[^\n]*\n)*",  # title and promise
        r"^#{1,6} [^\n]*$",
        r"(?<=\n\n)(?: {4}[^\n]*\n)+(?=\n)",
        r"<!--.*?-->|<summary>.*?</summary>|<[^<>]*>",
        r"\$\$.*?\$\$",
    ):
        text = _blank(text, *(m.span() for m in re.finditer(pattern, text, re.M | re.S)))
    return _blank(text, *(m.span() for m in re.finditer(r"`[^`\n]+`|\$[^$\n]+\$", text)))


def _sections(text):
    """The spans of the parts that are not looked at."""
    starts = [(m.start(), m[1]) for m in re.finditer(r"^## +(.+?) *$", text, re.M)] + [(len(text), "")]
    return [(a, b) for (a, name), (b, _) in zip(starts, starts[1:], strict=False) if name in LEFT_OUT]


def uses(text, terms):
    """(plain, linked): the first plain use (start, end) of each term, and where it is first linked."""
    code = [m.span() for m in re.finditer(r"^```.*?^```", text, re.M | re.S)]
    left_out = _sections(_blank(text, *code))
    shown = prose(_blank(text, *left_out))
    anchors, linked = {term.replace(" ", "-"): term for term in terms}, {}
    links = list(anatomy.LINK.finditer(shown))
    for link in links:
        term = anchors.get(link[2].partition("glossary.ipynb#")[2])
        if term:
            linked.setdefault(term, link.start())
    shown = _blank(shown, *(link.span() for link in links))
    found = []
    for term, form in patterns(tuple(terms)):
        found += [(use.start(), use.end(), term) for use in form.finditer(shown)]
    found.sort(key=lambda use: (use[0], -use[1]))
    plain, reach = {}, 0
    for start, end, term in found:
        if end > reach:  # else it lies inside a longer term
            plain.setdefault(term, (start, end))
            reach = end
    return plain, linked


def missing(text, terms):
    """(start, end, term) of every first use that is no link, in the order of the text."""
    plain, linked = uses(text, terms)
    return sorted((*span, term) for term, span in plain.items() if span[0] < linked.get(term, len(text)))


def fix(text, terms):
    """The text with a link at every first use that had none."""
    for start, end, term in reversed(missing(text, terms)):
        text = f"{text[:start]}[{text[start:end]}](glossary.ipynb#{term.replace(' ', '-')}){text[end:]}"
    return text


def unlinked_chapters(text, chapters):
    """(number, file) of the plain words "chapter N" in the glossary whose chapter exists."""
    files = {notebooks.number(path): path.name for path in chapters.glob("[0-9]*.ipynb")}
    plain = re.sub(r"\[[^\]]*\]\([^)]*\)", "", prose(text))
    numbers = {int(n) for n in re.findall(r"\bchapter (\d+)", plain, re.I)}
    return [(number, files[number]) for number in sorted(numbers & set(files))]


@functools.lru_cache(maxsize=1)
def _terms(file, changed):
    return tuple(head for head, _ in entries(file.read_text(encoding="utf-8")))


def terms(path):
    """The headwords of the glossary beside a notebook."""
    file = notebooks.twin(notebooks.chapters_of(path) / "glossary.ipynb")
    return _terms(file, file.stat().st_mtime_ns)


def misled(nb, terms):
    """What to say of links that lead to another term than the one their words are."""
    wrong = []
    for i, source in notebooks.markdown(nb):
        for words, target in anatomy.LINK.findall(anatomy.prose(source)):
            term = target.partition("glossary.ipynb#")[2].replace("-", " ")
            named = [head for head, form in patterns(tuple(terms)) if form.fullmatch(words)]
            if term and named and not any(head.replace("-", " ") in term for head in named):
                wrong.append(f"cell {i}: [{words}]({target}): the words are another term, {named[0]}")
    return wrong


def linked(path, nb):
    """The rule, for the text of a chapter; and the glossary's own: a chapter that it names is a link."""
    text, name = notebooks.twin(path).read_text(encoding="utf-8"), notebooks.name(path)
    if name == "glossary":
        found = unlinked_chapters(text, notebooks.chapters_of(path))
        return [f"`chapter {number}` is no link to {file}" for number, file in found]
    wrong = misled(nb, terms(path))
    if notebooks.number(path) is None:
        return wrong
    return wrong + [
        f"line {text.count(chr(10), 0, start) + 1} of the text: the first use of a term is no link, "
        f"[{' '.join(text[start:end].split())}](glossary.ipynb#{term.replace(' ', '-')}): "
        f'make check ARGS="{name} --fix"'
        for start, end, term in missing(text, terms(path))
    ]
