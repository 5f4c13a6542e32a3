"""Exercises of chapter 2: sums by pencil and by loops, a kernel to order, edges, two in one, descent."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers import filters
from helpers.exercises.base import Exercise, Mistake


def slide(image, kernel, bias=0):
    return np.einsum("ijmn,mn->ij", sliding_window_view(image, kernel.shape), kernel) + bias


def _turned(kernel):
    return kernel[::-1, ::-1]


SMALL, WEIGHTS = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 0, 1]]), np.array([[1, 2], [3, -1]])

BY_PENCIL = Exercise(
    right=slide(SMALL, WEIGHTS),
    mistakes=(
        Mistake(slide(SMALL, _turned(WEIGHTS)), "the kernel was flipped: that is true convolution."),
        Mistake(slide(SMALL, WEIGHTS.T), "the kernel's rows and columns are swapped."),
        Mistake(
            slide(SMALL, np.ones((2, 2))), "these are sums of the windows; multiply by the weights first."
        ),
        Mistake(slide(SMALL, np.abs(WEIGHTS)), "the minus sign of the last weight is lost."),
        Mistake(
            slide(SMALL, WEIGHTS)[:, ::2],
            "the window moves by one pixel, so a row has three places.",
        ),
        Mistake(slide(SMALL, WEIGHTS) / 4, "the products are added, not averaged."),
    ),
    hints=(
        "The window is 2 × 2. How many places has it along a row of 4, and along a column of 3?",
        "The first answer is 1·1 + 2·2 + 0·3 − 1·1.",
        "There are two rows of three answers, and the first of them is 4.",
    ),
)


def _loops_square(image, kernel, bias):
    """With the kernel's height for its width as well."""
    side = kernel.shape[0]
    return slide(image, kernel[:, :side], bias) if side <= kernel.shape[1] else np.zeros(0)[1]


def _windows_square(image, kernel, bias):
    """The same with slices: a window as wide as the kernel is high, if the two can be multiplied."""
    side = kernel.shape[0]
    windows = sliding_window_view(image, (side, side))
    return (windows * kernel).sum(axis=(2, 3)) + bias


def _by_loops(image, kernel, bias, output=None, end=0, last_only=False):
    """Four loops, with an output of another kind, loops that end early, or = in the place of +=."""
    (H, W), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((H - kh + 1, W - kw + 1)) if output is None else output
    for i, j in np.ndindex(H - kh + 1 - end, W - kw + 1 - end):
        output[i, j] = bias
        for m, n in np.ndindex(kh, kw):
            product = image[i + m, j + n] * kernel[m, n]
            output[i, j] = product if last_only else output[i, j] + product
    return output


def _draw_convolution(rng):
    (kh, kw), (h, w) = rng.integers(1, 4, 2), rng.integers(1, 5, 2)
    image = rng.integers(-9, 10, (kh + h, kw + w))
    kernel = rng.integers(-4, 5, (kh, kw)) / 2 + 0.25
    return image, kernel, int(rng.choice([-3, -1, 1, 3])) / 2


