"""Edits for what is missing or stands for something else: one more, another function, an axis, a factor."""

import ast

from helpers.exercises.diagnosis.edits import (
    ADDED,
    COUNT,
    OTHER,
    SLIP,
    code,
    is_method,
    name_of,
    names_of,
    places,
)

FAMILIES = [
    "max min", "maximum minimum", "argmax argmin", "amax amin", "sum mean max prod", "mean sum median", "median mean",
    "std var", "var std", "floor ceil trunc", "ceil floor", "zeros ones", "empty zeros", "ones zeros", "any all", "all any",
    "convolve correlate", "correlate convolve", "append extend", "extend append", "sin cos", "arctan2 hypot",
    "stack concatenate", "hstack vstack", "vstack hstack", "round floor", "rint floor", "abs float", "add subtract",
    "subtract add", "array_equal allclose", "cumsum sum", "min max", "minimum maximum", "argmin argmax", "sorted list",
]  # fmt: skip
RELATED = {head: others for head, *others in map(str.split, FAMILIES)}
OVER_AXES = "sum mean std var max min argmax argmin cumsum roll median sort argsort prod any all flip".split()
ROUNDING = ("round", "int", "floor", "ceil", "rint")


def counts(function):
    """One more or one less, wherever something is counted: ranges, slices, sizes, indices."""
    for place in places(function):
        node, parent = place.node, place.parent
        if _amount(place) and not (
            isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub))
        ):
            for op, word in ((ast.Add(), "few"), (ast.Sub(), "many")):
                new = ast.BinOp(node, op, ast.Constant(1))
                kind = f"one:{word}:{type(parent).__name__}"
                yield place.swap(
                    kind, new, lambda n=node, w=word: f"`{code(n)}` is one too {w} there.", COUNT
                )
        if isinstance(node, ast.Call) and name_of(node) == "range":
            if len(node.args) == 1:
                new = ast.Call(node.func, [ast.Constant(1), node.args[0]], [])
                yield place.swap("range", new, lambda: "the range begins one too early.", COUNT)
            elif not isinstance(node.args[0], ast.Constant):
                new = ast.Call(node.func, [ast.Constant(0), *node.args[1:]], [])
                yield place.swap("range", new, lambda: "the range does not begin where it should.", OTHER)


def functions(function):
    """Another function of the same family, another way to round, an axis that is missing."""
    for place in places(function):
        node = place.node
        if isinstance(node, ast.Call):
            yield from _calls(place)
        if (
            isinstance(node, (ast.Name, ast.Attribute))
            and isinstance(place.parent, ast.Call)
            and place.parent.func is node
        ):
            name = node.id if isinstance(node, ast.Name) else node.attr
            for other in RELATED.get(name, ()):
                new = (
                    ast.Name(other, ast.Load())
                    if isinstance(node, ast.Name)
                    else ast.Attribute(node.value, other, ast.Load())
                )
                yield place.swap(
                    f"call:{name}>{other}", new, lambda n=name: f"`{n}` is not the right function there."
                )


def _calls(place):
    node, name = place.node, name_of(place.node)
    inner = node.args[0] if node.args else None
    given = {keyword.arg for keyword in node.keywords}
    if name in ROUNDING and isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
        new = ast.BinOp(inner.left, ast.FloorDiv(), inner.right)
        yield place.swap("floor", new, lambda: f"`{name}` is not the right way to round there.", SLIP)
    counted = node.func.value if is_method(node) else inner
    if (
        name in OVER_AXES
        and "axis" not in given
        and len(node.args) <= 1 + (name == "roll")
        and counted is not None
    ):
        for axis in (0, 1, -1, (1, 2), (-2, -1)):
            value = ast.parse(repr(axis), mode="eval").body
            new = ast.Call(node.func, node.args, [*node.keywords, ast.keyword("axis", value)])
            yield place.swap(
                f"axis:{axis}", new, lambda: f"`{code(node)}` runs over all axes; an axis is missing."
            )
    if name in ("std", "var") and "ddof" not in given:
        new = ast.Call(node.func, node.args, [*node.keywords, ast.keyword("ddof", ast.Constant(1))])
        yield place.swap("ddof", new, lambda: f"`{code(node)}` divides the squares by n, not by n − 1.")
    if name in ("len", "sum", "max", "min", "prod") and isinstance(inner, ast.Name):
        for at in (-1, 0):
            new = ast.Subscript(inner, ast.parse(str(at), mode="eval").body, ast.Load())
            yield place.swap("one", new, lambda: f"`{code(node)}` is not what belongs there.", OTHER)
    if name == "len" and inner is not None:
        for new in (ast.Attribute(inner, "size", ast.Load()), _shape(inner, 1), _shape(inner, -1)):
            yield place.swap("len", new, lambda: f"`{code(node)}` counts along the first axis only.", OTHER)


