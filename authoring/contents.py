"""What follows from the other chapters: the README's table of contents, the index's, and the links between.

They are made from the texts (entries.py). A refresh of any chapter brings them up to date everywhere.
"""

import re

from authoring import building, entries, generated, notebooks

REGION = "<!-- {name}:begin -->{content}<!-- {name}:end -->"


def readme(root):
    """The README as it is and as it should be."""
    file = root / "README.md"
    new = old = file.read_text(encoding="utf-8") if file.exists() else ""
    table = entries.table(entries.chapters(root / "chapters"), "chapters/")
    doors = generated.doors(root, notebooks.repository(root))
    for name, content in (("doors", doors), ("contents", table)):
        region = REGION.format(name=name, content=f"\n\n{content}\n\n" if content else "\n")
        pattern = REGION.format(name=name, content=".*?")
        new = re.sub(pattern, lambda _, region=region: region, new, flags=re.S)
    return old, new


def wrong():
    """The rule of `make check` for the README."""
    old, new = readme(notebooks.ROOT)
    return [] if old == new else ["the table of contents is out of date: make refresh ARGS=index"]


def update(root=notebooks.ROOT):
    """Bring tables and links up to date without running anything; the names of the files changed.

    A notebook that differs from its text in anything else is left alone: it waits for its own refresh.
    """
    changed = []
    for path in notebooks.all_notebooks(root / "chapters"):
        if not (path.exists() and notebooks.twin(path).exists()):
            continue
        stored, nb = notebooks.read(path), building.build(path)
        if building.edited(stored) or _own(stored) != _own(nb):
            continue
        new = notebooks.to_json(building.carry(stored, nb))
        if path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8")
            changed.append(path.relative_to(root).as_posix())
    old, new = readme(root)
    if new != old:
        (root / "README.md").write_text(new, encoding="utf-8")
        changed.append("README.md")
    return changed


def _own(nb):
    """What a notebook says apart from links and tables."""
    return [key for key in notebooks.keys(nb) if not {"navigation", "contents"} & set(key[2])]
