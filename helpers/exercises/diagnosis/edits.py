"""Small changes to a reader's own code, one at a time, and what each would say of it.

If a single change makes the answer right in every case, it says where the mistake is. An edit knows what is
wrong at its place (``why``) and what would be right there (``hint``). Where several edits help, the one of the
lowest rank is told: a term too many rather than a function that happens to undo it.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

CERTAIN, SURPLUS, SLIP, COUNT, OTHER, MOVED, ADDED = range(7)


@dataclass
class Edit:
    """Slots of the tree and what to put into them. Edits of one ``kind`` may be needed in two places at once."""

    kind: str
    rank: int
    line: int
    slots: list
    why: Callable
    hint: Callable

    def make(self):
        """Put the new nodes in; return what undoes it."""
        old = [(owner, key, _get(owner, key)) for owner, key, _ in self.slots]
        for slot in self.slots:
            _set(*slot)
        return lambda: [_set(*slot) for slot in reversed(old)]


@dataclass
class Place:
    """A slot of the tree, the node in it, and the node around it."""

    owner: object
    key: object
    node: ast.AST
    parent: ast.AST

    @property
    def loaded(self):
        """Whether the node is read, not written to."""
        return isinstance(self.node, ast.expr) and isinstance(getattr(self.node, "ctx", ast.Load()), ast.Load)

    @property
    def called(self):
        """Whether the node is what is called, or what an attribute is taken of."""
        return (
            isinstance(self.parent, ast.Call)
            and self.parent.func is self.node
            or isinstance(self.parent, ast.Attribute)
        )

    def swap(self, kind, new, why, rank=SLIP, hint=None):
        """An edit that puts another node here; why and hint are functions, called for the one that is told."""
        old = self.node
        located(new, old)
        wanted = hint or (lambda: f"Try `{code(new)}` in the place of `{code(old)}`.")
        return Edit(kind, rank, getattr(old, "lineno", 0), [(self.owner, self.key, new)], why, wanted)


def _get(owner, key):
    return owner[key] if isinstance(owner, list) else getattr(owner, key)


def _set(owner, key, value):
    if isinstance(owner, list):
        owner[key] = value
    else:
        setattr(owner, key, value)


def places(root):
    """Every place in a tree that holds a node, the outer ones first."""
    waiting = [root]
    for parent in waiting:
        for name, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield Place(parent, name, value, parent)
                waiting.append(value)
            elif isinstance(value, list):
                for k, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield Place(value, k, item, parent)
                        waiting.append(item)


def located(new, old):
    """Give a node, and those in it that are new, the line of the one it replaces."""
    if isinstance(new, (ast.expr, ast.stmt, ast.keyword)):
        if hasattr(new, "lineno"):
            return
        ast.copy_location(new, old)
    for child in ast.iter_child_nodes(new):
        located(child, old)


def code(node):
    """A node as the reader would write it."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


def names_of(function):
    """The names of a function's own: arguments and what is assigned in it."""
    args = function.args
    found = [a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in found:
            found.append(node.id)
    return [name for name in found if name != "_"]


def name_of(call):
    """What a call calls: max of max(a, b), mean of x.mean()."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def is_method(call):
    """Whether x.f() is called, not np.f(x)."""
    module = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return isinstance(call.func, ast.Attribute) and not (
        module and call.func.value.id in ("np", "numpy", "math")
    )


def number(value):
    """The node of a number, as one writes it."""
    if value in (float("inf"), -float("inf")):
        inf = ast.Attribute(ast.Name("np", ast.Load()), "inf", ast.Load())
        return inf if value > 0 else ast.UnaryOp(ast.USub(), inf)
    if not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)
