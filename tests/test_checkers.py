"""Every exercise against its right answer, changed in every way that changes it: refused, and never misnamed."""

import numpy as np
import pytest

from authoring.bench import checkers
from helpers.exercises import chapter

EXERCISES = [number for n in range(1, 11) for number in chapter(n)]


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # all zeros have no standard deviation
def test_no_changed_answer_is_accepted_or_misnamed(number):
    done = checkers.row(number)
    assert done.count("n") + done.count(".") > 8
    assert [cell for cell in done.cells if cell[1] in "!A"] == []


def test_a_false_name_would_be_seen(monkeypatch):
    """The matrix finds out a checker that calls everything transposed, and one that accepts everything."""
    from helpers.exercises.base import Cause
    from helpers.exercises.judge import Verdict

    turned = lambda case, got, right: np.array_equal(got.value, right.value.T)  # noqa: E731
    false = Verdict("wrong", "no.", Cause("rows and columns are swapped.", "", turned))
    monkeypatch.setattr(checkers, "judge", lambda exercise, answer: false)
    assert checkers.row("2.3").count("!") > 15
    monkeypatch.setattr(checkers, "judge", lambda exercise, answer: Verdict("right"))
    assert checkers.row("2.3").count("A") > 15
