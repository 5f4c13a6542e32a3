"""Lines of a reader's code that stand in the wrong place: inside a loop, before it, too early, too late."""

import ast

from helpers.exercises.diagnosis.edits import CERTAIN, MOVED, Edit, located

LOOPS = (ast.For, ast.While)


def moves(function):
    """All ways to move a line by one place, into a loop or out of it, or to leave it out."""
    for owner, key in _blocks(function):
        block = getattr(owner, key)
        for k, line in enumerate(block):
            yield from _out_of_loops(owner, key, block, k, line)
            yield from _into_loops(owner, key, block, k, line)
            if k + 1 < len(block) and not isinstance(line, (ast.Return, ast.FunctionDef)):
                changed = [*block[:k], block[k + 1], line, *block[k + 2 :]]
                what = "this line comes too early: the one after it should come first."
                yield _edit("early", owner, key, changed, line, what, "Exchange the two lines.")
            if len(block) > 1:
                what = "this line does not belong there."
                yield _edit(
                    "extra",
                    owner,
                    key,
                    [*block[:k], *block[k + 1 :]],
                    line,
                    what,
                    "Try it without this line.",
                )
            if isinstance(line, ast.If) and not line.orelse:
                what = "this condition leaves out cases that count."
                yield _edit(
                    "if",
                    owner,
                    key,
                    [*block[:k], *line.body, *block[k + 1 :]],
                    line,
                    what,
                    "Try it without the condition.",
                )
            yield from _collected(owner, key, block, k, line)
            if isinstance(line, ast.Break):
                yield _edit(
                    "break",
                    owner,
                    key,
                    [*block[:k], ast.Continue()],
                    line,
                    "the loop ends there too early.",
                    "`continue` goes on.",
                )


def _blocks(function):
    for node in ast.walk(function):
        for key in ("body", "orelse"):
            if isinstance(getattr(node, key, None), list) and getattr(node, key):
                if isinstance(getattr(node, key)[0], ast.stmt):
                    yield node, key


def _out_of_loops(owner, key, block, k, line):
    """The last lines of a loop's body put behind the loop, the first before it."""
    if not isinstance(line, LOOPS) or len(line.body) < 2:
        return
    last, first = line.body[-1], line.body[0]
    shorter, later = _loop(line, line.body[:-1]), _loop(line, line.body[1:])
    what = "this line stands inside the loop; it belongs behind it."
    if isinstance(last, ast.Return):
        what = "this return stands inside the loop: the loop ends in its first round."
    yield _edit(
        "out",
        owner,
        key,
        [*block[:k], shorter, last, *block[k + 1 :]],
        last,
        what,
        "Take a level of indentation off it.",
        CERTAIN if isinstance(last, ast.Return) else MOVED,
    )
    what = "this line stands inside the loop, and begins anew each time; it belongs before the loop."
    yield _edit(
        "before",
        owner,
        key,
        [*block[:k], first, later, *block[k + 1 :]],
        first,
        what,
        "Put it before the loop.",
    )


def _collected(owner, key, block, k, line):
    """A loop that returns its first result, made to collect them all."""
    if not isinstance(line, LOOPS):
        return
    for where in ast.walk(line):
        for inner in ("body", "orelse"):
            steps = getattr(where, inner, [])
            if (
                not isinstance(steps, list)
                or not steps
                or not isinstance(steps[-1], ast.Return)
                or steps[-1].value is None
            ):
                continue
            end = steps[-1]
            for way in ("append", "extend"):
                keep = ast.Expr(
                    ast.Call(ast.Attribute(ast.Name("kept", ast.Load()), way, ast.Load()), [end.value], [])
                )
                begin = ast.Assign([ast.Name("kept", ast.Store())], ast.List([], ast.Load()))
                changed = [*block[:k], begin, line, ast.Return(ast.Name("kept", ast.Load()))]
                edit = _edit("collect", owner, key, changed, end, "it ends the loop at the first result.",
                             "Collect the results in a list, and return the list behind the loop.", CERTAIN)  # fmt: skip
                located(keep, end)
                edit.slots.append((where, inner, [*steps[:-1], keep]))
                yield edit


def _into_loops(owner, key, block, k, line):
    """A line before a loop put to the beginning of its body, one behind it to its end."""
    for loop, place in (
        (block[k + 1], "first") if k + 1 < len(block) else (None, ""),
        (block[k - 1], "last") if k else (None, ""),
    ):
        if not isinstance(loop, LOOPS) or isinstance(line, ast.FunctionDef):
            continue
        if place == "first":
            changed = [*block[:k], _loop(loop, [line, *loop.body]), *block[k + 2 :]]
            what = "this line stands before the loop; it has to begin anew in each round, inside."
        else:
            changed = [*block[: k - 1], _loop(loop, [*loop.body, line]), *block[k + 1 :]]
            what = "this line stands behind the loop; it belongs inside, once for each round."
        yield _edit(place, owner, key, changed, line, what, "Move it into the loop.")
    inner = _deeper(block, k, line)
    if inner is not None:
        changed = [*block[:k], *inner]
        what = "this line stands before the loops; it has to begin anew in each round of the inner one."
        yield _edit("deep", owner, key, changed, line, what, "Move it into the inner loop.")


def _deeper(block, k, line):
    """The rest of a block with a line moved two loops further in."""
    rest = block[k + 1 :]
    for n, outer in enumerate(rest):
        if isinstance(outer, LOOPS):
            for m, inner in enumerate(outer.body):
                if isinstance(inner, LOOPS):
                    new = _loop(
                        outer, [*outer.body[:m], _loop(inner, [line, *inner.body]), *outer.body[m + 1 :]]
                    )
                    return [*rest[:n], new, *rest[n + 1 :]]
            return None
    return None


def _loop(loop, body):
    if isinstance(loop, ast.For):
        new = ast.For(loop.target, loop.iter, body, loop.orelse)
    else:
        new = ast.While(loop.test, body, loop.orelse)
    return ast.copy_location(new, loop)


def _edit(kind, owner, key, changed, line, what, hint, rank=MOVED):
    for statement in changed:
        located(statement, line)
    return Edit(kind, rank, line.lineno, [(owner, key, changed)], lambda: what, lambda: hint)
