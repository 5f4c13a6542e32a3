"""When two answers are the same, and how to say in few words where they differ."""

import numpy as np

from helpers.exercises.kinds import Unfit, plain

WHOLE = 16  # an array of more elements is not shown whole


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
    if got.dtype == np.float16:
        relative = 1e-3
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


FOUND = {
    "NoneType": "nothing: is a return missing?",
    "ndarray": "an array of objects, not of numbers",
    "set": "a set, which has no order: give a list",
    "method": "a method that was not called: write its brackets, ()",
    "builtin_function_or_method": "a function that was not called: write its brackets, ()",
    "function": "a function that was not called: write its brackets, ()",
}


def difference(got, expected, parts=()):
    """Two half sentences on the first difference: what ought to be, and what is."""
    if isinstance(got, Unfit):
        found = FOUND.get(got.name, f"a {got.name}")
        return f"should be {sort(expected)}", f"is {found}"
    if isinstance(got, tuple) and (places := [k for k, part in enumerate(got) if isinstance(part, Unfit)]):
        k = places[0]
        return f"should be {sort(expected)}", f"has {FOUND.get(got[k].name, f'a {got[k].name}')} at [{k}]"
    if not isinstance(got, type(expected)):
        return f"should be {sort(expected)}", f"is {sort(got)}"
    if len(parts) and (named := _of_parts(got, expected, parts)):
        return named
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


def _of_parts(got, expected, parts):
    """The difference of two tuples by the names of their parts, or None where they are none."""
    if not _are_parts(got, parts) or not _are_parts(expected, parts):
        return None
    differing = [k for k in range(len(parts)) if not same(np.asarray(got[k]), np.asarray(expected[k]))]
    if len(differing) == len(parts):
        return tuple(
            f"{word} ({', '.join(f'{name} {show(part)}' for name, part in zip(parts, value, strict=True))})"
            for word, value in (("should be", expected), ("is", got))
        )
    k = differing[0]
    return f"should have {parts[k]} = {show(expected[k])}", f"has {show(got[k])}"


def _are_parts(value, parts):
    return isinstance(value, (np.ndarray, tuple)) and np.shape(value)[:1] == (len(parts),)


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


def sort(value):
    """What kind of thing a plain value is."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    names = {str: "a string", dict: "a dictionary", tuple: "a list of unequal parts", Unfit: "something else"}
    return names[type(value)]
