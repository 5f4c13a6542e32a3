"""A notebook as its text gives it, and whether somebody has edited the stored one by hand since.

A built notebook carries a digest of its own cells (``book.built`` in its metadata). One whose cells have
another digest was edited by hand, in JupyterLab or in Colab, and is never written over.
"""

from authoring import generated, notebooks, setup_lines


class Stop(Exception):
    """What the author has to put right, in words."""


def build(path):
    """The notebook that a text gives, with its generated parts and without outputs."""
    text, label = notebooks.twin(path), notebooks.name(path)
    if not text.exists():
        remedy = f'make refresh ARGS="{label} --adopt"'
        raise Stop(f"{label}: it has no text to be built from. Write one from the notebook: {remedy}")
    nb = generated.put_in(notebooks.read(text), path)
    nb.metadata["book"] = nb.metadata.get("book", {}) | {"built": notebooks.digest(nb)}
    return nb


def edited(nb):
    """Whether a stored notebook has other cells than it was built with."""
    return nb.metadata.get("book", {}).get("built") != notebooks.digest(nb)


def by_hand(label):
    """What to do about a notebook that was edited."""
    return (
        f"{label}: the notebook was edited by hand, but it is built from chapters/text/{label}.md.\n"
        f'Keep these edits, in the text:  make refresh ARGS="{label} --adopt"\n'
        f'Drop them:                      make refresh ARGS="{label} --discard"'
    )


def adopt(path):
    """Write a text from the notebook edited in its place; what the text was lies in build/ then."""
    nb, text = notebooks.read(path), notebooks.twin(path)
    old = text.read_text(encoding="utf-8") if text.exists() else ""
    if old and not edited(nb):
        raise Stop(f"{notebooks.name(path)}: the notebook is as it was built; there is nothing to adopt.")
    new = notebooks.to_text(generated.take_out(nb, path))
    if new == old:
        return
    if old:
        kept = notebooks.chapters_of(path).parent / "build" / text.name
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(old, encoding="utf-8")
        print(f"{text.name} is written from the notebook; what it was is in build/{text.name}")
    text.parent.mkdir(parents=True, exist_ok=True)
    text.write_text(new, encoding="utf-8")


def as_its_text(path, nb):
    """The rule: notebook and text say the same, and only the notebook holds what is generated."""
    label = notebooks.name(path)
    try:
        built = build(path)
    except Stop as stop:
        return [str(stop)]
    wrong = []
    if notebooks.keys(nb) != notebooks.keys(built):
        older = f"the text has changed since it was built: make refresh ARGS={label}"
        wrong.append(by_hand(label) if edited(nb) else older)
    elif path.read_text(encoding="utf-8") != notebooks.to_json(carry(nb, built)):
        wrong.append(f"stored with other metadata than it is built with: make refresh ARGS={label}")
    text = notebooks.read(notebooks.twin(path))
    before = notebooks.keys(text)
    if notebooks.keys(generated.take_out(text, path)) != before:
        wrong.append(f'its text holds parts that are generated; they go by make check ARGS="{label} --fix"')
    return wrong


def carry(old, nb):
    """Give the cells of ``nb`` the stored outputs of the same cells in ``old``.

    Only while every code cell before it is unchanged too: a later result may depend on an earlier cell.
    """
    before = [cell for _, cell in notebooks.code(old)]
    after = [cell for _, cell in notebooks.code(nb)]
    same = True

    def own(cell):  # the generated lines compute nothing
        return cell.source.rpartition(setup_lines.MARKER)[2]

    for i, cell in enumerate(after):
        same = same and i < len(before) and own(before[i]) == own(cell)
        cell.outputs = before[i].outputs if same else []
        cell.execution_count = before[i].execution_count if same else None
    nb.metadata.pop("widgets", None)
    if "widgets" in old.metadata and len(before) == len(after) and same:
        nb.metadata.widgets = old.metadata.widgets
    return nb
