"""Measure what a student costs a server: memory and work of a chapter, and many students at the same moment.

    make bench ARGS=classroom            prints
    make bench ARGS="classroom --write"  and stores it in teach/measured.json, which the page on teaching uses

Memory is in MB, work in seconds of one core. Seconds of waiting depend on what else the machine does; the
work does not, so the page counts with it.
"""

import argparse
import asyncio
import json
import os
import statistics
import time

import psutil
from nbclient import NotebookClient

from authoring import notebooks

RESULTS = notebooks.ROOT / "teach" / "measured.json"
CHAPTERS = range(1, 11)
TOGETHER = (1, 2, 4, 8, 12)  # students who run chapter 3 at the same moment
KERNEL = "python3"


def memory(process, kind="rss"):
    """What a process and its children hold, in MB."""
    return (
        sum(getattr(p.memory_full_info(), kind) for p in (process, *process.children(recursive=True))) / 1e6
    )


async def student(path):
    """Run a chapter in a kernel of its own: memory before and at its most, seconds waited and of work."""
    nb = notebooks.read(path)
    client = NotebookClient(
        nb, timeout=900, kernel_name=KERNEL, resources={"metadata": {"path": path.parent}}
    )
    async with client.async_setup_kernel():
        process = psutil.Process(client.km.provisioner.pid)
        idle = peak = memory(process)
        began, before = time.perf_counter(), sum(process.cpu_times()[:2])
        for i, cell in enumerate(nb.cells):
            await client.async_execute_cell(cell, i)
            peak = max(peak, memory(process))
        waited = time.perf_counter() - began
        work = sum(process.cpu_times()) - before  # its children's too
        shared = memory(process, "pss")
    return {"idle": idle, "peak": peak, "shared": shared, "waited": waited, "work": work}


async def together(path, count):
    """What each of many students sees who run a chapter at the same moment."""
    return await asyncio.gather(*(student(path) for _ in range(count)))


def measure(chapters, counts):
    """All that is measured, by name; it prints while it goes."""
    found = {"chapters": {}, "together": {}}
    print(f"{'chapter':>8}{'idle MB':>9}{'peak MB':>9}{'work s':>8}")
    for number in chapters:
        (path,) = notebooks.find([f"{number:02}"])
        (one,) = asyncio.run(together(path, 1))
        kept = {"idle": round(one["idle"]), "peak": round(one["peak"]), "work": round(one["work"], 1)}
        found["chapters"][str(number)] = kept
        print(f"{number:8}{kept['idle']:9}{kept['peak']:9}{kept['work']:8}", flush=True)
    (path,) = notebooks.find(["03"])
    print(f"{'students':>8}{'median s':>9}{'longest s':>10}{'work s':>8}{'MB each':>9}{'other load':>11}")
    for count in counts:
        load = os.getloadavg()[0]
        all_of_them = asyncio.run(together(path, count))
        waited = [one["waited"] for one in all_of_them]
        found["together"][str(count)] = kept = {
            "median": round(statistics.median(waited), 1),
            "longest": round(max(waited), 1),
            "work": round(statistics.mean(one["work"] for one in all_of_them), 1),
            "shared": round(statistics.mean(one["shared"] for one in all_of_them)),
            "load": round(load, 1),
        }
        print(
            f"{count:8}{kept['median']:9}{kept['longest']:10}{kept['work']:8}{kept['shared']:9}{load:11.1f}"
        )
    return found | {"cores": psutil.cpu_count()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="store the results in teach/measured.json")
    parser.add_argument("--server", type=int, help="MB of a student's server, as `make class` prints it")
    parser.add_argument("--chapters", type=int, nargs="*", default=CHAPTERS)
    parser.add_argument("--together", type=int, nargs="*", default=TOGETHER)
    asked = parser.parse_args()
    found = measure(asked.chapters, asked.together)
    if asked.write:
        old = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        found["server"] = asked.server or old.get("server")
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