CONVOLVE = Exercise(
    right=slide,
    mistakes=(
        Mistake(
            lambda image, kernel, bias: slide(image, _turned(kernel), bias),
            "your answer equals true convolution: the kernel was flipped.",
        ),
        Mistake(
            lambda image, kernel, bias: slide(image, kernel), "your answer equals ours without the bias."
        ),
        Mistake(
            lambda image, kernel, bias: slide(image, kernel, bias * kernel.size),
            "the bias is added with every product; it belongs once to each output.",
        ),
        Mistake(
            lambda image, kernel, bias: slide(image, kernel, bias).astype(image.dtype),
            "the output holds whole numbers like the picture: begin with np.zeros, not np.zeros_like.",
        ),
        Mistake(
            lambda image, kernel, bias: _by_loops(
                image, kernel, bias, np.zeros_like(slide(image, kernel), dtype=image.dtype)
            ),
            "each product is cut down to a whole number: begin with np.zeros, which holds fractions.",
        ),
        Mistake(
            lambda image, kernel, bias: _by_loops(image, kernel, bias, np.zeros_like(image)),
            "the output is as large as the picture and holds whole numbers only: begin with "
            "np.zeros((H − kh + 1, W − kw + 1)).",
        ),
        Mistake(
            lambda image, kernel, bias: np.pad(
                slide(image, kernel, bias), ((0, len(kernel) - 1), (0, kernel.shape[1] - 1))
            ).astype(image.dtype),
            "np.zeros_like(image) makes an output as large as the picture, and of whole numbers like it.",
        ),
        Mistake(
            lambda image, kernel, bias: _by_loops(image, kernel, bias, last_only=True),
            "each product overwrites the one before: add it, += for =.",
        ),
        Mistake(
            lambda image, kernel, bias: slide(
                image, kernel * (np.arange(kernel.size) == kernel.size - 1).reshape(kernel.shape), bias
            ),
            "only the last product counts: add them all, += for =.",
        ),
        Mistake(
            lambda image, kernel, bias: _by_loops(image, kernel, bias, end=1),
            "the loops end one place early: range(H − kh + 1), since the end of a range is left out.",
        ),
        Mistake(
            lambda image, kernel, bias: slide(image, kernel, bias)[:-1, :-1],
            "the last row and column of places are left out: there are H − kh + 1 and W − kw + 1.",
        ),
        Mistake(
            lambda image, kernel, bias: np.pad(
                slide(image, kernel, bias), ((0, len(kernel) - 1), (0, kernel.shape[1] - 1))
            ),
            "the output is as large as the picture; where the window does not fit there is no answer.",
        ),
        Mistake(_loops_square, "the kernel's height is used for its width too; a kernel need not be square."),
        Mistake(
            _windows_square,
            "the window is as wide as the kernel is high; a kernel need not be square.",
        ),
        Mistake(
            lambda image, kernel, bias: slide(np.pad(image, 1), kernel, bias),
            "the picture is padded; here every window lies on real pixels.",
        ),
    ),
    hints=(
        "Start with the empty output. How many rows and columns has it?",
        "Four loops: i and j over the places, m and n over the weights.",
        "total = bias; then add image[i + m, j + n] * kernel[m, n] for all m, n; then output[i, j] = total.",
    ),
    cases=(
        (np.array([[1, 2]]), np.array([[2]]), 0),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 10]]), 0),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 10]]), 5),
        (np.array([[1, 2, 3], [4, 5, 6]]), np.array([[0.5, 0.25], [0, 0]]), 1),
        (np.array([[1, 0, 0, 2], [0, 1, 1, 0], [3, 0, 0, 1]]), np.array([[1, 2, 3], [4, 5, 6]]), 1),
        (np.array([[1, 2], [3, 4], [5, 6]]), np.array([[1], [2]]), 1),
    ),
    draw=_draw_convolution,
)

MIDDLE = filters.kernel("identity")
AROUND = (np.ones((3, 3)) - MIDDLE) / 8


def sharpener(s):
    return MIDDLE + s * (MIDDLE - AROUND)


SHARPEN = Exercise(
    right=sharpener,
    mistakes=(
        Mistake(
            lambda s: MIDDLE + s * (MIDDLE - np.ones((3, 3)) / 9),
            "that is the mean of all nine pixels; the pixel itself is not one of its neighbours.",
        ),
        Mistake(lambda s: s * (MIDDLE - AROUND), "the pixel itself is missing: only the difference is left."),
        Mistake(lambda s: MIDDLE - s * (MIDDLE - AROUND), "the sign is turned round: this one blurs."),
        Mistake(
            lambda s: MIDDLE + s * (MIDDLE - 8 * AROUND),
            "the sum of the neighbours is taken, not their mean.",
        ),
        Mistake(
            lambda s: MIDDLE + s * (MIDDLE - np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4),
            "only four neighbours are used; the corners count as well.",
        ),
        Mistake(lambda s: MIDDLE - s * AROUND, "s times the pixel is missing: the weights must add up to 1."),
    ),
    hints=(
        "Write each thing as a kernel: the pixel, the mean of its neighbours, their difference.",
        "A sum of outputs is the output of the sum of the kernels.",
        "Middle: 1 + s. Each of the eight others: −s / 8.",
    ),
    cases=((0,), (8,), (1,), (0.5,)),
    draw=lambda rng: (float(rng.uniform(0.1, 4)),),
)


def _gradient(window):
    return tuple(float((window * filters.kernel(name)).sum()) for name in ("sobel x", "sobel y"))


def edge(window):
    gx, gy = _gradient(window)
    return np.hypot(gx, gy) / 8, np.degrees(np.arctan2(gy, gx))


def _edge(strength, angle):
    """A wrong version from rules for strength and angle."""
    return lambda window: (strength(*_gradient(window)), angle(*_gradient(window)))


def _length(gx, gy):
    return np.hypot(gx, gy) / 8


def _angle(gx, gy):
    return np.degrees(np.arctan2(gy, gx))


