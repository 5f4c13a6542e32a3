"""Explorers that move on a page without a kernel: an atlas of all states of each tour, and its player.

key(name, state)                   which atlas shows an explorer in a state; None where none can
build(needed, folder, progress)    writes the atlases that pages need, and the type of their pictures
SCRIPTS, STYLE                     what a page loads, in this order; the atlases lie in atlas/ beside it
"""

import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from authoring.atlas import export, packing, sources
from authoring.atlas import type as lettering
from helpers import explorers
from helpers.explorers.parts import tour

HERE = Path(__file__).parent
SCRIPTS = (sources.ROOT / "helpers/explorers/parts/scene.js", HERE / "atlas.js", HERE / "player.js")
STYLE = HERE / "player.css"
KEPT = sources.ROOT / ".book" / "atlas"  # atlases, by the digest of their sources


def key(name, state):
    """Return the name of the atlas in which an explorer's state is; None where there can be none."""
    try:
        given = start(name, state)
    except (AttributeError, TypeError, ValueError):  # of a model or a picture that only the chapter has
        return None
    told = json.dumps(given, sort_keys=True)
    return f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:8]}" if given else name


def start(name, state):
    """Return what an explorer must be given so that its tour comes by a state: nothing for most."""
    kind = getattr(explorers, name)
    plain, wanted = kind(), kind(**state).state
    if wanted != state:
        raise ValueError(f"{name} does not come to rest in {state}")
    offered = tour.values(plain)
    near = plain.at(**{n: state[n] for n, values in offered.items() if state[n] in values})
    given = {n: value for n, value in state.items() if near[n] != value}
    return given if not given or kind(**given).at(**{n: state[n] for n in offered}) == state else state


def build(needed, folder, progress=None):
    """Write ``folder``/KEY.js for each ``needed`` key -> (explorer's name, state), and type.css.

    What has been made of the same sources is taken again; the rest is made on all cores. ``progress`` is
    tqdm, or what can be called like it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    (folder / "type.css").write_text(lettering.style_sheet(), encoding="utf-8")
    wanted = {}
    for name_of, (name, state) in needed.items():
        given = start(name, state)
        wanted[name_of] = (name, given, KEPT / f"{name}-{sources.digest(getattr(explorers, name), given)}.js")
    missing = {(name, json.dumps(given), file) for name, given, file in wanted.values() if not file.exists()}
    if missing:
        _make(sorted(missing, key=lambda task: _effort(*task[:2]), reverse=True), progress)
    for name_of, (_, _, file) in sorted(wanted.items()):
        text = file.read_text(encoding="utf-8")
        (folder / f"{name_of}.js").write_text(f"CNNBook.atlas({json.dumps(name_of)},{text});\n", "utf-8")


def _effort(name, given):
    """About how many states a tour has."""
    settings = tour.settings(getattr(explorers, name)(**json.loads(given)))
    return sum(max(1, *map(len, setting.offered.values()), 1) for setting in settings)


def _make(tasks, progress):
    """Make atlases side by side, the longest first."""
    bar = progress(desc="atlases", unit=" states", total=0) if progress else None
    context = get_context("spawn")  # matplotlib's state is not to be copied
    with context.Manager() as manager:
        told = manager.dict()  # name of a file -> (states done, of so many)
        with ProcessPoolExecutor(min(os.cpu_count() or 1, len(tasks)), context) as pool:
            running = {pool.submit(_one, *task, told): task for task in tasks}
            while running:
                for future in [future for future in running if future.done()]:
                    running.pop(future)
                    future.result()
                if bar is not None:
                    done, total = (sum(parts) for parts in zip((0, 0), *told.values(), strict=True))
                    if done > bar.n:
                        bar.total = total
                        bar.update(done - bar.n)
                time.sleep(0.2)
    if bar is not None:
        bar.close()


def _one(name, given, file, told):
    """Make one atlas; in a process of its own."""
    last = [0.0]

    def progress(done, total):
        if time.monotonic() - last[0] > 0.5 or done == total:
            told[file.name] = (done, total)
            last[0] = time.monotonic()

    made = export.document(getattr(explorers, name)(**json.loads(given)), progress)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(packing.dumped(made), encoding="utf-8")
    shutil.move(part, file)
