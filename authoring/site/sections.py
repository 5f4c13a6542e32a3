"""The index that search reads: every section of every page with its words, as one plain script.

A script, because a page opened from a folder may fetch nothing; sections, because a page is too long a find.
"""

import json

from docutils import nodes

LEFT_OUT = (nodes.section, nodes.title, nodes.raw, nodes.comment, nodes.image)


def words(section):
    """The words of a section without those of the sections in it."""
    found = []
    for child in section.children:
        if not isinstance(child, LEFT_OUT):
            kept = child.deepcopy()
            for left in list(kept.findall(lambda node: isinstance(node, LEFT_OUT))):
                left.parent.remove(left) if left.parent else None
            found.append(kept.astext())
    return " ".join(" ".join(found).split())


def gather(app, tree, page):
    if page.startswith("_modules"):
        return
    rows = app.env.book_sections = getattr(app.env, "book_sections", {})
    rows[page] = []
    for section in tree.findall(nodes.section):
        title = section.next_node(nodes.title)
        heading = app.env.titles[page].astext()
        place = section["ids"][-1] if section.parent is not tree else ""
        rows[page].append([f"{page}.html#{place}".rstrip("#"), heading, title.astext(), words(section)])


def write(app, error):
    if error or app.builder.name != "html":
        return
    rows = [row for page in sorted(app.env.book_sections) for row in app.env.book_sections[page]]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (app.outdir / "_static" / "sections.js").write_text(f"bookSections({text});\n", encoding="utf-8")


def no_other_search(app):
    app.builder.search = False


def setup(app):
    app.connect("builder-inited", no_other_search)
    app.connect("doctree-resolved", gather)
    app.connect("build-finished", write)
    return {"parallel_read_safe": False}
