"""Edits for what goes wrong while typing: a comparison, a number, an operation, a name, an order."""

import ast

from helpers.exercises.diagnosis.edits import COUNT, OTHER, SLIP, code, names_of, number, places

COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
OPERATIONS = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.FloorDiv, ast.Mult), ast.FloorDiv: (ast.Div, ast.Mod), ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,), ast.MatMult: (ast.Mult,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd, ast.Sub),
}  # fmt: skip
WORDS = [("valid", "same", "full"), ("sobel x", "sobel y"), ("constant", "edge", "wrap", "reflect")]


def slips(function):
    """All of them, for one function."""
    names = names_of(function)
    for place in places(function):
        node = place.node
        if isinstance(node, ast.Compare):
            yield from _comparisons(place)
        elif isinstance(node, ast.BoolOp):
            other = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield place.swap("and/or", other, lambda: "`and` and `or` are exchanged there.")
        elif isinstance(node, ast.Constant) and not isinstance(place.parent, (ast.UnaryOp, ast.Expr)):
            yield from _constants(place, node.value, names)
        elif (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.operand, ast.Constant)
            and isinstance(node.op, ast.USub)
        ):
            yield from _constants(place, -node.operand.value, ())
        elif isinstance(node, ast.BinOp):
            yield from _operations(place)
        elif isinstance(node, ast.AugAssign):
            yield from _augmented(place)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            yield from _assigned(place)
        elif isinstance(node, ast.Call):
            yield from _order(place, node.args, lambda a, n=node: ast.Call(n.func, a, n.keywords))
        elif isinstance(node, (ast.Tuple, ast.List)):
            yield from _order(place, node.elts, lambda e, n=node: type(n)(e, n.ctx))
        elif isinstance(node, ast.Name) and place.loaded and (node.id in names or not place.called):
            yield from _names(place, names)
        elif isinstance(node, ast.IfExp):
            other = ast.IfExp(node.test, node.orelse, node.body)
            yield place.swap("else", other, lambda n=node: f"the two ways of `{code(n)}` are exchanged.")
        yield from _turned_round(place)


def _comparisons(place):
    node = place.node
    for k, op in enumerate(node.ops):
        for kind in COMPARISONS.get(type(op), ()):
            new = ast.Compare(node.left, [*node.ops[:k], kind(), *node.ops[k + 1 :]], node.comparators)
            yield place.swap(
                f"{type(op)}>{kind}", new, lambda n=node: f"the comparison `{code(n)}` is not the right one."
            )


def _turned_round(place):
    """A condition the wrong way round."""
    if (
        place.key in ("test",)
        or isinstance(place.parent, ast.comprehension)
        and isinstance(place.owner, list)
    ):
        if not isinstance(place.node, ast.UnaryOp):
            new = ast.UnaryOp(ast.Not(), place.node)
            yield place.swap(
                "not", new, lambda n=place.node: f"the condition `{code(n)}` is the wrong way round.", OTHER
            )