def _draw_window(rng):
    window = rng.integers(-9, 10, (3, 3)) / 2
    while not all(_gradient(window)):  # 180 and -180 degrees are one direction
        window = rng.integers(-9, 10, (3, 3)) / 2
    return (window,)


EDGE = Exercise(
    right=edge,
    mistakes=(
        Mistake(
            _edge(lambda x, y: np.hypot(x, y) / 4, _angle),
            "twice too large: the rows count 4, and the two sides lie two pixels apart. Divide by 8.",
        ),
        Mistake(
            _edge(_length, lambda x, y: np.degrees(np.arctan2(y, x)) % 360),
            "the angle runs from 0 to 360; np.arctan2 counts from −180 to 180.",
        ),
        Mistake(
            _edge(lambda x, y: x / 8, lambda x, y: y / 8),
            "these are the arrow's two steps; its length and its angle are asked for.",
        ),
        Mistake(
            _edge(np.hypot, _angle),
            "the strength is eight times too large: Sobel makes 8 of a slope of 1.",
        ),
        Mistake(
            _edge(lambda x, y: (abs(x) + abs(y)) / 8, _angle),
            "an arrow's length is the root of the squares' sum.",
        ),
        Mistake(
            _edge(lambda x, y: (x * x + y * y) / 64, _angle), "the square root is missing in the strength."
        ),
        Mistake(
            _edge(_length, lambda x, y: np.degrees(np.arctan2(x, y))),
            "the angle's arguments are swapped: np.arctan2(down, right).",
        ),
        Mistake(
            _edge(_length, lambda x, y: np.arctan2(y, x)), "the angle is in radians; degrees are asked for."
        ),
        Mistake(
            _edge(_length, lambda x, y: np.degrees(np.arctan(y / x)) if x else np.copysign(90.0, y)),
            "arctan of a quotient cannot tell an arrow from its opposite; np.arctan2 can.",
        ),
        Mistake(
            _edge(_length, lambda x, y: -np.degrees(np.arctan2(y, x))),
            "the angle turns the wrong way: rows count downwards, so clockwise is plus.",
        ),
        Mistake(
            _edge(_length, lambda x, y: np.degrees(np.arctan2(-y, -x))),
            "the arrow points to the darker side: the kernel was flipped.",
        ),
    ),
    hints=(
        "Two numbers first: the window times Sobel x, summed, and the window times Sobel y, summed.",
        "`filters.kernel` knows both kernels. np.hypot gives the length of an arrow, np.arctan2 its angle.",
        "np.hypot(gx, gy) / 8 and np.degrees(np.arctan2(gy, gx)).",
    ),
    cases=(
        (np.array([[0, 1, 2], [0, 1, 2], [0, 1, 2]]),),
        (np.array([[0, 3, 6], [4, 7, 10], [8, 11, 14]]),),
        (np.array([[2, 1, 0], [3, 2, 1], [4, 3, 2]]),),
        (np.array([[6, 3, 0], [5, 2, -1], [4, 1, -2]]),),
    ),
    draw=_draw_window,
    parts=("strength", "angle"),
)


def both(k, q, add=True):
    """True convolution of every overlap; add=False lets copies overwrite each other."""
    (kh, kw), (qh, qw) = k.shape, q.shape
    result = np.zeros((kh + qh - 1, kw + qw - 1), np.result_type(k, q))
    for m, n in np.ndindex(qh, qw):
        place = np.s_[m : m + kh, n : n + kw]
        result[place] = result[place] * add + q[m, n] * k
    return result


def _product(k, q):
    if k.shape != q.shape:
        raise ValueError("operands could not be broadcast together")
    return k * q


def _draw_kernels(rng):
    k, q = (rng.integers(1, 17, tuple(rng.integers(1, 4, 2))) / 2 for _ in range(2))
    return k * rng.choice([-1, 1], k.shape), q


