"""Run chapters on other threads, processors and Pythons, and name every output that is not the stored one.

    make determinism                      chapters 1 to 9, in every way below
    make determinism ARGS="03 04"         these chapters
    make determinism ARGS="03 --python PATH"   with that Python too; it has what a book needs, and nbclient

The ways: one thread and two, and the kernels that OpenBLAS chooses on processors without AVX. Outputs that a
chapter tags as not compared are not compared.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring import notebooks, rules

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WAYS = {
    "one thread": dict.fromkeys(THREADS, "1"),
    "two threads": dict.fromkeys(THREADS, "2"),
    "a processor without AVX": dict.fromkeys(THREADS, "1") | {"OPENBLAS_CORETYPE": "Prescott"},
    "a processor of 2013": dict.fromkeys(THREADS, "1") | {"OPENBLAS_CORETYPE": "Haswell"},
}
RUN = """\
import sys
from pathlib import Path
from authoring import notebooks, refresh
notebooks.ONE_THREAD = {}  # the threads are those of this process
path = notebooks.find([sys.argv[1]])[0]
Path(sys.argv[2]).write_text(notebooks.to_json(refresh.execute(notebooks.read(path), path)), encoding="utf-8")
"""


def different(stored, found):
    """The text outputs of one notebook that another does not have, in words."""
    said = []
    for (i, cell), (_, other) in zip(notebooks.code(stored), notebooks.code(found), strict=True):
        if "nbval-ignore-output" in notebooks.tags(cell):
            continue
        for old, new in itertools.zip_longest(rules.texts(cell), rules.texts(other), fillvalue="(no output)"):
            if old != new:
                said.append(f"cell {i}: {_near(old, new)!r} is now {_near(new, old)!r}")
    return said


def _near(text, other):
    """The line in which a text first differs from another."""
    lines, others = text.splitlines(), other.splitlines() + [""] * 1000
    return next((line for line, beside in zip(lines, others, strict=False) if line != beside), "")


def run(path, way, python=sys.executable):
    """The notebook executed in a way; RuntimeError with what was said if it failed."""
    env = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | way
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.ipynb"
        command = [python, "-c", RUN, notebooks.name(path), str(out)]
        done = subprocess.run(command, cwd=notebooks.ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-600:])
        return notebooks.read(out)


def main():
    parser = argparse.ArgumentParser(prog="make determinism", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, 02 ... (default: chapters 1 to 9)")
    parser.add_argument("--python", action="append", default=[], help="another Python, beside this one")
    options, failed = parser.parse_args(), False
    wanted = options.notebook or [f"{n:02}" for n in range(1, 10)]
    ways = [(name, way, sys.executable) for name, way in WAYS.items()]
    ways += [(python, WAYS["one thread"], python) for python in options.python]
    for path in notebooks.find(wanted):
        for name, way, python in ways:
            try:
                said = different(notebooks.read(path), run(path, way, python))
            except RuntimeError as error:
                said = [str(error)]
            print(f"{notebooks.name(path)}, {name}: {'the same' if not said else ''}", *said, sep="\n  ")
            failed = failed or bool(said)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
