"""Which mistake an answer looks like: a planted one, one in a part of it, or a general one."""

import numpy as np

from helpers.exercises.compare import close, same
from helpers.exercises.trials import agree, attempt


def named(exercise, cases, got):
    """The planted mistake that gives what the reader's answer gives, on all cases, not errors alone."""
    if all(outcome.error for outcome in got):
        return None
    pairs = list(zip(cases, got, strict=True))
    for mistake in exercise.mistakes:
        if all(agree(outcome, attempt(exercise, mistake.answer, case)) for case, outcome in pairs):
            return mistake
    return None


def named_in_part(exercise, cases, got, right):
    """Where several mistakes meet: the planted one that gives the first wrong part, and a case that shows it.

    It must give that part on all cases. Of a function only mistakes count that spoil one part alone.
    """
    ours, theirs = _parts(right), _parts(got)
    if exercise.use or not ours or not theirs or ours[0].keys() != theirs[0].keys():
        return None, 0
    part, found = _differing(theirs, ours)[0], []
    for mistake in exercise.mistakes:
        made = _parts([attempt(exercise, mistake.answer, case) for case in cases])
        if made and made[0].keys() == ours[0].keys() and part not in _differing(made, theirs):
            found.append((len(_differing(made, ours)), len(found), mistake))
    spoilt, _, mistake = min(found, default=(0, 0, None))
    if mistake is None or (exercise.of_function and spoilt > 1):
        return None, 0
    return mistake, next(
        i for i, (a, b) in enumerate(zip(theirs, ours, strict=True)) if not same(a[part], b[part])
    )


def _differing(some, others):
    """The names of the parts that differ in any case."""
    return [k for k in others[0] if not all(same(a[k], b[k]) for a, b in zip(some, others, strict=True))]


def _parts(outcomes):
    """The parts of every result by name or place; [] unless all results have the same few parts."""
    values = [outcome.value for outcome in outcomes]
    if all(isinstance(value, np.ndarray) and value.ndim == 1 for value in values):
        values = [{place: np.asarray(part) for place, part in enumerate(value)} for value in values]
    if not all(isinstance(value, dict) for value in values):
        return []
    return values if all(1 < len(value) < 6 and value.keys() == values[0].keys() for value in values) else []


def looks_like(got, right):
    """A general mistake that turns every right result into what was given, if there is one."""
    pairs = [(a.value, b.value) for a, b in zip(got, right, strict=True) if not (a.error or b.error)]
    if len(pairs) < len(got) or not all(isinstance(part, np.ndarray) for pair in pairs for part in pair):
        return ""
    for why, change in LIKENESSES.items():
        with np.errstate(all="ignore"):
            if all(_equal(a, change(b)) for a, b in pairs):
                return why
    if all(a.shape == b.shape and a.dtype.kind in "iu" for a, b in pairs) and any(
        b.dtype.kind == "f" and (b % 1).any() for _, b in pairs
    ):
        return "your answer holds whole numbers only; np.zeros makes an array that holds fractions."
    return ""


def _equal(a, b):
    return a.shape == b.shape and bool(np.all(close(a, b)))


LIKENESSES = {
    "rows and columns are swapped.": lambda b: b.swapaxes(-1, -2) if b.ndim > 1 else b,
    "the order is reversed.": lambda b: b[::-1] if b.ndim == 1 else b,
    "the sign is wrong.": lambda b: -b.astype(float),
    "one too many, everywhere.": lambda b: b.astype(float) + 1,
    "one too few, everywhere.": lambda b: b.astype(float) - 1,
    "an axis of length 1 is missing.": lambda b: b.reshape([n for n in b.shape if n > 1]),
    "there is an axis of length 1 too many; `[0]` takes it off.": lambda b: b[None],
    "the fractions are cut off: `//`, int() or an array of whole numbers does that.": np.trunc,
}
