"""Training: batches, the loop, and how good the model is. Any model with a `backward` will do."""

from copy import deepcopy
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

import numpy as np

from helpers.nn.examples import batches, check_examples, check_last_batch, count_batches, other_dtype, split
from helpers.nn.init import generator
from helpers.nn.loop import Stop, evaluating, open_bar, running
from helpers.nn.optim import SGD, Adam, constant, cosine, one_cycle
from helpers.ops.losses import cross_entropy, cross_entropy_backward
from helpers.ops.shapes import seeded, whole

__all__ = ["SGD", "Adam", "History", "Score", "batches", "constant", "cosine", "count_batches", "evaluate"]
__all__ += ["fit", "one_cycle", "predict", "split", "train_step"]

BEYOND = 1000  # a loss that many times the first one (or 1) is diverging, though still a number


@dataclass
class History:
    """What happened: one loss and one learning rate a batch, one dict an epoch, and why training stopped."""

    losses: list = field(default_factory=list)
    rates: list = field(default_factory=list)
    epochs: list = field(default_factory=list)  # loss, accuracy, seconds; validation_loss, …_accuracy
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


def train_step(model, images, labels, optimiser):
    """Forward, loss, backward, update: returns (loss, how many were right).

    If the loss is nan or inf no parameter moves; a batch norm's running statistics have moved already.
    """
    scores = model.forward(images)
    loss = float(cross_entropy(scores, labels))
    if np.isfinite(loss):
        optimiser.zero_grad()
        model.backward(cross_entropy_backward(1, scores, labels))
        optimiser.step()
    return loss, int((scores.argmax(axis=1) == labels).sum())


def fit(
    model, images, labels, optimiser, *, epochs=1, batch_size=64, drop_last=False, schedule=None,
    validation=None, seed=0, augment=None, prepare=None, callback=None, progress=False,
):  # fmt: skip
    """Train a model in place, leave it in eval mode, and return the History.

    drop_last leaves out the last batch of an epoch where it is smaller than the others.
    schedule: step -> learning rate (default: the optimiser's own). validation: (images, labels), scored after
    every epoch. augment(images, rng) changes each training batch; prepare(images) every batch, last of all:
    prepare=helpers.batch_last takes the fast road (see helpers.ops.conv_fast).
    callback("batch" or "epoch", history) is called after each; if it returns True, training ends.
    progress: True for tqdm's bar, or a function that takes total= as tqdm does.
    Ctrl-C (a notebook's Stop) keeps what was learnt; a loss of nan, inf or a thousand times the first ends
    training. Both print the reason and leave it in history.stopped. ValueError or TypeError for an empty set,
    labels outside 0 .. classes - 1, images that the model cannot take, or an optimiser that is not its own.
    """
    _check_optimiser(optimiser, model)
    check_examples(images, labels, lambda: _count_classes(model, images, prepare))
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise TypeError(f"validation is a {type(validation).__name__}: give a pair (images, labels)")
        check_examples(*validation, lambda: _count_classes(model, validation[0], prepare))
    if whole(epochs, "epochs") < 1:
        raise ValueError(f"epochs={epochs}: give a positive int, e.g. 5")
    rng, history, schedule = seeded(seed), History(), schedule or constant(optimiser.lr)
    total = epochs * count_batches(len(images), batch_size, drop_last)
    check_last_batch(lambda: _train_on_one(model, images, prepare), len(images), batch_size, drop_last)
    bar = open_bar(progress, total)

    def one_epoch():
        losses, right, seen, began = [], 0, 0, perf_counter()
        for x, y in batches(images, labels, batch_size, rng, drop_last):
            x = x if augment is None else augment(x, rng)
            optimiser.lr = schedule(len(history.losses))
            loss, hits = train_step(model, x if prepare is None else prepare(x), y, optimiser)
            history.losses.append(loss)
            history.rates.append(optimiser.lr)
            check(loss, f"in batch {len(history.losses)}")
            losses.append(loss * len(y))
            right, seen = right + hits, seen + len(y)
            bar.update(1)
            call("batch")
        return Score(sum(losses) / seen, right / seen), perf_counter() - began

    def check(loss, when):
        if reason := _diverged(loss, when, history):
            raise Stop(reason)

    def call(event):
        if callback is not None and callback(event, history):
            raise Stop("the callback asked for it")

    with running(model, history, bar):
        for _ in range(epochs):
            model.train()
            with _quiet():
                score, seconds = one_epoch()
                history.epochs.append({"loss": score.loss, "accuracy": score.accuracy, "seconds": seconds})
                if validation is not None:
                    score = evaluate(model, *validation, prepare=prepare)
                    history.epochs[-1] |= {f"validation_{name}": x for name, x in score._asdict().items()}
                    check(score.loss, f"on the validation set after epoch {len(history.epochs)}")
            call("epoch")
    return history