def _constants(place, value, names):
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, (int, float)):
        near = [value - 1, value + 1, 0, 1, 2, -1] if isinstance(value, int) else [0.0, 1.0]
        others = [
            *near,
            *([value // 2] if isinstance(value, int) and value % 2 == 0 else [value / 2]),
            2 * value,
            -value,
        ]
        others += [-float("inf"), float("inf")]
    elif isinstance(value, str):
        others = [word for words in WORDS if value in words for word in words] + _spellings(value)
    else:
        return
    keyword = place.parent.arg if isinstance(place.parent, ast.keyword) else None
    whole = isinstance(place.parent, ast.Subscript) or isinstance(place.parent, ast.Tuple) and place.loaded

    def why(node=place.node):
        return f"`{f'{keyword}=' if keyword else ''}{code(node)}` is not right there."

    for other in dict.fromkeys(others):
        if other != value:
            new = ast.Constant(other) if isinstance(other, (bool, str)) else number(other)
            far = isinstance(other, float) and abs(other) == float("inf")
            yield place.swap(f"const:{value}>{other}", new, why, COUNT if far else SLIP)
    if isinstance(value, int) and not isinstance(value, bool):
        for name in names:
            yield place.swap(f"const:{value}>{name}", ast.Name(name, ast.Load()), why, OTHER)
        if whole:
            what = f"`{value}` takes one of them only; all are needed."
            yield place.swap("all", ast.Slice(None, None, None), lambda: what, OTHER)


def _spellings(text):
    """The strings of np.einsum that sum over one letter more, or give the letters in another order."""
    given, arrow, result = text.partition("->")
    if not arrow:
        return []
    fewer = [f"{given}->{result[:k]}{result[k + 1 :]}" for k in range(len(result))]
    pairs = [(i, j) for i in range(len(result)) for j in range(i + 1, len(result))]
    turned = [
        f"{given}->{result[:i]}{result[j]}{result[i + 1 : j]}{result[i]}{result[j + 1 :]}" for i, j in pairs
    ]
    return [*fewer, *turned]


def _operations(place):
    node, op = place.node, type(place.node.op)
    for kind in OPERATIONS.get(op, ()):
        new = ast.BinOp(node.left, kind(), node.right)
        why = lambda n=node: f"`{sign(n.op)}` is not the right operation in `{code(n)}`."  # noqa: E731
        yield place.swap(f"{op}>{kind}", new, why)
    if (
        isinstance(node.right, ast.Constant)
        and node.right.value == 2
        or isinstance(node.left, ast.Constant)
        and node.left.value == 2
    ):
        if op is ast.Mult:
            base = node.left if isinstance(node.right, ast.Constant) else node.right
            new = ast.BinOp(base, ast.Pow(), ast.Constant(2))
            yield place.swap("square", new, lambda n=node: f"`{code(n)}` is twice as much, not the square.")
    if op in (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult, ast.Mod):
        new = ast.BinOp(node.right, node.op, node.left)
        yield place.swap("turned", new, lambda n=node: f"the two sides of `{code(n)}` are exchanged.")
    if not isinstance(place.parent, ast.BinOp):
        yield from _brackets(place)


def sign(op):
    """An operation as it is written."""
    return ast.unparse(ast.BinOp(ast.Name("a"), op, ast.Name("b")))[2:-2]


ORDER = {ast.Pow: 3} | dict.fromkeys((ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.MatMult), 2)
ORDER |= {ast.Add: 1, ast.Sub: 1}


def _brackets(place):
    """A whole expression with one pair of brackets more, anywhere, or one pair fewer."""

    def why(node=place.node):
        return f"brackets are missing in `{code(node)}`, or stand in the wrong place."

    chain = _chain(place.node)
    for i in range(0, len(chain), 2):
        for j in range(i + 2, len(chain), 2):
            if j - i < len(chain) - 1:
                text = " ".join([*chain[:i], "(", *chain[i : j + 1], ")", *chain[j + 1 :]])
                yield place.swap("bracket", ast.parse(text, mode="eval").body, why)
    for k in range(0, len(chain), 2):
        if chain[k].startswith("(") and isinstance(ast.parse(chain[k], mode="eval").body, ast.BinOp):
            text = " ".join([*chain[:k], chain[k][1:-1], *chain[k + 1 :]])
            yield place.swap("bracket", ast.parse(text, mode="eval").body, why)


def _chain(node, level=0):
    """An expression as its operands and operations, as they stand between the outermost brackets."""
    if not isinstance(node, ast.BinOp) or type(node.op) not in ORDER or ORDER[type(node.op)] < level:
        text = ast.unparse(node)
        return [f"({text})"] if isinstance(node, (ast.BinOp, ast.Compare, ast.BoolOp, ast.IfExp)) else [text]
    own = ORDER[type(node.op)]
    left, right = (own + 1, own) if own == 3 else (own, own + 1)
    return [*_chain(node.left, left), sign(node.op), *_chain(node.right, right)]


def _augmented(place):
    """+= where = belongs, or another operation."""
    node = place.node
    for kind in (ast.Add, ast.Sub, ast.Mult, ast.Div):
        if kind is not type(node.op):
            new = ast.AugAssign(node.target, kind(), node.value)
            yield place.swap(
                f"aug>{kind}", new, lambda n=node: f"`{sign(n.op)}=` is not the right operation there."
            )
    new = ast.Assign([node.target], node.value)
    yield place.swap(
        "aug>=",
        new,
        lambda n=node: f"`{sign(n.op)}=` goes on from what was there before; a new value is needed.",
    )


def _assigned(place):
    """= where += belongs, or *=."""
    node, target = place.node, place.node.targets[0]
    if isinstance(target, (ast.Name, ast.Subscript)):
        for kind, word in ((ast.Add, "+="), (ast.Mult, "*="), (ast.Sub, "-=")):
            new = ast.AugAssign(target, kind(), node.value)
            yield place.swap(
                f"=>{word}",
                new,
                lambda w=word: f"`=` overwrites what was there before; `{w}` goes on from it.",
            )

    if not isinstance(node.value, ast.Constant):
        for value in (0, 1):
            new = ast.Assign(node.targets, ast.Constant(value))
            yield place.swap("begin", new, lambda: f"`{code(node.value)}` is not what belongs there.", OTHER)


def _order(place, items, made):
    if any(isinstance(item, ast.Starred) for item in items):
        return
    for i in range(len(items)):
        for j in range(i + 1, min(i + 3, len(items))):
            new = list(items)
            new[i], new[j] = new[j], new[i]
            pair = items[i], items[j]
            yield place.swap(
                "order",
                made(new),
                lambda p=pair: f"`{code(p[0])}` and `{code(p[1])}` have changed places there.",
            )


def _names(place, names):
    node = place.node

    def why():
        return f"`{node.id}` is not what belongs there."

    # Of a return, nothing that was worked out would be used.
    rank = COUNT if isinstance(place.parent, ast.Return) else SLIP
    for name in names:
        if name != node.id:
            yield place.swap(f"name:{node.id}>{name}", ast.Name(name, ast.Load()), why, rank)
    if not place.called:
        for value in (0, 1):
            yield place.swap(f"name>{value}", ast.Constant(value), why, OTHER)