BOTH = Exercise(
    right=lambda k, q: both(k, q),
    mistakes=(
        Mistake(
            lambda k, q: both(k, _turned(q)),
            "q lies turned by half a turn in the result.",
        ),
        Mistake(
            lambda k, q: both(_turned(k), q),
            "k lies turned by half a turn in the result.",
        ),
        Mistake(lambda k, q: both(_turned(k), _turned(q)), "the result is turned by half a turn."),
        Mistake(
            lambda k, q: (
                slide(np.pad(k, [(n - 1, n - 1) for n in q.shape]), q)[: k.shape[0], : k.shape[1]]
                if k.size > 1
                else both(k, q)[:0]
            ),
            "windows that hang over the border of k are missing.",
        ),
        Mistake(
            lambda k, q: both(k, q, add=False),
            "a copy of k overwrites what the copies before have laid down: += for =.",
        ),
        Mistake(
            lambda k, q: slide(k, q) if np.all(np.subtract(k.shape, q.shape) >= 0) else _product(k, q),
            "one kernel slid over the other inside its borders; the pair reads kh + qh − 1 rows.",
        ),
        Mistake(_product, "the product of the kernels is taken place by place; their windows overlap."),
        Mistake(lambda k, q: both(k, q) / q.sum(), "nothing is to be divided: the weights of both count."),
    ),
    hints=(
        "Try k = [[1, 10]] and q = [[1, 100]] on a row of pixels a, b, c. Which pixel gets which weight?",
        "Pixel (m, n) of q's window is an output of k: its kernel laid down m rows and n columns further on.",
        "Zeros of (kh + qh − 1, kw + qw − 1); for every m, n add q[m, n] * k at [m : m + kh, n : n + kw].",
    ),
    cases=(
        (np.array([[1, 10]]), np.array([[1, 100]])),
        (np.array([[1, 2]]), np.array([[3], [4]])),
        (np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])),
        (np.array([[1, 2, 3]]), np.array([[4, 5]])),
    ),
    draw=_draw_kernels,
)


def step(kernel, image, target, rate):
    error = slide(image, kernel) - target
    return kernel - rate * 2 / error.size * slide(image, error)


def _step(change):
    """A wrong version from a rule for what is taken off, of (error, image, rate)."""
    return lambda kernel, image, target, rate: kernel - change(slide(image, kernel) - target, image, rate)


def _draw_step(rng):
    kh, kw, h, w = (int(n) for n in rng.integers(2, 4, 4))
    image = rng.normal(size=(kh + h - 1, kw + w - 1))
    return rng.normal(size=(kh, kw)), image, rng.normal(size=(h, w)), float(rng.uniform(0.1, 0.9))


STEP = Exercise(
    right=step,
    mistakes=(
        Mistake(
            _step(lambda error, image, rate: -rate * 2 / error.size * slide(image, error)),
            "this step goes uphill: take the gradient off; the error is output minus target.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate / error.size * slide(image, error)),
            "the 2 is missing that comes from the square.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate * 2 * slide(image, error)),
            "the loss is a mean: divide by the number of outputs.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate * 2 / image.size * slide(image, error)),
            "divide by the number of outputs, not by the number of pixels.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate * slide(image, error)),
            "the 2 from the square is missing, and the loss is a mean: divide by the number of outputs.",
        ),
        Mistake(
            lambda kernel, image, target, rate: (
                kernel - rate * 2 / kernel.size * slide(image, slide(image, kernel) - target)
            ),
            "divide by the number of outputs, not by the number of weights.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate * 2 / len(error) * slide(image, error)),
            "len counts the rows only; error.size counts all outputs.",
        ),
        Mistake(
            lambda kernel, image, target, rate: (
                kernel - rate * 2 / target.size * slide(image, slide(image, kernel))
            ),
            "the target is left out: the error is output minus target.",
        ),
        Mistake(
            _step(lambda error, image, rate: 2 / error.size * slide(image, error)),
            "the learning rate is left out.",
        ),
        Mistake(
            _step(lambda error, image, rate: rate * 2 / error.size * slide(image, _turned(error))),
            "the error is flipped; it slides over the picture as it is.",
        ),
        Mistake(
            lambda kernel, image, target, rate: (
                rate * 2 / target.size * slide(image, slide(image, kernel) - target)
            ),
            "that is what has to be taken off; return the new kernel.",
        ),
    ),
    hints=(
        "Output, error, gradient, new kernel: four lines.",
        "The gradient is a convolution: the error map slides over the picture.",
        "kernel − rate · 2 / error.size · conv2d(image[None], error[None, None])[0].",
    ),
    cases=(
        (np.array([[1.0]]), np.array([[2.0]]), np.array([[0.0]]), 0.25),
        (np.array([[1.0]]), np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]]), 0.5),
        (np.array([[1.0, 0.0]]), np.array([[1.0, 2.0, 4.0]]), np.array([[0.0, 0.0]]), 0.5),
    ),
    draw=_draw_step,
)

EXERCISES = {
    "2.1": BY_PENCIL,
    "2.2": CONVOLVE,
    "2.3": SHARPEN,
    "2.4": EDGE,
    "2.5": BOTH,
    "2.6": STEP,
}
