"""Seconds and memory of chapters, explorers and tests, against the recorded ones.

    make budgets                        chapters and explorers: report what is slower or larger by half
    make budgets ARGS=tests             the same of make test
    make budgets ARGS=--record          write the table, authoring/trust/budgets.toml; ARGS="tests --record"
    make budgets ARGS="chapters 03"     only this chapter; ARGS="explorers LayerCost": only this explorer

Times are the processor's, so that other programs count little, divided by that of a reference computation in
the same run, a convolution in NumPy on one thread: the table of one machine serves another.
"""

import argparse
import datetime
import functools
import os
import platform
import statistics
import subprocess
import sys
import time
import tomllib
import tracemalloc

from authoring import notebooks

os.environ |= notebooks.ONE_THREAD
import numpy as np  # noqa: E402  the thread counts must be set before

from authoring.bench import chapters, explorers  # noqa: E402
from helpers import explorers as room  # noqa: E402
from helpers.ops.conv import conv2d  # noqa: E402

TABLE = notebooks.ROOT / "authoring" / "trust" / "budgets.toml"
PARTS = "chapters", "explorers", "tests"
MORE = 1.5  # from so many times the recorded one on, it is reported


def reference(times=9):
    """Seconds of the reference computation on an idle processor, the shortest of several."""
    rng, found = np.random.default_rng(0), []
    images, weight = rng.normal(size=(16, 16, 64, 64)), rng.normal(size=(32, 16, 3, 3))
    for _ in range(times):
        began = time.process_time()
        conv2d(images, weight, padding=1)
        found.append(time.process_time() - began)
    return min(found)


def measured(parts, only):
    """Yield (name, [time in reference computations, MB])."""
    if "chapters" in parts:
        for path in notebooks.find(only):
            if notebooks.number(path):
                yield f"chapter {notebooks.name(path)}", in_units(of_children, chapters.measure, path)
    if "explorers" in parts:
        for name in room.__all__ if parts != ["explorers"] else only or room.__all__:
            yield f"explorer {name}", in_units(explorer, getattr(room, name))
    if "tests" in parts:
        command = [sys.executable, "-m", "authoring.testing", "test"]
        run = functools.partial(subprocess.run, command, cwd=notebooks.ROOT, stdout=sys.stderr)
        yield "make test", in_units(of_children, chapters.watched, run)


def in_units(measure, *what):
    """[time in reference computations, MB] of what ``measure`` says in seconds and bytes."""
    before, (seconds, peak) = reference(), measure(*what)
    return [round(2 * seconds / (before + reference()), 3), round(peak / 1e6)]


def of_children(measure, *what):
    """(processor's seconds of what ``measure`` starts, bytes at most)."""
    before, (seconds, peak), after = os.times(), measure(*what), os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used or seconds, peak  # Windows does not tell


def explorer(kind):
    """(seconds of a change, bytes that the first picture takes)."""
    turned, _ = explorers.measure(kind, 60, time.process_time)
    seconds = statistics.median(turned) / 1000
    tracemalloc.start()
    kind()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak


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
    parser.add_argument("part", nargs="?", choices=PARTS, help="default: the first two")
    parser.add_argument("names", nargs="*", help="01, 02 ..., or explorers (default: all)")
    parser.add_argument("--record", action="store_true", help="write the table anew")
    options, now = parser.parse_intermixed_args(), {}
    for name, values in measured([options.part] if options.part else PARTS[:2], options.names):
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
