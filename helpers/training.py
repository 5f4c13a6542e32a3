"""Training: batches, the loop, and how good the model is. Any model with a `backward` will do."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

import numpy as np

from .losses import check_labels, cross_entropy, cross_entropy_backward
from .optimisers import SGD, Adam, constant, cosine, one_cycle, step_decay

__all__ = ["SGD", "Adam", "History", "Score", "batches", "constant", "cosine", "count_batches", "evaluate"]
__all__ += ["fit", "one_cycle", "predict", "split", "step_decay", "train_step"]


@dataclass
class History:
    """What happened: one loss and one learning rate a batch, one dict an epoch, and why training stopped."""

    losses: list = field(default_factory=list)
    rates: list = field(default_factory=list)
    epochs: list = field(
        default_factory=list
    )  # loss, accuracy, seconds; validation_loss, validation_accuracy
    stopped: str | None = None  # None: all epochs were done

    def __repr__(self):
        lines = []
        for number, epoch in enumerate(self.epochs, 1):
            line = f"epoch {number}: loss {epoch['loss']:.3f}, accuracy {epoch['accuracy']:.3f}"
            if "validation_loss" in epoch:
                line += f"; validation {epoch['validation_loss']:.3f}, {epoch['validation_accuracy']:.3f}"
            lines.append(line)
        return "\n".join(lines + [f"stopped: {self.stopped}"] * bool(self.stopped)) or "nothing trained yet"


class Score(NamedTuple):
    """How good a model is on a set of examples."""

    loss: float
    accuracy: float


def split(images, labels, fraction=0.1, seed=0):
    """((images, labels) to train on, (images, labels) held out): a fraction drawn at random."""
    _check_examples(images, labels)
    held = round(len(images) * fraction)
    if not 0 < held < len(images):
        raise ValueError(
            f"fraction={fraction}: one part of {len(images)} examples would be empty; give e.g. 0.1"
        )
    order = np.random.default_rng(seed).permutation(len(images))
    rest, held = np.sort(order[held:]), np.sort(order[:held])
    return (images[rest], labels[rest]), (images[held], labels[held])


def batches(images, labels, batch_size=64, seed=None, drop_last=False):
    """Pairs (images, labels) of batch_size examples each, one after another: in order, or shuffled by a seed.

    The last batch may be smaller; drop_last leaves it out. seed may be a NumPy generator.
    """
    _check_examples(images, labels)
    order = np.arange(len(images)) if seed is None else np.random.default_rng(seed).permutation(len(images))
    count = count_batches(len(images), batch_size)
    if drop_last and len(images) % batch_size:
        count -= 1
    parts = (order[batch_size * index : batch_size * (index + 1)] for index in range(count))
    return ((images[chosen], labels[chosen]) for chosen in parts)


def count_batches(examples, batch_size):
    """How many batches it takes to see every example once, the last one perhaps smaller."""
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size}: give a positive int, e.g. 64")
    return -(-examples // batch_size)


def train_step(model, images, labels, optimiser):
    """Forward, loss, backward, update: returns (loss, how many were right); nothing changes if it is nan."""
    scores = model.forward(images)
    loss = float(cross_entropy(scores, labels))
    if np.isfinite(loss):
        optimiser.zero_grad()
        model.backward(cross_entropy_backward(1, scores, labels))
        optimiser.step()
    return loss, int((scores.argmax(axis=1) == labels).sum())


def fit(
    model, images, labels, optimiser, *, epochs=1, batch_size=64, schedule=None, validation=None,
    seed=0, augment=None, prepare=None, callback=None, progress=False,
):  # fmt: skip
    """Train a model in place, leave it in eval mode, and return the History.

    schedule: step -> learning rate (default: the optimiser's own). validation: (images, labels), scored after
    every epoch. augment(images, rng) changes each training batch; prepare(images) every batch, last of all:
    prepare=helpers.batch_last takes the fast road (see helpers.conv_fast).
    callback("batch" or "epoch", history) is called after each; if it returns True, training ends.
    progress: True for tqdm's bar, or a function that takes total= as tqdm does.
    Ctrl-C (a notebook's Stop) keeps what was learnt; a loss of nan or inf ends training. Both print the
    reason and leave it in history.stopped. ValueError for an empty set, labels outside 0 .. classes - 1, or
    images that the model cannot take.
    """
    _check_examples(images, labels, model, prepare)
    if validation is not None:
        _check_examples(*validation, model, prepare)
    rng, history, schedule = np.random.default_rng(seed), History(), schedule or constant(optimiser.lr)
    bar = _bar(progress, total=epochs * count_batches(len(images), batch_size))

    def one_epoch():
        losses, right, began = [], 0, perf_counter()
        for x, y in batches(images, labels, batch_size, rng):
            x = x if augment is None else augment(x, rng)
            optimiser.lr = schedule(len(history.losses))
            loss, hits = train_step(model, x if prepare is None else prepare(x), y, optimiser)
            history.losses.append(loss)
            history.rates.append(optimiser.lr)
            if not np.isfinite(loss):
                raise _Stop(_explain(history))
            losses.append(loss * len(y))
            right += hits
            bar.update(1)
            call("batch")
        return Score(sum(losses) / len(images), right / len(images)), perf_counter() - began

    def call(event):
        if callback is not None and callback(event, history):
            raise _Stop("the callback asked for it")

    try:
        for _ in range(epochs):
            model.train()
            with np.errstate(over="ignore", invalid="ignore"):  # what diverges is reported below, once
                score, seconds = one_epoch()
            history.epochs.append({"loss": score.loss, "accuracy": score.accuracy, "seconds": seconds})
            if validation is not None:
                score = evaluate(model, *validation, prepare=prepare)
                history.epochs[-1] |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            call("epoch")
    except _Stop as stop:
        history.stopped = str(stop)
        print(f"Training stopped: {stop}")
    except KeyboardInterrupt:
        history.stopped = f"interrupted after {len(history.losses)} batches; what was learnt is kept"
        print(f"Training stopped: {history.stopped}")
    finally:
        bar.close()
        model.eval()
    return history


def predict(model, images, batch_size=256, prepare=None):
    """The model's scores (N, classes), computed in eval mode; its mode is put back afterwards."""
    was_training = model.training
    model.eval()
    try:
        parts = (images[first : first + batch_size] for first in range(0, max(len(images), 1), batch_size))
        return np.concatenate([model.forward(x if prepare is None else prepare(x)) for x in parts])
    finally:
        model.train(was_training)


def evaluate(model, images, labels, batch_size=256, prepare=None):
    """The Score (loss, accuracy) of a model in eval mode on these examples."""
    _check_examples(images, labels)
    scores = predict(model, images, batch_size, prepare)
    return Score(float(cross_entropy(scores, labels)), float((scores.argmax(axis=1) == labels).mean()))


class _Stop(Exception):
    """Ends training early; its text is the reason."""


def _explain(history):
    """Why the last loss is no number."""
    loss, step = history.losses[-1], len(history.losses)
    if step == 1:
        return f"the very first loss is {loss}: look for nan or inf in the images and the weights"
    rate = history.rates[-1]
    return f"the loss became {loss} in batch {step}: the learning rate {rate:g} is too large; try a tenth"


def _check_examples(images, labels, model=None, prepare=None):
    """Refuse what cannot be trained on; with a model, try it on one image."""
    if len(images) == 0:
        raise ValueError("images: the set is empty; give at least one example")
    if len(images) != len(labels):
        raise ValueError(f"labels: {len(labels)} of them for {len(images)} images; give one label an image")
    if np.ndim(labels) != 1:
        raise ValueError(
            f"labels.shape={np.shape(labels)}: give one class number an image, shape ({len(images)},)"
        )
    classes = np.iinfo(np.int64).max
    if model is not None:
        scores = predict(model, images[:1], prepare=prepare)
        if scores.ndim != 2:
            raise ValueError(f"model: it makes {scores.shape} of one image; end with Flatten() and Linear")
        classes = scores.shape[1]
    check_labels(labels, classes, "labels")


def _bar(progress, total):
    """A progress bar with update() and close(), or something silent that has them too."""
    if callable(progress):
        return progress(total=total)
    from tqdm.auto import tqdm

    return tqdm(total=total, disable=not progress)
