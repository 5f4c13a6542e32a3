"""Faults planted in the stored pages: each must be named by a rule, or by nbval when the cells are run.

    make mutate ARGS=pages             links, captions, labels, words of explorers, numbers in the prose
    make mutate ARGS="outputs 03"      a digit of every stored output and alt text of chapter 3, which is run

The rules are those that tests/test_notebooks.py holds every notebook to.
"""

import argparse
import copy
import random
import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import nbformat

from authoring import anatomy, check, claims, notebooks, widgets
from authoring.trust import copies

RULES = [rule for rule in check.RULES if rule.__name__ != "as_its_text"]  # it names any change of a page


def _swapped(nb, of):
    """Two links of the prose change places whose targets match."""
    links = [
        (cell, link)
        for cell in nb.cells
        if cell.cell_type == "markdown" and not cell.metadata.get("tags")
        for link in anatomy.LINK.finditer(cell.source)
        if re.search(of, link[2]) and not re.search(r"solutions/", link[2])
    ]
    targets = list(dict.fromkeys(link[2] for _, link in links))
    if len(targets) < 2:
        return False
    one, two = targets[:2]
    for cell in {id(cell): cell for cell, _ in links}.values():
        swap = {f"({one})": f"({two})", f"({two})": f"({one})"}
        cell.source = re.sub(
            "|".join(map(re.escape, swap)), lambda found, swap=swap: swap[found[0]], cell.source
        )
    return True


def _html(nb, holds, change):
    """Change the first stored HTML that holds something."""
    for _, cell in notebooks.code(nb):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if re.search(holds, html) and change(html) != html:
                output.data["text/html"] = change(html)
                return True
    return False


def no_caption(nb):
    return _html(
        nb, "book-caption", lambda html: re.sub(r'<p class="book-caption".*?</p>|book-caption', "", html)
    )


def stale_label(nb):
    for model in nb.metadata.get("widgets", {}).get(widgets.STATE, {}).get("state", {}).values():
        if model["state"].get("description") and "Bounded" in model["model_name"]:
            model["state"]["description"] += " (old)"
            return True
    return False


def explorer_says_otherwise(nb):
    """A digit of an explorer's stored words."""
    for _, cell in notebooks.code(nb):
        for output in cell.outputs:
            if widgets.VIEW in output.get("data", {}) and "<img" in output.data.get("text/html", ""):
                output.data["text/html"] = re.sub(
                    r'(?<=alt=")[^"]*?\d', _raised, output.data["text/html"], count=1
                )
                return True
    return False


def _raised(found):
    return found[0][:-1] + str((int(found[0][-1]) + 1) % 10)


PLANTS = {
    "links to chapters swapped": lambda nb: _swapped(nb, r"\d\d_\w+\.ipynb"),
    "links to the glossary swapped": lambda nb: _swapped(nb, "glossary.ipynb#"),
    "caption missing": no_caption,
    "widget's label stale": stale_label,
    "explorer says otherwise": explorer_says_otherwise,
}


def caught_by(path, nb, before):
    """The rule that says something of the changed page which it did not say before."""
    for rule in RULES:
        if set(rule(path, nb)) - before:
            return f"{rule.__module__.removeprefix('authoring.')}.{rule.__name__}"
    return ""


def numbers(path, nb, draw):
    """(how many numbers of the prose had a digit changed, those that no rule named)."""
    known, sourced = claims.evidence(nb), claims.ledger(notebooks.CHAPTERS)
    named = {entry["number"].strip() for entry in sourced if entry["chapter"] == claims.short(path)}
    found = [claim for claim in claims.claims(nb) if claim.text not in named and claims.ties(claim, known)]
    missed = []
    for claim in found:
        spots = [m.start() for m in re.finditer(r"\d", claim.text)]
        spot = draw.choice(spots)
        led = spot == spots[0] and re.match(r"[\d,]", claim.text[spot + 1 :])  # no number begins 0,1 or 01
        digit = draw.choice(sorted(set("0123456789") - {claim.text[spot], "0" if led else ""}))
        other = claim.text[:spot] + digit + claim.text[spot + 1 :]
        digits = re.search(r"[\d.,\u202f\u2009\u00a0]*\d", other)[0]
        value = Decimal(re.sub(r"[,\u202f\u2009\u00a0]", "", digits)) * (-1 if claim.value < 0 else 1)
        if claims.ties(_replaced(claim, text=other, value=value), known):
            missed.append(f"{claim.text} → {other}")
    return len(found), missed


def _replaced(claim, **changes):
    return type(claim)(**(vars(claim) | changes))


def pages(words):
    parser = argparse.ArgumentParser(prog="make mutate ARGS=pages")
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, ... (default: all)")
    missed, draw, count, passed = [], random.Random(0), 0, []
    for path in notebooks.chosen(parser, parser.parse_args(words).notebook):
        stored = notebooks.read(path)
        before = {said for rule in RULES for said in rule(path, stored)}
        for name, plant in PLANTS.items():
            nb = copy.deepcopy(stored)
            if not plant(nb):
                continue
            rule = caught_by(path, nb, before)
            print(f"{notebooks.name(path):<42} {name:<30} {rule or 'NOT CAUGHT'}", flush=True)
            missed += [] if rule else [f"{path.stem}: {name}"]
        of, by_chance = numbers(path, stored, draw)
        count, passed = count + of, passed + by_chance
    print(
        f"{count - len(passed)} of {count} changed numbers in the prose named by claims.tied; by chance tied:"
    )
    print(*passed, sep=", ")
    print(f"not caught: {missed}" if missed else "all other faults caught")
    return int(bool(missed) or len(passed) > 0.25 * count)


def outputs(words):
    parser = argparse.ArgumentParser(prog="make mutate ARGS=outputs")
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, ... (default: all)")
    missed = 0
    with copies.copy() as root:
        for path in notebooks.chosen(parser, parser.parse_args(words).notebook):
            nb = notebooks.read(path)
            changed = _change_outputs(nb)
            if changed:
                there = root / path.relative_to(notebooks.ROOT)
                there.write_text(nbformat.writes(nb), encoding="utf-8")
                failed = _failed_cells(root, there)
                silent = sorted(set(changed) - failed)
                missed += len(silent)
                said = f"not noticed: cells {silent}" if silent else "all noticed by nbval"
                print(f"{notebooks.name(path):<42} {len(changed)} cells changed, {said}", flush=True)
    return int(missed > 0)


def _change_outputs(nb):
    """Change a digit of every stored text; the numbers of the code cells it was done to."""
    changed = []
    for i, (_, cell) in enumerate(notebooks.code(nb)):
        if "nbval-ignore-output" in notebooks.tags(cell):
            continue
        for output in cell.outputs:
            held = output if "text" in output else output.get("data", {})
            for kind in [key for key in held if key == "text" or key.startswith("text/")]:
                text = re.sub(
                    r"base64,[A-Za-z0-9+/=]+|\d", lambda f: f[0] if len(f[0]) > 1 else _raised(f), held[kind]
                )
                if text != held[kind]:
                    held[kind] = text
                    changed.append(i)
    return sorted(set(changed))


def _failed_cells(root, path):
    report = root / "report.xml"
    copies.pytest(root, *notebooks.NBVAL, f"--junitxml={report}", str(path.relative_to(root)))
    cases = ElementTree.parse(report).iter("testcase")
    return {
        int(re.search(r"\d+$", case.get("name"))[0]) for case in cases if case.find("failure") is not None
    }
