"""Write what links the book together: contents table, navigation, launch badges, README.

Everything is read from the notebooks (entries.py), so nothing is kept by hand twice.

    python -m authoring.contents           bring every notebook, its twin and the README up to date
    python -m authoring.contents --check   only say what is out of date
"""

import argparse
import sys

from authoring import entries, generated, notebooks, setup_lines

BEGIN, END = "<!-- contents:begin -->", "<!-- contents:end -->"


def update(root=notebooks.ROOT, check=False):
    """Bring README and every notebook and twin that agree up to date; return the names of those changed."""
    folder, address, changed = root / "chapters", notebooks.repository(root), []
    chapters = entries.chapters(folder)
    setup = setup_lines.lines(address)
    for path in notebooks.all_notebooks(folder):
        text = notebooks.twin(path)
        if not (path.exists() and text.exists()):
            changed.append(
                f"{notebooks.name(path)}: only one of notebook and text exists; run tools/refresh.py"
            )
            continue
        nb = notebooks.read(path)
        if notebooks.keys(nb) != notebooks.keys(notebooks.read(text)):
            changed.append(f"{notebooks.name(path)}: notebook and text differ; run tools/refresh.py")
            continue
        code = [c.source for c in nb.cells if c.cell_type == "code"]
        nb = generated.generate(nb, path, chapters, address, setup)
        if code != [c.source for c in nb.cells if c.cell_type == "code"]:
            changed.append(f"{notebooks.name(path)}: new setup lines or exercises; run tools/refresh.py")
            continue
        for file, new in ((path, notebooks.to_json(nb)), (text, notebooks.to_text(nb))):
            if file.read_text(encoding="utf-8") != new:
                changed.append(f"{file.relative_to(root)}")
                if not check:
                    file.write_text(new, encoding="utf-8")
    readme = root / "README.md"
    old = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if BEGIN in old and END in old:
        head, tail = old.split(BEGIN)[0], old.split(END)[1]
        new = f"{head}{BEGIN}\n\n{entries.table(chapters, 'chapters/')}\n\n{END}{tail}"
        if new != old:
            changed.append("README.md")
            if not check:
                readme.write_text(new, encoding="utf-8")
    return changed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail if out of date")
    check = parser.parse_args().check
    changed = update(check=check)
    for line in changed:
        print(("out of date: " if check else "") + line)
    sys.exit(1 if check and changed else 0)


if __name__ == "__main__":
    main()
