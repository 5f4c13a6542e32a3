"""Exercises of chapter 8: weights of the variants, groups, separable kernels, stamps, and reuse."""

import numpy as np

from helpers import filters
from helpers.exercises.base import Exercise, Mistake

C_IN, C_OUT, K, GROUPS, SQUEEZED = 32, 64, 3, 4, 16
PLAIN, GROUPED = C_IN * C_OUT * K**2, C_IN * C_OUT * K**2 // GROUPS
DEPTH, POINT = C_IN * K**2, C_IN * C_OUT
BOTTLENECK = C_IN * SQUEEZED + SQUEEZED**2 * K**2 + SQUEEZED * C_OUT


def _four(plain=PLAIN, grouped=GROUPED, separable=DEPTH + POINT, bottleneck=BOTTLENECK):
    return plain, grouped, separable, bottleneck


BIASED = (PLAIN + C_OUT, GROUPED + C_OUT, DEPTH + POINT + C_IN + C_OUT, BOTTLENECK + 2 * SQUEEZED + C_OUT)
ALL_1X1 = C_IN * SQUEEZED + SQUEEZED**2 + SQUEEZED * C_OUT
TWO_LAYERS = C_IN * SQUEEZED + SQUEEZED * C_OUT * K**2


def _bottleneck(C_in, C_out, squeezed, kernels):
    first, middle, last = kernels
    return squeezed * (C_in * first**2 + squeezed * middle**2 + C_out * last**2)


