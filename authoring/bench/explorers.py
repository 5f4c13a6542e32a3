"""Measure every explorer: milliseconds from a control's change, or a press on the picture, to the new PNG.

    make bench ARGS=explorers

The target is a median under 20 ms and a 95th percentile under 40 ms, on one thread of an idle machine.
"""

import argparse
import os
import random
import statistics
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from helpers import explorers  # noqa: E402  (threads are fixed before NumPy loads)
from helpers.explorers.parts.hand import heard  # noqa: E402

TARGET = (20.0, 40.0)


def measure(kind, changes=200, clock=time.perf_counter):
    """The milliseconds of ``changes`` random moves after a warm-up: of one control each, and by pressing."""
    explorer, draw = kind(), random.Random(0)
    names = [name for name, spec in kind.inputs.items() if len(spec.values()) > 1]

    def turn():
        name = draw.choice(names)
        control, values = explorer.controls[name], kind.inputs[name].values()
        value = draw.choice([v for v in values if v != control.value])
        return lambda: setattr(control, "value", value)

    def press():
        while not (regions := explorer.regions):  # where nothing is drawn there is nothing to press
            turn()()
        spot = draw.choice(regions)
        place = [spot.left + draw.random() * spot.width, spot.top + draw.random() * spot.height]
        return lambda: heard(explorer, {"point": place})

    return [_timed(prepare, changes, clock) for prepare in (turn, press)]


def _timed(prepare, changes, clock):
    times = []
    for count in range(changes + 20):
        act = prepare()
        began = clock()
        act()
        if count >= 20:
            times.append(1000 * (clock() - began))
    return times


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(f"{'explorer':<24}{'control: median, 95th':>24}{'press: median, 95th':>24}   ms; target {TARGET}")
    for name in explorers.__all__:
        found = [
            (statistics.median(times), sorted(times)[int(0.95 * len(times))])
            for times in measure(getattr(explorers, name))
        ]
        over = any(took >= most for pair in found for took, most in zip(pair, TARGET, strict=True))
        shown = "".join(f"{median:>16.1f}{high:>8.1f}" for median, high in found)
        print(f"{name:<24}{shown}{'   over target' if over else ''}")


if __name__ == "__main__":
    main()
