"""Write the book's address into all that is launched or fetched from it, without running anything.

    make publish ADDRESS=https://github.com/owner/book
    make publish                                          the address of the Git remote ``origin``

Setting (``[tool.book]`` in pyproject.toml), set-up lines, launch links and README then name this one address.
"""

import argparse
import re
import subprocess
import sys

from authoring import building, contents, generated, notebooks
from authoring.building import Stop

SETTING = re.compile(r'^repository = ".*"$', re.M)
FORMS = {  # how a link of each kind must look, by the documentation of the service it leads to
    "colab.research.google.com": r"/github/[\w.-]+/[\w.-]+/blob/main/chapters/[\w/]+\.ipynb",
    "mybinder.org": r"/v2/(gh/[\w.-]+/[\w.-]+|git/[\w.%-]+)/main\?urlpath=lab/tree/chapters/[\w/]+\.ipynb",
    "codespaces.new": r"/[\w.-]+/[\w.-]+",
}
NEXT = """\
Commit and push, then:
  Web edition  {pages}
  Binder       open its link in the README once: that builds the image and keeps it for your readers
  Colab        nothing to press; its links work for a public repository"""


def web(address):
    """An address as a browser and ``git clone`` without a key take it; ValueError for one that is none."""
    found = re.fullmatch(r"(?:https://|(?:ssh://)?git@)([\w.-]+)[:/]([\w.~/-]+?)(?:\.git)?/?", address)
    if not found:
        raise ValueError(
            f"ADDRESS={address!r} is no address of a repository that others can reach: give it as "
            "https://github.com/owner/book"
        )
    return f"https://{found[1]}/{found[2]}"


def origin(root=notebooks.ROOT):
    """The address of the Git remote ``origin``, empty where there is none that others can reach."""
    command = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    try:
        return web(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    except (OSError, ValueError):  # no Git, no remote, or a folder of this machine
        return ""


def address(root=notebooks.ROOT):
    """Where the book can be had: the setting, else the remote ``origin``; empty where there is neither."""
    return notebooks.repository(root) or origin(root)


def malformed(root=notebooks.ROOT):
    """The launch links of README and notebooks that are not as their service wants them."""
    pages = [root / "README.md", *notebooks.all_notebooks(root / "chapters")]
    found = {
        link
        for page in pages
        if page.exists()
        for link in re.findall(r"\]\((https://[^)\s]+(?<!\.svg))\)", page.read_text(encoding="utf-8"))
    }
    return sorted(
        link
        for link in found
        for host, path in FORMS.items()
        if link.startswith(f"https://{host}/") and not re.fullmatch(rf"https://{host}{path}", link)
    )


def publish(given="", root=notebooks.ROOT):
    """Write the address everywhere; the names of the files changed."""
    there = web(given) if given else origin(root)
    if not there:
        raise ValueError(
            "There is no Git remote `origin` that others can reach: "
            "make publish ADDRESS=https://github.com/owner/book"
        )
    paths = [path for path in notebooks.all_notebooks(root / "chapters") if path.exists()]
    for path in paths:
        if building.edited(notebooks.read(path)):
            raise Stop(building.by_hand(notebooks.name(path)))
    file = root / "pyproject.toml"
    changed = [_written(file, SETTING.sub(f'repository = "{there}"', file.read_text(encoding="utf-8")))]
    for path in paths:
        new = building.carry(notebooks.read(path), building.build(path))
        changed.append(_written(path, notebooks.to_json(new)))
    changed.append(_written(root / "README.md", contents.readme(root)[1]))
    return [path.relative_to(root).as_posix() for path in changed if path]


def _written(path, text):
    """The path, if the text is new there."""
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        return path
    return None


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make publish", description=__doc__.splitlines()[0])
    parser.add_argument("address", nargs="?", default="", help="default: that of the Git remote `origin`")
    try:
        changed = publish(parser.parse_args(arguments).address)
    except (Stop, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    there = notebooks.repository()
    print(f"{there}: written into {len(changed)} files.")
    if wrong := malformed():
        print("Links that their service would not take:", *wrong, sep="\n  ")
        return 1
    pages = generated.pages(there)
    press = f"Settings > Pages > Source: GitHub Actions; the page is then {pages}"
    print(NEXT.format(pages=press if pages else "make site, and put the folder on any server"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
