"""Execute notebooks and bring them and their text twins together.

    python -m authoring.refresh 01 02          execute chapters 1 and 2
    python -m authoring.refresh all            execute every notebook, then update contents and navigation
    python -m authoring.refresh 01 --check     change nothing; fail if notebook and text differ
    python -m authoring.refresh 01 --no-execute   keep the stored outputs of code that is unchanged

Whether the notebook or its text was edited is found by comparing both with the last refresh on this
machine and with git's HEAD. When both were edited, ``--from text`` or ``--from notebook`` decides.
Running it again changes no byte.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from authoring import contents, entries, generated, notebooks, setup_lines, widgets

# One thread: the same sums in the same order on every machine.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
TIMEOUT = 1800  # seconds a cell may take
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Stop(Exception):
    """What the author has to put right, in words."""


def digest(nb):
    """Return a short name for what a notebook's cells say."""
    return hashlib.sha256(json.dumps(notebooks.keys(nb)).encode()).hexdigest()[:16]


def _record(path):
    return notebooks.chapters_of(path).parent / "build" / "refreshed" / f"{notebooks.name(path)}.txt"


def known(path):
    """Return the digests that notebook and text are known to have agreed on: last refresh, HEAD."""
    record = _record(path)
    found = {record.read_text().strip()} if record.exists() else set()
    for file in (path, notebooks.twin(path)):
        if not file.parent.exists():
            continue
        shown = subprocess.run(
            ["git", "-C", file.parent, "show", f"HEAD:./{file.name}"], capture_output=True, text=True
        )
        if shown.returncode == 0:
            if file.suffix == ".md":
                nb = notebooks.from_text(shown.stdout)
            else:
                nb = notebooks.tidy(nbformat.reads(shown.stdout, as_version=4))
            found.add(digest(nb))
    return found


def choose(path, source=None):
    """Return ``text`` or ``notebook``: which of the two was edited. Stop when both were."""
    text = notebooks.twin(path)
    if not (path.exists() and text.exists()):
        return "notebook" if path.exists() else "text"
    if source:
        return source
    mine, other = digest(notebooks.read(path)), digest(notebooks.read(text))
    if mine == other:
        return "notebook"
    agreed = known(path)
    if (mine in agreed) != (other in agreed):
        return "text" if mine in agreed else "notebook"
    raise Stop(
        f"{notebooks.name(path)}: notebook and text differ and it cannot be told which was edited. "
        "Say which to keep: --from text or --from notebook."
    )


def execute(nb, path):
    """Run a notebook in its own folder and store its outputs, the same bytes on every run."""
    if not notebooks.code(nb):
        return nb
    path.parent.mkdir(parents=True, exist_ok=True)
    for _, cell in notebooks.code(nb):
        cell.outputs, cell.execution_count = [], None
    nb.metadata.pop("widgets", None)
    client = NotebookClient(
        nb,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only
        resources={"metadata": {"path": str(path.parent)}},
    )
    with tempfile.TemporaryDirectory() as empty:  # no reader has the author's IPython settings
        env = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        env |= dict.fromkeys(THREADS, "1") | {"IPYTHONDIR": empty}
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            raise Stop(_failure(nb, path)) from error
    for _, cell in notebooks.code(nb):
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            settle(output, cell, path)
    return widgets.settle(notebooks.tidy(nb))


def joined(outputs):
    """Return the outputs with a stream's pieces put together: where it was cut depended on the clock."""
    whole = []
    for output in outputs:
        before = whole[-1] if whole else {}
        if output.output_type == before.get("output_type") == "stream" and output.name == before.name:
            before.text += output.text
        else:
            whole.append(output)
    return whole


