"""A quiz as a content package of IMS QTI 2.1, and back: https://www.imsglobal.org/question/

A package is a zip: ``imsmanifest.xml``, a test, and an item for each question. Choosing an option sets
SCORE and names the feedback that is shown, the reason for that option.
"""

import io
import re
import xml.etree.ElementTree as ET
import zipfile

from helpers.quiz import questions as written

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
PLACES = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    PACKAGE: "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
}
WHEN = (1980, 1, 1, 0, 0, 0)  # the same questions make the same file


def package(number, title, questions):
    """The bytes of a chapter's package."""
    items = {f"chapter-{number:02}-question-{n}": each for n, each in enumerate(questions, start=1)}
    files = {f"items/{name}.xml": _item(name, n, each) for n, (name, each) in enumerate(items.items(), 1)}
    files["test.xml"] = _test(number, title, items)
    files["imsmanifest.xml"] = _manifest(number, items)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in reversed(files):  # the manifest first, where programs look for it
            text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(files[name], encoding="unicode")
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return packed.getvalue()


def _root(space, tag, **attributes):
    place = {"xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    place["xsi:schemaLocation"] = f"{space} {PLACES[space]}"
    return ET.Element(tag, {"xmlns": space} | place | attributes)


def _add(parent, tag, text=None, **attributes):
    node = ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


def _words(node, words):
    """Put words into an element, with their code and italics."""
    said = ET.fromstring(f"<p>{written.inline(words)}</p>")
    node.text = said.text
    node.extend(said)
    return node


def _item(name, n, question):
    item = _root(
        QTI, "assessmentItem", identifier=name, title=f"Question {n}", adaptive="false", timeDependent="false"
    )
    letters = written.LETTERS.upper()[: len(question.options)]
    response = _add(
        item, "responseDeclaration", identifier="RESPONSE", cardinality="single", baseType="identifier"
    )
    _add(_add(response, "correctResponse"), "value", letters[question.answer])
    score = _add(item, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    _add(_add(score, "defaultValue"), "value", "0")
    _add(item, "outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier")
    body = _add(item, "itemBody")
    _words(_add(body, "p"), question.text)
    if question.code:
        _add(body, "pre", question.code.rstrip())
    choice = _add(body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices="1")
    for letter, option in zip(letters, question.options, strict=True):
        _words(_add(choice, "simpleChoice", identifier=letter), option.text)
    _processing(_add(item, "responseProcessing"))
    for letter, option in zip(letters, question.options, strict=True):
        feedback = _add(
            item, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=letter, showHide="show"
        )
        _words(feedback, option.why)
    return item


def _processing(rules):
    """One point for the right option, and for every option its own feedback."""
    condition = _add(rules, "responseCondition")
    right = _add(condition, "responseIf")
    match = _add(right, "match")
    _add(match, "variable", identifier="RESPONSE")
    _add(match, "correct", identifier="RESPONSE")
    for branch, points in ((right, "1"), (_add(condition, "responseElse"), "0")):
        _add(_add(branch, "setOutcomeValue", identifier="SCORE"), "baseValue", points, baseType="float")
    _add(_add(rules, "setOutcomeValue", identifier="FEEDBACK"), "variable", identifier="RESPONSE")


def _test(number, title, items):
    test = _root(QTI, "assessmentTest", identifier=f"chapter-{number:02}", title=f"{number} · {title}")
    score = _add(test, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    _add(_add(score, "defaultValue"), "value", "0")
    part = _add(test, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="individual")
    _add(part, "itemSessionControl", maxAttempts="0", showFeedback="true")
    section = _add(part, "assessmentSection", identifier="section", title=title, visible="true")
    for name in items:
        _add(section, "assessmentItemRef", identifier=name, href=f"items/{name}.xml")
    total = _add(_add(_add(test, "outcomeProcessing"), "setOutcomeValue", identifier="SCORE"), "sum")
    _add(total, "testVariables", variableIdentifier="SCORE")
    return test


def _manifest(number, items):
    manifest = _root(PACKAGE, "manifest", identifier=f"package-{number:02}")
    metadata = _add(manifest, "metadata")
    _add(metadata, "schema", "QTIv2.1 Package")
    _add(metadata, "schemaversion", "1.0.0")
    _add(manifest, "organizations")
    resources = _add(manifest, "resources")
    test = _add(resources, "resource", identifier="test", type="imsqti_test_xmlv2p1", href="test.xml")
    _add(test, "file", href="test.xml")
    for name in items:
        _add(test, "dependency", identifierref=name)
        place = f"items/{name}.xml"
        item = _add(resources, "resource", identifier=name, type="imsqti_item_xmlv2p1", href=place)
        _add(item, "file", href=place)
    return manifest


def read(packed):
    """(title, questions) of a package, found from its manifest, to see that nothing was lost on the way."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        manifest = _bare(archive.read("imsmanifest.xml"))
        places = {node.get("type"): node.get("href") for node in manifest.iter("resource")}
        test = _bare(archive.read(places["imsqti_test_xmlv2p1"]))
        items = [_bare(archive.read(node.get("href"))) for node in test.iter("assessmentItemRef")]
    return test.find(".//assessmentSection").get("title"), [_question(item) for item in items]


def _bare(xml):
    """The XML's root, its names without their namespace."""
    root = ET.fromstring(xml)
    for node in root.iter():
        node.tag = re.sub(r"^\{.*\}", "", node.tag)
    return root


def _question(item):
    right = item.findtext("responseDeclaration/correctResponse/value")
    why = {node.get("identifier"): _said(node) for node in item.iter("modalFeedback")}
    options = tuple(
        written.Option(_said(node), why[node.get("identifier")], node.get("identifier") == right)
        for node in item.iter("simpleChoice")
    )
    return written.Question(_said(item.find("itemBody/p")), options, item.findtext("itemBody/pre") or "")


def _said(node):
    """An element's words, code between backticks, italics between asterisks."""
    signs = {"code": "`", "em": "*"}
    parts = (f"{signs[part.tag]}{part.text}{signs[part.tag]}{part.tail or ''}" for part in node)
    return (node.text or "") + "".join(parts)
