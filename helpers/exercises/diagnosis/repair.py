"""The one small change that makes a reader's code right: it says where the mistake is, and what sort it is."""

import ast
import time
import warnings
from itertools import chain, combinations

from helpers.exercises.base import Cause
from helpers.exercises.diagnosis.additions import counts, functions, terms, wraps
from helpers.exercises.diagnosis.edits import ADDED, CERTAIN, COUNT, MOVED, OTHER, SLIP, SURPLUS, Edit
from helpers.exercises.diagnosis.moves import moves
from helpers.exercises.diagnosis.slips import slips
from helpers.exercises.diagnosis.surplus import surplus

SMALL = (slips, surplus, moves, counts, functions)
STAGES = (  # kinds of edits, of which ranks, and whether they are made at two places at once
    (SMALL, (CERTAIN, SURPLUS, SLIP, COUNT, MOVED), False),
    (SMALL, (CERTAIN, SURPLUS, SLIP, COUNT, MOVED), True),
    (SMALL, (OTHER,), False),
    ((wraps,), (ADDED,), False),
    ((terms,), (ADDED,), False),
    ((wraps,), (ADDED,), True),
)
WORK = 0.6  # seconds, so that a check answers within one
PATIENCE = 3  # seconds on the clock, for a busy machine
DANGER = {
    "open",
    "exec",
    "eval",
    "input",
    "exit",
    "quit",
    "system",
    "remove",
    "unlink",
    "save",
    "savetxt",
    "Popen",
}


def repaired(source, trial):
    """The Cause that a single change lays open, or None."""
    if source is None or not trial.wrong or _dangerous(source):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edit = Search(source, trial).find()
    if edit is None:
        return None
    return Cause(f"{source.at(edit.line)}: {edit.why()}", f"{source.at(edit.line)}: {edit.hint()}")


def _dangerous(source):
    """Whether the code does more than work something out: then it is not run in other versions."""
    for part in source.parts:
        for node in ast.walk(part.node):
            name = getattr(node, "id", getattr(node, "attr", None))
            if name in DANGER or isinstance(node, (ast.Global, ast.Nonlocal)):
                return True
    return False


class Search:
    """Tries changes one after the other on the case that shows the mistake first, then on all."""

    def __init__(self, source, trial):
        self.source, self.trial, self.stuck = source, trial, 0
        self.until, self.latest = time.thread_time() + WORK, time.monotonic() + PATIENCE
        order = [*trial.wrong, *(i for i in range(len(trial.cases)) if i not in trial.wrong)]
        self.triples = [trial.triples[i] for i in order]

    def find(self):
        """The edit that works, of the lowest rank, from the first stage that has any."""
        nodes = [part.node for part in self.source.parts]
        for kinds, ranks, twice in STAGES:
            edits = list(chain.from_iterable(kind(node) for node in nodes for kind in kinds))
            edits = [edit for edit in edits if edit.rank in ranks]
            for edit in self.twins(edits) if twice else sorted(edits, key=lambda edit: edit.rank):
                if self.stuck > 5 or time.thread_time() > self.until or time.monotonic() > self.latest:
                    return None
                if self.works(edit):
                    return edit
        return None

    def twins(self, edits):
        """Changes of one kind made at two places at once, or at all of them."""
        groups = {}
        for edit in edits:
            groups.setdefault(_family(edit), []).append(edit)
        exchanges_first = sorted(groups.items(), key=lambda item: (isinstance(item[0], str), item[1][0].rank))
        for _, group in exchanges_first:
            near = 2 if len(group) > 6 else 99  # lines apart
            pairs = [pair for pair in combinations(group[:16], 2) if abs(pair[0].line - pair[1].line) <= near]
            for several in [*pairs, *([group] if 3 <= len(group) <= 4 else [])]:
                if joined := _joined(several):
                    yield joined

    def works(self, edit):
        """Whether an edit makes the answer right in every case, and in some not seen before."""
        undo = edit.make()
        try:
            version = self.source.built()
            return all(self.right(version, *triple) for triple in self.triples) and all(
                self.right(version, *triple) for triple in self.trial.more()
            )
        except (SyntaxError, ValueError, TypeError):  # what cannot be built is no repair
            return False
        finally:
            undo()

    def right(self, version, case, _, right):
        fits = self.trial.mended_by(version, case, right)
        self.stuck += self.trial.watch.stopped
        return fits


def _family(edit):
    """Changes of one kind; names or functions that are exchanged for each other within a line."""
    kind, _, what = edit.kind.partition(":")
    return (edit.line, *sorted(what.split(">"))) if kind in ("name", "call") else edit.kind


def _joined(edits):
    """Several edits as one, or None where two want the same place."""
    slots = [slot for edit in edits for slot in edit.slots]
    if len({(id(owner), key) for owner, key, _ in slots}) < len(slots):
        return None
    first, last = min(edits, key=lambda edit: edit.line), max(edits, key=lambda edit: edit.line)
    rank, why = max(edit.rank for edit in edits), first.why
    kind, _, what = first.kind.partition(":")
    more = f" The same in line {last.line}." if last.line > first.line else ""
    if kind in ("name", "call") and last.kind != first.kind:
        why = lambda: " and ".join(f"`{name}`" for name in what.split(">")) + " have changed places there."  # noqa: E731
    return Edit(first.kind, rank, first.line, slots, lambda: why() + more, lambda: first.hint() + more)
