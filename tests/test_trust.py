"""The planted faults still fit the code: `make mutate` itself takes minutes."""

import json

import pytest

from authoring import notebooks
from authoring.trust import budgets, claims, determinism, faults


@pytest.mark.parametrize("fault", faults.FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault):
    assert fault.old in (notebooks.ROOT / fault.file).read_text(encoding="utf-8") and fault.old != fault.new
    assert all((notebooks.ROOT / test.partition("::")[0]).exists() for test in fault.tests.split())


def test_what_takes_half_as_long_again_is_reported():
    before = {"chapter 01": [2.0, 300.0], "gone": [1.0, 1.0]}
    assert budgets.slower(before, {"chapter 01": [2.9, 300.0], "new": [9.0, 9.0]}) == []
    (said,) = budgets.slower(before, {"chapter 01": [3.1, 300.0]})
    assert said == "chapter 01: time 1.6 times the recorded one"
    (said,) = budgets.slower(before, {"chapter 01": [2.0, 600.0]})
    assert said == "chapter 01: memory 2.0 times the recorded one"


def test_another_output_is_named():
    nb = notebooks.from_text("# 1 · T\n\n> P.\n\n```{code-cell}\nprint(1)\n```\n")
    (_, cell), *_ = notebooks.code(nb)
    other = notebooks.from_text(notebooks.to_text(nb))
    (_, same), *_ = notebooks.code(other)
    for each, text in ((cell, "1"), (same, "2")):
        each.outputs = [notebooks.nbformat.v4.new_output("stream", text=text)]
    assert determinism.different(nb, other) == ["cell 1: '1' is now '2'"]
    same.outputs[0].text = "1"
    assert determinism.different(nb, other) == []
    same.outputs = []
    assert determinism.different(nb, other) == ["cell 1: '1' is now '(no output)'"]


def test_a_score_is_kept_in_a_file_and_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "SCORES", {})
    monkeypatch.setattr(claims, "KEPT", [tmp_path / "scores.json"])
    made = []
    for seed in (1, 1, 2):
        assert claims.score(f"lenet {seed}", lambda seed: made.append(seed) or seed / 4, seed) == seed / 4
    assert made == [1, 2]
    assert json.loads((tmp_path / "scores.json").read_text()) == {"lenet 1": 0.25, "lenet 2": 0.5}
