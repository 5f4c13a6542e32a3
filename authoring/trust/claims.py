"""The chapters' claims about accuracy, with twenty seeds that no chapter has used: each held, or not.

    make claims ARGS=list                   what there is, and about how long a seed takes
    make claims ARGS="01-moved 08-wiring"   some of them
    make claims ARGS="06-pays-2000 --seeds 5"
    make claims                             all: hours
    make claims ARGS="--keep FILE"          keeps every score in a file: a run that was stopped goes on from there

A claim compares two networks that have the same seed and pictures. It holds where the mean difference has the
claimed sign by more than twice its standard error; "in every seed" must be true of every seed; "level" means that
the mean difference stays below what is said. A claim that rests on a sign which turns is no claim.
"""

import argparse
import functools
import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before

from authoring import notebooks  # noqa: E402
from authoring.bench import garments, variants  # noqa: E402
from helpers import batch_last, datasets, nn  # noqa: E402
from helpers.nn import training  # noqa: E402

FIRST = 100  # the seeds 100, 101, ...


class Claim(NamedTuple):
    """``difference(seed)`` is the one's accuracy less the other's; ``kind`` is "more", "every seed" or "level"."""

    says: str
    difference: object
    kind: str = "more"
    level: float = 0.0
    seconds: int = 10  # for a seed, on a laptop


SCORES = {}  # what was trained -> its accuracy; several claims may ask for one network
KEPT = []  # the file that holds them, if one was asked for


def score(name, train, *arguments):
    """What ``train`` returns, once for each name."""
    if name not in SCORES:
        SCORES[name] = train(*arguments)
        for file in KEPT:
            file.with_suffix(".new").write_text(json.dumps(SCORES, indent=0), encoding="utf-8")
            file.with_suffix(".new").replace(file)
    return SCORES[name]


def verdict(claim, differences):
    """(whether it holds, the numbers that say so)."""
    found = np.array(differences)
    mean, error = found.mean(), found.std(ddof=1) / len(found) ** 0.5
    numbers = f"{mean:+.3f} ± {error:.3f}, from {found.min():+.3f} to {found.max():+.3f}, above 0 in {(found > 0).sum()} of {len(found)}"
    if claim.kind == "level":
        return abs(mean) + 2 * error <= claim.level, numbers
    return mean > 2 * error and (claim.kind == "more" or found.min() > 0), numbers


# --- chapter 1: its own cells define the scenes and the networks --------------------------------------------


def _chapter_1(cache={}):  # noqa: B006  filled once
    if not cache:
        (path,) = notebooks.find(["01"])
        for _, cell in notebooks.code(notebooks.read(notebooks.twin(path))):
            if "setup" in notebooks.tags(cell) or cell.source.startswith(
                ("HIGH, WIDE", "def dense", "def flattened")
            ):
                exec(cell.source.partition("\nnetworks = ")[0], cache)
    return cache


