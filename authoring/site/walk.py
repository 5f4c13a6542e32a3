"""Goes over every page of the built site as a reader would, and says what is wrong with it.

Each page is opened from its folder and by a server; wide and narrow, light and dark. No page may ask anything
of the network, say an error, be wider than its window, lead nowhere or hold back what a picture shows.
"""

import functools
import http.server
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from authoring.site import build, chromium, firefox, moving

WIDTHS = {"light": 1280, "dark": 390}  # axe looks at these; sizes are measured at both widths in both
SERIOUS = ("serious", "critical")
AXE = {"resultTypes": ["violations"], "iframes": False, "preload": False}
# Thousands of coloured words, of the same few colours on every page: SAMPLE's are looked at.
CODE = {"exclude": [[".cell_input .highlight"]]}
SAMPLE = CHAPTER = "03_stride_padding_output_size"
# The elements that stick out of the window and out of every box that scrolls by itself.
TOO_WIDE = """() => document.scrollingElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("article *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && !e.parentElement.closest(".book-scroll, .table-wrapper, pre, .output, .book-formula"))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 100)) : []"""
# Every explorer is come near to, and its atlas read.
LOADED = """async () => {
  for (const each of document.querySelectorAll("[data-atlas]")) {
    each.scrollIntoView();
    const settled = () => each.player || each.dataset.still;
    for (let i = 0; i < 200 && !settled(); i++) await new Promise(r => setTimeout(r, 50));
    if (!each.player) return `explorer ${each.dataset.atlas} does not move: ${each.dataset.still}`;
  }
  scrollTo(0, 0);
  return "";
}"""
# A page's own scripts have answered to a new size once two frames are drawn.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
BLANK = """() => [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"""


class Page(HTMLParser):
    """The ids and links of a page, and the pictures that say nothing."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.mute = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("href", "src") if found.get(name) and tag != "use"]
        if tag == "img" and not (found.get("alt") or "").strip():
            self.mute.append(found.get("src"))


def links(folder):
    """What is wrong with the links, ids and pictures of all pages in a folder."""
    pages = {
        path.resolve(): Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))
    }
    wrong = []
    for path, page in pages.items():
        here = path.relative_to(folder.resolve())
        wrong += [
            f"{here}: the id {name} twice" for name in sorted(set(page.ids)) if page.ids.count(name) > 1
        ]
        wrong += [f"{here}: no words for the picture {source}" for source in page.mute]
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                wrong.append(f"{here}: {link}: no such file")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                wrong.append(f"{here}: {link}: no such place")
    return wrong


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said):
        pass


def serve(folder):
    """A server of the folder's parent: the site must work below an address, too."""
    handler = functools.partial(Silent, directory=folder.parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/{folder.name}/"


def watched(context, start):
    """A new page, and the list of what it says and asks that it should not."""
    page, wrong = context.new_page(), []
    page.on(
        "console", lambda said: said.type in ("error", "warning") and wrong.append(f"says {said.text[:200]}")
    )
    page.on("pageerror", lambda error: wrong.append(f"fails: {str(error)[:200]}"))
    outside = ("data:", "blob:", start)
    page.on("request", lambda r: r.url.startswith(outside) or wrong.append(f"asks for {r.url[:120]}"))
    return page, wrong


def look(page, address, axe):
    """What is wrong with a page as it is seen."""
    context = None if SAMPLE in address else CODE
    page.set_viewport_size({"width": WIDTHS["light"], "height": 900})
    page.goto(address)
    wrong = [said for said in [page.evaluate(LOADED)] if said]
    for scheme, axe_width in WIDTHS.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in sorted(WIDTHS.values(), key=lambda width: width == axe_width):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(DRAWN)
            wrong += [f"{width} px, {scheme}: too wide: {place}" for place in page.evaluate(TOO_WIDE)]
        for found in axe.run(page, context=context, options=AXE).response["violations"] if axe else []:
            if found["impact"] in SERIOUS:
                place = found["nodes"][0]["html"][:160]
                wrong.append(
                    f"{axe_width} px, {scheme}: {found['id']} at {len(found['nodes'])} places: {place}"
                )
    return wrong + [f"a picture that does not open: {source}" for source in page.evaluate(BLANK)]


def walk(folder, only=""):
    """What is wrong with the site in a folder; and how long steps of its explorers take, in words."""
    folder, wrong = Path(folder).resolve(), links(folder)
    pages = [path.relative_to(folder) for path in sorted(folder.rglob("*.html"))]
    pages = [path for path in pages if only in path.as_posix()]
    server, address = serve(folder)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for start, axe in ((f"{folder.as_uri()}/", Axe()), (address, None)):
            context = browser.new_context()
            page, said = watched(context, start)
            for path in tqdm(pages, start[:4], unit="page"):
                looked = axe if "_modules" not in path.parts else None
                for _ in range(2):  # a busy machine may show a page half done: what is wrong is so again
                    said.clear()
                    if not (found := look(page, start + path.as_posix(), looked) + said):
                        break
                wrong += [f"{path} ({start[:4]}): {each}" for each in found]
            context.close()
        server.shutdown()
        found, times = moving.walk(browser, folder)
        browser.close()
    return wrong + found, times


def large():
    """What is larger than a reader on a phone should have to fetch."""
    files = {build.ZIP: 12e6} | dict.fromkeys((build.SITE / "_static" / "atlas").glob("*.js"), 1.5e6)
    sizes = {file: file.stat().st_size for file in files}
    return [f"{file.name}: {size / 1e6:.1f} MB" for file, size in sizes.items() if size > files[file]]


def main():
    if not chromium.find():
        print(chromium.MISSING)
        return 1
    wrong, times = walk(build.SITE)
    print(times)
    wrong += large()
    if firefox.find():
        said = firefox.smoke((build.SITE / f"{CHAPTER}.html").as_uri())
        wrong += [f"Firefox, {CHAPTER}: {said}"] if said else []
    else:
        print(firefox.MISSING)
    print("\n".join(wrong) or "Every page is as it should be.")
    return int(bool(wrong))
