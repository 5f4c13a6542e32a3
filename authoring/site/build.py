"""Builds the web edition: notebooks -> sources -> Sphinx -> finished pages, and a zip of them."""

import base64
import os
import shutil
import zipfile

from sphinx.cmd.build import build_main
from tqdm import tqdm

from authoring import atlas, notebooks
from authoring.site import finish, pages, parts, sources

ROOT = notebooks.ROOT
WORK = ROOT / ".book" / "site"  # sources and what Sphinx leaves beside its pages; pictures and atlases kept
SITE = ROOT / "build" / "site"
ZIP = ROOT / "build" / "cnn-book-site.zip"
CONF = ROOT / "authoring" / "site"
EPOCH = (1980, 1, 1, 0, 0, 0)


class Failed(Exception):
    """Why there is no site, in words."""


def build(still=False):
    """Make the whole site in build/site; with ``still`` its explorers do not move, which saves minutes."""
    source, made = WORK / "source", WORK / "made"
    static, extra = WORK / "static", WORK / "extra"
    for folder in (source, made, static, extra):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    shelf = parts.Shelf(extra / "_pictures", WORK / "pictures")
    book = sources.Book(notebooks.CHAPTERS, source, shelf, still)
    paths = [path for path in notebooks.all_notebooks() if path.exists()]
    for path in tqdm(paths, "notebooks", unit="page"):
        book.write(path)
    for name, text in {
        "operations": pages.operations(),
        "licences": pages.licences(ROOT),
        "terms": pages.terms(notebooks.CHAPTERS),
    }.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    atlas.build(book.needed, static / "atlas", tqdm)
    for file in (*atlas.SCRIPTS, atlas.STYLE):
        shutil.copy(file, static)
    (static / "formulas.css").write_text(font(CONF / "formulas.woff2"), encoding="utf-8")
    print("pages", flush=True)
    os.environ["SOURCE_DATE_EPOCH"] = "315532800"
    options = ["-q", "-W", "--keep-going", "-c", CONF, "-d", made / "trees"]
    if build_main([*map(str, options), str(source), str(made / "html")]):
        raise Failed("Sphinx has found something wrong, see above.")
    finish.pages(made / "html")
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(made / "html", SITE, ignore=shutil.ignore_patterns(".buildinfo*", "*.map", "objects.inv"))
    pack(SITE, ZIP)


def font(file):
    """A style sheet that holds the font of formulas: a page opened from a folder may fetch no font."""
    data = base64.b64encode(file.read_bytes()).decode()
    source = f'url("data:font/woff2;base64,{data}") format("woff2")'
    return f'@font-face {{ font-family: "Book Formulas"; font-display: swap; src: {source}; }}\n'


def pack(folder, file):
    """A zip of a folder that is the same for the same files."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = zipfile.ZipInfo(f"cnn-book/{path.relative_to(folder).as_posix()}", EPOCH)
            place.compress_type = zipfile.ZIP_DEFLATED
            place.external_attr = 0o644 << 16
            packed.writestr(place, path.read_bytes())


def sizes():
    """What was made, in words."""
    site = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    html = len(list(SITE.rglob("*.html")))
    return f"{html} pages, {site / 1e6:.1f} MB; as a zip {ZIP.stat().st_size / 1e6:.1f} MB"
