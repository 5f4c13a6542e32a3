"""Training in PyTorch: the same loop on a processor or a graphics card, and how good the model is.

`fit` keeps the same History as `training.fit`, which trains the NumPy networks.
"""

from time import perf_counter

import numpy as np

from helpers.nn.examples import check_last_batch, count_batches, other_dtype
from helpers.nn.loop import Stop, evaluating, open_bar, running
from helpers.nn.training import History, Score
from helpers.ops.arrays import channels_first
from helpers.ops.shapes import whole
from helpers.pytorch.models import F, torch  # which says how to get PyTorch where it is missing


def best_device():
    """The graphics card where PyTorch finds one, otherwise the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def device_of(model):
    """Where a model's parameters lie; the processor for a model that has none."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def fit(
    model, images, labels, *, epochs=5, batch_size=128, drop_last=False, max_lr=0.005, seed=0,
    validation=None, progress=False, callback=None,
):  # fmt: skip
    """Train a model where it lies, with Adam under a one-cycle learning rate; returns the History.

    images (N, C, H, W) and labels (N,) are arrays or tensors. drop_last leaves out the last batch of an epoch
    where it is smaller than the others. The seed decides the order of the examples, on every device alike.
    validation: (images, labels), scored after every epoch. progress: True for a bar, or a function that takes
    total= as tqdm does. callback("batch" or "epoch", history) is called after each; if it returns True,
    training ends. Ctrl-C (a notebook's Stop) keeps what was learnt. Both print the reason and leave it in
    history.stopped. The model is left in evaluation mode. ValueError or TypeError for an empty set, images
    that the model cannot take, labels that are no classes of it, no epochs, or a loss that is no number.
    """
    where = device_of(model)
    x, y = _examples(images, labels, model)
    if validation is not None:
        _examples(*validation, model)
    if whole(epochs, "epochs") < 1:
        raise ValueError(f"epochs={epochs}: give a positive int, e.g. 5")
    x, y = x.to(where), y.to(where)
    steps = count_batches(len(x), batch_size, drop_last)
    check_last_batch(lambda: _train_on_one(model, x), len(x), batch_size, drop_last)
    total = epochs * steps
    generator, history = torch.Generator().manual_seed(seed), History()
    optimiser = torch.optim.Adam(model.parameters(), lr=max_lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr, total_steps=total)
    bar = open_bar(progress, total)

    def call(event):
        if callback is not None and callback(event, history):
            raise Stop("the callback asked for it")

    with running(model, history, bar):
        for _ in range(epochs):
            model.train()
            losses, right, seen, began = 0.0, 0, 0, perf_counter()
            order = torch.randperm(len(x), generator=generator).to(where)
            for batch in order.split(batch_size)[:steps]:
                scores = model(x[batch])
                loss = F.cross_entropy(scores, y[batch])
                history.rates.append(optimiser.param_groups[0]["lr"])
                history.losses.append(loss.item())
                _refuse_divergence(history, max_lr)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                losses += history.losses[-1] * len(batch)
                right, seen = right + int((scores.argmax(1) == y[batch]).sum()), seen + len(batch)
                bar.update(1)
                call("batch")
            history.epochs.append({"loss": losses / seen, "accuracy": right / seen})
            history.epochs[-1]["seconds"] = perf_counter() - began
            if validation is not None:
                score = evaluate(model, *validation)
                history.epochs[-1] |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            call("epoch")
    return history


def predict(model, images, batch_size=1000):
    """The model's scores (N, classes) as a NumPy array, computed in evaluation mode and without gradients."""
    if len(images) == 0:
        raise ValueError("images: there are none; give at least one picture")
    where = device_of(model)
    x = torch.as_tensor(images)
    with evaluating(model), torch.no_grad():
        try:
            return torch.cat([model(part.to(where)).cpu() for part in x.split(batch_size)]).numpy()
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, ValueError, TypeError) as error:
            raise refusal(model, images if hasattr(images, "dtype") else x, error) from error


