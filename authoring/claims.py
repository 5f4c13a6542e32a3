"""Every number in the prose is tied to something that was executed, or to a source.

A number (prose_numbers.py says which) is tied when it occurs in a stored text output or in an assert of its
notebook, or of a chapter that the same paragraph, list item or table row links to; or when
``chapters/claims.toml`` gives its source. A number that code only prints as a literal proves nothing and
does not count; nor does an assert of literals alone. Rounding is allowed for decimals, percentages, ratios
and `million`.
"""

import ast
import re
import tomllib
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

from authoring import notebooks, rules
from authoring.prose_numbers import claims


def evidence(nb):
    """The numbers a notebook's cells computed or asserted, with their signs."""
    found = set()
    for _, cell in notebooks.code(nb):
        if cell.source.startswith("Quiz("):
            continue  # it shows wrong answers too
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        literal = _literals(tree)
        for text in rules.texts(cell):
            found |= {number for number in _printed(text) if abs(number) not in literal}
        found |= _asserted(tree)
    return found


def _printed(text):
    """The numbers in a text output."""
    text = re.sub(r"[\u202f\u2009\u00a0]", ",", text).replace("−", "-")
    pattern = r"(?<![\w.])(-)?(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)(?![\d_])"
    return {Decimal(sign + digits.replace(",", "")) for sign, digits in re.findall(pattern, text)}


def _literals(tree):
    """The numbers that a cell only repeats: in its own strings, or given to print as they are."""
    found, formats = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue):
            found |= _constant(node.value)
            formats |= {id(part) for part in ast.walk(node.format_spec)} if node.format_spec else set()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            found |= {number for argument in node.args for number in _constant(argument)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in formats:
            found |= {abs(number) for number in _printed(node.value)}
    return found


def _asserted(tree):
    """The numbers in asserts, unless these hold of literals alone."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assert):
            continue
        if not any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node.test)):
            continue
        for part in ast.walk(node.test):
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
                found |= {-number for number in _constant(part.operand)}
            found |= _constant(part)
    return found


def _constant(node):
    value = getattr(node, "value", None)
    is_number = (
        isinstance(node, ast.Constant) and isinstance(value, int | float) and not isinstance(value, bool)
    )
    return {Decimal(repr(value))} if is_number else set()


def ties(claim, known):
    """Say whether a number among those known is the claimed one, rounded where that is allowed."""
    rounds = claim.kind or claim.places or claim.power
    for number in known:
        if not claim.signed:
            number = abs(number)
        for scale in (0, 2) if claim.kind == "percent" else (0,):
            shown = number.scaleb(scale - claim.power)
            if shown == claim.value:
                return True
            step = Decimal(1).scaleb(-claim.places)
            if rounds and abs(shown - claim.value) <= step and claim.value in _rounded(shown, step):
                return True
    return False


def _rounded(number, step):
    return {number.quantize(step, way) for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)}


def ledger(chapters):
    """The entries of ``claims.toml``; ValueError when one lacks something."""
    file = chapters / "claims.toml"
    found = tomllib.loads(file.read_text(encoding="utf-8")).get("claim", []) if file.exists() else []
    for entry in found:
        for key in ("chapter", "number", "says", "source"):
            if not str(entry.get(key, "")).strip():
                raise ValueError(f"claims.toml: {entry} lacks `{key}`")
        if not re.search(r"https://\S+|\b(19|20)\d\d\b", entry["source"]):
            raise ValueError(f"claims.toml: {entry['number']}: the source has neither a year nor an address")
    return found


def short(path):
    """What the ledger calls a notebook: ``01``, ``solutions/01``, ``glossary``."""
    return re.sub(r"(\d\d)_\w+$", r"\1", notebooks.name(path))


def check(path, nb=None, sourced=None):
    """(claims, untied claims, stale ledger entries) of a notebook."""
    path = Path(path)
    nb = notebooks.read(path) if nb is None else nb
    sourced = ledger(notebooks.chapters_of(path)) if sourced is None else sourced
    mine = [entry for entry in sourced if entry["chapter"] == short(path)]
    own, found, cache = evidence(nb), claims(nb), {}
    named = {entry["number"].strip() for entry in mine}
    untied = []
    for claim in found:
        if claim.text in named or ties(claim, own):
            continue
        for link in claim.links:
            there = path.parent / link
            if there not in cache:
                cache[there] = evidence(notebooks.read(there)) if there.exists() else set()
        if not any(ties(claim, cache[path.parent / link]) for link in claim.links):
            untied.append(claim)
    written = {claim.text for claim in found}
    return found, untied, [entry for entry in mine if entry["number"].strip() not in written]


def tied(path, nb):
    """The rule."""
    _, untied, stale = check(path, nb)
    return [
        f"cell {claim.cell}: {claim.text!r} in “{claim.sentence}” is tied to nothing. Print or assert it in "
        "this chapter, link to the chapter that does, or give its source in chapters/claims.toml "
        f'(chapter = "{short(path)}", number = "{claim.text}")'
        for claim in untied
    ] + [f"claims.toml: {entry['number']!r} is not in the prose; remove the entry" for entry in stale]
