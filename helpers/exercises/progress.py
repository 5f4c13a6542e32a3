"""Which exercises a reader has solved: a small file beside the notebook, which can be deleted at any time."""

import json
import os
from pathlib import Path

FILE = "exercises-progress.json"


def solved():
    """The numbers of the exercises solved so far; none where the file is missing or unreadable."""
    try:
        found = json.loads(Path(FILE).read_text(encoding="utf-8"))["solved"]
        return {number for number in found if isinstance(number, str)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def add(number):
    """Note an exercise as solved and return all that are; a folder that cannot be written is no error."""
    done = solved() | {number}
    if os.environ.get("CI"):  # nobody reads there
        return done
    try:
        Path(FILE).write_text(json.dumps({"solved": sorted(done)}) + "\n", encoding="utf-8")
    except OSError:
        pass
    return done
