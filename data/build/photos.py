"""Make data/photos/ from the photographs in the scikit-image wheel.

    pip install scikit-image==0.26.0
    python data/build/photos.py

Each is cut to its central square, made 256 pixels wide, and stored as JPEG of quality 85.
"""

from pathlib import Path

import skimage.data
from common import folder, write_sources
from PIL import Image, ImageOps

from helpers.datasets import PHOTOS

ORIGINALS = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "cameraman": "camera.png",
    "brick": "brick.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
}


def main():
    source, target = Path(skimage.data.__file__).parent, folder("photos")
    rows = []
    for name, facts in PHOTOS.items():
        image = Image.open(source / ORIGINALS[name])
        square = ImageOps.fit(image, (256, 256), Image.Resampling.LANCZOS)
        square.save(target / f"{name}.jpg", quality=85)
        row = {"file": f"{name}.jpg", "author": facts.author, "licence": facts.licence}
        rows.append(row | {"source": facts.source, "original": ORIGINALS[name], "shows": facts.description})
    write_sources("photos", rows)


if __name__ == "__main__":
    main()