def _failure(nb, path):
    for i, cell in enumerate(nb.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in notebooks.tags(cell):
                trace = ANSI.sub("", "\n".join(output.traceback))
                return (
                    f"{notebooks.name(path)}: cell {i} failed. Correct it, or tag it `raises-exception` if "
                    f"it is meant to.\n{'-' * 70}\n{cell.source}\n{'-' * 70}\n{trace}"
                )
    return f"{notebooks.name(path)}: execution failed"


def settle(output, cell, path):
    """Take out of an output what differs from machine to machine; Stop on stderr."""
    if output.output_type == "stream" and output.name == "stderr" and "stderr" not in notebooks.tags(cell):
        raise Stop(
            f"{notebooks.name(path)}: this cell writes to stderr (a warning?). Correct it, or tag it "
            f"`stderr` and say why.\n{'-' * 70}\n{cell.source}\n{'-' * 70}\n{output.text}"
        )
    if output.output_type == "error":
        # Frames outside the notebook name this machine's folders, and line numbers that move.
        output.traceback = [line for line in output.traceback if not ANSI.sub("", line).startswith("File ")]


def refresh(path, source=None, run=True, check=False):
    """Bring one notebook and its twin up to date; return what was done, in words."""
    path, text = Path(path), notebooks.twin(path)
    label = notebooks.name(path)
    if check:
        return _check(path)
    chosen = choose(path, source)
    file = path if chosen == "notebook" else text
    before = {f: f.read_bytes() if f.exists() else None for f in (path, text)}
    nb = notebooks.read(file)
    old = notebooks.read(path) if path.exists() else nbformat.v4.new_notebook()
    nb = _generate(nb, path)
    notebooks.to_text(nb)  # refuse what Markdown cannot hold before spending time on it
    nb = execute(nb, path) if run else notebooks.carry(old, nb)
    new = {path: notebooks.to_json(nb).encode(), text: notebooks.to_text(nb).encode()}
    for f, content in before.items():
        if (f.read_bytes() if f.exists() else None) != content:
            raise Stop(
                f"{label}: {f.name} was changed while the notebook ran. Nothing was written; run again."
            )
    for f, content in new.items():
        f.parent.mkdir(parents=True, exist_ok=True)
        if content != before[f]:
            f.write_bytes(content)
    record = _record(path)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(digest(nb))
    changed = [f.name for f in new if new[f] != before[f]]
    return f"{label}: from {chosen}; " + (f"wrote {', '.join(changed)}" if changed else "nothing changed")


def _generate(nb, path):
    folder = notebooks.chapters_of(path)
    address = notebooks.repository(folder.parent)
    this = [(path, nb)] if notebooks.number(path) is not None else []
    chapters, setup = entries.chapters(folder, *this), setup_lines.lines(address)
    return generated.generate(nb, path, chapters, address, setup)


def _check(path):
    text, label = notebooks.twin(path), notebooks.name(path)
    remedy = f"Run tools/refresh.py {label}."
    if not (path.exists() and text.exists()):
        raise Stop(f"{label}: there is no {'text' if path.exists() else 'notebook'}. {remedy}")
    nb = notebooks.read(path)
    if notebooks.keys(nb) != notebooks.keys(notebooks.read(text)):
        raise Stop(f"{label}: notebook and text differ. {remedy}")
    nb = _generate(nb, path)
    for file, new in ((path, notebooks.to_json(nb)), (text, notebooks.to_text(nb))):
        if file.read_text(encoding="utf-8") != new:
            raise Stop(f"{label}: generated parts or metadata of {file.name} are out of date. {remedy}")
    return f"{label}: notebook and text agree"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="+", help="01, solutions/01, glossary, ... or all")
    parser.add_argument("--from", dest="source", choices=["text", "notebook"], help="which to keep")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if out of date")
    parser.add_argument("--no-execute", action="store_true", help="keep stored outputs instead of running")
    options = parser.parse_args()
    failed = False
    try:
        found = notebooks.find(options.notebook)
    except ValueError as error:
        sys.exit(str(error))
    for path in found:
        try:
            print(refresh(path, options.source, not options.no_execute, options.check), flush=True)
        except (Stop, ValueError) as error:
            print(error, file=sys.stderr, flush=True)
            failed = True
    if not failed and not options.check:
        stale = contents.update(check="all" not in options.notebook)
        if stale:
            said = "updated" if "all" in options.notebook else "now out of date (run tools/contents.py)"
            print(f"{said}: {', '.join(stale)}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
