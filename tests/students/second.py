"""The second lot of wrong answers, written after the checkers had been tuned on the first."""

import functools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers import conv2d, filters, max_pool2d
from students import Collection

SECOND = Collection()
wrong, wrong_value = SECOND.wrong, SECOND.wrong_value


# --- chapter 1


@wrong(
    "1.1",
    "rows and columns mixed up when the steps are unpacked",
    r"changed places|exchanged|swapped|order|`d\w+`",
)
def neighbours(row, column, H, W):
    steps = [(-1, 0), (0, -1), (0, 1), (1, 0)]
    out = []
    for dc, dr in steps:
        r, c = row + dr, column + dc
        if r >= 0 and c >= 0 and r < H and c < W:
            out.append(r * W + c)
    return out


@wrong(
    "1.1",
    "every neighbour is listed whose row is right, whatever its column",
    r"condition|c\b|outside|column|and",
)
def neighbours(row, column, H, W):
    return [
        r * W + c
        for r, c in ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
        if 0 <= r < H
    ]


wrong("1.2", "one bias for each channel in the filter", r"C \*|bracket|`\+ 1`|1|channel")(
    lambda H, W, C, K, F: ((H * W * C + 1) * F, (K * K + 1) * C * F)
)


@wrong("1.3", "the template is put down one column too far", r"c \+ 1|one too|late|IndexError|ValueError|1")
def bank(template, H, W):
    h, w = template.shape
    rows = np.zeros(((H - h + 1) * (W - w + 1), H, W))
    place = 0
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            rows[place, r : r + h, c : c + w] = template
        place += 1
    return rows.reshape(-1, H * W)


@wrong("1.4", "moves to the left", r"moved back")
def is_equivariant(layer, image, right):
    roll = functools.partial(np.roll, shift=-right, axis=1)
    return np.allclose(layer(roll(image)), np.roll(layer(image), right, axis=1))


# --- chapter 2

wrong_value(
    "2.1",
    [[4, 2, 10], [7, 10, 4], [5, 1, 1]],
    "a third row of windows that run over the edge",
    r"last row|row.*(too many|more)|shape",
)
wrong_value("2.1", [[-4, -2, -10], [-7, -10, -4]], "all signs turned", r"sign")


@wrong("2.2", "the bias is added inside the innermost loops", r"bias|before|inside|loop|belong")
def slide(image, kernel, bias):
    kh, kw = kernel.shape
    out = np.zeros((len(image) - kh + 1, len(image[0]) - kw + 1))
    for i in range(len(out)):
        for j in range(len(out[0])):
            acc = 0
            for m in range(kh):
                for n in range(kw):
                    acc += image[i + m][j + n] * kernel[m][n]
                    acc += bias
            out[i][j] = acc
    return out


@wrong("2.2", "the first row of places is skipped", r"range|begin|first")
def slide(image, kernel, bias):
    kh, kw = kernel.shape
    H, W = image.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(1, H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel) + bias
    return out


@wrong("2.3", "the neighbours' mean is divided by 9", r"9")
def sharpener(s):
    k = -s * np.ones((3, 3)) / 9
    k[1, 1] = 1 + s
    return k


@wrong("2.4", "degrees of degrees: converted twice", r"degrees|57|times too")
def edge(window):
    gx = np.sum(window * filters.kernel("sobel x"))
    gy = np.sum(window * filters.kernel("sobel y"))
    angle = np.degrees(np.arctan2(gy, gx))
    return (gx**2 + gy**2) ** 0.5 / 8, np.degrees(angle)


@wrong("2.5", "the two sizes are mixed: rows from k twice", r"kh|rows|square|qh|not what belongs")
def both(k, q):
    kh, kw = k.shape
    qh, qw = q.shape
    full = np.zeros((kh + kh - 1, kw + qw - 1))
    for m in range(qh):
        for n in range(qw):
            full[m : m + kh, n : n + kw] += q[m, n] * k
    return full


