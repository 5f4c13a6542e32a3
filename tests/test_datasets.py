"""The data are what their tables say, load without a network, and come in the shapes and order promised."""

import gzip
import hashlib
import socket
import sys

import numpy as np
import pytest

from helpers import datasets
from helpers.pretrained import preprocessing

DATA = datasets.DATA
SETS = ("photos", "fashion_mnist", "photos5", "weights", "measured")
FREE = {"public domain", "CC0-1.0", "MIT", "Apache-2.0"}


@pytest.fixture
def build(monkeypatch):
    """The build scripts, importable as they are when run."""
    monkeypatch.syspath_prepend(str(DATA / "build"))
    yield
    for name in ("common", "readme"):
        sys.modules.pop(name, None)


@pytest.fixture
def no_network(monkeypatch):
    """Any attempt to open a connection fails, and nothing read before is remembered."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    datasets._photo.cache_clear()
    datasets._fashion_mnist.cache_clear()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder that stands in for data/, to be damaged."""
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    datasets._photo.cache_clear()
    datasets._fashion_mnist.cache_clear()
    yield tmp_path
    datasets._photo.cache_clear()
    datasets._fashion_mnist.cache_clear()


# --- the files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_every_file_is_listed_and_unchanged(name, build):
    from common import read_sources

    rows = read_sources(name)
    listed = [row["file"] for row in rows]
    assert sorted([*listed, "sources.csv"]) == sorted(file.name for file in (DATA / name).iterdir())
    for row in rows:
        assert hashlib.sha256((DATA / name / row["file"]).read_bytes()).hexdigest() == row["sha256"], row[
            "file"
        ]
        assert row["licence"] in FREE and row["author"] and row["source"].startswith("https://"), row["file"]


def test_nothing_else_lies_in_data():
    known = {*SETS, "build", "licences", "README.md"}
    assert {entry.name for entry in DATA.iterdir()} == known
    page = (DATA / "README.md").read_text(encoding="utf-8")
    for file in (DATA / "licences").iterdir():
        assert f"licences/{file.name}" in page
    for file in (DATA / "build").glob("*.py"):
        assert file.stem in {"common", "qt_resources"} or f"build/{file.name}" in page


def test_the_page_shows_the_tables(build):
    import readme

    page = (DATA / "README.md").read_text(encoding="utf-8")
    assert readme.filled(page) == page, 'make run ARGS="python data/build/readme.py"'


def test_the_page_counts_right():
    page = (DATA / "README.md").read_text(encoding="utf-8")
    _, labels, _ = datasets.photos5()
    counts = dict(zip(datasets.PHOTOS5_CLASSES, np.bincount(labels).tolist(), strict=True))
    assert counts == {"animal": 29, "building": 64, "fish": 28, "tool": 38, "windmill": 14}
    assert "29 animals, 64 buildings, 28 fish, 38\ntools, 14 windmills" in page
    size = sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file() and file.suffix != ".pyc")
    assert f"{size / 1e6:.0f} MB in all" in page and size < 60e6


def test_measured_results_are_complete():
    few = datasets.transfer_results("few")
    methods = {name for name, _ in few}
    assert len(methods) >= 11 and set(few) == {(name, n) for name in methods for n in (1, 2, 5, 9)}
    assert {len(draws) for draws in few.values()} == {15}
    for part in ("few", "depth", "slips", "tasks", "rates"):
        found = datasets.transfer_results(part)
        assert len({len(draws) for draws in found.values()}) == 1, part  # the same draws for all
        assert all(len(draws) >= 3 and 0 < draws.min() <= draws.max() <= 100 for draws in found.values()), (
            part
        )
    with pytest.raises(ValueError, match="part='deep'"):
        datasets.transfer_results("deep")


def test_nothing_asks_the_network(no_network):
    for name in datasets.PHOTOS:
        datasets.photo(name)
    datasets.fashion_mnist("test", subset=10)
    datasets.photos5()
    datasets.squeezenet_weights()
    datasets.efficientnet_lite0_weights()
    datasets.lenet_weights()
    datasets.imagenet_classes()
    datasets.transfer_results("few")
    with pytest.raises(AssertionError, match="the network was asked"):
        socket.create_connection(("example.org", 80))


@pytest.mark.parametrize(
    "load",
    [
        lambda: datasets.photo("cat"),
        datasets.fashion_mnist,
        datasets.photos5,
        datasets.squeezenet_weights,
        datasets.efficientnet_lite0_weights,
        datasets.lenet_weights,
        datasets.imagenet_classes,
    ],
)
def test_missing_data_say_how_to_get_them(load, elsewhere):
    with pytest.raises(FileNotFoundError, match=r"is missing from .*Get the whole book again"):
        load()


