"""A quiz as Moodle XML, and back: https://docs.moodle.org/en/Moodle_XML_format

Every question is a single choice. The reason for an option is its feedback. ``idnumber`` names a question for
good, so that those of a later edition can be found again in a question bank.
"""

import html
import re
import xml.etree.ElementTree as ET

from helpers.quiz import questions as written

BANK = "$course$/top/Convolutional neural networks"


def document(chapters):
    """The XML of quizzes, each (number, title, questions); a chapter becomes a category of the bank."""
    quiz = ET.Element("quiz")
    for number, title, questions in chapters:
        category = _add(quiz, "question", type="category")
        name = f"{number:02} {title}".replace("/", "//")  # one stroke alone would open a category below
        _add(_add(category, "category"), "text", f"{BANK}/{name}")
        _add(category, "idnumber", f"cnn-{number}")
        for n, question in enumerate(questions, start=1):
            _question(quiz, number, n, question)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _question(quiz, chapter, n, question):
    node = _add(quiz, "question", type="multichoice")
    label = written.plain(question.text)
    short = label if len(label) <= 60 else label[:60].rpartition(" ")[0] + " …"
    _add(_add(node, "name"), "text", f"{chapter}.{n} {short}")
    _html(node, "questiontext", written.asked(question))
    _html(node, "generalfeedback", "")
    settings = {"defaultgrade": 1, "penalty": 0.3333333, "hidden": 0, "idnumber": f"cnn-{chapter}-{n}"}
    settings |= {"single": "true", "shuffleanswers": "true", "answernumbering": "abc"}
    for key, value in settings.items():
        _add(node, key, str(value))
    for option in question.options:
        answer = _html(node, "answer", written.inline(option.text), fraction="100" if option.right else "0")
        _html(answer, "feedback", written.inline(option.why))


def _add(parent, tag, text=None, **attributes):
    node = ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


def _html(parent, tag, words, **attributes):
    node = _add(parent, tag, **attributes, format="html")
    _add(node, "text", words)
    return node


def read(xml):
    """The questions in Moodle XML as (category, questions), to see that nothing was lost on the way."""
    found = []
    for node in ET.fromstring(xml):
        if node.get("type") == "category":
            found.append((node.findtext("category/text"), []))
            continue
        words, code = re.fullmatch(
            r"<div>(.*)</div>(?:<pre>(.*)</pre>)?", node.findtext("questiontext/text"), re.S
        ).groups()
        options = tuple(
            written.Option(
                _words(answer.findtext("text")),
                _words(answer.findtext("feedback/text")),
                answer.get("fraction") == "100",
            )
            for answer in node.iter("answer")
        )
        found[-1][1].append(written.Question(_words(words), options, html.unescape(code or "")))
    return found


def _words(source):
    return html.unescape(re.sub(r"</?em>", "*", re.sub(r"</?code>", "`", source)))
