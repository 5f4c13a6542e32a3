"""Write the tables of data/README.md anew from the sources.csv beside each set of files.

python data/build/readme.py
"""

import re

from common import DATA, read_sources

FOLDERS = ("photos", "fashion_mnist", "weights", "measured")  # photos5 is too long a table for a page


def table(name):
    """A Markdown table of a folder's files: name, checksum, author, licence, source."""
    lines = ["| file | author | licence | source | sha256 |", "|---|---|---|---|---|"]
    for row in read_sources(name):
        source = row["source"]
        cells = row["file"], row["author"], row["licence"], f"<{source}>", f"`{row['sha256']}`"
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def filled(text):
    """The page's text with its tables as they should be."""
    for name in FOLDERS:
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        text, count = place.subn(rf"\g<1>{table(name)}\n\g<2>", text)
        if count != 1:
            raise SystemExit(f"README.md: {count} places for the table of {name}, not one")
    return text


def main():
    page = DATA / "README.md"
    page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