# --- photographs -----------------------------------------------------------------------------------------


def test_photos_are_square_fractions():
    for name in datasets.PHOTOS:
        colour, grey = datasets.photo(name), datasets.photo(name, grey=True)
        assert colour.shape == (3, 256, 256) and grey.shape == (256, 256)
        assert colour.dtype == grey.dtype == np.float64 and colour.flags.c_contiguous
        assert 0 <= colour.min() < 0.3 and 0.7 < colour.max() <= 1, name
        np.testing.assert_allclose(grey, np.tensordot([0.299, 0.587, 0.114], colour, 1))


def test_grey_photos_are_grey_in_every_channel():
    for name in ("cameraman", "brick", "grass", "gravel"):
        red, green, blue = datasets.photo(name)
        np.testing.assert_array_equal(red, green)
        np.testing.assert_array_equal(red, blue)


@pytest.mark.parametrize("size", [1, 64, 224, np.int64(96), 300])
def test_photos_in_any_size(size):
    small = datasets.photo("coffee", size=size)
    assert small.shape == (3, size, size)
    np.testing.assert_allclose(small.mean((1, 2)), datasets.photo("coffee").mean((1, 2)), atol=0.05)


def test_a_photo_is_the_readers_own_copy():
    datasets.photo("cat", size=32)[:] = 0
    assert datasets.photo("cat", size=32).max() > 0.5


def test_facts_of_the_photos(build):
    from common import read_sources

    rows = {row["file"].removesuffix(".jpg"): row for row in read_sources("photos")}
    assert list(rows) == list(datasets.PHOTOS)
    for name, facts in datasets.PHOTOS.items():
        assert f"{facts}" == facts.description == rows[name]["shows"]
        assert facts[1:] == (rows[name]["author"], rows[name]["licence"], rows[name]["source"])
        assert len(facts.description.split()) >= 4


@pytest.mark.parametrize("name", ["dog", "Cat", "", None, "../photos/cat"])
def test_unknown_photos(name):
    with pytest.raises(ValueError, match="choose one of cat, coffee, cameraman, brick"):
        datasets.photo(name)


@pytest.mark.parametrize("size", [0, -3, 1.5, True, "64"])
def test_impossible_photo_sizes(size):
    with pytest.raises(ValueError, match="size=.*give an int from 1"):
        datasets.photo("cat", size=size)


# --- Fashion-MNIST ---------------------------------------------------------------------------------------


def test_fashion_mnist_is_the_published_one(build):
    from common import read_sources

    for row in read_sources("fashion_mnist"):
        unpacked = gzip.decompress((DATA / "fashion_mnist" / row["file"]).read_bytes())
        assert hashlib.sha256(unpacked).hexdigest() == row["sha256_unpacked"]
        if row["file"].startswith("train-images"):
            assert row["sha256_unpacked"].startswith(
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
            )


