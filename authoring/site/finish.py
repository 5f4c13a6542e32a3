"""What theme and MyST-NB leave undone, mostly for readers who do not see the page."""

import re

MENDED = [
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="The book">'),
    ('<aside class="toc-drawer', '<aside aria-label="On this page" class="toc-drawer'),
    # A browser that keeps nothing for a page raises where a page asks it.
    (
        'localStorage.getItem("theme") || "auto"',
        '(() => { try { return localStorage.getItem("theme"); } catch { } })() || "auto"',
    ),
]
EMPTY_HEAD = re.compile(r'<th class="head"><p></p></th>')


def mended(text):
    for wrong, right in MENDED:
        text = text.replace(wrong, right)
    return EMPTY_HEAD.sub('<td class="head"></td>', text)


def pages(folder):
    for page in sorted(folder.rglob("*.html")):
        page.write_text(mended(page.read_text(encoding="utf-8")), encoding="utf-8")
