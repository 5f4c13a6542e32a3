"""A reader of QTI 2.1 that is not ours plays every question: each option gets its points and its feedback."""

import io
import zipfile

import pytest
from pyslet.qtiv2.interactions import SimpleChoice
from pyslet.qtiv2.variables import ItemSessionState
from pyslet.qtiv2.xml import QTIDocument

from authoring.teaching import qti, quizzes


@pytest.mark.parametrize("number, title, questions", quizzes.all_quizzes(), ids=lambda part: str(part)[:12])
def test_every_option_is_played(number, title, questions):
    with zipfile.ZipFile(io.BytesIO(qti.package(number, title, questions))) as archive:
        for n, question in enumerate(questions, start=1):
            document = QTIDocument()
            name = f"items/chapter-{number:02}-question-{n}.xml"
            document.read(src=io.BytesIO(archive.read(name)))
            choices = [choice.identifier for choice in document.root.find_children_depth_first(SimpleChoice)]
            assert len(choices) == len(question.options)
            for choice, option in zip(choices, question.options, strict=True):
                session = ItemSessionState(document.root)
                session.begin_session()
                session.begin_attempt()
                session["RESPONSE"].set_value(choice)
                session.end_attempt()
                assert session["SCORE"].value == float(option.right)
                assert session["FEEDBACK"].value == choice