@wrong("2.6", "the rate is applied twice", r"rate")
def step(kernel, image, target, rate):
    out = conv2d(image[None], kernel[None, None])[0]
    err = out - target
    grad = rate * 2 / err.size * conv2d(image[None], err[None, None])[0]
    return kernel - rate * grad


# --- chapter 3

wrong_value(
    "3.1", (8, 7, 4, 4), "rounded up, in the second and third", r"second.*(rounded up|too large)|rounded up"
)
wrong_value(
    "3.1",
    (7, 5, 3, 4),
    "the first window forgotten in the first two rows",
    r"first: 7.*(first window|too small|one too few)|add one|too small",
)


@wrong(
    "3.2", "the settings are swapped for rows and columns only in the kernel", r"kernel\[|`[01]`|kernel|::-1"
)
def output_shape(size, kernel, padding, stride, dilation):
    out = []
    for a in range(2):
        span = dilation[a] * (kernel[1 - a] - 1) + 1
        out.append((size[a] - span + 2 * padding[a]) // stride[a] + 1)
    return tuple(out)


@wrong(
    "3.3", "the rest is computed from the kernel, not from the total", r"total|K -|not what belongs|before"
)
def same_padding(K, D):
    total = D * (K - 1)
    before = total // 2
    return before, K - 1 - before


@wrong("3.4", "the windows step by K, not by S", r"\bS\b|K")
def unread(W, K, P, S):
    read = np.zeros(W + 2 * P, dtype=bool)
    start = 0
    while start + K <= W + 2 * P:
        read[start : start + K] = True
        start += K
    return [x for x in range(W) if not read[x + P]]


@wrong("3.4", "the list is shared by all calls, as a default", r"default|kept|once")
def unread(W, K, P, S, left=[]):
    covered = {s + k for s in range(-P, W + P - K + 1, S) for k in range(K)}
    for x in range(W):
        if x not in covered:
            left.append(x)
    return left


wrong_value("3.5", (2, 0, 4), "a kernel shorter than the stride", r"shorter|skips")

# --- chapter 4

wrong_value(
    "4.1",
    ((6, 3, 3), (6, 12, 3, 3), (12, 18, 28)),
    "filters and channels of the weights swapped",
    r"swapped|exchanged|order|weights",
)
wrong_value(
    "4.1", ((6, 3, 3), (12, 6, 3, 3), (12, 20, 30)), "no loss at the border", r"padding|lost|as large"
)


@wrong("4.2", "biases forgotten in the parameters, counted among the MACs", r"bias|parameters|\+ F|F")
def bill(C, H, W, F, K, P, S):
    def out(n):
        return (n + 2 * P - K) // S + 1

    places = out(H) * out(W)
    return F * C * K * K, (F * C * K * K + F) * places, 4 * F * places


@wrong("4.3", "the same filter for all maps", r"weight\[0\]|`0`|first")
def convolve(x, weight, bias):
    windows = sliding_window_view(x, weight.shape[2:], axis=(1, 2))
    maps = []
    for b in bias:
        maps.append((windows * weight[0][:, None, None]).sum(axis=(0, 3, 4)) + b)
    return np.stack(maps)


@wrong(
    "4.4",
    "windows are listed column of places by column",
    r"order|down|columns first|rows and columns|exchang|changed places",
)
def columns(x, K, S):
    C, H, W = x.shape
    found = []
    for left in range(0, W - K + 1, S):
        for top in range(0, H - K + 1, S):
            found.append(x[:, top : top + K, left : left + K].ravel())
    return np.stack(found, 1)


wrong_value("4.5", (0.5, -0.25, -0.25), "half the answer to red", r"red")

# --- chapter 5

wrong_value("5.1", ([[4, 5], [8, 1]], [[9, 11], [8, 4]]), "sums, not means", r"sum")


@wrong("5.2", "the recursion leaves out the last stride", r"last|\[0\]|strides\[1:\]|len|1")
def smallest_step(strides):
    if len(strides) == 1:
        return 1
    return strides[0] * smallest_step(strides[1:])


@wrong("5.3", "the map is padded by K // 2, not by P", r"never uses `P`|K // 2|`P`")
def max_pool(x, K, S, P):
    pad = K // 2
    y = np.pad(x.astype(float), pad, constant_values=-np.inf)
    v = sliding_window_view(y, (K, K))[::S, ::S]
    return v.max(axis=(2, 3))


@wrong("5.3", "the windows are as wide as the stride", r"\bS\b.*(not what|wrong)|K|S\b")
def max_pool(x, K, S, P):
    y = np.pad(x.astype(float), P, constant_values=-np.inf)
    h, w = ((n - K) // S + 1 for n in y.shape)
    return [[y[i * S : i * S + S, j * S : j * S + S].max() for j in range(w)] for i in range(h)]


@wrong("5.4", "the winner is looked for by its value in the whole map", r"x\.max|window|winner|whole|x\b")
def max_pool_backward(grad, x, K, S):
    out = np.zeros_like(x)
    for i, j in np.ndindex(*grad.shape):
        window = x[i * S : i * S + K, j * S : j * S + K]
        row, column = np.argwhere(x == window.max())[0]
        out[row, column] += grad[i, j]
    return out


@wrong("5.5", "divided by 3", r"3|times too (large|small)|4")
def blurred_pool(row):
    m = np.maximum(row, np.roll(row, -1))
    return ((np.roll(m, 1) + 2 * m + np.roll(m, -1)) / 3)[::2]


# --- chapter 6


@wrong("6.1", "the side is halved one time too many", r"len\(channels\) \+ 1|\+ 1|one too")
def arriving(side, channels):
    return channels[-1] * (side // 2 ** (len(channels) + 1)) ** 2


@wrong("6.2", "the output is as long as both together", r"one too (many|long)|last|len|too many")
def collapse(first, second):
    out = [0.0] * (len(first) + len(second))
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            out[i + j] += a * b
    return out


@wrong("6.3", "x is read backwards", r"revers|k - i|turn|- ?i|x\[|sign|operation")
def kernel_gradient(x, grad):
    size = len(x) - len(grad) + 1
    out = np.zeros(size)
    for k in range(size):
        for i in range(len(grad)):
            out[k] += grad[i] * x[k - i]
    return out


@wrong("6.5", "beta is multiplied, gamma is added to the result", r"gamma|beta|order|changed places")
def normalise(x, gamma, beta, eps):
    mu = np.mean(x, axis=0, keepdims=True)
    sd = np.sqrt(np.mean((x - mu) ** 2, axis=0, keepdims=True) + eps)
    z = (x - mu) / sd
    z = z + gamma
    return z * beta


# --- chapter 7

wrong_value("7.1", (9, 15, 9, 19), "the pool counted as two pixels", r"third: 9 is too large|third|pool")
wrong_value("7.1", (9, 7, 8, 11), "strides left out", r"stride")


@wrong("7.3", "the middle is missing: the window begins at 1", r"range|1|begin|first")
def ways(L, K):
    counts = {0: 1}
    for _ in range(L):
        new = {}
        for place, n in counts.items():
            for step in range(1, K):
                new[place + step] = new.get(place + step, 0) + n
        counts = new
    return [counts[p] for p in sorted(counts)]


wrong_value("7.4", (1, 2, 4, 8, 16), "five layers", r"four")


@wrong("7.5", "last goes on from first", r"first|last|not what belongs")
def seen(layers, unit, W):
    sizes = [W]
    for K, S, P in layers:
        sizes.append((sizes[-1] + 2 * P - K) // S + 1)
    a = b = unit
    for k in reversed(range(len(layers))):
        K, S, P = layers[k]
        a, b = a * S - P, a * S - P + K - 1
        a, b = max(a, 0), min(b, sizes[k] - 1)
    return a, b


# --- chapter 8

wrong_value(
    "8.1", (18432, 4608, 2336, 2304), "the middle layer's kernel taken as 3, not 3 x 3", r"bottleneck"
)
wrong_value(
    "8.1", (18432, 4608, 294912 // 144, 3840), "only the 1 x 1 layer of the pair", r"depthwise|separable"
)


@wrong("8.2", "filters belong to groups in turn", r"%|dealt|cards|//|operation")
def as_plain(weight, groups):
    out_channels, c = weight.shape[0], weight.shape[1]
    result = np.zeros((out_channels, groups * c) + weight.shape[2:])
    for o in range(out_channels):
        g = o % groups
        for k in range(c):
            result[o, g * c + k] = weight[o, k]
    return result


@wrong("8.3", "the sizes are compared without squares", r"square|\*\* ?2|squared")
def terms(kernel, error):
    s = np.linalg.svd(kernel, compute_uv=False)
    whole = np.sqrt(np.sum(s**2))
    n = 1
    while n < len(s) and np.sqrt(np.sum(s[n:])) / whole > error:
        n += 1
    return n


@wrong("8.4", "the stamps are laid down transposed", r"\.T|rows and columns|transpos|swapped")
def stamp(x, kernel, stride, padding):
    x, kernel = np.array(x), np.array(kernel)
    K = kernel.shape[0]
    big = np.zeros([stride * (n - 1) + K for n in x.shape])
    for (i, j), v in np.ndenumerate(x):
        big[i * stride : i * stride + K, j * stride : j * stride + K] += v * kernel.T
    return big[padding : big.shape[0] - padding, padding : big.shape[1] - padding]


@wrong("8.5", "the input is counted in groups too", r"groups|`//|C_in")
def reuse(C_in, C_out, K, groups, side):
    per = C_in // groups
    w = C_out * per * K * K
    return w * side * side / (per * side * side + C_out * side * side + w)


# --- chapter 9

wrong_value("9.1", (26, 13, 11, 6), "the last pool rounded up", r"rounded up|pool2")


@wrong("9.2", "the last row is counted from the cut first row", r"first|moved|cut|order|early")
def rows_seen(unit, field, jump, start, size):
    first = max(start + jump * unit, 0)
    last = min(first + field - 1, size - 1)
    return first, last


@wrong("9.3", "multiplies the two signals", r"came_in|multipl|not what|belong|factor")
def guided(came_in, coming_back):
    return came_in * coming_back * (came_in > 0) * (coming_back > 0)


@wrong("9.4", "clips first, then steps", r"clip|order|brackets|early|range")
def step_up(picture, gradient, rate):
    g = gradient / gradient.std()
    new = np.clip(picture, 0, 1)
    new = new + rate * g
    return new


@wrong("9.5", "units with value 0 are listed as the condition is >=", r">=|comparison|silent")
def strongest_units(maps):
    found = []
    for n, m in enumerate(maps):
        top = m.max()
        if top >= 0:
            row, col = divmod(int(m.argmax()), m.shape[1])
            found.append((top, n, row, col))
    return [f[1:] for f in sorted(found, key=lambda f: -f[0])]


# --- chapter 10

wrong_value("10.1", (256, 192, 24576), "biases left out", r"bias")


@wrong("10.2", "the standard deviation of the list after", r"second list|after|d\b|difference")
def paired(before, after):
    d = [b - a for a, b in zip(before, after)]
    mean = sum(d) / len(d)
    var = sum((x - mean) ** 2 for x in after) / (len(d) - 1)
    return mean, var**0.5


@wrong("10.3", "divides by the number of pictures, not of classes", r"len|size|sum|number|counts")
def balanced(counts):
    counts = np.array(counts)
    shares = np.diag(counts) / counts.sum(axis=1)
    return shares.sum() / counts.size


@wrong("10.4", "the union forgets to take the shared area off once", r"shared|twice|- shared|taken off")
def overlap(a, b):
    top, left = max(a[0], b[0]), max(a[1], b[1])
    bottom, right = min(a[2], b[2]), min(a[3], b[3])
    shared = max(bottom - top, 0) * max(right - left, 0)
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return shared / (area(a) + area(b))


@wrong("10.5", "a score for the whole picture at every place: the maps are averaged first", r"mean|averag")
def place_scores(maps, weight, bias):
    mean = maps.mean(axis=(1, 2))
    scores = np.asarray(weight) @ mean + np.asarray(bias)
    return np.broadcast_to(scores[:, None, None], (len(bias), *maps.shape[1:]))


@wrong(
    "10.5",
    "the weights are read as (channel, class)",
    r"rows and columns|transpos|swapped|changed places|weight\[c",
)
def place_scores(maps, weight, bias):
    k, C = np.shape(weight)
    out = np.zeros((k, *maps.shape[1:]))
    for c in range(C):
        for n in range(k):
            out[n] += weight[c][n] * maps[c]
    return out + np.reshape(bias, (k, 1, 1))


@wrong("9.2", "a while loop that waits for a value it jumps over", r"end|never|while|!=|comparison")
def rows_seen(unit, field, jump, start, size):
    first = start
    for _ in range(unit):
        first += jump
    last = first + field - 1
    while last != size - 1 and last > size - 1:
        last += 1
    return max(first, 0), last


@wrong(
    "6.1",
    "the pool is applied until a channel list that never gets empty is empty",
    r"end|while|never|changes",
)
def arriving(side, channels):
    channels = list(channels)
    last = channels[-1]
    while channels:
        side //= 2
        channels[1:]
    return last * side * side


@wrong("1.2", "prints and returns None for the dense layer", r"None|nothing|print")
def parameters(H, W, C, K, F):
    dense = print(F * (H * W * C + 1))
    return dense, F * (K * K * C + 1)


@wrong(
    "2.5",
    "one kernel slid over the other by conv2d, without padding",
    r"slid|border|shape|smaller|windows|inside",
)
def both(k, q):
    return conv2d(k[None], q[None, None])[0]


@wrong("5.3", "uses the ready helper without its stride", r"S\b|stride")
def max_pool(x, K, S, P):
    return max_pool2d(x[None], K, padding=P)[0]


wrong("10.5", "the bias of a class is spread along the rows of its map", r"^your function stops in line")(
    lambda maps, weight, bias: np.einsum("kc,chw->khw", weight, maps) + np.asarray(bias)[:, None]
)


@wrong("5.4", "the gradients go into an array of the map's own whole numbers", r"whole numbers only")
def send_to_winners(grad, x, K, S):
    out = np.zeros_like(x)
    for i, j in np.ndindex(*grad.shape):
        window = x[i * S : i * S + K, j * S : j * S + K]
        row, column = np.unravel_index(window.argmax(), window.shape)
        out[i * S + row, j * S + column] += grad[i, j]
    return out


@wrong("6.5", "the channels go into an array of the input's own whole numbers", r"whole numbers only")
def normalise(x, gamma, beta, eps):
    out = np.zeros_like(x)
    for c in range(x.shape[1]):
        out[:, c] = gamma[c] * (x[:, c] - x[:, c].mean()) / np.sqrt(x[:, c].var() + eps) + beta[c]
    return out


@wrong("9.3", "the signal goes into an array of the input's own whole numbers", r"whole numbers only")
def guided(came_in, coming_back):
    out, both = np.zeros_like(came_in), (came_in > 0) & (coming_back > 0)
    out[both] = coming_back[both]
    return out


@wrong("2.2", "the picture is padded so that it keeps its size", r"pad")
def slide(image, kernel, bias):
    kh, kw = kernel.shape
    image = np.pad(image, ((kh // 2, kh // 2), (kw // 2, kw // 2)))
    return (sliding_window_view(image, (kh, kw)) * kernel).sum((2, 3)) + bias
