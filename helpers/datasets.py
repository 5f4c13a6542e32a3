"""The book's real data: found in ``data/``, checked, and never fetched from the network."""

import csv
import gzip
import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from helpers.images import check_side, to_array, to_grey
from helpers.ops.shapes import is_whole, seeded

DATA = Path(__file__).resolve().parents[1] / "data"
TABLES = {  # the SHA-256 of each set's table, which holds those of the files
    "fashion_mnist": "25acf14036f57d82697d78770e5d1ae6f16d0fdc58fb657d09b75d9834772b75",
    "photos": "0adbd6b179bbd62158f0759128e568f831b15de3bead6cc436f3dc4887467502",
    "photos5": "8ef621aaf8ededcd872e67e4664f3de248863f889c48558a402093026c5708a6",
    "weights": "f6f6c4eb14528fa93c137caa27f935cd38114ec84d8c395ec476607757e82992",
}


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
TEXTURES = "https://cc0textures.com/view.php?tex="
PHOTOS = {
    "cat": Photo("the face of a tabby cat with green eyes", "Stefan van der Walt", CC0, SKIMAGE + "chelsea"),
    "coffee": Photo(
        "a cup of espresso on a red saucer with a spoon", "Rachel Michetti", CC0, SKIMAGE + "coffee"
    ),
    "cameraman": Photo(
        "a man in a dark coat looking through a camera on a tripod", "Lav Varshney", CC0, SKIMAGE + "camera"
    ),
    "brick": Photo("upright grey bricks with light joints", "CC0Textures", CC0, TEXTURES + "Bricks25"),
    "grass": Photo(
        "grass seen from above",
        "linolafett",
        CC0,
        "https://www.deviantart.com/linolafett/art/Grass-01-434853879",
    ),
    "gravel": Photo("gravel seen from above", "CC0Textures", CC0, TEXTURES + "Gravel04"),
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

    256 pixels a side, or ``size``. Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601). ValueError
    for an unknown name or an impossible size.
    """
    if not isinstance(name, str) or name not in PHOTOS:
        raise ValueError(f"name={name!r}: choose one of {', '.join(PHOTOS)}")
    check_side(size)
    colour = _photo(name, size)
    return to_grey(colour) if grey else colour.copy()


@lru_cache(maxsize=32)
def _photo(name, size):
    image = Image.open(io.BytesIO(read("photos", f"{name}.jpg"))).convert("RGB")
    if size is not None:
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    return to_array(image)


FASHION_CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
FASHION_MEAN, FASHION_SD = 0.2860, 0.3530  # of all training pixels in [0, 1]


def fashion_mnist(split="train", subset=None, seed=0, raw=False):
    """Fashion-MNIST's images (N, 1, 28, 28), float32 in [0, 1], and labels (N,), int64 in 0-9.

    ``split`` is "train" (60,000) or "test" (10,000), in the publishers' order. ``subset`` takes that many,
    shuffled with ``seed``, so that every ten in a row hold each class once: any cut at a multiple of ten is
    balanced, and a smaller subset of the same seed is the start of a larger. ``raw`` gives uint8 in 0-255.
    """
    if not isinstance(split, str) or split not in ("train", "test"):
        raise ValueError(f'split={split!r}: give "train" or "test"')
    images, labels = _fashion_mnist(split)
    if subset is not None:
        if not is_whole(subset) or not 10 <= subset <= len(labels) or subset % 10:
            raise ValueError(
                f"subset={subset!r}: as many of each class; give a multiple of 10 to {len(labels)}, or None"
            )
        generator = seeded(seed)
        by_class = [generator.permutation(np.flatnonzero(labels == label)) for label in range(10)]
        order = generator.permuted(np.stack(by_class, axis=1), axis=1)  # 10 x (n,) -> (n, 10)
        chosen = order.ravel()[:subset]
        images, labels = images[chosen], labels[chosen]
    return images.copy() if raw else images.astype(np.float32) / 255, labels.astype(np.int64)


@lru_cache
def _fashion_mnist(split):
    start = "train" if split == "train" else "t10k"
    images = _read_idx(f"{start}-images-idx3-ubyte.gz", 16).reshape(
        -1, 1, 28, 28
    )  # (N*784,) -> (N, 1, 28, 28)
    labels = _read_idx(f"{start}-labels-idx1-ubyte.gz", 8)
    return images, labels


def _read_idx(name, header):
    """The bytes after an idx file's header; the array cannot be written to."""
    return np.frombuffer(gzip.decompress(read("fashion_mnist", name))[header:], dtype=np.uint8)


