"""Add a small network to data/weights/: LeNet, trained on Fashion-MNIST with the book's own layers, in NumPy.

    OMP_NUM_THREADS=1 python data/build/lenet.py

It takes a few minutes. Everything random has a seed, so a machine makes the same file each time; another
machine's matrix products may round otherwise, and what is learnt then differs a little. Run it after
build/weights.py, which empties the folder. Of the 60,000 training images 6,000 are held out, to choose the
settings by; the test set is looked at once, at the end.
"""

import numpy as np
from common import DATA, read_sources, save_small, write_sources

from helpers import batch_last, datasets
from helpers.nn import training
from helpers.pretrained import garments

NAME = "lenet_fashion.npz"
EPOCHS, BATCH, RATE = 12, 64, 3e-3


def mirrored(images, rng):
    """Half of the images turned left to right."""
    turned = rng.random(len(images)) < 0.5
    return np.where(turned[:, None, None, None], images[..., ::-1], images)


def main():
    train, held = training.split(*datasets.fashion_mnist(), fraction=0.1, seed=0)
    model = garments.untrained(np.random.default_rng(0))
    steps = EPOCHS * training.count_batches(len(train[0]), BATCH)
    history = training.fit(
        model,
        *train,
        training.Adam(model.parameters()),
        epochs=EPOCHS,
        batch_size=BATCH,
        schedule=training.one_cycle(RATE, steps),
        validation=held,
        augment=mirrored,
        prepare=batch_last,
        progress=True,
    )
    print(history)
    save_small(DATA / "weights" / NAME, model.state_dict())
    model.load_state_dict(datasets.lenet_weights())  # what was rounded is what is tested
    score = training.evaluate(model, *datasets.fashion_mnist("test"))
    print(f"test accuracy {score.accuracy:.4f}, loss {score.loss:.4f}")
    source = "https://github.com/zalandoresearch/fashion-mnist"
    row = {"file": NAME, "author": "this book's authors, trained on Fashion-MNIST, 2026", "licence": "MIT"}
    others = [old for old in read_sources("weights") if old["file"] != NAME]
    write_sources("weights", [*others, row | {"source": source}])


if __name__ == "__main__":
    main()