WEIGHTS = Exercise(
    parts=("plain", "grouped", "separable", "bottleneck"),
    formula={
        "plain": (lambda C_in, C_out, K: C_in * C_out * K**2, (C_IN, C_OUT, K)),
        "grouped": (lambda C_in, C_out, K, groups: C_in * C_out * K**2 // groups, (C_IN, C_OUT, K, GROUPS)),
        "separable": (lambda C_in, C_out, K: C_in * K**2 + C_in * C_out, (C_IN, C_OUT, K)),
        "bottleneck": (_bottleneck, (C_IN, C_OUT, SQUEEZED, (1, K, 1))),
    },
    right=_four(),
    mistakes=(
        Mistake(BIASED, "the biases are counted; only the weights are asked for."),
        Mistake(_four(grouped=GROUPED // GROUPS), "the second number is that of one group; there are four."),
        Mistake(
            _four(grouped=PLAIN), "the groups are left out: each filter reads a quarter of the channels."
        ),
        Mistake(_four(separable=DEPTH), "the 1 × 1 layer of the separable pair is left out."),
        Mistake(_four(separable=POINT), "the depthwise layer of the separable pair is left out."),
        Mistake(
            _four(separable=C_OUT * K**2 + POINT), "depthwise means one kernel for each *input* channel."
        ),
        Mistake(
            _four(separable=C_IN * C_IN * K**2 + POINT),
            "a depthwise kernel reads one channel only: 32 kernels of 9, not 32 · 32.",
        ),
        Mistake(
            _four(bottleneck=C_IN * SQUEEZED + SQUEEZED * K**2 + SQUEEZED * C_OUT),
            "the 3 × 3 layer of the bottleneck goes from 16 channels to 16: 16 · 16 · 9.",
        ),
        Mistake(
            _four(bottleneck=C_IN * SQUEEZED + SQUEEZED**2 * K**2),
            "the last 1 × 1 layer of the bottleneck is left out.",
        ),
        Mistake(
            (C_OUT * K**2, C_OUT * K**2 // GROUPS, *_four()[2:]),
            "a filter has a kernel for every channel it reads.",
        ),
        Mistake(_four(separable=DEPTH * POINT), "the pair has two sets of weights: add them."),
        Mistake(_four(bottleneck=TWO_LAYERS), "a bottleneck has three layers: the last 1 × 1 widens again."),
        Mistake(_four(bottleneck=ALL_1X1), "the middle layer of the bottleneck is 3 × 3, not 1 × 1."),
        Mistake(
            (POINT, POINT // GROUPS, C_IN + POINT, ALL_1X1), "every 3 × 3 kernel has nine numbers, not one."
        ),
    ),
    hints=(
        "A layer has C_out filters. How many channels does one of them read, and how many numbers in each?",
        "Grouped: 64 filters that read 32/4 channels. Separable: two layers, add them. Bottleneck: three.",
        "32·64·9; a quarter of it; 32·9 + 32·64; 32·16 + 16·16·9 + 16·64.",
    ),
)


def as_plain(weight, groups, first=None, number=None):
    """A grouped layer's weights as a plain one's; which channels and which group may be said otherwise."""
    C_out, c, *size = weight.shape
    first = first or (lambda group: slice(group * c, (group + 1) * c))
    number = number or (lambda filter: filter // (C_out // groups))
    plain = np.zeros((C_out, c * groups, *size))
    for filter in range(C_out):
        plain[filter, first(number(filter))] = weight[filter]
    return plain


def _draw_weights(rng):
    groups, c, f = int(rng.integers(2, 4)), *map(int, rng.integers(2, 4, 2))
    side = int(rng.integers(1, 4))
    shape = (groups * f, c, side, side)
    return rng.integers(1, 19, shape) / 2 * rng.choice([-1, 1], shape), groups


AS_PLAIN = Exercise(
    right=lambda weight, groups: as_plain(weight, groups),
    mistakes=(
        Mistake(
            lambda w, G: as_plain(w, G, number=lambda filter: 0),
            "every filter reads the first group of channels; each group of filters has channels of its own.",
        ),
        Mistake(
            lambda w, G: as_plain(w, G, first=lambda group: slice(group, None, G)),
            "the channels are dealt out like cards; a group is a run of neighbouring channels.",
        ),
        Mistake(
            lambda w, G: as_plain(w, G, number=lambda filter: filter % G),
            "the filters are dealt out like cards; the first C_out / G filters are the first group.",
        ),
        Mistake(
            lambda w, G: as_plain(w, G, number=lambda filter: filter // G),
            "a group has C_out / G filters, so filter o belongs to group o // (C_out / G), not o // G.",
        ),
        Mistake(
            lambda w, G: as_plain(w, G, first=lambda group: slice(group, group + w.shape[1])),
            "group g begins at channel g · c, not at channel g.",
        ),
        Mistake(lambda w, G: np.tile(w, (1, G, 1, 1)), "a filter reads its own group only."),
        Mistake(lambda w, G: as_plain(w, G).swapaxes(0, 1), "the output channel comes first."),
        Mistake(lambda w, G: as_plain(w, G)[:, ::-1], "the channels are counted from the end."),
        Mistake(
            lambda w, G: np.repeat(w, G, axis=1),
            "each kernel is repeated for its neighbours; it reads one channel, and the others are 0.",
        ),
        Mistake(lambda w, G: w, "nothing has changed: a plain filter has C_in channels, not C_in / G."),
    ),
    hints=(
        "How many channels has a plain filter? Begin with that many zeros.",
        "Filter number o belongs to group o // (C_out / G). Which channels does that group read?",
        "`plain[o, g * c : (g + 1) * c] = weight[o]`, with c channels in a group.",
    ),
    cases=((np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]]).reshape(4, 2, 1, 1), 2),),
    draw=_draw_weights,
)


def _terms(left_over):
    """The smallest number of terms with an error small enough, as worked out from all sizes and it."""

    def count(kernel, error):
        S = np.linalg.svd(kernel, compute_uv=False)
        return next(n for n in range(1, len(S) + 1) if n == len(S) or left_over(S, n) <= error)

    return count


terms = _terms(lambda S, n: np.sqrt((S[n:] ** 2).sum() / (S**2).sum()))


def _draw_kernel(rng):
    side = int(rng.integers(3, 7))
    return rng.normal(size=(side, side)).round(1), round(float(rng.uniform(0.1, 0.7)), 2)


TERMS = Exercise(
    right=terms,
    mistakes=(
        Mistake(
            _terms(lambda S, n: S[n:].sum() / S.sum()), "lengths add by their squares, as in Pythagoras."
        ),
        Mistake(
            _terms(lambda S, n: 1 - np.sqrt((S[:n] ** 2).sum() / (S**2).sum()) - 1e-12),
            "1 − (what is kept) is not what is left out: it is the squares of the two that add up to 1.",
        ),
        Mistake(
            _terms(lambda S, n: S[n] / np.sqrt((S**2).sum())),
            "only the largest term left out is counted; all of S[n:] are missing.",
        ),
        Mistake(
            lambda kernel, error: max(terms(kernel, error) - 1, 0),
            "one term too few: n terms leave out S[n:].",
        ),
        Mistake(
            _terms(lambda S, n: (S[n:] ** 2).sum() / (S**2).sum()),
            "that is the square of the error: take the root.",
        ),
        Mistake(_terms(lambda S, n: np.sqrt((S[n:] ** 2).sum())), "divide it by the kernel's own length."),
        Mistake(_terms(lambda S, n: S[n] / S[0]), "all terms left out count, not only the largest of them."),
        Mistake(
            _terms(lambda S, n: np.sqrt((S[n + 1 :] ** 2).sum() / (S**2).sum())), "S[n] is left out too."
        ),
        Mistake(lambda kernel, error: terms(kernel, error) + 1, "one term too many."),
        Mistake(
            lambda kernel, error: int(np.linalg.matrix_rank(kernel)), "that is the rank, without any error."
        ),
    ),
    hints=(
        "`np.linalg.svd(kernel, compute_uv=False)` gives the sizes S of all terms, the largest first.",
        "The length of a kernel is the root of the sum of all S². What is left out after n terms is S[n:].",
        "The first n from 1 up for which sqrt(sum of S[n:]**2) is at most error times sqrt(sum of S**2).",
    ),
    cases=(
        (np.array([[3.0, 0], [0, 4]]), 0.7),
        (np.array([[3.0, 0], [0, 4]]), 0.5),
        (np.diag([1.0, 2, 3]), 0.5),
        (np.diag([4.0, 3, 2, 1]), 0.45),
        (filters.kernel("sobel x"), 0.01),
        (np.diag([8.0, 4, 4, 4]), 0.6),
    ),
    draw=_draw_kernel,
)


def stamp(x, kernel, stride, padding):
    return _stamped(x, kernel, (stride, stride), padding)


def _stamped(x, kernel, stride, padding, add=True):
    """The output for a stride of each axis; add=False lets stamps overwrite each other."""
    size = [S * (W - 1) + K for W, K, S in zip(x.shape, kernel.shape, stride, strict=True)]
    output = np.zeros(size)
    for i, j in np.ndindex(*x.shape):
        place = tuple(slice(n * S, n * S + K) for n, S, K in zip((i, j), stride, kernel.shape, strict=True))
        output[place] = output[place] * add + x[i, j] * kernel
    return output[padding : size[0] - padding, padding : size[1] - padding]


def _packed(x, kernel, stride, padding):
    """The right size, with stamps one pixel apart."""
    output = np.zeros_like(stamp(x, kernel, stride, 0))
    close = stamp(x, kernel, 1, 0)
    output[: close.shape[0], : close.shape[1]] = close
    return output[padding : len(output) - padding, padding : output.shape[1] - padding]


def _draw_stamp(rng):
    shape = tuple(rng.integers(2, 5, 2))
    x = rng.integers(1, 19, shape) / 2 * rng.choice([-1, 1], shape)
    side = int(rng.integers(2, 6))
    padding = int(rng.integers(0, (side + 1) // 2))
    return x, rng.integers(-9, 10, size=(side, side)) / 2, int(rng.integers(1, 4)), padding


STAMP = Exercise(
    right=stamp,
    mistakes=(
        Mistake(
            lambda x, k, S, P: _stamped(x, k, (S, S), P, add=False),
            "stamps that overlap must be added: += for =.",
        ),
        Mistake(
            lambda x, k, S, P: stamp(x, k[::-1, ::-1], S, P), "the kernel is flipped; stamp it as it is."
        ),
        Mistake(lambda x, k, S, P: stamp(x, k.T, S, P), "the kernel's rows and columns are swapped."),
        Mistake(lambda x, k, S, P: stamp(x, k, 1, P), "the stride is left out: stamps stand S apart."),
        Mistake(lambda x, k, S, P: _stamped(x, k, (S, 1), P), "the stride is ignored along the rows."),
        Mistake(lambda x, k, S, P: stamp(x, k, S, 0), "the padding is left out: it takes P off every side."),
        Mistake(lambda x, k, S, P: np.pad(stamp(x, k, S, 0), P), "padding makes *this* output smaller."),
        Mistake(lambda x, k, S, P: stamp(x, k, S, 0)[P:, P:], "the padding is taken off at one end only."),
        Mistake(
            lambda x, k, S, P: stamp(x, k, S, 0)[P:-P, P:-P],
            "for padding 0 the slice P : −P is empty; write P : H − P, with the height H of the output.",
        ),
        Mistake(
            lambda x, k, S, P: stamp(x, k, S, 0)[: S * len(x), : S * x.shape[1]],
            "the output is S(H − 1) + K high before the cut, not S · H.",
        ),
        Mistake(
            lambda x, k, S, P: _packed(x, k, S, P),
            "the size is right, but stamp (i, j) begins at (S · i, S · j), not at (i, j).",
        ),
        Mistake(
            lambda x, k, S, P: stamp(np.ones_like(x), k, S, P), "multiply each stamp by the input's number."
        ),
    ),
    hints=(
        "First without padding: where does the last stamp begin, and where does it end?",
        "S(H − 1) + K rows, and columns likewise. Input (i, j) stamps the block that begins at (S·i, S·j).",
        "`output[S*i : S*i + K, S*j : S*j + K] += x[i, j] * kernel`; at the end cut P off each side.",
    ),
    cases=(
        (np.array([[1.0, 2], [3, 4]]), np.ones((3, 3)), 2, 0),
        (np.array([[1.0]]), np.array([[1.0, 2], [3, 4]]), 2, 0),
        (np.array([[1.0, 10]]), np.array([[1.0, 2], [3, 4]]), 1, 0),
        (np.array([[1.0, 2], [3, 4]]), np.ones((3, 3)), 2, 1),
    ),
    draw=_draw_stamp,
)


def _counts(C_in, C_out, K, groups, side):
    """MACs, and the numbers of input, output and weights."""
    weights = C_out * (C_in // groups) * K**2
    return weights * side**2, C_in * side**2, C_out * side**2, weights


def reuse(C_in, C_out, K, groups, side):
    macs, *moved = _counts(C_in, C_out, K, groups, side)
    return macs / sum(moved)


def _reused(count):
    """A wrong count, from MACs, input, output and weights, K and groups."""
    return lambda C_in, C_out, K, groups, side: count(*_counts(C_in, C_out, K, groups, side), K, groups)


def _draw_layer(rng):
    groups = int(rng.integers(1, 4))
    C_in, C_out = (groups * int(n) for n in rng.integers(1, 6, 2))
    return C_in, C_out, int(rng.integers(2, 6)), groups, int(rng.integers(3, 9))


REUSE = Exercise(
    right=reuse,
    mistakes=(
        Mistake(lambda i, o, K, G, side: reuse(i, o, K, 1, side), "the groups are left out."),
        Mistake(_reused(lambda m, i, o, w, K, G: m * G / (i + o + w)), "the MACs leave out the groups."),
        Mistake(
            _reused(lambda m, i, o, w, K, G: (m / G) / (i + o + w / G)),
            "C_out is not divided by the groups: all filters stay, each reads C_in / G.",
        ),
        Mistake(_reused(lambda m, i, o, w, K, G: m / K / (i + o + w / K)), "a kernel has K² numbers, not K."),
        Mistake(
            lambda i, o, K, G, side: o * (i // G) * K**2 * side / ((i + o) * side + o * (i // G) * K**2),
            "there are side² places, not side.",
        ),
        Mistake(_reused(lambda m, i, o, w, K, G: m / (i + o)), "the weights have to be fetched too."),
        Mistake(_reused(lambda m, i, o, w, K, G: m / (i + w)), "the output has to be written: it moves too."),
        Mistake(_reused(lambda m, i, o, w, K, G: m / (o + w)), "the input has to be read too."),
        Mistake(_reused(lambda m, i, o, w, K, G: w / (i + o + w)), "these are the MACs of one place only."),
        Mistake(
            _reused(lambda m, i, o, w, K, G: m / (i + o + m)),
            "the weights are fetched once, not again at every place.",
        ),
        Mistake(
            _reused(lambda m, i, o, w, K, G: m / (i * K**2 + o + w)), "each input number counts once here."
        ),
        Mistake(
            _reused(lambda m, i, o, w, K, G: (i + o + w) / m), "upside down: that is numbers for each MAC."
        ),
        Mistake(
            _reused(lambda m, i, o, w, K, G: 2 * m / (i + o + w)), "these are FLOPs; one MAC is two of them."
        ),
    ),
    hints=(
        "Two counts and a quotient. Padding keeps the size: input and output have side × side places.",
        "Weights: C_out · C_in / G · K². MACs: that, at every place. Moved: input + output + weights.",
        "`weights * side**2 / (C_in * side**2 + C_out * side**2 + weights)`, with weights as before.",
    ),
    cases=((1, 1, 3, 1, 5), (2, 2, 3, 2, 4), (4, 2, 1, 2, 4), (64, 64, 3, 1, 56), (64, 64, 3, 64, 56)),
    draw=_draw_layer,
)

EXERCISES = {"8.1": WEIGHTS, "8.2": AS_PLAIN, "8.3": TERMS, "8.4": STAMP, "8.5": REUSE}
