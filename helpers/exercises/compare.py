"""When two answers are the same, and how to say in few words where they differ."""

from dataclasses import dataclass

import numpy as np

WHOLE = 16  # an array of more elements is not shown whole


@dataclass(frozen=True)
class Unfit:
    """What stands for an answer that is neither number, array, string, nor a collection of these."""

    name: str


def plain(value):
    """The value as arrays, strings, and tuples and dicts of these, all copied; Unfit where it is none."""
    if isinstance(value, str):
        return " ".join(value.casefold().replace("−", "-").split())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return plain(sorted(value, key=lambda item: (isinstance(item, str), item)))
    try:
        array = np.array(value)
    except (TypeError, ValueError, RuntimeError):  # ragged lists, tensors that do not convert
        array = np.array(None)
    if array.dtype.kind in "biufc":
        return array
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    return Unfit(type(value).__name__)


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


def same(got, expected):
    """Whether two plain values are equal: whole numbers exactly, fractions within a tolerance."""
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        if got.shape != expected.shape and not got.size == expected.size == 1:
            return False
        return bool(np.all(close(got.reshape(expected.shape), expected)))
    if isinstance(expected, tuple) and isinstance(got, np.ndarray) and got.ndim:
        got = tuple(got)  # by chance its parts are equally long
    if isinstance(expected, tuple) and isinstance(got, tuple):
        return len(got) == len(expected) and all(map(same, got, expected))
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(same(got[key], expected[key]) for key in expected)
    return type(got) is type(expected) and not isinstance(got, np.ndarray) and got == expected


def close(got, expected):
    """Where two arrays of one shape agree: float32 is allowed its rounding, NaN equals NaN."""
    single = got.dtype.kind in "fc" and got.dtype.itemsize < 8
    kind = complex if "c" in (got.dtype.kind, expected.dtype.kind) else float
    if expected.dtype.kind in "biu":
        relative, absolute = 1e-6 if single else 0, 1e-6
    else:
        finite = np.abs(expected[np.isfinite(expected)])
        relative, absolute = 1e-4, 1e-5 * finite.max(initial=0) + 1e-12
    return np.isclose(got.astype(kind), expected.astype(kind), relative, absolute, equal_nan=True)


def show(value):
    """The value in one line, rounded; a large array by its shape."""
    if isinstance(value, tuple):
        return f"({', '.join(map(show, value))}{',' * (len(value) == 1)})"
    value = value if isinstance(value, (str, Unfit)) else plain(value)
    if isinstance(value, Unfit):
        return "None" if value.name == "NoneType" else f"a {value.name}"
    if isinstance(value, np.ndarray):
        return _numbers(value.tolist()) if value.size <= 2 * WHOLE else f"an array of shape {value.shape}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {show(item)}' for key, item in value.items())}}}"
    return repr(value)


def _numbers(item):
    if isinstance(item, list):
        return f"[{', '.join(map(_numbers, item))}]"
    return f"{item + 0.0:.6g}" if isinstance(item, float) else str(item)


def difference(got, expected):
    """Two half sentences on the first difference: what ought to be, and what is."""
    if isinstance(got, Unfit):
        kinds = {
            "NoneType": "nothing: is a return missing?",
            "generator": "a generator: make a list of it, list(...)",
            "map": "a map: make a list of it, list(...)",
            "ndarray": "an array of objects, not of numbers",
        }
        found = kinds.get(got.name, f"a {got.name}")
        return f"should be {_sort(expected)}", f"is {found}"
    if not isinstance(got, type(expected)):
        return f"should be {_sort(expected)}", f"is {_sort(got)}"
    if isinstance(expected, np.ndarray):
        return _between_arrays(got, expected)
    if isinstance(expected, tuple) and len(got) == len(expected):
        place = next(i for i, pair in enumerate(zip(got, expected, strict=True)) if not same(*pair))
        should, but = difference(got[place], expected[place])
        return f"at [{place}] {should}", but
    if isinstance(expected, dict) and got.keys() == expected.keys():
        key = next(key for key in expected if not same(got[key], expected[key]))
        return f"should have {key} = {show(expected[key])}", f"has {show(got[key])}"
    return f"should be {show(expected)}", f"is {show(got)}"


def _between_arrays(got, expected):
    short = max(got.size, expected.size) <= WHOLE and max(got.ndim, expected.ndim) < 2
    if got.shape != expected.shape and not short:
        return f"should have shape {expected.shape}", f"has shape {got.shape}"
    if short or expected.size <= WHOLE:
        return f"should be {show(expected)}", f"is {show(got)}"
    place = first(got, expected)
    at = list(place)
    return f"at {at} should be {show(expected[place])}", f"is {show(got[place])}"


def first(got, expected):
    """The index of the first place where two arrays of one shape differ."""
    place = np.argwhere(~close(got, expected))[0]
    return tuple(int(i) for i in place)


def _sort(value):
    """What kind of thing a plain value is."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    names = {str: "a string", dict: "a dictionary", tuple: "a tuple", Unfit: "something else"}
    return names[type(value)]
