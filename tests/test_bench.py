"""The benchmarks run, each for a moment: what they measure moves on, and they must come along."""

import re
import sys

import pytest

from authoring.bench import explorers, operations, training
from helpers.explorers import PoolingVisualiser


@pytest.mark.parametrize(
    "bench, options, rows",
    [
        (operations, "--layer seed --seconds 0.01", ["seed", "seed"]),
        (training, "--batch 2 --steps 10", ["simple", "fast", "torch"]),
    ],
)
def test_a_benchmark_prints_its_table(bench, options, rows, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", *options.split()])
    monkeypatch.setattr(training, "growth", lambda road, batch: "?")  # three processes more
    bench.main()
    assert re.findall(r"^(\w+) +\d+\.\d\d ", capsys.readouterr().out, re.M) == rows


def test_a_pooling_and_an_explorer_are_timed(capsys):
    operations.measure_pool(next(iter(operations.POOLS)), 0.01)
    assert re.search(r"\d\.\d\d", capsys.readouterr().out)
    assert [len(times) for times in explorers.measure(PoolingVisualiser, 2)] == [2, 2]