@pytest.mark.parametrize("split, count", [("train", 60_000), ("test", 10_000)])
def test_fashion_mnist_whole(split, count):
    images, labels = datasets.fashion_mnist(split, raw=True)
    assert images.shape == (count, 1, 28, 28) and images.dtype == np.uint8
    assert labels.shape == (count,) and labels.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(labels), [count // 10] * 10)
    assert images.min() == 0 and images.max() == 255
    if split == "train":
        assert round(images.mean() / 255, 4) == datasets.FASHION_MEAN == 0.2860
        assert round(images.std() / 255, 4) == datasets.FASHION_SD == 0.3530
        assert datasets.FASHION_CLASSES[labels[0]] == "Ankle boot"  # the first of the set, as published


def test_fashion_mnist_as_fractions():
    raw, labels = datasets.fashion_mnist("test", subset=100, raw=True)
    images, same = datasets.fashion_mnist("test", subset=100)
    assert images.dtype == np.float32 and images.max() == 1
    np.testing.assert_array_equal(images, raw.astype(np.float32) / 255)
    np.testing.assert_array_equal(labels, same)


def test_subsets_are_balanced_shuffled_and_nested():
    small, few = datasets.fashion_mnist(subset=200, seed=3, raw=True)
    large, many = datasets.fashion_mnist(subset=1000, seed=3, raw=True)
    np.testing.assert_array_equal(small, large[:200])
    np.testing.assert_array_equal(few, many[:200])
    np.testing.assert_array_equal(np.sort(many.reshape(-1, 10)), np.tile(np.arange(10), (100, 1)))
    assert len({tuple(ten) for ten in many.reshape(-1, 10)}) > 90  # the ten come in another order each time
    assert len(np.unique(large.reshape(1000, -1), axis=0)) >= 999  # none twice (two of the set are alike)
    other, _ = datasets.fashion_mnist(subset=200, seed=4, raw=True)
    assert (other != small).any(axis=(1, 2, 3)).mean() > 0.9


def test_images_keep_their_labels():
    whole, labels = datasets.fashion_mnist("test", raw=True)
    images, chosen = datasets.fashion_mnist("test", subset=10_000, seed=1, raw=True)
    places = {image.tobytes(): label for image, label in zip(whole, labels, strict=True)}
    wrong = sum(places[image.tobytes()] != label for image, label in zip(images, chosen, strict=True))
    assert (
        wrong <= 4
    )  # identical images with different labels exist; a slip of the order would give thousands


def test_fashion_mnist_is_the_readers_own_copy():
    for raw in (True, False):
        datasets.fashion_mnist("test", raw=raw)[0][:] = 0
        datasets.fashion_mnist("test", raw=raw)[1][:] = 0
    images, labels = datasets.fashion_mnist("test", raw=True)
    assert images.any() and labels.any()


@pytest.mark.parametrize("split", ["validation", "Train", None])
def test_unknown_splits(split):
    with pytest.raises(ValueError, match='split=.*give "train" or "test"'):
        datasets.fashion_mnist(split)


@pytest.mark.parametrize("subset", [0, 5, 15, 10_010, 100.0, True, "100"])
def test_impossible_subsets(subset):
    with pytest.raises(ValueError, match="subset=.*a multiple of 10 to 10000"):
        datasets.fashion_mnist("test", subset=subset)


LOADERS = {
    "fashion_mnist/t10k-images-idx3-ubyte.gz": lambda: datasets.fashion_mnist("test"),
    "photos/cat.jpg": lambda: datasets.photo("cat"),
    "photos/sources.csv": lambda: datasets.photo("cat"),
    "photos5/tool_01.jpg": datasets.photos5,
    "photos5/sources.csv": datasets.photos5,
    "weights/squeezenet.npz": datasets.squeezenet_weights,
    "weights/efficientnet_lite0.npz": datasets.efficientnet_lite0_weights,
    "weights/lenet_fashion.npz": datasets.lenet_weights,
    "weights/imagenet_classes.txt": datasets.imagenet_classes,
}


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[: data[:-1].rfind(b"\n") + 1],  # a table without its last line
        lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
        lambda data: b"",
        lambda data: b"version https://git-lfs.github.com/spec/v1\n",
    ],
    ids=["half", "last line", "a bit", "nothing", "a pointer"],
)
def test_a_damaged_file_is_named_with_its_checksum_and_never_loaded(name, damage, elsewhere):
    path = elsewhere / name
    path.parent.mkdir()
    for other in (DATA / name).parent.iterdir():
        (path.parent / other.name).symlink_to(other)
    path.unlink()
    path.write_bytes(damage((DATA / name).read_bytes()))
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(
        ValueError, match=f"data/{name} is cut off or altered: its SHA-256 is {found}, not .*again"
    ):
        LOADERS[name]()


def test_tables_have_their_checksums():
    for folder, checksum in datasets.TABLES.items():
        assert hashlib.sha256((DATA / folder / "sources.csv").read_bytes()).hexdigest() == checksum, (
            f"after a change of data/{folder}/sources.csv write its new checksum into datasets.TABLES"
        )


# --- five classes of photographs -------------------------------------------------------------------------


def test_photos5():
    images, labels, groups = datasets.photos5()
    assert images.shape == (173, 3, 128, 128) and images.dtype == np.uint8
    assert labels.shape == groups.shape == (173,) and labels.dtype == groups.dtype == np.int64
    assert images.std(axis=(1, 2, 3)).min() > 10  # none is blank
    assert len(np.unique(images.reshape(173, -1), axis=0)) == 173
    assert (np.diff(labels) >= 0).all()
    rows = datasets.photos5_sources()
    names = [row["group"] for row in rows]
    for name in ("eiffelTower", "mountRushmore", "statueOfLiberty", "qutubMinar", "windmillLinda"):
        (pair,) = {tuple(np.flatnonzero(groups == groups[names.index(name)]))}
        assert [names[place] for place in pair] == [name, name]
    assert len(set(names)) == groups.max() + 1
    for landscape in ("canyondeChelly", "machuPicchu", "greatWall", "ajantaCave"):
        assert not any(landscape in row["original"] for row in rows)


