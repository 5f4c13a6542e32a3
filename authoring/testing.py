"""All tests of the book, one step after the other. Run in the book's environment.

``test`` runs every step, ``test`` with arguments only pytest with them, ``lint`` only the first step;
``format`` puts the code into the book's style.
"""

import argparse
import os
import subprocess
import sys

from authoring import notebooks

# A file stays in one process, with the servers it has started; the long ones, the browser's, come early.
TOGETHER = ["-n", "2", "--dist=loadfile", "--no-loadscope-reorder"]
# Notebooks are spelt in their texts; the rest is what people read.
SPELT = "README.md CONTRIBUTING.md chapters/text helpers authoring tools tests teach data/README.md".split()


def module(*arguments):
    """Run a Python module in the book's folder; its exit status."""
    env = os.environ | notebooks.ONE_THREAD
    env.pop("MPLBACKEND", None)  # kernels choose their own
    return subprocess.call([sys.executable, "-m", *map(str, arguments)], cwd=notebooks.ROOT, env=env)


def style():
    # A cache would need a folder that can be written.
    ruff = ["ruff", "check", "--no-cache"], ["ruff", "format", "--check", "--no-cache"]
    steps = [*ruff, ["codespell_lib", *SPELT]]
    return max([module(*step) for step in steps])


def all_notebooks():
    stored = [path for path in notebooks.all_notebooks() if path.exists()]
    if not stored:
        print("There is no notebook to test.")
        return 1
    # pytest reads a bracket in a whole path as a parameter
    stored = [path.relative_to(notebooks.ROOT) for path in stored]
    return module("pytest", *TOGETHER, *notebooks.NBVAL, *notebooks.AGAIN, *stored)


def units():
    # Browsers, servers and clocks share the machine with others: a test that fails is asked once more, and
    # named as RERUN at the end, for it is to be mended even so.
    return module("pytest", *TOGETHER, "--reruns=1", "-rsR", "--durations=20", "--durations-min=5")


# The tests come last: pytest ends with what was skipped or asked again, and why.
STEPS = {"style and spelling": style, "notebooks": all_notebooks, "tests": units}


def everything():
    """Run every step, whatever came before it; 0 when all passed."""
    failed = []
    for name, step in STEPS.items():
        print(f"\n=== {name}", flush=True)
        failed += [name] if step() else []
    print(f"\nFailed, see above: {', '.join(failed)}." if failed else f"\nAll passed: {', '.join(STEPS)}.")
    return int(bool(failed))


def main(name, arguments):
    if name == "test":
        return module("pytest", *arguments) if arguments else everything()
    argparse.ArgumentParser(prog=f"make {name}", description="Style and spelling.").parse_args(arguments)
    if name == "lint":
        return style()
    return max(module("ruff", "check", "--fix"), module("ruff", "format"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
