"""A notebook as its text gives it, and whether somebody has edited the stored one by hand since.

A built notebook carries a digest of its own cells (``book.built`` in its metadata). One whose cells have
another digest was edited by hand, in JupyterLab or in Colab, and is never written over.
"""

from authoring import generated, notebooks


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
    """Write a text from the notebook that was edited in its place; Stop where something would be lost."""
    nb, text, label = notebooks.read(path), notebooks.twin(path), notebooks.name(path)
    if text.exists() and not edited(nb):
        raise Stop(f"{label}: the notebook is as it was built from {text.name}; there is nothing to adopt.")
    written = notebooks.to_text(generated.take_out(notebooks.read(path), path))
    if text.exists() and notebooks.digest(build(path)) != nb.metadata.get("book", {}).get("built"):
        spare = notebooks.chapters_of(path).parent / "build" / text.name
        spare.parent.mkdir(exist_ok=True)
        spare.write_text(written, encoding="utf-8")
        raise Stop(
            f"{label}: its text has changed too since the notebook was built, and stays as it is. What the "
            f"notebook says is in build/{text.name}: take from there what you want to keep, then\n"
            f'make refresh ARGS="{label} --discard"'
        )
    text.parent.mkdir(parents=True, exist_ok=True)
    text.write_text(written, encoding="utf-8")
    lost = [key for key in notebooks.keys(nb) if key not in notebooks.keys(build(path))]
    if lost:
        raise Stop(
            f"{label}: {text.name} now holds your edits, but not of these cells, which are generated: "
            + "; ".join(repr(source[:60]) for _, source, _ in lost)
            + f'. Change what they are made from; then make refresh ARGS="{label} --discard"'
        )


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
    elif path.read_text(encoding="utf-8") != notebooks.to_json(notebooks.carry(nb, built)):
        wrong.append(f"stored with other metadata than it is built with: make refresh ARGS={label}")
    text = notebooks.read(notebooks.twin(path))
    before = notebooks.keys(text)
    if notebooks.keys(generated.take_out(text, path)) != before:
        wrong.append(f'its text holds parts that are generated; they go by make check ARGS="{label} --fix"')
    return wrong
