"""A pytest plugin: instead of running a notebook's cells, change their stored text outputs digit by digit.

Each changed output is compared with the true one by nbval itself, with its options and sanitising rules. A
cell passes when nbval notices every change, or is told not to compare it.
"""

import copy
import re

from nbval import plugin


def places(output):
    """Yield (where, key, text) of every stored text of an output."""
    if output.output_type == "stream":
        yield output, "text", output.text
    elif output.output_type == "error":
        yield output, "evalue", output.evalue
    else:
        for kind, text in output.data.items():
            if kind.startswith("text/"):
                yield output.data, kind, text


def digits(text):
    """The places of the digits that a reader sees: those inside a picture's bytes are none."""
    pictures = [found.span() for found in re.finditer(r"base64,[A-Za-z0-9+/=]+", text)]
    spots = (found.start() for found in re.finditer(r"\d", text))
    return [spot for spot in spots if not any(start <= spot < end for start, end in pictures)]


def runtest(cell):
    stored = plugin.coalesce_streams(cell.cell.outputs)
    missed = []
    if not cell.options["check"]:  # tagged so, with the reason beside it: authoring/rules.py
        return
    if stored and not cell.compare_outputs(copy.deepcopy(stored), stored):
        cell.raise_cell_error("outputs that do not even equal themselves")
    for output in stored:
        for where, key, text in places(output):
            for spot in digits(text):
                other = str((int(text[spot]) + 1) % 10)
                mutant = copy.copy(output)
                if where is output:
                    mutant[key] = text[:spot] + other + text[spot + 1 :]
                else:
                    mutant.data = copy.copy(output.data)
                    mutant.data[key] = text[:spot] + other + text[spot + 1 :]
                if cell.compare_outputs([mutant], [output]):
                    missed.append(f"{key}: {text[max(0, spot - 20) : spot + 20]!r}")
    if missed:
        cell.raise_cell_error(f"{len(missed)} changed digits not noticed, such as {missed[0]}")


def pytest_configure(config):
    plugin.IPyNbCell.runtest = runtest
    plugin.IPyNbCell.format_output_compare = lambda *anything: None  # nobody reads what differs
    plugin.IPyNbFile.setup = plugin.IPyNbFile.setup_sanitize_files  # no kernel
    plugin.IPyNbFile.teardown = lambda self: None
