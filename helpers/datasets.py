"""The book's real data: found in ``data/``, checked, and never fetched from the network."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from .images import LUMA, check_side, to_array, to_grey

__all__ = ["DATA", "LUMA", "PHOTOS", "photo"]

DATA = Path(__file__).resolve().parents[1] / "data"


class Photo(NamedTuple):
    """What a photograph shows, in words for an alt text, and whose it is; as text it is what it shows."""

    description: str
    author: str
    licence: str
    source: str

    def __str__(self):
        return self.description


CC0, PUBLIC = "CC0-1.0", "public domain"
SKIMAGE = "https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data."
PHOTOS = {
    "cat": Photo("the face of a tabby cat with green eyes", "Stefan van der Walt", CC0, SKIMAGE + "chelsea"),
    "coffee": Photo(
        "a cup of espresso on a red saucer with a spoon", "Rachel Michetti", CC0, SKIMAGE + "coffee"
    ),
    "cameraman": Photo(
        "a man in a dark coat looking through a camera on a tripod", "Lav Varshney", CC0, SKIMAGE + "camera"
    ),
    "brick": Photo(
        "upright grey bricks with light joints",
        "CC0Textures",
        CC0,
        "https://cc0textures.com/view.php?tex=Bricks25",
    ),
    "grass": Photo(
        "grass seen from above",
        "linolafett",
        CC0,
        "https://www.deviantart.com/linolafett/art/Grass-01-434853879",
    ),
    "gravel": Photo(
        "gravel seen from above", "CC0Textures", CC0, "https://cc0textures.com/view.php?tex=Gravel04"
    ),
    "astronaut": Photo(
        "Eileen Collins in an orange space suit, smiling, a helmet before her",
        "NASA",
        PUBLIC,
        "https://flic.kr/p/r9qvLn",
    ),
    "rocket": Photo(
        "a slender rocket on its launch pad at dusk, between two lattice towers",
        "SpaceX",
        PUBLIC,
        "https://www.flickr.com/photos/spacexphotos/16511594820/",
    ),
}


def photo(name, size=None, grey=False):
    """A square photograph in [0, 1], float64: (3, H, W) in colour, (H, W) in grey.

    256 pixels a side, or ``size``. Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601). ValueError for
    an unknown name or an impossible size.
    """
    if name not in PHOTOS:
        raise ValueError(f"name={name!r}: choose one of {', '.join(PHOTOS)}")
    check_side(size)
    colour = _photo(name, size)
    return to_grey(colour) if grey else colour.copy()


@lru_cache(maxsize=32)
def _photo(name, size):
    image = Image.open(find("photos", f"{name}.jpg")).convert("RGB")
    if size is not None:
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    return to_array(image)


def find(*parts):
    """The path of a file in ``data/``; FileNotFoundError says how to get it."""
    path = DATA.joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"{'/'.join(parts)} is missing from {DATA}: the data come with the book. Get the whole book "
            "again, and install it from its own folder with `pip install -e .`"
        )
    return path