def predict(model, images, batch_size=256, prepare=None):
    """The model's scores (N, classes), computed in eval mode.

    Every layer's own mode is put back, and what it keeps for a backward pass that is still to come.
    """
    begun = [module for module in model.modules() if getattr(module, "input", None) is not None]
    pending = [(module, vars(module).copy()) for module in begun]
    firsts = range(0, max(len(images), 1), batch_size)
    parts = (images[first : first + batch_size] for first in firsts)
    try:
        with evaluating(model):
            return np.concatenate([model.forward(x if prepare is None else prepare(x)) for x in parts])
    finally:
        for module, kept in pending:
            vars(module).update(kept)


def evaluate(model, images, labels, batch_size=256, prepare=None):
    """The Score (loss, accuracy) of a model in eval mode on these examples."""
    check_examples(images, labels)
    scores = predict(model, images, batch_size, prepare)
    return Score(float(cross_entropy(scores, labels)), float((scores.argmax(axis=1) == labels).mean()))


def _train_on_one(model, images, prepare):
    """A copy of the model on one image, in training mode; the layers' generator is put back."""
    dice = generator().bit_generator
    before = dice.state
    try:
        deepcopy(model).train().forward(images[:1] if prepare is None else prepare(images[:1]))
    finally:
        dice.state = before


def _quiet():
    """No warnings of NumPy's: what diverges is reported once, in words."""
    return np.errstate(over="ignore", invalid="ignore")


def _diverged(loss, when, history):
    """Why training cannot go on after this loss, or an empty string."""
    first, rate = history.losses[0], max(history.rates)
    if loss < BEYOND * max(first, 1):  # false for nan too
        return ""
    if not np.isfinite(first):
        return f"the very first loss is {first}: look for nan or inf in the images and the weights"
    if np.isfinite(loss):
        grew, cause = f"grew from {first:.1f} to {loss:{',.0f' if loss < 1e9 else '.0e'}}", ""
    else:
        grew, cause = f"became {loss}", ", or nan or inf is in the images"
    return (
        f"the loss {grew} {when}: the learning rate {rate:g} is too large{cause}; build the model anew, "
        "since its weights are spoilt, and try a tenth"
    )


def _check_optimiser(optimiser, model):
    """Refuse an optimiser that would move nothing of the model."""
    if isinstance(optimiser, type):
        name = optimiser.__name__
        raise TypeError(f"optimiser={name}: this is the class; give one made, {name}(model.parameters())")
    if not {id(p) for p in model.parameters()} & {id(p) for p in optimiser.parameters}:
        raise ValueError(
            "optimiser: it shares no parameter with the model, so nothing would be learned; make it anew, "
            f"{type(optimiser).__name__}(model.parameters())"
        )


def _count_classes(model, images, prepare):
    """How many scores the model makes of one image; the error says why it cannot take these images."""
    shape, weights = np.shape(images), [parameter.data.ndim for parameter in model.parameters()]
    remedy = ""
    if len(shape) < 4 and weights[:1] == [4]:  # one grey image without its channel would pass for a batch
        remedy = "begins with a convolution: give (N, C, H, W), of grey pictures images[:, np.newaxis]"
    try:
        with _quiet():
            scores = predict(model, images[:1], prepare=prepare)
    except (ValueError, TypeError) as error:
        weight = next(iter(model.parameters()), None)
        if prepare is None and weight and (why := other_dtype(images, weight.data.dtype)):
            raise TypeError(why) from None
        raise type(error)(
            f"images.shape={shape}: the model {remedy or f'cannot take them: {error}'}"
        ) from None
    if remedy and len(scores) != 1:
        raise ValueError(f"images.shape={shape}: the model {remedy}")
    if scores.ndim != 2:
        raise ValueError(f"model: it makes {scores.shape} of one image; end with Flatten() and Linear")
    return scores.shape[1]
