"""Quizzes as Moodle XML and as QTI 2.1: formed by the rules, the same when read back."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile

import pytest

from authoring.teaching import moodle, qti, quizzes
from helpers.quiz.questions import Option, Question

QUIZZES = quizzes.all_quizzes()
ODD = Question(
    "Is `a < b & c` the same as $x^2$ × ⌊√2⌋? “Yes” or 'no'",
    (Option("`if x < 1:`", "No: 1 ≤ x & so on.", False), Option("−0.5", "Right, `x[0]` <b>is</b>.", True)),
    "for i in range(3):\n    print(i < 2 and '&')",
)
ALL = [*QUIZZES, (11, "Odd / even & <more>", [ODD])]
each = pytest.mark.parametrize("number, title, questions", ALL, ids=[str(quiz[0]) for quiz in ALL])

# Of the elements used: the attributes that the specifications (IMS QTI 2.1, IMS Content Packaging 1.2)
# require, others that they allow, and the children as a regular expression over their names.
RULES = {
    "assessmentItem": (
        "identifier title adaptive timeDependent",
        "",
        "(responseDeclaration )*(outcomeDeclaration )*(itemBody )?(responseProcessing )?(modalFeedback )*",
    ),
    "responseDeclaration": ("identifier cardinality baseType", "", "(defaultValue )?(correctResponse )?"),
    "outcomeDeclaration": ("identifier cardinality baseType", "", "(defaultValue )?"),
    "correctResponse": ("", "", "(value )+"),
    "defaultValue": ("", "", "(value )+"),
    "value": ("", "", ""),
    "itemBody": ("", "", "((p|pre|choiceInteraction) )*"),
    "p": ("", "", "((code|em) )*"),
    "pre": ("", "", ""),
    "code": ("", "", ""),
    "em": ("", "", ""),
    "choiceInteraction": ("responseIdentifier shuffle maxChoices", "minChoices", "(simpleChoice )+"),
    "simpleChoice": ("identifier", "fixed", "((code|em) )*"),
    "modalFeedback": ("outcomeIdentifier identifier showHide", "title", "((code|em) )*"),
    "responseProcessing": ("", "template", "((responseCondition|setOutcomeValue) )*"),
    "responseCondition": ("", "", "responseIf (responseElseIf )*(responseElse )?"),
    "responseIf": ("", "", "match (setOutcomeValue )*"),
    "responseElse": ("", "", "(setOutcomeValue )*"),
    "match": ("", "", "(variable|correct) (variable|correct) "),
    "variable": ("identifier", "weightIdentifier", ""),
    "correct": ("identifier", "", ""),
    "baseValue": ("baseType", "", ""),
    "setOutcomeValue": ("identifier", "", "(baseValue|variable|sum) "),
    "assessmentTest": (
        "identifier title",
        "toolName toolVersion",
        "(outcomeDeclaration )*(timeLimits )?(testPart )+(outcomeProcessing )?(testFeedback )*",
    ),
    "testPart": (
        "identifier navigationMode submissionMode",
        "",
        "(itemSessionControl )?(timeLimits )?(assessmentSection )+(testFeedback )*",
    ),
    "itemSessionControl": ("", "maxAttempts showFeedback allowReview showSolution", ""),
    "assessmentSection": ("identifier title visible", "fixed keepTogether", "(assessmentItemRef )*"),
    "assessmentItemRef": ("identifier href", "category required fixed", ""),
    "outcomeProcessing": ("", "", "(setOutcomeValue )*"),
    "sum": ("", "", "(testVariables )+"),
    "testVariables": ("variableIdentifier", "baseType weightIdentifier", ""),
    "manifest": ("identifier", "version", "(metadata )?organizations resources (manifest )*"),
    "metadata": ("", "", "schema schemaversion "),
    "schema": ("", "", ""),
    "schemaversion": ("", "", ""),
    "organizations": ("", "default", "(organization )*"),
    "resources": ("", "", "(resource )*"),
    "resource": ("identifier type", "href", "(metadata )?(file )*(dependency )*"),
    "file": ("href", "", ""),
    "dependency": ("identifierref", "", ""),
}
IDENTIFIER = re.compile(r"[A-Za-z_][\w.-]*")


def against_the_rules(root, space):
    """What in an XML tree is against the rules."""
    wrong = []
    for node in root.iter():
        tag = node.tag.removeprefix(f"{{{space}}}")
        if tag not in RULES:
            wrong.append(f"{node.tag} is not known")
            continue
        needed, allowed, children = RULES[tag]
        has = {name for name in node.attrib if not name.startswith("{")}
        if missing := set(needed.split()) - has:
            wrong.append(f"{tag} lacks {missing}")
        if more := has - set(needed.split()) - set(allowed.split()):
            wrong.append(f"{tag} may not have {more}")
        names = "".join(child.tag.removeprefix(f"{{{space}}}") + " " for child in node)
        if not re.fullmatch(children, names):
            wrong.append(f"{tag} holds {names}")
        wrong += [
            f"{tag}: {node.get(name)!r} is no identifier"
            for name in has & {"identifier", "outcomeIdentifier", "responseIdentifier", "identifierref"}
            if not IDENTIFIER.fullmatch(node.get(name))
        ]
    return wrong


def as_exported(questions):
    """Questions without what only the book's own tests use."""
    return [
        Question(q.text, tuple(Option(o.text, o.why, o.right) for o in q.options), q.code.rstrip())
        for q in questions
    ]


