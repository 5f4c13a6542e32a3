"""A pytest plugin: when nbval has run a notebook, every cell is run once more, from the last to the first.

Readers run single cells again. From the last to the first, each cell meets what all later ones have made of
its names: an exercise that takes a chapter's variable for itself is found out.
"""

import ast
import time

import pytest
from nbval.plugin import IPyNbCell

from authoring import notebooks, rules

MINUTES = 10  # that a cell may take
LONG = 3  # seconds; a cell that took longer trains briefly when it is run again, and asserts nothing of it
BRIEFLY = """
import sys as _sys

def _exchange(made):
    old = {(module, name): getattr(module, name) for module, name in made}
    for (module, name), function in made.items():
        for place in vars(module), globals():
            if place.get(name) is old[module, name]:
                place[name] = function
    return old

def _brief(function, most):
    return lambda model, x, y, *more, **options: function(model, x[:most], y[:most], *more, **options)

_most = {"fit": 200, "train_step": 2, "evaluate": 50}
_loaded = [_sys.modules.get(f"helpers.{room}.training") for room in ("nn", "pytorch")]
_long = _exchange({(module, name): _brief(getattr(module, name), most) for module in _loaded
                   for name, most in _most.items() if hasattr(module, name)})
"""
AT_LENGTH = "_exchange(_long)"


def without_asserts(source):
    """A cell's source without its asserts."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            if isinstance(steps := getattr(node, name, None), list) and steps:
                kept = [step for step in steps if not isinstance(step, ast.Assert)]
                setattr(node, name, kept or [ast.Pass()])
    return ast.unparse(tree)


class Again(pytest.Item):
    """One cell, run in the kernel in which all have been run."""

    def __init__(self, *, first, **where):
        super().__init__(**where)
        self.first, self.cell = first, first.cell

    def runtest(self):
        if getattr(self.first, "seconds", 0) < LONG:
            error = self.said(self.cell.source)
        else:
            self.said(BRIEFLY)
            error = self.said(without_asserts(self.cell.source))
            self.said(AT_LENGTH)
        if error and "raises-exception" not in self.cell.metadata.get("tags", []):
            pytest.fail(f"{error}, when it is run again after the whole:\n{self.cell.source}", pytrace=False)

    def said(self, source):
        """Run code in the kernel; the error it ends with, or None."""
        kernel = self.parent.kernel
        asked, error = kernel.execute_cell_input(source), None
        while True:
            message = kernel.get_message("iopub", timeout=60 * MINUTES)
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                error = f"{content['ename']}: {content['evalue']}"
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return error

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}: {self.name}"


def pytest_collection_modifyitems(items):
    """Put behind a notebook's cells the same cells in reverse order."""
    for parent in dict.fromkeys(item.parent for item in items if isinstance(item, IPyNbCell)):
        if notebooks.number(parent.path) not in rules.SECOND:
            continue
        cells = [item for item in items if item.parent is parent]
        more = [Again.from_parent(parent, name=f"{item.name} again", first=item) for item in reversed(cells)]
        end = items.index(cells[-1]) + 1
        items[end:end] = more


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    begun = time.monotonic()
    try:
        return (yield)
    finally:
        item.seconds = time.monotonic() - begun
