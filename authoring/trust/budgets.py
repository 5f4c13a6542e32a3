"""Seconds and memory of chapters and explorers, against the recorded ones.

    make budgets                        measure, and report what is slower or larger by half
    make budgets ARGS=--record          write the table, authoring/trust/budgets.toml, anew
    make budgets ARGS="chapters 03"     only these chapters; ARGS=explorers: only the explorers

Times are divided by that of a reference computation in the same run, a convolution in NumPy: the table of one
machine serves another.
"""

import argparse
import datetime
import platform
import statistics
import sys
import time
import tomllib

import numpy as np

from authoring import notebooks
from authoring.bench import chapters, explorers
from helpers import explorers as room
from helpers.ops.conv import conv2d

TABLE = notebooks.ROOT / "authoring" / "trust" / "budgets.toml"
MORE = 1.5  # from so many times the recorded one on, it is reported


def reference(times=9):
    """Seconds of the reference computation, the median of several."""
    rng, found = np.random.default_rng(0), []
    images, weight = rng.normal(size=(16, 16, 64, 64)), rng.normal(size=(32, 16, 3, 3))
    for _ in range(times):
        began = time.perf_counter()
        conv2d(images, weight, padding=1)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def measured(parts, only):
    """Yield (name, [time in reference computations, MB or 0])."""
    if "chapters" in parts:
        for path in notebooks.find(only):
            if notebooks.number(path):
                before, (seconds, peak) = reference(), chapters.measure(path)
                unit = (before + reference()) / 2
                yield f"chapter {notebooks.name(path)}", [round(seconds / unit, 1), round(peak / 1e6)]
    if "explorers" in parts:
        for name in room.__all__:
            milliseconds = statistics.median(explorers.measure(getattr(room, name), 60))
            yield f"explorer {name}", [round(milliseconds / 1000 / reference(), 3), 0]


def slower(before, now):
    """What takes more than MORE times what was recorded, in words."""
    said = []
    for name in before.keys() & now.keys():
        for what, old, new in zip(("time", "memory"), before[name], now[name], strict=True):
            if old and new > MORE * old:
                said.append(f"{name}: {what} {new / old:.1f} times the recorded one")
    return sorted(said)


def record(now):
    """Write the table."""
    head = (
        "# Written by make budgets ARGS=--record: [time in reference computations, MB at most].\n"
        f"# {datetime.date.today()}, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}; the reference computation took {1000 * reference():.0f} ms.\n\n"
    )
    rows = "".join(f'"{name}" = {values}\n' for name, values in now.items())
    TABLE.write_text(head + rows, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="make budgets", description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", choices=("chapters", "explorers"), help="default: both")
    parser.add_argument("notebook", nargs="*", help="01, 02 ... (default: all)")
    parser.add_argument("--record", action="store_true", help="write the table anew")
    options, now = parser.parse_args(), {}
    for name, values in measured(
        [options.part] if options.part else ["chapters", "explorers"], options.notebook
    ):
        now[name] = values
        print(f"{name:44}{values[0]:>10} reference computations{values[1]:>7} MB", flush=True)
    before = tomllib.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    if options.record:
        record(before | now)
        return 0
    said = slower(before, now)
    print("\n".join(said) or "Nothing is slower or larger by half.")
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main())
