"""Exercises of chapter 7: fields, jumps and the pixels that move a unit."""

import numpy as np

from helpers.exercises.base import Exercise, Mistake
from helpers.ops import shapes

STACKS = (
    ((3, 1, 0, 1),) * 4,
    ((3, 2, 0, 1), (3, 2, 0, 1), (3, 1, 0, 1)),
    ((3, 1, 0, 1), (3, 1, 0, 2), (2, 2, 0, 1)),
    ((7, 2, 3, 1), (3, 2, 1, 1), (3, 1, 1, 1)),
)


def _field(now, K, S, P, D):
    """One step of the recursion from (field, jump, centre) of the layers below."""
    field, jump, centre = now
    reach = D * (K - 1)
    return field + reach * jump, jump * S, centre + (reach / 2 - P) * jump


def _walk(step):
    """A function of a stack of layers (K, S, P, D), from what one layer does."""

    def walk(layers):
        now = (1, 1, 0)
        for layer in layers:
            now = step(now, *layer)
        return now

    return walk


def _changed(**changes):
    """The recursion with a quantity worked out otherwise, from (field, jump, centre, K, S, P, D)."""

    def step(now, K, S, P, D):
        right = dict(zip(("field", "jump", "centre"), _field(now, K, S, P, D), strict=True))
        return tuple(
            changes[name](*now, K, S, P, D) if name in changes else value for name, value in right.items()
        )

    return _walk(step)


