"""Build notebooks from their texts: execute them, store the outputs, bring tables and links up to date.

    make refresh ARGS="01 02"              chapters 1 and 2
    make refresh                           every notebook
    make refresh ARGS="01 --no-execute"    after a change of words: keep the outputs of code that is unchanged

Running it again changes no byte. At the end it says what the rules of the book find (check.py).
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from authoring import building, check, contents, notebooks, widgets
from authoring.building import Stop

OPTIONS = {
    "--no-execute": "keep the stored outputs of code that is unchanged",
    "--adopt": "first write the text from a notebook that was edited by hand",
    "--discard": "write over a notebook that was edited by hand",
}
TIMEOUT = 1800  # seconds a cell may take
ANSI = re.compile(r"\x1b\[[0-9;]*m")


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
        env |= notebooks.ONE_THREAD | {"IPYTHONDIR": empty}
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            raise Stop(_failure(nb, path)) from error
    for _, cell in notebooks.code(nb):
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "error":
                # Frames outside the notebook name this machine's folders, and line numbers that move.
                own = [line for line in output.traceback if not ANSI.sub("", line).startswith("File ")]
                output.traceback = own
    return widgets.settle(notebooks.tidy(nb))


def joined(outputs):
    """The outputs with a stream's pieces put together: where it was cut depended on the clock."""
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


def refresh(path, run=True, adopt=False, discard=False):
    """Build one notebook from its text; what was done, in words."""
    path, label = Path(path), notebooks.name(path)
    before = path.read_bytes() if path.exists() else None
    if adopt and before:
        building.adopt(path)
    nb = building.build(path)
    stored = notebooks.read(path) if before else nbformat.v4.new_notebook()
    same = notebooks.keys(stored) == notebooks.keys(nb)
    if before and not (same or discard) and building.edited(stored):
        left = "The text has your edits, but for those of generated cells. " if adopt else ""
        raise Stop(left + building.by_hand(label))
    nb = execute(nb, path) if run else building.carry(stored, nb)
    new = notebooks.to_json(nb).encode()
    if (path.read_bytes() if path.exists() else None) != before:
        raise Stop(f"{label}: the notebook was saved while it ran. Nothing was written; refresh it again.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if new != before:
        path.write_bytes(new)
    return f"{label}: {'nothing changed' if new == before else 'built'}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, glossary, ... (default: all)")
    for option, said in OPTIONS.items():
        parser.add_argument(option, action="store_true", help=said)
    options = parser.parse_args(arguments)
    built, failed = [], False
    for path in notebooks.chosen(parser, options.notebook):
        try:
            print(refresh(path, not options.no_execute, options.adopt, options.discard), flush=True)
            built.append(path)
        except (Stop, ValueError) as error:
            print(error, file=sys.stderr, flush=True)
            failed = True
    if not built:
        return 1
    for changed in contents.update():
        print(f"brought up to date: {changed}")
    return check.report(built) or int(failed)


if __name__ == "__main__":
    sys.exit(main())
