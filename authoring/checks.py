"""All tests of the book, one after the other, with a summary at the end. Run in the book's environment.

``test`` runs every step, ``test`` with arguments only pytest with them, ``lint`` only the first step;
``format`` puts the code into the book's style.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

from authoring import notebooks
from tools.surroundings import writable

ROOT = notebooks.ROOT
REPORTS = writable(ROOT / "build" / "reports")
# One thread: the same sums in the same order on every machine, and no test takes another's cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# A file stays in one process, with the servers it has started; the long ones, the browser's, come early.
TOGETHER = ["-n", "2", "--dist=loadfile", "--no-loadscope-reorder"]
# Notebooks are spelt in their text twins; the rest is what people read.
SPELT = "README.md CONTRIBUTING.md chapters/text helpers authoring tools tests data/README.md".split()


def module(*arguments):
    """Run a Python module in the book's folder; return its exit status."""
    env = os.environ | dict.fromkeys(THREADS, "1")
    env.pop("MPLBACKEND", None)  # kernels choose their own
    return subprocess.call([sys.executable, "-m", *map(str, arguments)], cwd=ROOT, env=env)


def style():
    spelt = [name for name in SPELT if (ROOT / name).exists()]
    # A cache would need a folder that can be written.
    steps = (
        ["ruff", "check", "--no-cache"],
        ["ruff", "format", "--check", "--no-cache"],
        ["codespell_lib", *spelt],
    )
    return max([module(*step) for step in steps])


def units():
    return module(
        "pytest",
        *TOGETHER,
        "-rs",
        "--durations=20",
        "--durations-min=5",
        f"--junitxml={REPORTS / 'tests.xml'}",
    )


def all_notebooks():
    stored = [path for path in notebooks.all_notebooks() if path.exists()]
    if not stored:
        print("There is no notebook to test.")
        return 1
    return module(
        "pytest",
        *TOGETHER,
        *notebooks.NBVAL,
        f"--junitxml={REPORTS / 'notebooks.xml'}",
        *(path.relative_to(ROOT) for path in stored),  # pytest reads a bracket in a whole path as a parameter
    )


STEPS = {
    "style and spelling": (style, None),
    "tests": (units, "tests.xml"),
    "notebooks": (all_notebooks, "notebooks.xml"),
}


def counts(report):
    """Return (number of tests, reasons why some were skipped) of a pytest report."""
    if report is None or not (REPORTS / report).exists():
        return None, []
    cases = list(ElementTree.parse(REPORTS / report).iter("testcase"))
    return len(cases), sorted({skip.get("message") for case in cases for skip in case.iter("skipped")})


def everything():
    """Run every step, whatever came before it; return 0 when all passed."""
    rows, skips, failed = [], set(), False
    for report in REPORTS.glob("*.xml"):
        report.unlink()
    for name, (step, report) in STEPS.items():
        print(f"\n=== {name}", flush=True)
        began = time.perf_counter()
        status = step()
        number, reasons = counts(report)
        failed |= status != 0
        skips |= set(reasons)
        tests = "" if number is None else f"{number} tests"
        took = f"{time.perf_counter() - began:.0f} s"
        rows.append(f"{name:20}{'passed' if status == 0 else 'FAILED':10}{tests:>12}{took:>8}")
    print("\n=== summary", *rows, *(f"skipped: {reason}" for reason in sorted(skips)), sep="\n")
    print("Something failed: see above." if failed else "All passed.")
    return int(failed)


def main(name, arguments):
    if name == "lint":
        return style()
    if name == "format":
        return max(module("ruff", "check", "--fix"), module("ruff", "format"))
    return module("pytest", *arguments) if arguments else everything()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
