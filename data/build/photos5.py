"""Make data/photos5/ from Debian's package gcompris-qt-data, version 3.1.

    apt-get download gcompris-qt-data && dpkg -x gcompris-qt-data_*.deb unpacked
    python data/build/photos5.py unpacked

Which photographs, of which class, and which show the same thing, is chosen by hand: columns original, class
and group of data/photos5/sources.csv, which this script reads before it writes them back. Author, licence
and source come from the READMEs inside the package, and what is not free of all conditions is refused. Each
photograph is cut to its central square, made 128 pixels wide, and stored as JPEG of quality 85.
"""

import io
import posixpath
import sys
from pathlib import Path

from common import folder, read_sources, write_sources
from PIL import Image, ImageOps
from qt_resources import read_resources

ARCHIVES = ["categorization", "erase", "explore_farm_animals", "explore_monuments", "explore_world_animals"]
ACTIVITIES = "gcompris/src/activities/"
LICENCES = {"Public Domain": "public domain", "Public domain": "public domain", "CC0-1.0": "CC0-1.0"}


def read_facts(text):
    """What a README says of each file: a dict, file → its fields; an empty line ends a block."""
    facts = {}
    for block in text.strip().split("\n\n"):
        head, _, rest = block.partition("Files:")
        names, _, tail = rest.partition("\nSource:")  # one block lists its files before its source
        lines = (head + ("Source:" + tail if tail else "")).strip().splitlines()
        fields = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
        facts |= {name.strip(): fields for name in names.split("\n") if name.strip()}
    return facts


def find_readme(files, original):
    """The README that speaks of a file, and the file's name in it: in its own folder or in one above."""
    place, name = posixpath.split(original)
    while posixpath.join(place, "README") not in files:
        place, last = posixpath.split(place)
        name = posixpath.join(last, name)
    return files[posixpath.join(place, "README")].decode(), name


def main(unpacked):
    source = Path(unpacked) / "usr/share/gcompris-qt/rcc"
    files = {}
    for archive in ARCHIVES:
        files |= read_resources((source / f"{archive}.rcc").read_bytes())
    chosen = sorted(read_sources("photos5"), key=lambda row: row["class"])  # stable: the order within is kept
    rows, pictures, count = [], {}, {}
    for row in chosen:
        original = ACTIVITIES + row["original"]
        readme, name = find_readme(files, original)
        facts = read_facts(readme)[name]
        number = count[row["class"]] = count.get(row["class"], 0) + 1
        new = {"file": f"{row['class']}_{number:02}.jpg", "class": row["class"], "group": row["group"]}
        new |= {"author": facts["Copyright"], "licence": LICENCES[facts["License"]]}
        new |= {"source": facts["Source"], "original": row["original"]}
        image = Image.open(io.BytesIO(files[original])).convert("RGB")
        square = ImageOps.fit(image, (128, 128), Image.Resampling.LANCZOS)
        pictures[new["file"]] = square
        rows.append(new)
    target = folder("photos5")  # only now that nothing can go wrong: the hand-made columns are in there
    for file, square in pictures.items():
        square.save(target / file, quality=85)
    write_sources("photos5", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
