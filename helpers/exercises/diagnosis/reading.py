"""What is certain from the reader's own source, without running it; said only of a wrong answer."""

import ast
import builtins
import types

from helpers.exercises.base import Cause
from helpers.exercises.diagnosis.edits import names_of

LOOPS = (ast.For, ast.While)
PURE = {"sorted", "reversed", "abs", "round", "sum", "max", "min", "len", "float", "int"}
PURE_METHODS = {
    "astype",
    "reshape",
    "transpose",
    "ravel",
    "flatten",
    "copy",
    "round",
    "clip",
    "swapaxes",
    "replace",
}


def seen(source, names):
    """What can be seen in the source of a function that is called with arguments of these names, the surest first."""
    if source is None:
        return
    for part in source.parts:
        for look in (_early_return, _thrown_away, _overwritten, _shadowed):
            yield from look(part, source)
    yield from _signature(source, names)
    yield from _unused(source, len(names))


def printed_only(source):
    """The line that prints what should be returned, or ""."""
    for part in source.parts[:1] if source else ():
        calls = [node for node in ast.walk(part.node) if isinstance(node, ast.Call)]
        for node in calls:
            if getattr(node.func, "id", "") == "print":
                return (
                    f"{source.at(node.lineno)}: printing shows a result, but hands nothing back. Return it."
                )
    return ""


def endless(source, line):
    """What is wrong with the loop that a line stands in, or ""."""
    for part in source.parts if source else ():
        loops = [
            n for n in ast.walk(part.node) if isinstance(n, ast.While) and n.lineno <= line <= n.end_lineno
        ]
        for loop in reversed(loops):
            watched = {n.id for n in ast.walk(loop.test) if isinstance(n, ast.Name)}
            if not watched:
                continue
            if not any(_may_change(node, watched) for step in loop.body for node in ast.walk(step)):
                watched = watched - set(_arguments(part)) or watched
                what = " or ".join(f"`{name}`" for name in sorted(watched))
                return f"nothing inside the loop of {source.at(loop.lineno)} changes {what}"
    return ""


def _may_change(node, watched):
    if isinstance(node, (ast.Return, ast.Break)):
        return True
    if isinstance(node, ast.Name):
        return node.id in watched and isinstance(node.ctx, ast.Store)
    if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
        return bool(_names(node) & watched)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # left.pop(), queue.append(x)
        return bool(_names(node.func.value) & watched)
    return False


def _names(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _early_return(part, source):
    """A return that every round of a loop comes to."""
    for loop in ast.walk(part.node):
        if isinstance(loop, LOOPS):
            for step in loop.body:
                if isinstance(step, ast.Return):
                    yield Cause(
                        f"{source.at(step.lineno)}: this return stands inside the loop: it ends in its first round.",
                        "Take as many levels of indentation off the return as there are loops around it.",
                    )


def _thrown_away(part, source):
    """A line that works something out and lets it go."""
    for node in ast.walk(part.node):
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant) and _is_pure(node.value):
            yield Cause(
                f"{source.at(node.lineno)}: this works something out, and throws it away.",
                "Give it a name, or return it.",
            )


def _is_pure(node):
    if isinstance(node, (ast.Compare, ast.BinOp, ast.Name, ast.Subscript)):
        return True
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Name):
        return func.id in PURE
    if not isinstance(func, ast.Attribute):
        return False
    module = isinstance(func.value, ast.Name) and func.value.id == "np"
    writes = {
        "copyto",
        "put",
        "place",
        "fill_diagonal",
        "put_along_axis",
        "seterr",
        "random",
        "shuffle",
        "at",
    }
    given = {keyword.arg for keyword in node.keywords}
    return (module and func.attr not in writes or func.attr in PURE_METHODS) and "out" not in given


def _arguments(part):
    args = part.node.args
    return [a.arg for a in [*args.posonlyargs, *args.args]]


def _overwritten(part, source):
    """An argument that gets another value before anybody has looked at it."""
    if isinstance(part.node, ast.Lambda):
        return
    unread = set(_arguments(part))
    for step in part.node.body:
        if isinstance(step, ast.Assign):
            unread -= _names(step.value)
            for target in step.targets:
                for name in unread & {
                    n.id
                    for n in ast.walk(target)
                    if isinstance(n.ctx if isinstance(n, ast.Name) else None, ast.Store)
                }:
                    yield Cause(
                        f"{source.at(step.lineno)}: the argument `{name}` is overwritten before it was used.",
                        "Leave this line out, or give what it makes another name.",
                    )
                    unread -= {name}
        elif isinstance(step, ast.For):
            unread -= _names(step.iter)
            for name in unread & _names(step.target):
                yield Cause(
                    f"{source.at(step.lineno)}: the loop gives its own values to the argument `{name}`.",
                    "Give the loop a name of its own to count with.",
                )
        unread -= _names(step)


def _shadowed(part, source):
    """A name of Python's or of the notebook's functions that is given to something else, and then called."""
    if isinstance(part.node, ast.Lambda):
        return
    stored = {}
    for node in ast.walk(part.node):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.setdefault(node.id, node.lineno)
    for name in _arguments(part):
        stored.setdefault(name, part.node.lineno)
    for node in ast.walk(part.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in stored:
            name = node.func.id
            if hasattr(builtins, name) or callable(part.function.__globals__.get(name)):
                yield Cause(
                    f"{source.at(stored[name])}: this gives the name `{name}` to something else, "
                    f"and line {node.lineno} needs the function.",
                    f"Choose another name than `{name}` for it.",
                )


def kept(source):
    """The argument whose default is one and the same list in every call, in a sentence, or ""."""
    for part in source.parts[:1] if source else ():
        function = part.function
        if any(
            isinstance(v, (list, dict, set))
            for v in [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        ):
            return f"{source.at(part.node.lineno)}: the default is made once and kept; begin with a new one inside the function"
    return ""


def _signature(source, names):
    """Arguments of the right names in another order."""
    own = _arguments(source.parts[0])[: len(names)]
    if own != names and sorted(own) == sorted(names):
        yield Cause(f"your function takes {', '.join(own)}; it is called with {', '.join(names)}, in this order.",
                    "Put the arguments in the order of the starter.")  # fmt: skip


def _unused(source, given):
    """An argument that nobody ever looks at, and what is looked at in its place."""
    part = source.parts[0]
    loaded = {n.id for n in ast.walk(part.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    unused = [name for name in _arguments(part)[:given] if name not in loaded]
    if not unused:
        return
    what = " and ".join(f"`{name}`" for name in unused)
    own = set(names_of(part.node))
    for node in ast.walk(part.node):
        if isinstance(node, ast.Name) and node.id not in own:
            value = part.function.__globals__.get(node.id)
            if value is not None and not callable(value) and not isinstance(value, types.ModuleType):
                yield Cause(
                    f"{source.at(node.lineno)}: `{node.id}` is no argument, it is taken from the notebook; "
                    f"{what} is never used.",
                    f"Should `{unused[0]}` stand in the place of `{node.id}`?",
                )
                return
    yield Cause(f"your function never uses {what}.", f"What does {what} change in the result?")
