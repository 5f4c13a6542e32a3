"""The checkers on answers as students give them: none is misjudged, none misleads, and most causes are named."""

import functools
import re
import time

import pytest
from students.first import FIRST
from students.first_late import FIRST_LATE
from students.odd import ODD
from students.second import SECOND

from helpers.exercises import find
from helpers.exercises.judge import judge

WRONG = [*FIRST, *FIRST_LATE, *SECOND]


@functools.cache
def judged(k):
    """The verdict on a wrong answer."""
    return judge(find(WRONG[k].number)[1], WRONG[k].answer)


@pytest.mark.parametrize("k", range(len(WRONG)), ids=lambda k: f"{WRONG[k].number} {WRONG[k].cause}")
def test_a_wrong_answer_is_refused_and_nothing_false_is_said_of_it(k):
    verdict = judged(k)
    assert verdict.state == "wrong"
    assert "\n" not in verdict.words and len(verdict.words) < 900
    if verdict.cause:
        assert re.search(WRONG[k].says, verdict.words, re.I), f"{WRONG[k].cause}: {verdict.words}"


@pytest.mark.parametrize(
    "cause", ["the output keeps the map's whole size, the rest are zeros", "both kernels are flattened first"]
)
def test_the_longest_searches_end_within_a_reader_s_patience(cause, monkeypatch):
    monkeypatch.setattr("helpers.exercises.diagnosis.repair.WORK", 0.6)
    wrong = next(wrong for wrong in WRONG if wrong.cause == cause)
    begun = time.thread_time()
    judge(find(wrong.number)[1], wrong.answer)
    assert time.thread_time() - begun < 2.5, "one second, and what a busy machine adds"


@pytest.mark.parametrize("lot", ["first", "second"])
def test_most_true_causes_are_named(lot):
    lots = {
        "first": range(len(FIRST) + len(FIRST_LATE)),
        "second": range(len(WRONG) - len(SECOND), len(WRONG)),
    }
    named = [judged(k).cause is not None for k in lots[lot]]
    assert len(named) > 60 and sum(named) / len(named) > 0.8


@pytest.mark.parametrize("k", range(len(ODD)), ids=lambda k: f"{ODD[k][0]}-{k}")
def test_a_right_answer_in_odd_style_is_right(k):
    number, answer = ODD[k]
    verdict = judge(find(number)[1], answer)
    assert verdict.state == "right", verdict.words
