"""The eight steps of the journey of an image: what each says, with its numbers."""

import numpy as np

from helpers.datasets import FASHION_CLASSES
from helpers.numerals import fixed

NAMES = ("input", "convolve", "ReLU", "pool", "deeper", "flatten", "dense", "class")
SHAPES = ("1×28×28", "6×28×28", "6×28×28", "6×14×14", "16×5×5", "400", "120, 84, 10", "10")
AFTER = ("input", "conv1", "relu1", "pool1", "pool2", "flatten", "dense3", "softmax")  # a step's result


def caption(found, step, chosen, right):
    """Two lines under the picture: what happens, and its numbers."""
    values = found[AFTER[step - 1]]
    ends = f"{fixed(values.min())} to {fixed(values.max())}"
    zeros, negative = 100 * np.mean(values == 0), 100 * np.mean(values < 0)
    if step == 1:
        return "A grey image is 28 × 28 = 784 numbers.", f"Values {ends}: 0 is black, 1 is white."
    if step == 2:
        return (
            "Six filters of 5 × 5 slide over it, padding 2: six maps of 28 × 28.",
            f"Values {ends}; {negative:.0f} % are negative. Red is positive, blue is negative, white is 0.",
        )
    if step == 3:
        return (
            "ReLU sets every negative number to 0 and keeps the others.",
            f"Values {ends}; {zeros:.0f} % of the {values.size:,} numbers are 0 now.",
        )
    if step == 4:
        return (
            "Of every 2 × 2 values the largest stays: six maps of 14 × 14.",
            f"Values {ends}; {found['relu1'].size:,} numbers have become {values.size:,}.",
        )
    if step == 5:
        return (
            "Again: 16 filters of 6 × 5 × 5 make 16 maps of 10 × 10; ReLU; pooled to 5 × 5.",
            f"Values {ends}; {values.size} numbers, {zeros:.0f} % of them 0.",
        )
    if step == 6:
        return (
            "The 16 maps are laid in one row: 16 · 25 = 400 numbers. None changes.",
            f"Values {ends}; map {chosen + 1} takes places {25 * chosen} to {25 * chosen + 24}.",
        )
    if step == 7:
        return (
            "Three dense layers: 400 numbers, then 120, then 84, then a score for each class.",
            f"Scores {ends}, {(values < 0).sum()} of the {len(values)} negative; the highest is that of "
            f"{FASHION_CLASSES[int(values.argmax())]}.",
        )
    answer = int(values.argmax())
    verdict = "right" if answer == right else f"wrong: it is of the class {FASHION_CLASSES[right]}"
    return (
        f"{FASHION_CLASSES[answer]}, with probability {values[answer]:.3f}. That is {verdict}.",
        f"Softmax makes probabilities of the ten scores; they sum to {values.sum():.3f}. Values {ends}.",
    )


def details(found, step, chosen):
    """What else the picture shows of the followed map or the scores, in words."""
    if 2 <= step <= 5:
        values = found[AFTER[step - 1]][chosen]
        return f"Map {chosen + 1} has values {fixed(values.min())} to {fixed(values.max())}."
    if step >= 7:
        values = found[AFTER[step - 1]]
        order = np.argsort(-values)[:3]
        digits = 3 if step == 8 else 2
        ranked = ", ".join(f"{FASHION_CLASSES[i]} {fixed(values[i], digits)}" for i in order)
        return f"The first three: {ranked}."
    return ""
