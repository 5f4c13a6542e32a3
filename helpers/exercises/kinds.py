"""What kind of thing an answer is: numbers of NumPy and PyTorch, lists, generators, all made plain."""

import numbers
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import numpy as np

MOST = 100_000  # of a generator that does not end no more is taken


@dataclass(frozen=True)
class Unfit:
    """What stands for an answer that is neither number, array, string, nor a collection of these."""

    name: str


NOTHING = Unfit("NoneType")


def settled(value):
    """An answer that can be read once only, such as a generator, as a list; any other as it is."""
    return list(islice(value, MOST)) if isinstance(value, Iterator) else value


def plain(value):
    """The value as arrays, strings, and tuples and dicts of these, all copied; Unfit where it is none."""
    if isinstance(value, str):
        return " ".join(value.casefold().replace("−", "-").split())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return Unfit("set")
    value = _detached(value)
    array = _array(value)
    if array is not None:
        return array
    if not isinstance(value, Iterable) or isinstance(value, (bytes, np.ndarray)):
        return Unfit(type(value).__name__)
    try:
        items = tuple(plain(item) for item in islice(value, MOST + 1))
    except Exception:  # a reader's class again
        return Unfit(type(value).__name__)
    if len(items) > MOST:
        return Unfit("list that does not end")
    return _joined(items)


def _detached(value):
    """A tensor's numbers, wherever it lives and whatever follows its gradients."""
    if not (hasattr(value, "detach") and hasattr(value, "cpu")):
        return value
    value = value.detach().cpu()
    try:
        return np.asarray(value)
    except TypeError:  # NumPy has no bfloat16
        return np.asarray(value.float())


def _array(value):
    """An array of numbers, or None."""
    try:
        array = np.array(value)
        if array.dtype == object and array.size and all(map(_counts, array.flat)):  # fractions, huge numbers
            array = array.astype(float)
    except Exception:  # ragged lists, tensors in a list, a reader's class whose own code fails
        return None
    return array if array.dtype.kind in "biufc" else None


def _counts(item):
    return isinstance(item, (numbers.Real, Decimal))


def _joined(items):
    """Parts as one array where they are arrays of one shape."""
    if items and all(isinstance(item, np.ndarray) and item.shape == items[0].shape for item in items):
        return np.array(items)
    return items


def empty(value):
    """Whether the value is what a starter cell leaves: None, dots, or a collection of nothing else."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)) and value:
        return all(empty(item) for item in value)
    return value is None or value is Ellipsis


def gap(value, names=()):
    """Which part of an answer is still empty, in words; "" where none is."""
    if isinstance(value, (list, tuple)):
        for n, part in enumerate(value, start=1):
            if empty(part):
                return f"`{names[n - 1]}`" if len(names) == len(value) else f"part {n} of {len(value)}"
            if inner := gap(part):
                return f"{inner} of part {n}"
    return ""
