"""A chapter's quiz: choose, check, and read why; without a kernel it is a text with its answers folded away.

    Quiz(3)

Everything works by keyboard: Tab to an option, Space to choose it, Tab to its Check button, Space.
"""

import ipywidgets as widgets

from helpers.drawing.style import ROLES
from helpers.quiz import questions as written

# ipywidgets gives an option one line of fixed height; ours may be longer than the window is wide.
STYLE = """<style>
.book-quiz .widget-radio {width: auto; max-width: 100%; height: auto}
.book-quiz .widget-radio-box {max-width: 100%}
.book-quiz .widget-radio-box label {display: flex; align-items: flex-start; height: auto; line-height: 1.45;
  white-space: normal; margin: 2px 0}
.book-quiz .widget-radio-box input {order: -1; flex: none; height: 1.45em; margin: 0 8px 0 0}
.book-quiz .widget-html-content {line-height: 1.45; white-space: normal; height: auto}
.book-quiz .widget-html-content pre {line-height: 1.35; margin: 4px 0 4px 1.4em}
</style>"""


class Asked:
    """One question on the page: its options, its Check button, and what is said of the chosen option."""

    def __init__(self, number, question, changed):
        self.question, self._changed = question, changed
        self.tried, self.solved, self.first = False, False, False
        labels = [written.plain(option.text) for option in question.options]
        self.choices = widgets.RadioButtons(
            options=[(label, i) for i, label in enumerate(labels)],
            value=None,
            layout=widgets.Layout(width="auto", max_width="100%", margin="0 0 0 1.4em"),
        )
        self.button = widgets.Button(
            description=f"Check {number}",
            layout=widgets.Layout(width="max-content", margin="2px 0 2px 1.4em"),
        )
        self.said = widgets.HTML(layout=_wide("0 0 0 1.4em"))
        words = widgets.HTML(written.asked(question, f"<b>{number}.</b> "), layout=_wide("14px 0 0 0"))
        self.parts = [words, self.choices, self.button, self.said]
        self.button.on_click(self._check)
        self.choices.observe(self._forget, names="value")

    def _forget(self, change):
        self.said.value = ""  # what was said belongs to the option chosen before

    def _check(self, button):
        chosen = self.choices.value
        if chosen is None:
            self.said.value = _said("muted", "Choose an answer first.")
            return
        option = self.question.options[chosen]
        if option.right:
            self.solved, self.first = True, self.first or not self.tried
        self.tried = True
        mark, role = ("✓", "output") if option.right else ("✗", "kernel")
        verdict = f"<b>{mark} {written.verdict(option)}</b>"
        self.said.value = _said(role, f"{verdict} {written.inline(option.why)}")
        self._changed()


class Quiz:
    """The questions of one chapter, to be answered in the notebook.

    ``widget`` is what is shown, ``asked`` its questions, ``score`` and ``total`` count the questions that are
    answered rightly by now and all there are.
    """

    def __init__(self, chapter):
        self.questions = written.read(chapter)
        self.chapter = chapter
        self.asked = [Asked(n, each, self._count) for n, each in enumerate(self.questions, start=1)]
        self._counted = widgets.HTML(layout=_wide("14px 0 4px 0"))
        self._count()
        folded = widgets.HTML(written.answers(self.questions), layout=_wide())
        rows = [part for asked in self.asked for part in asked.parts]
        self.widget = widgets.VBox(
            [widgets.HTML(STYLE, layout=widgets.Layout(display="none")), *rows, self._counted, folded],
            layout=widgets.Layout(max_width="100%", overflow="hidden"),
        )
        self.widget.add_class("book-quiz")

    @property
    def score(self):
        """How many questions have been answered rightly."""
        return sum(asked.solved for asked in self.asked)

    @property
    def total(self):
        return len(self.asked)

    @property
    def text(self):
        """The quiz in words, with the answers at the end."""
        return written.as_text(self.chapter, self.questions)

    def _count(self):
        first = sum(asked.first for asked in self.asked)
        tries = f", {first} at the first try" if self.score else ""
        self._counted.value = f'<div role="status"><b>{self.score} of {self.total} right</b>{tries}.</div>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {
            "text/plain": self.text,
            "text/html": written.as_html(self.chapter, self.questions),
            "application/vnd.jupyter.widget-view+json": view,
        }


def _said(role, words):
    """Return words that a screen reader speaks when they appear; the colour only repeats what they say."""
    line = f"border-left:4px solid {ROLES[role]};padding:2px 0 2px 10px;max-width:44em"
    return f'<div role="alert" style="{line}">{words}</div>'


def _wide(margin="0"):
    return widgets.Layout(width="auto", max_width="100%", margin=margin)