def evaluate(model, images, labels, batch_size=1000):
    """The Score (loss, accuracy) of a model in evaluation mode on these examples."""
    x, y = _examples(images, labels, model)
    scores = torch.from_numpy(predict(model, x, batch_size))
    return Score(float(F.cross_entropy(scores, y)), float((scores.argmax(1) == y).float().mean()))


def confusion(labels, predicted, classes):
    """Counts (classes, classes): row the true class, column the one that was said."""
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    if labels.shape != predicted.shape or labels.ndim != 1:
        raise ValueError(
            f"predicted.shape={predicted.shape}: give one class number for each of the labels {labels.shape}"
        )
    if (
        labels.size
        and not 0 <= min(labels.min(), predicted.min()) <= max(labels.max(), predicted.max()) < classes
    ):
        raise ValueError(
            f"classes={classes}: there are labels outside 0 to {classes - 1}; give a larger number"
        )
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def balanced_accuracy(labels, predicted, classes):
    """The mean of the classes' own accuracies, so that a large class counts no more than a small one."""
    counts = confusion(labels, predicted, classes)
    present = counts.sum(axis=1) > 0
    return float((counts.diagonal()[present] / counts.sum(axis=1)[present]).mean())


def _examples(images, labels, model):
    """Images and labels as tensors, the labels as int64, after every check: a graphics card makes none."""
    x, y = torch.as_tensor(images), torch.as_tensor(labels)
    if len(x) == 0:
        raise ValueError("images: the set is empty; give at least one example")
    if y.shape != x.shape[:1]:
        raise ValueError(f"labels.shape={tuple(y.shape)}: give one class number an image, shape ({len(x)},)")
    if y.dtype == torch.bool or y.is_floating_point() or y.is_complex():
        raise TypeError(f"labels={y.dtype}: labels are class numbers; give ints, e.g. labels.astype(int)")
    scores = predict(model, images[:1])
    if x.ndim == 3 and len(scores) != 1:  # one grey image without its channel passes for a batch
        raise refusal(model, x)
    if scores.ndim != 2:
        raise ValueError(f"model: it makes {scores.shape} of one image; end with Flatten and Linear")
    classes = scores.shape[1]
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"labels from {y.min()} to {y.max()}: the model's scores are for {classes} classes, 0 to "
            f"{classes - 1}"
        )
    return x, y.long()


def refusal(model, images, error="", name="images"):
    """What to raise where a model cannot take the images: the likely reason, else what PyTorch says."""
    weight, shape = next(model.parameters(), None), ", ".join(["N", *map(str, images.shape[1:])])
    if weight is not None and (why := other_dtype(images, weight.dtype, name)):
        return TypeError(why)
    first = next((module for module in model.modules() if hasattr(module, "in_channels")), None)
    remedy = channels_first(images, first.in_channels, name) if first is not None else ""
    if images.ndim < 4 and weight is not None and weight.ndim == 4:
        remedy = f"it begins with a convolution: give (N, C, H, W), of grey pictures {name}[:, None]"
    return ValueError(f"{name}.shape=({shape}): the model cannot take them; {remedy or error}")


def _train_on_one(model, images):
    """The model on one image in training mode; its state and PyTorch's random numbers are put back."""
    state = {name: value.clone() for name, value in model.state_dict().items()}
    where = [images.device] if images.device.type == "cuda" else []
    try:
        with evaluating(model), torch.random.fork_rng(where), torch.no_grad():
            model.train()
            model(images[:1])
    finally:
        model.load_state_dict(state)


def _refuse_divergence(history, max_lr):
    if not np.isfinite(history.losses[-1]):
        raise ValueError(
            f"max_lr={max_lr}: the loss is {history.losses[-1]} in batch {len(history.losses)}; "
            "try a tenth, or look for nan in the images"
        )