def _scene_accuracy(kind, rate, count, columns, seed, tested, change=lambda pictures: pictures):
    """A network of chapter 1, trained on ``count`` scenes and tested on 500."""
    one = _chapter_1()
    nn.manual_seed(seed)
    model = one[kind]()
    pictures, labels = one["scenes"](count, columns, seed)
    options = {"epochs": max(5, 2000 // count), "batch_size": max(20, count // 100), "seed": seed}
    sgd = training.SGD(model.parameters(), lr=rate, momentum=0.9)
    training.fit(model, change(pictures), labels, sgd, prepare=batch_last, **options)
    images, wanted = one["scenes"](500, tested, 10_000 + seed)
    return training.evaluate(model, change(images), wanted, prepare=batch_last).accuracy


LEFT, RIGHT, ANYWHERE = range(0, 5), range(24, 29), range(0, 29)


def _shuffled(pictures):
    order = np.random.default_rng(1).permutation(pictures[0].size)
    return pictures.reshape(len(pictures), -1)[:, order].reshape(pictures.shape)


def moved(seed):
    right = [
        _scene_accuracy(*kind, 200, LEFT, seed, RIGHT) for kind in (("convolutional", 0.3), ("dense", 0.03))
    ]
    return right[0] - right[1]


def fewer_examples(seed):
    return _scene_accuracy("convolutional", 0.3, 20, ANYWHERE, seed, ANYWHERE) - _scene_accuracy(
        "dense", 0.03, 100, ANYWHERE, seed, ANYWHERE
    )


def as_good_with_many(seed):
    return _scene_accuracy("dense", 0.03, 2500, ANYWHERE, seed, ANYWHERE) - _scene_accuracy(
        "convolutional", 0.3, 100, ANYWHERE, seed, ANYWHERE
    )


def flattened_guesses(seed):
    return _scene_accuracy("flattened", 0.03, 200, LEFT, seed, RIGHT) - 0.5


def shuffled(kind, rate):
    def difference(seed):
        plain = _scene_accuracy(kind, rate, 100, ANYWHERE, seed, ANYWHERE)
        return plain - _scene_accuracy(kind, rate, 100, ANYWHERE, seed, ANYWHERE, _shuffled)

    return difference


# --- chapters 6 and 8: what their benches train -----------------------------------------------------------------


def _pays(pictures, epochs):
    def difference(seed):
        if pictures == 60_000:
            data, judged = garments.garments("train"), garments.garments("test")
        else:
            images, labels = garments.garments("train", 24_000)
            data, judged = (images[:pictures], labels[:pictures]), (images[18_000:], labels[18_000:])
        two, how = (garments.lenet, garments.dense), (data, judged, epochs, 0.004)
        right = [score(f"{m.__name__} {pictures} {seed}", garments.train, m, seed, *how)[1] for m in two]
        return right[0] - right[1]

    return difference


def _better(seed):
    images, labels = garments.garments("train", 24_000)
    data, held = (images[:18_000], labels[:18_000]), (images[18_000:], labels[18_000:])
    settings = ((garments.deeper, 0.01), (garments.lenet, 0.004))
    right = [
        score(f"{make.__name__} better {seed}", garments.train, make, seed, data, held, 3, rate)[1]
        for make, rate in settings
    ]
    return right[0] - right[1]


def _deep(one, other, seen=False):
    """Two of chapter 6's networks of thirty layers: (skip, norm, init, blocks)."""

    def difference(seed):
        images, labels = garments.garments("train", 24_000)
        few, held = (images[:3000], labels[:3000]), (images[18_000:], labels[18_000:])
        right = []
        for how in (one, other):
            make = functools.partial(garments.thirty, *how)
            right.append(score(f"thirty {how} {seed}", garments.train, make, seed, few, held, 3, 0.003, 50))
        place = 0 if seen else 1
        return right[0][place] - right[1][place]

    return difference


def _variants(one, other):
    def difference(seed):
        shift = np.float32(datasets.FASHION_MEAN), np.float32(datasets.FASHION_SD)
        pairs = (datasets.fashion_mnist(part, count) for part, count in (("train", 3000), ("test", 5000)))
        data = [((images - shift[0]) / shift[1], labels) for images, labels in pairs]
        right = [score(f"{name} {seed}", variants.learn, name, seed, data, 6) for name in (one, other)]
        return (right[0] - right[1]) / 100

    return difference


PLAIN, RESIDUAL = (False, True), (True, True)  # with batch norm
CLAIMS = {
    "01-moved": Claim("learned on the left: the convolutional network knows the cat on the right, the dense one not",
                      moved, "every seed", seconds=4),
    "01-examples": Claim("20 examples give a convolutional network more than 100 a dense one",
                         fewer_examples, "every seed", seconds=3),
    "01-many": Claim("2,500 examples give a dense network what 100 give a convolutional one",
                     as_good_with_many, "level", 0.03, seconds=4),
    "01-flattened": Claim("with a weight for every place the network guesses on the right",
                          flattened_guesses, "level", 0.1, seconds=3),
    "01-shuffled": Claim("shuffled pixels cost the convolutional network accuracy",
                         shuffled("convolutional", 0.3), "every seed", seconds=4),
    "01-unshuffled": Claim("shuffled pixels cost the dense network nothing",
                           shuffled("dense", 0.03), "level", 0.03, seconds=1),
    "06-pays-2000": Claim("with 2,000 pictures LeNet and the dense network are level", _pays(2000, 16), "level", 0.012, 20),
    "06-pays-18000": Claim("with 18,000 LeNet is ahead", _pays(18_000, 4), seconds=45),
    "06-pays-60000": Claim("with 60,000 LeNet is ahead", _pays(60_000, 4), "every seed", seconds=150),
    "06-better": Claim("the residual network beats LeNet", _better, "every seed", seconds=100),
    "06-degradation": Claim("six convolutions with batch norm learn their pictures better than thirty",
                            _deep((False, True, "torch", 3), PLAIN, seen=True), seconds=15),
    "06-skip": Claim('of thirty layers with batch norm those with "+ x" are better', _deep(RESIDUAL, PLAIN), "every seed", seconds=25),
    "06-norm": Claim("thirty residual layers are better with batch norm", _deep(RESIDUAL, (True, False)), seconds=20),
    "08-wiring": Claim("the separable network beats the narrow one", _variants("separable", "narrow"), "every seed", seconds=50),
    "08-groups": Claim("the plain network beats that of 4 groups", _variants("plain", "4 groups"), seconds=70),
    "08-plain": Claim("the plain network is a little ahead of the separable one, not surely in a seed",
                      _variants("plain", "separable"), seconds=80),
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="make claims", description=__doc__.splitlines()[0])
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="list, or names from it (default: all)")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--keep", metavar="FILE", type=Path, help="keep scores there, take them from there")
    options = parser.parse_args()
    if options.claims == ["list"]:
        for name, claim in CLAIMS.items():
            print(f"{name:<15} {claim.says} ({claim.kind}; some {claim.seconds} s a seed)")
        return 0
    if unknown := set(options.claims) - set(CLAIMS):
        parser.error(f"no such claim: {', '.join(sorted(unknown))}; `make claims ARGS=list` names them")
    if options.seeds < 2:
        parser.error(f"--seeds {options.seeds}: give at least 2")
    if options.keep:
        KEPT.append(options.keep)
        SCORES.update(json.loads(options.keep.read_text(encoding="utf-8")) if options.keep.exists() else {})
    failed = []
    for name in options.claims or CLAIMS:
        claim, began = CLAIMS[name], time.perf_counter()
        holds, numbers = verdict(claim, [claim.difference(FIRST + seed) for seed in range(options.seeds)])
        failed += [] if holds else [name]
        print(f"{'held' if holds else 'NOT HELD':<9} {name:<15} {claim.says} ({claim.kind})", flush=True)
        print(f"          {numbers}; {time.perf_counter() - began:.0f} s", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