PHOTOS5_CLASSES = ("animal", "building", "fish", "tool", "windmill")


def photos5():
    """173 photographs in five classes: uint8 (N, 3, 128, 128), labels (N,) and groups (N,), both int64.

    They come sorted by class. Photographs of the same thing share a group, to be kept on one side of a split.
    """
    rows = photos5_sources()
    pictures = [np.asarray(Image.open(io.BytesIO(read("photos5", row["file"])))) for row in rows]
    images = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))  # (N, H, W, 3) -> (N, 3, H, W)
    labels = np.array([PHOTOS5_CLASSES.index(row["class"]) for row in rows], dtype=np.int64)
    _, groups = np.unique([row["group"] for row in rows], return_inverse=True)
    return images, labels, groups.astype(np.int64)


def photos5_sources():
    """One dict per photograph of photos5, in its order: file, class, group, author, licence, source, …"""
    return _sources("photos5")


def photos5_split(n_per_class, seed=0):
    """Which of photos5 to train on, ``n_per_class`` (1 to 9) of each class, and to test on, all the others.

    Two shuffled arrays of places. What shows a thing that was trained on is not tested. The test classes
    differ in size: average the five classes' accuracies.
    """
    if not is_whole(n_per_class) or not 1 <= n_per_class <= 9:
        raise ValueError(f"n_per_class={n_per_class!r}: there are 14 windmills; give an int from 1 to 9")
    rows = photos5_sources()
    labels, groups = np.array([row["class"] for row in rows]), np.array([row["group"] for row in rows])
    generator = seeded(seed)
    chosen = [generator.permutation(np.flatnonzero(labels == name))[:n_per_class] for name in PHOTOS5_CLASSES]
    train = generator.permutation(np.concatenate(chosen))
    test = generator.permutation(np.flatnonzero(~np.isin(groups, groups[train])))
    return train, test


def squeezenet_weights():
    """SqueezeNet 1.1, trained on ImageNet: a dict of float32 arrays, kernels (out, in, row, column).

    Keys are "conv1", "fire2.squeeze1x1", "fire2.expand1x1", "fire2.expand3x3", … "fire9.expand3x3" and
    "conv10", each with ".weight" and ".bias". It is fed `preprocessing.squeezenet_input`.
    """
    return _weights("squeezenet.npz")


def efficientnet_lite0_weights():
    """EfficientNet-Lite0, trained on ImageNet: a dict of float32 arrays, named as in `pytorch.models`."""
    return _weights("efficientnet_lite0.npz")


def lenet_weights():
    """LeNet, trained on Fashion-MNIST by the book: a dict of float32 arrays, named as in `garments`."""
    return _weights("lenet_fashion.npz")


def _weights(name):
    with np.load(io.BytesIO(read("weights", name)), allow_pickle=False) as arrays:
        return {key: arrays[key].astype(np.float32) for key in arrays}


def imagenet_classes():
    """The names of ImageNet's thousand classes, in the order of the networks' outputs."""
    return read("weights", "imagenet_classes.txt").decode().splitlines()


def read(folder, name):
    """The bytes of a file in ``data/``; ValueError where its checksum is not the one in its table."""
    return _unchanged(folder, name, {row["file"]: row["sha256"] for row in _sources(folder)}.get(name))


def _sources(folder):
    """The rows of the table beside a set of files, as dicts."""
    table = _unchanged(folder, "sources.csv", TABLES[folder]).decode()
    return list(csv.DictReader(io.StringIO(table, newline="")))


def _unchanged(folder, name, checksum):
    content = find(folder, name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != checksum:
        raise ValueError(
            f"data/{folder}/{name} is cut off or altered: its SHA-256 is {found}, not {checksum}; get it "
            "again from the book"
        )
    return content


def transfer_results(part):
    """What `make bench ARGS="transfer PART"` measured: (method, labels a class) -> per cent, one a draw.

    ``part`` is "few", "depth", "slips", "tasks" or "rates"; ValueError for another.
    """
    with open(find("measured", "transfer.csv"), newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    if not rows:
        raise ValueError(f'part={part!r}: give "few", "depth", "slips", "tasks" or "rates"')
    found = {}
    for row in rows:  # in the order of the draws
        found.setdefault((row["method"], int(row["labels"])), []).append(float(row["percent"]))
    return {key: np.array(percent) for key, percent in found.items()}


def find(*parts):
    """The path of a file in ``data/``; FileNotFoundError says how to get it."""
    path = DATA.joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"{'/'.join(parts)} is missing from {DATA}: the data come with the book. Get the whole book "
            "again, and install it from its own folder with `pip install -e .`"
        )
    return path
