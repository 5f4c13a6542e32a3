"""What in the book is out of step or against its rules, in seconds: nothing is run, nothing but --fix writes.

    make check                    every notebook
    make check ARGS=03            one chapter
    make check ARGS="03 --fix"    put the links to the glossary that are missing into its text

A rule takes (path, notebook) and gives one sentence, with the remedy, for each thing that is wrong.
"""

import argparse
import sys

from authoring import anatomy, building, claims, contents, generated, glossary, notebooks, rules
from authoring.questions import checked, quiz
from authoring.shown import as_made_now

RULES = [building.as_its_text, *rules.RULES, *anatomy.RULES]
RULES += [claims.tied, glossary.linked, quiz, checked, as_made_now]


def wrong(path):
    """What is wrong with a notebook, its words taken as its text has them now."""
    if not path.exists():
        return [f"there is no notebook yet: make refresh ARGS={notebooks.name(path)}"]
    nb = notebooks.read(path)
    found = building.as_its_text(path, nb)
    if found and notebooks.twin(path).exists() and not building.edited(nb):
        nb = building.carry(nb, building.build(path))
    if not_run := rules.executed(path, nb):  # what it shows cannot be judged
        return found + not_run + glossary.linked(path, nb)
    return found + [said for rule in RULES[1:] for said in rule(path, nb)]


def report(paths):
    """Print what is wrong with the notebooks and with the README; 1 if anything is, else 0."""
    count = 0
    for path in [*paths, notebooks.ROOT / "README.md"]:
        try:
            found = wrong(path) if path in paths else contents.wrong()
        except ValueError as error:  # a text, a list of claims, a solution that cannot be read
            found = [str(error)]
        if found:
            name = notebooks.name(path) if path in paths else path.name
            print(name, *(said.replace("\n", "\n    ") for said in found), sep="\n  ")
        count += len(found)
    print(f"{len(paths)} checked: {f'{count} to put right' if count else 'all in order'}")
    return int(count > 0)


def fix(path):
    """Put the missing links into a text, and take out what is generated."""
    file = notebooks.twin(path)
    before = file.read_text(encoding="utf-8")
    nb = notebooks.from_text(before)
    said = notebooks.keys(nb)
    plain = notebooks.keys(generated.take_out(nb, path)) == said
    text = before if plain else notebooks.to_text(nb)
    if notebooks.number(path) is not None:
        text = glossary.fix(text, glossary.terms(path))
    if text != before:
        file.write_text(text, encoding="utf-8")
        print(
            f"chapters/text/{notebooks.name(path)}.md: mended; now make refresh ARGS={notebooks.name(path)}"
        )


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make check", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="01, solutions/01, glossary, ... (default: all)")
    parser.add_argument("--fix", action="store_true", help="put missing links to the glossary into the texts")
    options = parser.parse_args(arguments)
    paths = notebooks.chosen(parser, options.notebook)
    if options.fix:
        for path in paths:
            fix(path)
    return report(paths)


if __name__ == "__main__":
    sys.exit(main())
