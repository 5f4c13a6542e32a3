"""Pieces of a page in HTML: a picture, an explorer, a quiz, the hints of an exercise."""

import base64
import hashlib
import html
import io
import json
import re

from PIL import Image

from helpers import exercises
from helpers.quiz import questions

STORED = re.compile(
    r'<img alt="(?P<alt>[^"]*)" width="(?P<width>\d+)" style="[^"]*" '
    r'src="data:image/(?P<kind>\w+);base64,(?P<data>[^"]+)">'
    r'(?:<p class="book-caption"[^>]*>(?P<caption>.*?)</p>)?',
    re.S,
)
SMALLEST = 2 / 3  # of a picture's width: the numbers in its cells have 9 pixels then


class Shelf:
    """Where the pictures of all pages go, each once, in the form that takes least; made forms are kept."""

    def __init__(self, folder, kept):
        self.folder, self.kept = folder, kept
        for each in (folder, kept):
            each.mkdir(parents=True, exist_ok=True)

    def put(self, data, kind):
        """Store a picture; (its file's name, width, height)."""
        picture = Image.open(io.BytesIO(data))
        if kind == "png":
            packed = self._packed(picture, data)
            data, kind = min((packed, "webp"), (data, kind), key=lambda form: len(form[0]))
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
        (self.folder / name).write_bytes(data)
        return name, *picture.size

    def _packed(self, picture, data):
        """The same pixels as lossless WebP."""
        file = self.kept / f"{hashlib.sha256(data).hexdigest()}.webp"
        if not file.exists():
            picture.convert("RGB").save(file, "webp", lossless=True, quality=80, method=4, exact=True)
        return file.read_bytes()


def figure(stored, shelf, up):
    """A stored picture as a figure: a file of its own, words for who cannot see it, its caption."""
    found = STORED.fullmatch(stored.strip())
    if not found:
        raise ValueError(f"an output that is no picture of style.show: {stored[:200]}")
    name, across, down = shelf.put(base64.b64decode(found["data"]), found["kind"])
    width = int(found["width"])
    caption = f"<figcaption>{found['caption']}</figcaption>" if found["caption"] else ""
    return (
        '<figure class="book-figure"><div class="book-scroll">'
        f'<img alt="{found["alt"]}" src="{up}_pictures/{name}" width="{width}" '
        f'height="{round(width * down / across)}" style="min-width:{round(width * SMALLEST)}px" '
        f'loading="lazy" decoding="async"></div>{caption}</figure>'
    )


def explorer(stored, state, key, shelf, up, note=""):
    """A stored explorer with a note, and for its atlas (``key``), if there is one, what a script needs."""
    words = STORED.match(stored)["alt"]
    atlas = (
        f' data-atlas="{key}" data-state="{html.escape(json.dumps(state, sort_keys=True))}"' if key else ""
    )
    shown = figure(stored, shelf, up)
    note = f'<p class="book-elsewhere">{note}</p>' if note else ""
    return f'<div class="book-explorer"{atlas}>{shown}<p class="book-words">{words}</p>{note}</div>'


def quiz(chapter):
    """A quiz that a script marks; without one it is read, with its answers folded away."""
    asked, rows = questions.read(chapter), []
    for n, question in enumerate(asked, start=1):
        options = "".join(
            f'<label><input type="radio" name="quiz-{chapter}-{n}" value="{i}"> '
            f"<span>{questions.inline(option.text)}</span></label>"
            for i, option in enumerate(question.options)
        )
        code = f"<pre>{html.escape(question.code.rstrip(), quote=False)}</pre>" if question.code else ""
        legend = f"<legend>{n}. {questions.inline(question.text)}</legend>"
        rows.append(f'<fieldset data-right="{question.answer}">{legend}{code}{options}</fieldset>')
    return f'<div class="book-quiz" data-quiz="{chapter}">{"".join(rows)}{questions.answers(asked)}</div>'


def hints(number):
    """The hints of an exercise, each folded."""
    found = exercises.chapter(int(number.split(".")[0]))[number]
    return "".join(
        f'<details class="book-hint"><summary>Hint {n}<span class="book-hidden"> for exercise {number}</span>'
        f"</summary><p>{questions.inline(hint)}</p></details>"
        for n, hint in enumerate(found.hints, start=1)
    )
