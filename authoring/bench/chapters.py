"""Measure each chapter in a fresh kernel: seconds, and the most memory the kernel and its children held.

    make bench ARGS=chapters            all chapters
    make bench ARGS="chapters 01 03"

A chapter may take its ``book.budget_seconds`` and hold 600 MB, chapter 10 with PyTorch 1,200 MB; the program
says "over" and fails where one takes more. Nothing is written.
"""

import argparse
import contextlib
import sys
import threading
import time

import psutil

from authoring import notebooks, refresh

MEGABYTES, WITH_TORCH = 600, 1200  # a chapter's kernel, and that of chapter 10


def watch(done, held, every=0.1):
    """Append to ``held`` the bytes this process's children hold, again and again until ``done`` is set."""
    me = psutil.Process()
    while not done.wait(every):
        total = 0
        for process in me.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended between the two questions
                total += process.memory_info().rss
        held.append(total)


def measure(path):
    """(seconds, peak bytes) of running a notebook from a fresh kernel, its start included."""
    nb = notebooks.read(path)
    return watched(lambda: refresh.execute(nb, path))


def watched(run):
    """(seconds, peak bytes of what it started) of a call."""
    done, held = threading.Event(), [0]
    watcher = threading.Thread(target=watch, args=(done, held))
    began = time.perf_counter()
    watcher.start()
    try:
        run()
    finally:
        done.set()
        watcher.join()
    return time.perf_counter() - began, max(held)


def judged(path, seconds, peak):
    """(budget in seconds or None, limit in MB, what is over them) of a notebook that was measured."""
    budget = notebooks.read(path).metadata.get("book", {}).get("budget_seconds")
    limit = WITH_TORCH if notebooks.number(path) == 10 else MEGABYTES
    over = [
        name for name, much in (("time", budget and seconds > budget), ("memory", peak > limit * 1e6)) if much
    ]
    return budget, limit, over


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, ... (default: all)")
    print(f"{'notebook':40}{'seconds':>9}{'budget':>8}{'peak MB':>9}{'limit':>7}")
    failed = False
    for path in notebooks.chosen(parser, parser.parse_args().notebook):
        if not path.exists() or not notebooks.code(notebooks.read(path)):
            continue
        seconds, peak = measure(path)
        budget, limit, over = judged(path, seconds, peak)
        failed = failed or bool(over)
        said = f"  over: {', '.join(over)}" if over else ""
        print(
            f"{notebooks.name(path):40}{seconds:9.1f}{budget or '':>8}{peak / 1e6:9.0f}{limit:7}{said}",
            flush=True,
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
