"""Measure each chapter in a fresh kernel: seconds, and the most memory the kernel and its children held.

    make bench ARGS=chapters            all chapters
    make bench ARGS="chapters 01 03"

The budget is a chapter's ``book.budget_seconds``; nothing is written.
"""

import argparse
import contextlib
import threading
import time

import psutil

from authoring import notebooks, refresh


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
    nb, done, held = notebooks.read(path), threading.Event(), [0]
    watcher = threading.Thread(target=watch, args=(done, held))
    began = time.perf_counter()
    watcher.start()
    try:
        refresh.execute(nb, path)
    finally:
        done.set()
        watcher.join()
    return time.perf_counter() - began, max(held)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, ... (default: all)")
    print(f"{'notebook':40}{'seconds':>9}{'budget':>8}{'peak MB':>9}")
    for path in notebooks.chosen(parser, parser.parse_args().notebook):
        if not path.exists() or not notebooks.code(notebooks.read(path)):
            continue
        seconds, peak = measure(path)
        budget = notebooks.read(path).metadata.get("book", {}).get("budget_seconds")
        over = "  over budget" if budget and seconds > budget else ""
        print(f"{notebooks.name(path):40}{seconds:9.1f}{budget or '':>8}{peak / 1e6:9.0f}{over}", flush=True)


if __name__ == "__main__":
    main()
