"""Measure every explorer: milliseconds from a control's change to the new PNG, median and 95th percentile.

    make bench ARGS=explorers

The target is a median under 33 ms (thirty pictures a second).
"""

import argparse
import os
import random
import statistics
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from helpers import explorers  # noqa: E402  (threads are fixed before NumPy loads)

TARGET = 33.0


def measure(kind, changes=200, clock=time.perf_counter):
    """The milliseconds of ``changes`` random moves of one control each, after a warm-up."""
    explorer, draw = kind(), random.Random(0)
    names = [name for name, spec in kind.inputs.items() if len(spec.values()) > 1]
    times = []
    for count in range(changes + 20):
        name = draw.choice(names)
        control, values = explorer.controls[name], kind.inputs[name].values()
        value = draw.choice([v for v in values if v != control.value])
        began = clock()
        control.value = value
        if count >= 20:
            times.append(1000 * (clock() - began))
    return times


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(f"{'explorer':<24}{'median ms':>12}{'95th pct ms':>14}   target median < {TARGET:.0f} ms")
    for name in explorers.__all__:
        times = sorted(measure(getattr(explorers, name)))
        median = statistics.median(times)
        verdict = "" if median < TARGET else "   over target"
        print(f"{name:<24}{median:>12.1f}{times[int(0.95 * len(times))]:>14.1f}{verdict}")


if __name__ == "__main__":
    main()
