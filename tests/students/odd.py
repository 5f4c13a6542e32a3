"""Right answers in odd style, as students give them too. Some need PyTorch; they are left out without it."""

import functools
import itertools
from collections import deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers import conv2d, filters, shapes
from students import Collection

ODD = Collection()
right = ODD.right
Pair = namedtuple("Pair", "before after")


def value(number, answer):
    ODD.append((number, answer))


# --- chapter 1


@right("1.1")
def neighbours(row, column, H, W):
    for r, c in ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)):
        if 0 <= r < H and 0 <= c < W:
            yield r * W + c


@right("1.1")
def neighbours(row, column, H, W, _steps=((-1, 0), (0, -1), (0, 1), (1, 0))):
    grid = np.arange(H * W).reshape(H, W)
    padded = np.pad(grid, 1, constant_values=-1)
    found = np.array([padded[row + 1 + a, column + 1 + b] for a, b in _steps])
    return found[found >= 0]


right("1.2")(lambda *a: (a[4] * (a[0] * a[1] * a[2] + 1), a[4] * (a[3] * a[3] * a[2] + 1)))


class Layer:
    """A student who likes classes."""

    def __call__(self, H, W, C, K, F):
        return [Decimal(F * (H * W * C + 1)), Decimal(F * (K * K * C + 1))]


value("1.2", Layer())


@right("1.3")
def bank(template, H, W):
    h, w = template.shape
    rows = {}
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            rows[r, c] = [
                template[y - r, x - c] if r <= y < r + h and c <= x < c + w else 0
                for y in range(H)
                for x in range(W)
            ]
    return list(rows.values())


@right("1.3")
def bank(T, high, wide):
    h, w = T.shape
    out = np.zeros((high - h + 1, wide - w + 1, high, wide), dtype=np.float32)
    for a, b in np.ndindex(h, w):
        for r, c in np.ndindex(*out.shape[:2]):
            out[r, c, r + a, c + b] = T[a, b]
    return [row.ravel() for place in out for row in place]


@right("1.4")
def is_equivariant(layer, image, right):
    def move(x):
        return np.roll(x, right, 1)

    return np.max(np.abs(layer(move(image)) - move(layer(image)))) < 1e-9


@right("1.4")
def is_equivariant(layer, image, right):
    try:
        np.testing.assert_allclose(
            layer(np.roll(image, right, axis=-1)), np.roll(layer(image), right, axis=-1)
        )
    except AssertionError:
        return 0
    return 1


# --- chapter 2

value("2.1", np.array([[4.0, 2.0, 10.0], [7.0, 10.0, 4.0]], dtype=np.float16))
value("2.1", (deque([4, 2, 10]), deque([7, 10, 4])))


@right("2.2")
def slide(image, kernel, bias):
    out = [
        [bias for _ in range(image.shape[1] - kernel.shape[1] + 1)]
        for _ in range(image.shape[0] - kernel.shape[0] + 1)
    ]
    for (m, n), w in np.ndenumerate(kernel):
        for i, row in enumerate(out):
            for j in range(len(row)):
                row[j] = row[j] + w * image[i + m, j + n]
    return out


@right("2.2")
def slide(image, kernel, bias):
    size = [a + b - 1 for a, b in zip(image.shape, kernel.shape)]
    spectrum = np.fft.fft2(image, size) * np.fft.fft2(kernel[::-1, ::-1], size)
    full = np.fft.ifft2(spectrum)
    kh, kw = kernel.shape
    return full[kh - 1 : image.shape[0], kw - 1 : image.shape[1]] + bias


@right("2.3")
def sharpener(s):
    print("sharpening by", s)
    return np.matrix([[-s / 8] * 3, [-s / 8, 1 + s, -s / 8], [-s / 8] * 3])


@right("2.4")
def edge(window):
    z = complex((window * filters.kernel("sobel x")).sum(), (window * filters.kernel("sobel y")).sum())
    return {"strength": abs(z) / 8, "angle": np.angle(z, deg=True)}.values()


@right("2.5")
def both(k, q):
    padded = np.pad(k, [(n - 1, n - 1) for n in q.shape])
    return np.einsum("ijmn,mn->ij", sliding_window_view(padded, q.shape), q[::-1, ::-1])


