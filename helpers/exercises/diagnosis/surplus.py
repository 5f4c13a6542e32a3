"""Edits for what is too much: a term, a function around it, a slice, an argument, a condition."""

import ast

from helpers.exercises.diagnosis.edits import CERTAIN, OTHER, SURPLUS, code, is_method, name_of, places
from helpers.exercises.diagnosis.slips import sign

PEELED = "int abs round float sorted list set reversed sum max min ravel flatten mean floor ceil trunc sqrt square squeeze exp log pad"
MAKERS = ("zeros_like", "full_like", "ones_like", "empty_like", "array", "full", "zeros", "ones", "asarray")


def surplus(function):
    """All of them, for one function."""
    for place in places(function):
        node = place.node
        if isinstance(node, ast.BinOp):
            yield from _terms(place)
        elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
            word = {ast.USub: "the minus", ast.Not: "`not`", ast.Invert: "`~`"}.get(type(node.op), "the plus")
            yield place.swap(
                "unary",
                node.operand,
                lambda n=node, w=word: f"{w} of `{code(n)}` does not belong there.",
                SURPLUS,
            )
        elif isinstance(node, ast.Call):
            yield from _calls(place)
        elif isinstance(node, ast.Attribute) and node.attr == "T" and place.loaded:
            yield place.swap(
                "T", node.value, lambda n=node: f"`.T` does not belong into `{code(n)}`.", SURPLUS
            )
        elif isinstance(node, ast.Subscript) and place.loaded:
            yield from _subscripts(place)
        elif isinstance(node, ast.Tuple) and len(node.elts) > 2 and place.loaded:
            for k, item in enumerate(node.elts):
                new = ast.Tuple([*node.elts[:k], *node.elts[k + 1 :]], ast.Load())
                yield place.swap(
                    f"item:{k}", new, lambda i=item: f"`{code(i)}` does not belong there.", SURPLUS
                )
        elif isinstance(node, ast.IfExp):
            for new in (node.body, node.orelse):
                yield place.swap(
                    "if", new, lambda n=node: f"the condition in `{code(n)}` does not belong there.", OTHER
                )
        elif isinstance(node, ast.comprehension) and node.ifs:
            for k, test in enumerate(node.ifs):
                new = ast.comprehension(
                    node.target, node.iter, [*node.ifs[:k], *node.ifs[k + 1 :]], node.is_async
                )
                edit = place.swap(
                    "if", new, lambda t=test: f"the condition `{code(t)}` leaves out what counts.", OTHER
                )
                edit.line = test.lineno
                yield edit
        elif isinstance(node, ast.BoolOp):
            for k, part in enumerate(node.values):
                rest = [*node.values[:k], *node.values[k + 1 :]]
                new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
                yield place.swap(
                    "if", new, lambda p=part: f"the condition `{code(p)}` does not belong there.", OTHER
                )


def _terms(place):
    """A term or factor too many, or more than one."""
    node = place.node
    yield place.swap(
        f"gone:{type(node.op)}",
        node.left,
        lambda n=node: f"`{sign(n.op)} {code(n.right)}` does not belong there.",
        SURPLUS,
    )
    yield place.swap(
        f"gone:{type(node.op)}",
        node.right,
        lambda n=node: f"`{code(n.left)} {sign(n.op)}` does not belong there.",
        SURPLUS,
    )
    for side in (node.left, node.right):
        if isinstance(side, ast.BinOp):
            for new in (side.left, side.right):
                yield place.swap("more", new, lambda n=node: f"there is too much in `{code(n)}`.", OTHER)


def _calls(place):
    node, func, name = place.node, place.node.func, name_of(place.node)
    method = is_method(node)
    inner = func.value if method and not node.args else node.args[0] if node.args else None
    given = {keyword.arg for keyword in node.keywords}

    def whole():
        return f"`{code(node)}` holds whole numbers only: fractions are cut off there."

    if name == "astype":
        yield place.swap("whole", func.value, whole, CERTAIN)
    if name in PEELED.split() and inner is not None:
        kind = "whole" if name in ("int", "round", "floor") else f"peel:{name}"
        yield place.swap(kind, inner, lambda: f"`{name}` does not belong there.", SURPLUS)
    for k, keyword in enumerate(node.keywords):
        new = ast.Call(func, node.args, [*node.keywords[:k], *node.keywords[k + 1 :]])
        if keyword.arg == "dtype":
            yield place.swap("whole", new, whole, CERTAIN)
        else:
            yield place.swap(
                f"keyword:{keyword.arg}",
                new,
                lambda w=keyword: f"`{code(w)}` does not belong there.",
                SURPLUS,
            )
    if name in MAKERS and "dtype" not in given:
        new = ast.Call(func, node.args, [*node.keywords, ast.keyword("dtype", ast.Name("float", ast.Load()))])
        yield place.swap("whole", new, whole, CERTAIN)
    if name == "copy" and method:
        new = ast.Call(ast.Attribute(func.value, "astype", ast.Load()), [ast.Name("float", ast.Load())], [])
        yield place.swap("whole", new, whole, CERTAIN)
    if len(node.args) > 1:
        new = ast.Call(func, node.args[:-1], node.keywords)
        yield place.swap("argument", new, lambda: f"`{code(node.args[-1])}` does not belong there.", OTHER)


def _subscripts(place):
    node, index = place.node, place.node.slice
    if "::-1" in ast.unparse(index):
        yield place.swap(
            "turn", node.value, lambda: f"`{code(node)}` is reversed; it should stay as it is.", SURPLUS
        )
    elif isinstance(index, ast.Slice):
        yield place.swap(
            "slice", node.value, lambda: f"`{code(node)}` is only a part; all of it is needed.", SURPLUS
        )
        takes = lambda: f"`{code(node)}` takes the wrong part."  # noqa: E731
        if index.step is None and index.lower is None and index.upper is not None:
            for other in (ast.Slice(None, None, ast.Constant(2)), ast.Slice(index.upper, None, None)):
                yield place.swap("part", ast.Subscript(node.value, other, ast.Load()), takes, OTHER)
        elif index.step is None and index.lower is not None and index.upper is None:
            other = ast.Slice(None, index.lower, None)
            yield place.swap("part", ast.Subscript(node.value, other, ast.Load()), takes, OTHER)
    else:
        yield place.swap(
            "index", node.value, lambda: f"`{code(node)}` is only a part; all of it is needed.", OTHER
        )
