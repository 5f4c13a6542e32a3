"""A pytest plugin: when nbval has run a notebook, every cell is run once more, from the last to the first.

Readers run single cells again. From the last to the first, each cell meets what all later ones have made of
its names: an exercise that takes a chapter's variable for itself is found out.
"""

import pytest
from nbval.plugin import IPyNbCell

from authoring import notebooks, rules

MINUTES = 10  # that a cell may take


class Again(pytest.Item):
    """One cell, run in the kernel in which all have been run."""

    def __init__(self, *, cell, **where):
        super().__init__(**where)
        self.cell = cell

    def runtest(self):
        kernel = self.parent.kernel
        asked, error = kernel.execute_cell_input(self.cell.source), None
        while True:
            message = kernel.get_message("iopub", timeout=60 * MINUTES)
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                error = f"{content['ename']}: {content['evalue']}"
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
        if error and "raises-exception" not in self.cell.metadata.get("tags", []):
            pytest.fail(f"{error}, when it is run again after the whole:\n{self.cell.source}", pytrace=False)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}: {self.name}"


def pytest_collection_modifyitems(items):
    """Put behind a notebook's cells the same cells in reverse order."""
    for parent in dict.fromkeys(item.parent for item in items if isinstance(item, IPyNbCell)):
        if notebooks.number(parent.path) not in rules.SECOND:
            continue
        cells = [item for item in items if item.parent is parent]
        more = [
            Again.from_parent(parent, name=f"{item.name} again", cell=item.cell) for item in reversed(cells)
        ]
        end = items.index(cells[-1]) + 1
        items[end:end] = more