@pytest.mark.parametrize("n_per_class", [1, 5, 9])
@pytest.mark.parametrize("seed", range(20))
def test_a_split_is_balanced_and_keeps_groups_together(n_per_class, seed):
    _, labels, groups = datasets.photos5()
    train, test = datasets.photos5_split(n_per_class, seed)
    np.testing.assert_array_equal(np.bincount(labels[train]), [n_per_class] * 5)
    assert not set(groups[train]) & set(groups[test])
    assert np.bincount(labels[test]).min() >= 4
    assert len(train) + len(test) >= 173 - 5 * n_per_class
    assert len(set(train) | set(test)) == len(train) + len(test)
    assert (np.diff(labels[test]) < 0).any()


def test_a_split_is_its_seeds():
    for one, two in zip(datasets.photos5_split(3, seed=7), datasets.photos5_split(3, seed=7), strict=True):
        np.testing.assert_array_equal(one, two)
    assert set(datasets.photos5_split(3, seed=7)[0]) != set(datasets.photos5_split(3, seed=8)[0])


@pytest.mark.parametrize("n_per_class", [0, 10, 2.0, True, None])
def test_impossible_splits(n_per_class):
    with pytest.raises(ValueError, match="n_per_class=.*give an int from 1 to 9"):
        datasets.photos5_split(n_per_class)


# --- weights, and what the networks are fed --------------------------------------------------------------


def test_squeezenet_weights():
    weights = datasets.squeezenet_weights()
    assert sum(array.size for array in weights.values()) == 1_235_496
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    names = ["conv1", "conv10"]
    names += [f"fire{n}.{part}" for n in range(2, 10) for part in ("squeeze1x1", "expand1x1", "expand3x3")]
    assert set(weights) == {f"{name}.{kind}" for name in names for kind in ("weight", "bias")}
    assert weights["conv1.weight"].shape == (64, 3, 3, 3)
    assert weights["fire2.expand3x3.weight"].shape == (64, 16, 3, 3)
    assert weights["conv10.weight"].shape == (1000, 512, 1, 1)


def test_lenet_weights():
    weights = datasets.lenet_weights()
    assert sum(array.size for array in weights.values()) == 61_706
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    assert weights["conv1.weight"].shape == (6, 1, 5, 5) and weights["dense1.weight"].shape == (120, 400)
    with np.load(DATA / "weights" / "lenet_fashion.npz", allow_pickle=False) as stored:
        assert {stored[name].dtype == np.float16 for name in stored if name.endswith("weight")} == {True}


def test_imagenet_classes():
    names = datasets.imagenet_classes()
    assert len(names) == len(set(names)) == 1000
    assert names[0] == "tench" and names[285] == "Egyptian cat" and names[967] == "espresso"


def test_both_scales_feed_alike():
    pixels = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8), dtype=np.uint8)
    for feed in (preprocessing.squeezenet_input, preprocessing.efficientnet_lite0_input):
        ready = feed(pixels)
        assert ready.shape == pixels.shape and ready.dtype == np.float32
        np.testing.assert_allclose(ready, feed(pixels / 255), atol=1e-4)
        np.testing.assert_array_equal(ready[:1], feed(pixels[0]))


def test_what_the_networks_are_fed():
    red = np.zeros((3, 1, 1), np.uint8)
    red[0] = 255
    blue_first = preprocessing.squeezenet_input(red)[0, :, 0, 0]
    np.testing.assert_allclose(blue_first, [-103.939, -116.779, 255 - 123.68], rtol=1e-6)
    np.testing.assert_array_equal(
        preprocessing.efficientnet_lite0_input(red)[0, :, 0, 0], [1, -127 / 128, -127 / 128]
    )


@pytest.mark.parametrize(
    "images, words",
    [
        (np.zeros((28, 28)), r"images.shape=\(28, 28\): give colour pictures"),
        (np.zeros((2, 1, 28, 28)), "give colour pictures"),
        (np.zeros((0, 3, 28, 28)), "give colour pictures"),
        (np.full((3, 4, 4), 255.0), "float64 from 255 to 255; give uint8 .* or fractions"),
        (np.full((3, 4, 4), -1.5), "not yet normalised"),
        (np.full((3, 4, 4), np.nan), "not yet normalised"),
        (np.full((3, 4, 4), 7), "int64 from 7 to 7; give uint8"),
    ],
)
def test_pictures_on_another_scale_are_refused(images, words):
    with pytest.raises(ValueError, match=words):
        preprocessing.squeezenet_input(images)
