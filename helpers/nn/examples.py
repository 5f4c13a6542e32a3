"""Examples to learn from: sets, batches, and what nothing can be learned from."""

import numpy as np

from helpers.ops.losses import check_labels
from helpers.ops.shapes import real, seeded, whole


def split(images, labels, fraction=0.1, seed=0):
    """((images, labels) to train on, (images, labels) held out): a fraction drawn at random."""
    check_examples(images, labels)
    held = round(len(images) * real(fraction, "fraction", 0, 1))
    if not 0 < held < len(images):
        raise ValueError(
            f"fraction={fraction}: one part of {len(images)} examples would be empty; give e.g. 0.1"
        )
    order = seeded(seed).permutation(len(images))
    rest, held = np.sort(order[held:]), np.sort(order[:held])
    return (images[rest], labels[rest]), (images[held], labels[held])


def batches(images, labels, batch_size=64, seed=None, drop_last=False):
    """Pairs (images, labels) of batch_size examples each, one after another: in order, or shuffled by a seed.

    The last batch may be smaller; drop_last leaves a smaller one out. seed may be a NumPy generator.
    """
    check_examples(images, labels)
    order = np.arange(len(images)) if seed is None else seeded(seed).permutation(len(images))
    count = count_batches(len(images), batch_size, drop_last)
    parts = (order[batch_size * index : batch_size * (index + 1)] for index in range(count))
    return ((images[chosen], labels[chosen]) for chosen in parts)


def count_batches(examples, batch_size, drop_last=False):
    """How many batches it takes to see every example once; the last one may be smaller, or is left out."""
    examples = whole(examples, "examples")
    if whole(batch_size, "batch_size") < 1:
        raise ValueError(f"batch_size={batch_size}: give a positive int, e.g. 64")
    if drop_last and examples < batch_size:
        raise ValueError(
            f"drop_last=True: {examples} examples fill no batch of {batch_size}; give a smaller batch_size"
        )
    return examples // batch_size if drop_last else -(-examples // batch_size)


def check_last_batch(train_on_one, examples, batch_size, drop_last):
    """ValueError before training begins if the last batch will be one example that the model cannot train on.

    train_on_one() runs it on one example, in training mode and without leaving a trace: batch norm refuses.
    """
    if batch_size > 1 and (examples % batch_size != 1 or drop_last):
        return
    remedy = "drop_last=True, or another batch_size"
    if 1 in (batch_size, examples):
        remedy = "at least two examples and a batch_size from 2 up"
    try:
        train_on_one()
    except (ValueError, RuntimeError) as error:
        raise ValueError(
            f"batch_size={batch_size}: of {examples} examples the last batch holds one, which the model "
            f"cannot train on; give {remedy} ({error})"
        ) from None


def check_examples(images, labels, count_classes=None):
    """Refuse an empty set, and labels that are not one class an image; count_classes() says how many."""
    for name, value in {"images": images, "labels": labels}.items():
        if not getattr(value, "shape", ()):  # a number of NumPy's has one too, and it is empty
            raise TypeError(f"{name} is a {type(value).__name__}: give an array, one entry for each example")
    if len(images) == 0:
        raise ValueError("images: the set is empty; give at least one example")
    if len(images) != len(labels):
        raise ValueError(f"labels: {len(labels)} of them for {len(images)} images; give one label an image")
    if np.ndim(labels) != 1:
        raise ValueError(
            f"labels.shape={np.shape(labels)}: give one class number an image, shape ({len(images)},)"
        )
    classes = np.iinfo(np.int64).max if count_classes is None else count_classes()
    check_labels(labels, classes, "labels")


def other_dtype(images, wanted, name="images"):
    """What to say of images of another dtype than the model's weights; an empty string if it is the same.

    Arrays and PyTorch's tensors alike: nothing is converted silently.
    """
    dtypes = getattr(images, "dtype", wanted), wanted
    given, wanted = (str(dtype).removeprefix("torch.") for dtype in dtypes)
    if given == wanted:
        return ""
    convert = f"astype(np.{wanted})" if isinstance(images, np.ndarray) else f"to(torch.{wanted})"
    return (
        f"{name}.dtype={given}: the model's weights are {wanted}, and nothing is converted silently; give "
        f"{name}.{convert}{' / 255' if given == 'uint8' else ''}"
    )