recursion = _walk(_field)
OWN_STRIDE = _changed(
    field=lambda f, j, c, K, S, P, D: f + D * (K - 1) * j * S,
    centre=lambda f, j, c, K, S, P, D: c + (D * (K - 1) / 2 - P) * j * S,
)
NO_JUMP = _changed(field=lambda f, j, c, K, S, P, D: f + D * (K - 1))
NO_DILATION = _walk(lambda now, K, S, P, D: _field(now, K, S, P, 1))
LONG_SPAN = _changed(field=lambda f, j, c, K, S, P, D: f + (D * K - 1) * j)
WHOLE_KERNEL = _changed(field=lambda f, j, c, K, S, P, D: f + (D * (K - 1) + 1) * j)
LAST_STRIDE = _changed(jump=lambda f, j, c, K, S, P, D: S)
ADDED = _changed(jump=lambda f, j, c, K, S, P, D: j + S - 1)
UNPADDED = _changed(centre=lambda f, j, c, K, S, P, D: c + D * (K - 1) / 2 * j)
RIGHTWARDS = _changed(centre=lambda f, j, c, K, S, P, D: c + (D * (K - 1) / 2 + P) * j)
IN_UNITS = _changed(centre=lambda f, j, c, K, S, P, D: c + D * (K - 1) / 2 - P)
ROUNDED = _changed(centre=lambda f, j, c, K, S, P, D: c + (D * (K - 1) // 2 - P) * j)


def _width(kernels, strides, dilations):
    """The field of a stack, from the settings of all its layers."""
    return recursion([(K, S, 0, D) for K, S, D in zip(kernels, strides, dilations, strict=True)])[0]


def _settings(stack):
    kernels, strides, _, dilations = zip(*stack, strict=True)
    return kernels, strides, dilations


def _fields(walk):
    return tuple(walk(stack)[0] for stack in STACKS)


def _pool_doubles():
    fields = list(_fields(recursion))
    fields[2] = 2 * recursion(STACKS[2][:2])[0]
    return tuple(fields)


FOUR = ("first", "second", "third", "fourth")

FIELDS = Exercise(
    parts=FOUR,
    formula={name: (_width, _settings(stack)) for name, stack in zip(FOUR, STACKS, strict=True)},
    right=_fields(recursion),
    mistakes=(
        Mistake(_pool_doubles(), "in the third row the pool doubled the field; it doubles the jump."),
        Mistake(_fields(NO_JUMP), "the strides are left out: they lengthen all later steps."),
        Mistake(_fields(OWN_STRIDE), "a stride stretches the layers behind it, not its own window."),
        Mistake(_fields(NO_DILATION), "the dilation of the third row is left out: its taps lie 2 apart."),
        Mistake(
            _fields(LONG_SPAN),
            "one pixel too many in the third row: its layers add 2, then D(K − 1) = 2 · 2, then the pool 1.",
        ),
        Mistake((81, 27, 18, 63), "fields are not multiplied: a layer adds its reach to the field."),
        Mistake((12, 9, 8, 13), "a layer adds K − 1 pixels, not K: its middle pixel was seen already."),
        Mistake(
            (9, 15, 7, 19),
            "one pixel too few in the third row: every layer adds D(K − 1) jumps, the pool too.",
        ),
        Mistake(_fields(WHOLE_KERNEL), "a layer adds K − 1 pixels, not K."),
    ),
    hints=(
        "Begin with one pixel and go from layer to layer. Keep two numbers: the field and the jump.",
        "A layer adds D(K − 1) times the jump *before* it. Then the jump grows by the factor S.",
        "Second row: 1, then 1 + 2·1, then + 2·2, then + 2·4. The pool in the third row adds 1·1.",
    ),
)


def _draw_stack(rng):
    count = int(rng.integers(2, 5))
    return (tuple(tuple(map(int, rng.integers([2, 1, 0, 1], [6, 4, 3, 4]))) for _ in range(count)),)


RECURSION = Exercise(
    right=recursion,
    mistakes=(
        Mistake(OWN_STRIDE, "a stride stretches the layers behind it, not its own: update the jump last."),
        Mistake(NO_JUMP, "the field grows by D(K − 1) steps, and a step is `jump` pixels."),
        Mistake(NO_DILATION, "the dilation is left out."),
        Mistake(LONG_SPAN, "from the first tap to the last it is D(K − 1), not DK − 1."),
        Mistake(WHOLE_KERNEL, "each layer adds D(K − 1) steps; one tap was counted already."),
        Mistake(LAST_STRIDE, "the jump is the product of all strides so far, not the last one."),
        Mistake(ADDED, "strides multiply: two strides of 2 make neighbours stand 4 pixels apart."),
        Mistake(UNPADDED, "the padding is left out of the centre: the first window begins P units earlier."),
        Mistake(RIGHTWARDS, "padding moves the first window to the left, so P is taken away."),
        Mistake(IN_UNITS, "the centre is in input pixels: multiply by the jump before the layer."),
        Mistake(
            _changed(centre=lambda f, j, c, K, S, P, D: c - P * j),
            "that is the first window's first pixel; its middle lies half a reach further on.",
        ),
        Mistake(
            _changed(centre=lambda f, j, c, K, S, P, D: c + ((K - 1) / 2 - P) * j),
            "the dilation is left out of the centre: half the reach is D(K − 1)/2.",
        ),
        Mistake(
            _changed(centre=lambda f, j, c, K, S, P, D: c + (D * (K // 2) - P) * j),
            "K // 2 is the middle of an odd kernel only: half the reach is D(K − 1)/2, without rounding.",
        ),
        Mistake(
            lambda layers: recursion(layers[:1]), "only the first layer is counted: a return inside the loop?"
        ),
        Mistake(ROUNDED, "the middle of an even window lies between two pixels: divide without rounding."),
        Mistake(lambda layers: recursion(layers[::-1]), "the layers are taken from the last to the first."),
        Mistake(
            lambda layers: tuple(recursion(layers)[i] for i in (1, 0, 2)),
            "field and jump are swapped in the answer.",
        ),
    ),
    hints=(
        "Three numbers, all updated at every layer. Before the first layer they are 1, 1 and 0.",
        "`reach = D * (K - 1)` is used twice: whole for the field, half for the centre.",
        "field += reach * jump; centre += (reach / 2 - P) * jump; only then jump *= S.",
    ),
    cases=(
        (((3, 1, 0, 1),),),
        (((3, 1, 1, 1), (3, 1, 1, 1)),),
        (((3, 2, 0, 1), (3, 1, 0, 1)),),
        (((3, 1, 0, 2),),),
        (((2, 2, 0, 1), (2, 2, 0, 1)),),
        (((3, 2, 1, 1), (2, 2, 0, 1), (3, 1, 2, 2)),),
    ),
    draw=_draw_stack,
    parts=("field", "jump", "centre"),
)


def ways(L, K):
    counts = np.ones(1, int)
    for _ in range(L):
        counts = np.convolve(counts, np.ones(K, int))
    return counts.tolist()


def _ways_cut(L, K):
    counts = np.ones(1, int)
    for _ in range(L):
        counts = np.convolve(counts, np.ones(K, int), "same")
    return counts.tolist()


WAYS = Exercise(
    right=ways,
    mistakes=(
        Mistake(_ways_cut, 'the ends are cut off, as `mode="same"` does.'),
        Mistake(lambda L, K: ways(L + 1, K), "one layer too many."),
        Mistake(lambda L, K: ways(max(L - 1, 0), K), "one layer too few."),
        Mistake(lambda L, K: ways(L, 3), "K is left out: the kernel is not always 3 wide."),
        Mistake(
            lambda L, K: ways(max(L, 1), K),
            "without any layer a unit sees itself only, in one way: begin with [1].",
        ),
        Mistake(
            lambda L, K: (lambda n: [min(i + 1, n - i) for i in range(n)])(1 + L * (K - 1)),
            "a triangle is right for two layers of 3; each further layer rounds it to a bell.",
        ),
        Mistake(lambda L, K: ways(K, L), "L and K are swapped."),
        Mistake(lambda L, K: [1] * (1 + L * (K - 1)), "count the ways to each pixel, not the pixels."),
        Mistake(
            lambda L, K: (np.array(ways(L, K)) / K**L).tolist(), "these are shares; the ways are asked for."
        ),
        Mistake(lambda L, K: K**L, "that is the number of all ways together; list those to each pixel."),
    ),
    hints=(
        "Begin with [1]: no layer, one way. What does one layer of K taps make of any list?",
        "Each entry is handed to K neighbours, and what meets is added: `np.convolve` does that.",
        "L times `counts = np.convolve(counts, np.ones(K, int))`, in its usual mode.",
    ),
    cases=((1, 3), (2, 3), (3, 3), (2, 2), (3, 2), (1, 5), (2, 5), (0, 3), (4, 3)),
    draw=lambda rng: (int(rng.integers(1, 6)), int(rng.integers(1, 7))),
)


def _dilated(answer):
    """The field of four layers of 3 taps with these dilations, and how many of its pixels are read."""
    dilations = [int(D) for D in np.ravel(answer)]
    if len(dilations) != 4 or min(dilations) < 1 or dilations != np.ravel(answer).tolist():
        raise ValueError(f"dilations {np.ravel(answer).tolist()}: give four whole numbers from 1 up")
    read = {0}
    for D in dilations:
        read = {pixel + step for pixel in read for step in (-D, 0, D)}
    return {"field": 1 + 2 * sum(dilations), "pixels read": len(read)}


DILATIONS = Exercise(
    right=(1, 2, 4, 8),
    use=_dilated,
    mistakes=(
        Mistake((1, 1, 1, 1), "no holes, but each of these layers adds two pixels only."),
        Mistake((2, 2, 2, 2), "equal dilations never meet the pixels between: half of them are skipped."),
        Mistake(
            (4, 4, 4, 3),
            "wide enough, but with holes: sort them; each may be at most 1 more than twice those before it.",
        ),
        Mistake((2, 4, 8, 16), "only even places are read, and it is too wide."),
        Mistake((1, 2, 3, 4), "no holes, but too narrow: the field is 1 + 2 times the sum of the dilations."),
        Mistake((1, 3, 9, 27), "no holes, but far too wide: the sum of the dilations must be 15."),
        Mistake(
            (1, 2, 2, 4),
            "too narrow: the field is 1 + 2 times the sum of the dilations.",
            lambda answer: sum(answer) < 15,
        ),
        Mistake(
            (2, 2, 4, 8),
            "too wide: the field is 1 + 2 times the sum of the dilations.",
            lambda answer: sum(answer) > 15,
        ),
        Mistake(
            (1, 1, 2, 11),
            "wide enough, but with holes: sorted, each may be at most 1 more than twice the sum of those before it.",
            lambda answer: sum(answer) == 15,
        ),
    ),
    hints=(
        "A layer of 3 taps adds 2D pixels at stride 1. What must the four dilations add up to?",
        "They add up to 15. No hole is left if each is at most one more than twice the sum before it.",
        "Powers of two do it: each is one more than the sum of those before it.",
    ),
)


def seen(layers, unit, W):
    sizes = [W]
    for K, S, P in layers:
        sizes.append(shapes.conv_output_size(sizes[-1], K, S, P))
    first = last = unit
    for (K, S, P), size in zip(layers[::-1], sizes[-2::-1], strict=True):
        first, last = max(first * S - P, 0), min(last * S - P + K - 1, size - 1)
    return first, last


def _seen(layers, unit, W, stride=True, padding=True, reach=1, clip=True):
    """The box of a unit, followed down without regard to where the maps in between end."""
    first = last = unit
    for K, S, P in layers[::-1]:
        S, P = S if stride else 1, P if padding else 0
        first, last = first * S - P, last * S - P + K - reach
    return (max(first, 0), min(last, W - 1)) if clip else (first, last)


def _seen_with(choose):
    """The right walk with other sizes to clip at."""

    def wrong(layers, unit, W):
        sizes = [W]
        for K, S, P in layers:
            sizes.append(shapes.conv_output_size(sizes[-1], K, S, P))
        first = last = unit
        for (K, S, P), size in zip(layers[::-1], choose(sizes), strict=False):
            first, last = max(first * S - P, 0), min(last * S - P + K - 1, size - 1)
        return first, last

    return wrong


def _one_window(layers, unit, W):
    first = last = unit
    for K, S, P in layers[::-1]:
        first = first * S - P
        last = first + K - 1
    return max(first, 0), min(last, W - 1)


def _draw_unit(rng):
    while True:
        W = size = int(rng.integers(8, 20))
        layers = []
        for _ in range(int(rng.integers(2, 4))):
            K, S = int(rng.integers(2, 5)), int(rng.integers(1, 4))
            layers.append((K, S, int(rng.integers(0, K // 2 + 1))))
            size = (size - K + 2 * layers[-1][2]) // S + 1
            if size < 1:
                break
        if size >= 2:
            return tuple(layers), int(rng.integers(0, size)), W


SEEN = Exercise(
    right=seen,
    mistakes=(
        Mistake(_seen, "maps in between end too: clip at every layer."),
        Mistake(lambda *case: _seen(*case, clip=False), "only pixels from 0 to W − 1 exist."),
        Mistake(lambda *case: _seen(*case, padding=False), "the padding is left out."),
        Mistake(lambda *case: _seen(*case, stride=False), "the stride is left out."),
        Mistake(
            _seen_with(lambda sizes: sizes[::-1]),
            "clip at the size of the map *below* the layer, not above it.",
        ),
        Mistake(
            _seen_with(lambda sizes: [n + 1 for n in sizes[-2::-1]]),
            "the last unit of a map of n has number n − 1.",
        ),
        Mistake(_one_window, "`last` runs on from the last unit below, not K − 1 on from `first`."),
        Mistake(lambda stack, u, W: _seen(stack[::-1], u, W), "go down from the last layer."),
        Mistake(lambda *case: (seen(*case)[0], seen(*case)[1] + 1), "the second number is one too large."),
        Mistake(
            lambda *case: (seen(*case)[0], seen(*case)[1] - seen(*case)[0] + 1),
            "that is a width; give the last pixel.",
        ),
    ),
    hints=(
        "Go down from the unit. Which units of the map below does window number u read?",
        "From u·S − P to u·S − P + K − 1, but only those that exist. How large is each map?",
        "Work out all sizes on the way up. On the way down clip `first` at 0 and `last` at size − 1.",
    ),
    cases=(
        (((3, 1, 0),), 2, 7),
        (((3, 1, 1),), 0, 7),
        (((3, 2, 0), (3, 1, 0)), 0, 9),
        (((3, 2, 0), (3, 1, 1)), 2, 8),
        (((2, 2, 0), (3, 1, 1), (2, 1, 0)), 2, 11),
    ),
    draw=_draw_unit,
    draws=12,
    parts=("first", "last"),
)

EXERCISES = {"7.1": FIELDS, "7.2": RECURSION, "7.3": WAYS, "7.4": DILATIONS, "7.5": SEEN}