@each
def test_a_package_keeps_the_rules_and_gives_the_same_questions(number, title, questions):
    packed = qti.package(number, title, questions)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        files = {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}
    for name, root in files.items():
        assert against_the_rules(root, qti.PACKAGE if name == "imsmanifest.xml" else qti.QTI) == [], name
    named = [node.get("href") for node in files["imsmanifest.xml"].iter(f"{{{qti.PACKAGE}}}file")]
    assert sorted([*named, "imsmanifest.xml"]) == sorted(files)
    assert qti.read(packed) == (title, as_exported(questions))
    assert packed == qti.package(number, title, questions)


def test_the_rules_notice_what_is_wrong():
    packed = io.BytesIO(qti.package(*QUIZZES[0]))
    item = zipfile.ZipFile(packed).read("items/chapter-01-question-1.xml").decode()
    for good, bad in {
        'identifier="A"': 'identifier="1 A"',
        ' maxChoices="1"': "",
        "<itemBody>": "<itemBody><table />",
        "<match>": '<match><variable identifier="RESPONSE" />',
    }.items():
        assert good in item
        assert against_the_rules(ET.fromstring(item.replace(good, bad, 1)), qti.QTI), bad


def test_moodle_xml_keeps_its_rules_and_gives_the_same_questions():
    xml = moodle.document(ALL)
    names = set()
    for node in ET.fromstring(xml):
        assert node.tag == "question" and node.get("type") in ("category", "multichoice")
        assert (number := node.findtext("idnumber")) not in names
        names.add(number)
        if node.get("type") == "category":
            assert node.findtext("category/text").startswith("$course$/top/")
            continue
        assert node.findtext("name/text") and node.findtext("single") == "true"
        assert len(node.findtext("name/text")) <= 255
        fractions = [answer.get("fraction") for answer in node.iter("answer")]
        assert fractions.count("100") == 1 and set(fractions) == {"0", "100"}
        for words in node.iter():
            if words.get("format"):
                assert words.get("format") == "html" and words.find("text") is not None
        assert all(answer.findtext("feedback/text") for answer in node.iter("answer"))
    found = moodle.read(xml)
    assert [questions for _, questions in found] == [as_exported(questions) for *_, questions in ALL]
    assert found[-1][0] == f"{moodle.BANK}/11 Odd // even & <more>"


def test_the_command_writes_every_quiz(tmp_path):
    written = {path.name for path in quizzes.write(QUIZZES, tmp_path)}
    assert "moodle-all-chapters.xml" in written and len(written) == 2 * len(QUIZZES) + 1
    found = moodle.read((tmp_path / "moodle-all-chapters.xml").read_text(encoding="utf-8"))
    assert [questions for _, questions in found] == [as_exported(questions) for *_, questions in QUIZZES]