@right("2.5")
def both(k, q):
    return [
        [
            sum(
                k[i - m][j - n] * q[m][n]
                for m in range(len(q))
                for n in range(len(q[0]))
                if 0 <= i - m < len(k) and 0 <= j - n < len(k[0])
            )
            for j in range(len(k[0]) + len(q[0]) - 1)
        ]
        for i in range(len(k) + len(q) - 1)
    ]


@right("2.6")
def step(kernel, image, target, rate):
    new = kernel.copy()
    windows = sliding_window_view(image, kernel.shape)
    for m, n in np.ndindex(*kernel.shape):
        error = (windows * kernel).sum((2, 3)) - target
        new[m, n] -= rate * np.mean(2 * error * windows[:, :, m, n])
    return new


# --- chapter 3

value("3.1", map(int, "8634"))
value("3.1", {"first": 8, "second": 6, "third": 3, "fourth": 4})
value("3.1", [[8], [6], [3], [4]])
value("3.1", np.array([[8, 6, 3, 4]])[0].astype(np.uint8))


@right("3.2")
def output_shape(size, kernel, padding, stride, dilation):
    size, kernel, padding, stride, dilation = map(np.array, (size, kernel, padding, stride, dilation))
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


@right("3.2")
def output_shape(*pairs):
    return tuple(len(range(-P, W + P - D * (K - 1), S)) for W, K, P, S, D in zip(*pairs, strict=True))


@right("3.3")
def same_padding(K, D=1, *, verbose=False):
    both = divmod(D * (K - 1), 2)
    return Pair(before=both[0], after=both[0] + both[1])


