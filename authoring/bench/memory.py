"""Run each chapter in a kernel that may not hold more than Binder can spare: it fails where it asks for more.

    make memory               all chapters, 1,500 MB
    make memory ARGS="10"     one of them

The limit is the system's own, on the data of a process (RLIMIT_DATA: heap and private memory, not the code of
libraries). Threads are one, as on Binder. Linux and macOS have it, Windows does not.
"""

import argparse
import subprocess
import sys

from authoring import notebooks

MOST = 1500  # MB: Binder gives 2 GB at most, and JupyterLab holds about 150
LIMITED = """\
import resource, sys
from authoring import notebooks, refresh
most = int(sys.argv[2]) * 10**6
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
path = notebooks.find([sys.argv[1]])[0]
refresh.execute(notebooks.read(path), path)
print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000:.0f}")  # kB there, but bytes on macOS
"""


def run(path, most=MOST):
    """(held, failure) of a chapter executed under the limit: its peak in MB, or what was said."""
    command = [sys.executable, "-c", LIMITED, notebooks.name(path), str(most)]
    done = subprocess.run(command, cwd=notebooks.ROOT, capture_output=True, text=True)
    return (float(done.stdout.split()[-1]), "") if done.returncode == 0 else (0, done.stderr.strip()[-600:])


def main():
    parser = argparse.ArgumentParser(prog="make memory", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, 10, ... (default: all chapters)")
    parser.add_argument("--most", type=int, default=MOST, help="MB that a kernel may hold")
    options, failed = parser.parse_args(), False
    for path in notebooks.chosen(parser, options.notebook):
        if path.exists() and notebooks.number(path):
            held, failure = run(path, options.most)
            said = f"failed under {options.most:,} MB\n{failure}" if failure else f"{held:6,.0f} MB"
            print(f"{notebooks.name(path):40}{said}", flush=True)
            failed = failed or bool(failure)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