def _shape(node, axis):
    return ast.Subscript(ast.Attribute(node, "shape", ast.Load()), ast.Constant(axis), ast.Load())


def wraps(function):
    """A minus, a square, a turn, a sum that is missing around something."""
    for place in places(function):
        if _amount(place):
            node = place.node
            for new, what in _wrapped(node):
                yield place.swap(f"wrap:{what}", new, lambda n=node, w=what: f"`{code(n)}` {w}", ADDED)


def _wrapped(node):
    yield ast.UnaryOp(ast.USub(), node), "has the wrong sign there."
    yield ast.BinOp(node, ast.Pow(), ast.Constant(2)), "is not squared there."
    yield _call("max", node, ast.Constant(0)), "may be negative there; it should then count as 0."
    yield _call("abs", node), "may be negative there."
    yield _method(node, "sum"), "is not added up there."
    yield _method(node, "mean"), "is not averaged there."
    yield ast.Attribute(node, "T", ast.Load()), "has rows and columns the other way round there."
    yield _turned(node, 1), "runs the wrong way round there."
    yield _turned(node, 2), "runs the wrong way round there."
    yield _method(node, "ravel"), "is not flat there."
    yield _method(node, "copy"), "is the same array there, not a copy of it."
    yield ast.BinOp(node, ast.Mult(), ast.Constant(2)), "is only half of what is needed there."
    yield ast.BinOp(node, ast.Div(), ast.Constant(2)), "is twice of what is needed there."
    yield ast.BinOp(node, ast.FloorDiv(), ast.Constant(2)), "is twice of what is needed there."
    yield ast.BinOp(node, ast.Pow(), ast.Constant(0.5)), "lacks a root there."


TERMS = {
    ast.Mult: "a factor is missing at", ast.Add: "a term is missing at", ast.Sub: "something has to be taken off at",
    ast.Div: "something has to be divided at", ast.FloorDiv: "something has to be divided at",
}  # fmt: skip


def terms(function):
    """A factor or a term that is missing."""
    names = names_of(function)
    amounts = [place for place in places(function) if _amount(place)]
    for op, what in TERMS.items():
        for place in amounts:
            for name in names:
                if name != getattr(place.node, "id", ""):
                    new = ast.BinOp(place.node, op(), ast.Name(name, ast.Load()))
                    yield place.swap(
                        f"with:{op}", new, lambda n=place.node, w=what: f"{w} `{code(n)}`.", ADDED
                    )
    for place in amounts:  # H − K + 1 for H
        if isinstance(place.parent, (ast.Call, ast.Slice)) and (
            not isinstance(place.parent, ast.Call) or name_of(place.parent) == "range"
        ):
            for name in names:
                for step in (1, -1):
                    less = ast.BinOp(place.node, ast.Sub(), ast.Name(name, ast.Load()))
                    new = ast.BinOp(less, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))
                    yield place.swap(
                        "with:less",
                        new,
                        lambda n=place.node: f"something has to be taken off at `{code(n)}`.",
                        ADDED,
                    )


def _amount(place):
    """Whether a place holds something to reckon with: not a target, a function's name, or what is indexed."""
    node, parent = place.node, place.parent
    if (
        not isinstance(node, (ast.Name, ast.BinOp, ast.Call, ast.Attribute, ast.Subscript))
        or not place.loaded
        or place.called
    ):
        return False
    if isinstance(parent, (ast.keyword, ast.Expr, ast.For, ast.comprehension, ast.Starred)):
        return False
    return not (isinstance(parent, ast.Subscript) and parent.value is node)


def _turned(node, axes):
    def back():
        return ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))

    index = back() if axes == 1 else ast.Tuple([back(), back()], ast.Load())
    return ast.Subscript(node, index, ast.Load())


def _call(name, *given):
    return ast.Call(ast.Name(name, ast.Load()), list(given), [])


def _method(node, name):
    return ast.Call(ast.Attribute(node, name, ast.Load()), [], [])