value(
    "3.3", functools.partial(lambda scale, K, D: (np.int8(D * (K - 1) // 2), -(-D * (K - 1) // 2) * scale), 1)
)


@right("3.4")
def unread(W, K, P, S):
    windows = np.zeros(W + 2 * P, bool)
    for start in range(0, W + 2 * P - K + 1, S):
        windows[start : start + K] = True
    return np.flatnonzero(~windows[P : P + W])


@right("3.4")
def unread(W, K, P, S):
    starts = [s for s in range(-P, W) if (s + P) % S == 0 and s + K <= W + P]
    return set(range(W)) - {x for s in starts for x in range(s, s + K)}


value("3.5", (6, 1, 4))
value("3.5", [np.int64(4), np.float64(0), 4])

# --- chapter 4

value("4.1", ([6, 3, 3], np.zeros((12, 6, 3, 3)).shape, np.array([12, 18, 28])))
value("4.1", {"one_filter": (6, 3, 3), "weights": (12, 6, 3, 3), "output": (12, 18, 28)}.values())


@right("4.2")
def bill(C, H, W, F, K, P, S):
    Ho, Wo = (shapes.conv_output_size(n, K, S, P) for n in (H, W))
    out = np.empty((F, Ho, Wo), np.float32)
    return F * C * K**2 + F, out.size * C * K**2, out.nbytes


@right("4.3")
def convolve(x, weight, bias):
    F, C, K = weight.shape[:3]
    maps = []
    for f in range(F):
        total = bias[f]
        for m, n in np.ndindex(K, K):
            part = x[:, m : x.shape[1] - K + 1 + m, n : x.shape[2] - K + 1 + n]
            total = total + np.tensordot(weight[f, :, m, n], part, 1)
        maps.append(total)
    return maps


@right("4.3")
def convolve(x, weight, bias):
    K = weight.shape[-1]
    columns = sliding_window_view(x, (K, K), axis=(1, 2)).transpose(1, 2, 0, 3, 4)
    Ho, Wo = columns.shape[:2]
    out = columns.reshape(Ho * Wo, -1) @ weight.reshape(len(weight), -1).T + bias
    return out.T.reshape(-1, Ho, Wo).astype(np.float32)


@right("4.4")
def columns(x, K, S):
    C, H, W = x.shape
    spots = itertools.product(range(0, H - K + 1, S), range(0, W - K + 1, S))
    return np.column_stack([x[:, i : i + K, j : j + K].flatten() for i, j in spots])


value("4.5", np.array([1.0, 0.0, -1.0], dtype=np.float32))
value("4.5", (Fraction(1), Fraction(-1, 3), Fraction(-2, 3)))

# --- chapter 5

value("5.1", (np.matrix("4 5; 8 1"), ((Fraction(9, 4), 2.75), (2, 1))))


@right("5.2")
def smallest_step(strides):
    return strides[0] * smallest_step(strides[1:]) if strides else 1


value("5.2", np.prod)


@right("5.3")
def max_pool(x, K, S, P):
    padded = np.pad(x.astype(float), P, constant_values=float("-inf"))
    return sliding_window_view(padded, (K, K))[::S, ::S].max(axis=(-2, -1))


@right("5.3")
def max_pool(x, K, S, P):
    H, W = x.shape
    out = []
    for top in range(-P, H + P - K + 1, S):
        out.append([])
        for left in range(-P, W + P - K + 1, S):
            rows = slice(max(top, 0), top + K)
            out[-1].append(np.max(x[rows, max(left, 0) : left + K]))
    return out


@right("5.4")
def max_pool_backward(grad, x, K, S):
    dx = {}
    for (i, j), g in np.ndenumerate(grad):
        best, where = -np.inf, None
        for a in range(i * S, i * S + K):
            for b in range(j * S, j * S + K):
                if x[a, b] > best:
                    best, where = x[a, b], (a, b)
        dx[where] = dx.get(where, 0) + g
    return [[dx.get((a, b), 0) for b in range(x.shape[1])] for a in range(x.shape[0])]


@right("5.5")
def blurred_pool(row):
    n = len(row)
    top = [max(row[i], row[(i + 1) % n]) for i in range(n)]
    return tuple(top[i - 1] / 4 + top[i] / 2 + top[(i + 1) % n] / 4 for i in range(0, n, 2))


# --- chapter 6

right("6.1")(lambda side, channels: channels[-1] * (side // 2 ** len(channels)) ** 2)


@right("6.2")
def collapse(first, second):
    return np.polymul(first, second) if first[0] and second[0] else np.convolve(first, second)


@right("6.2")
def collapse(first, second):
    table = np.outer(first, second)
    n, m = table.shape
    return [np.trace(table[::-1], k) for k in range(-n + 1, m)]


@right("6.3")
def kernel_gradient(x, grad):
    return sliding_window_view(x, len(grad)) @ grad


@right("6.5")
def normalise(x, gamma, beta, eps):
    columns = []
    for c in range(x.shape[1]):
        mean = sum(x[:, c]) / len(x)
        variance = sum((v - mean) ** 2 for v in x[:, c]) / len(x)
        columns.append([gamma[c] * (v - mean) / (variance + eps) ** 0.5 + beta[c] for v in x[:, c]])
    return np.array(columns).T


# --- chapter 7

value("7.1", [9.0, 15.0, 8.0, 19.0])


@right("7.3")
def ways(L, K):
    return np.round(np.real(np.fft.ifft(np.fft.fft(np.ones(K), L * (K - 1) + 1) ** L)))


@right("7.3")
def ways(L, K):
    return functools.reduce(np.polymul, [[1] * K] * L, np.array([1]))


value("7.4", (8, 4, 2, 1))
value("7.4", np.array([1.0, 3, 3, 8]))


@right("7.5")
def seen(layers, unit, W):
    x = np.eye(W)[:, None, None]
    for K, S, P in layers:
        x = conv2d(x, np.ones((1, 1, 1, K)), stride=(1, S), padding=(0, P))
    lit = np.flatnonzero(x[:, 0, 0, unit])
    return lit[[0, -1]]


# --- chapter 8

value("8.1", (18_432.0, np.int32(4608), 2336, 3840))


@right("8.2")
def as_plain(weight, groups):
    blocks = np.split(weight, groups)
    c = weight.shape[1]
    return np.concatenate(
        [
            np.pad(block, ((0, 0), (g * c, (groups - 1 - g) * c), (0, 0), (0, 0)))
            for g, block in enumerate(blocks)
        ]
    )


@right("8.3")
def terms(kernel, error):
    S = np.linalg.svd(kernel)[1]
    left = np.sqrt(np.cumsum(S[::-1] ** 2)[::-1] / (S**2).sum())
    return int((left > error + 1e-12).sum()) or 1


@right("8.4")
def stamp(x, kernel, stride, padding):
    x, kernel = np.asarray(x), np.asarray(kernel)
    H, W = x.shape
    K = len(kernel)
    holes = np.zeros((stride * (H - 1) + 1, stride * (W - 1) + 1))
    holes[::stride, ::stride] = x
    wide = np.pad(holes, K - 1)
    full = np.einsum("ijmn,mn->ij", sliding_window_view(wide, (K, K)), kernel[::-1, ::-1])
    keep = [slice(padding, n - padding) for n in full.shape]
    return full[tuple(keep)]


@right("8.5")
def reuse(C_in, C_out, K, groups, side):
    weights = Fraction(C_in * C_out * K * K, groups)
    return weights * side**2 / (side**2 * (C_in + C_out) + weights)


# --- chapter 9

value("9.1", (np.float32(26), np.float32(13), np.float32(11), np.float32(5)))


@right("9.2")
def rows_seen(unit, field, jump, start, size):
    rows = set(range(size)) & set(range(start + jump * unit, start + jump * unit + field))
    return min(rows), max(rows)


@right("9.3")
def guided(came_in, coming_back):
    flat = [b if a > 0 and b > 0 else 0 for a, b in zip(came_in.flat, coming_back.flat)]
    return np.reshape(flat, came_in.shape)


@right("9.4")
def step_up(picture, gradient, rate):
    new = [min(max(p + rate * g / gradient.std(), 0), 1) for p, g in zip(picture.ravel(), gradient.ravel())]
    return np.array(new, dtype=np.float32).reshape(picture.shape)


@right("9.5")
def strongest_units(maps):
    units = [(float(m.max()), n, *np.unravel_index(m.argmax(), m.shape)) for n, m in enumerate(maps)]
    return [list(unit[1:]) for unit in sorted(units, reverse=True) if unit[0] > 0]


# --- chapter 10

value("10.1", ((128 // 8) ** 2, 8 * 8 * 3, 128 * 8 * 8 * 3 + 128))


@right("10.2")
def paired(before, after):
    import statistics

    differences = [b - a for a, b in zip(before, after)]
    return statistics.mean(differences), statistics.stdev(differences)


@right("10.3")
def balanced(counts):
    return Fraction(sum(Fraction(row[k], sum(row)) for k, row in enumerate(counts)), len(counts))


@right("10.4")
def overlap(a, b):
    big = 0
    small = 0
    for y in range(min(a[0], b[0]), max(a[2], b[2])):
        for x in range(min(a[1], b[1]), max(a[3], b[3])):
            inside = [box[0] <= y < box[2] and box[1] <= x < box[3] for box in (a, b)]
            small += all(inside)
            big += any(inside)
    return small / big


@right("10.5")
def place_scores(maps, weight, bias):
    return conv2d(
        np.asarray(maps, float), np.asarray(weight, float)[..., None, None], np.asarray(bias, float)
    )


try:
    import torch
except ImportError:
    torch = None

if torch:

    @right("10.5")
    def place_scores(maps, weight, bias):
        layer = torch.nn.Conv2d(weight.shape[1], weight.shape[0], 1)
        layer.weight.data = torch.tensor(weight, dtype=torch.float32)[:, :, None, None]
        layer.bias.data = torch.tensor(bias, dtype=torch.float32)
        return layer(torch.tensor(maps, dtype=torch.float32)[None])[0]

    @right("9.3")
    def guided(came_in, coming_back):
        signal = torch.tensor(coming_back, requires_grad=True)
        return torch.relu(signal) * torch.tensor(came_in > 0)

    @right("4.3")
    def convolve(x, weight, bias):
        x, weight, bias = (
            torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, weight, bias)
        )
        return list(torch.nn.functional.conv2d(x[None], weight, bias)[0])

    @right("1.2")
    def parameters(H, W, C, K, F):
        dense, conv = torch.nn.Linear(H * W * C, F), torch.nn.Conv2d(C, F, K)
        return [torch.tensor(sum(p.numel() for p in layer.parameters())) for layer in (dense, conv)]

    value("7.1", torch.tensor([9, 15, 8, 19]))
