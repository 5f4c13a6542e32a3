"""The first lot of wrong answers, chapters 1 to 5."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers import conv2d, filters
from students import Collection

FIRST = Collection()
wrong, wrong_value = FIRST.wrong, FIRST.wrong_value


# --- chapter 1


@wrong("1.1", "returns at the first neighbour that is inside", r"return.*(loop|round)|only the first|early")
def neighbours(row, column, H, W):
    around = [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
    for r, c in around:
        if 0 <= r < H and 0 <= c < W:
            return [r * W + c]


@wrong("1.1", "the order is above, right, left, below", r"order")
def neighbours(row, column, H, W):
    found = []
    if row > 0:
        found.append((row - 1) * W + column)
    if column < W - 1:
        found.append(row * W + column + 1)
    if column > 0:
        found.append(row * W + column - 1)
    if row < H - 1:
        found.append((row + 1) * W + column)
    return found


@wrong("1.1", "forgets the left neighbour in column 1, by > 1 in the place of > 0", r"column > 1")
def neighbours(row, column, H, W):
    place = row * W + column
    found = []
    if row > 0:
        found.append(place - W)
    if column > 1:
        found.append(place - 1)
    if column < W - 1:
        found.append(place + 1)
    if row < H - 1:
        found.append(place + W)
    return found


@wrong("1.2", "the two numbers in the other order", r"order|swapped|permut")
def parameters(H, W, C, K, F):
    convolution = F * (K * K * C + 1)
    dense = F * (H * W * C + 1)
    return convolution, dense


@wrong("1.2", "2 K in the place of K squared", r"2 \* K|K \* 2|`2`|\*\*|K²")
def parameters(H, W, C, K, F):
    dense = H * W * C * F + F
    conv = (2 * K * C + 1) * F
    return dense, conv


@wrong("1.2", "prints the answer, returns nothing", r"print")
def parameters(H, W, C, K, F):
    print(F * (H * W * C + 1), F * (K * K * C + 1))


@wrong("1.3", "H and W swapped in the empty picture", r"H, W|\(W, H\)|swapped|square")
def bank(template, H, W):
    h, w = template.shape
    out = []
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            picture = np.zeros((W, H))
            picture[r : r + h, c : c + w] = template
            out.append(picture.ravel())
    return np.array(out)


@wrong("1.3", "all rows joined to one long list", r"flat|one axis|axis|nest|shape|row")
def bank(template, H, W):
    h, w = template.shape
    rows = []
    for r in range(H - h + 1):
        for c in range(W - w + 1):
            picture = np.zeros((H, W))
            picture[r : r + h, c : c + w] = template
            rows.extend(picture.ravel())
    return np.array(rows)


@wrong("1.4", "the answer is rolled along axis 0, the picture along axis 1", r"axis")
def is_equivariant(layer, image, right):
    a = layer(np.roll(image, right, axis=1))
    b = np.roll(layer(image), right, axis=0)
    return np.allclose(a, b)


@wrong("1.4", "the method all is not called", r"method|bracket|call|\(\)")
def is_equivariant(layer, image, right):
    first = layer(np.roll(image, right, axis=1))
    second = np.roll(layer(image), right, axis=1)
    return np.isclose(first, second).all


@wrong("1.4", "compares only the first row", r"\[0\]|first")
def is_equivariant(layer, image, right):
    first = layer(np.roll(image, right, axis=1))[0]
    second = np.roll(layer(image), right, axis=1)[0]
    return bool(np.allclose(first, second))


# --- chapter 2

wrong_value(
    "2.1", [[4, 7], [2, 10], [10, 4]], "rows and columns of the output swapped", r"rows and columns|swapped"
)
wrong_value("2.1", [4, 2, 10, 7, 10, 4], "one flat list in the place of two rows", r"flat|axis|nest|row")
wrong_value("2.1", [[4, 2, 10], [7, 10, 5]], "a slip in the last sum", r"\[1, 2\] is too large")


@wrong("2.2", "the sum goes on from window to window", r"total = |again|begin|start|kept|inside")
def slide(image, kernel, bias):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    total = bias
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            for m in range(kh):
                for n in range(kw):
                    total += image[i + m, j + n] * kernel[m, n]
            out[i, j] = total
    return out


@wrong("2.2", "the return stands inside the loop over rows", r"return.*(loop|round)")
def slide(image, kernel, bias):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum() + bias
        return out


@wrong(
    "2.2", "the kernel is read by column and row", r"kernel\[n, m\]|kernel.*(swap|turn|square|transpos)|swap"
)
def slide(image, kernel, bias):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            s = 0
            for m in range(kh):
                for n in range(kw):
                    s += image[i + m, j + n] * kernel[n, m]
            out[i, j] = s + bias
    return out


@wrong("2.3", "the kernel is one flat list of nine numbers", r"flat|axis|nest|shape")
def sharpener(s):
    return [-s / 8] * 4 + [1 + s] + [-s / 8] * 4


@wrong("2.3", "an array of whole numbers holds no fractions", r"whole numbers|int")
def sharpener(s):
    kernel = np.zeros((3, 3), dtype=int)
    kernel[:] = -s / 8
    kernel[1, 1] = 1 + s
    return kernel


@wrong("2.3", "a minus is missing: neighbours are added", r"sign|- ?s / 8|minus|negative|\+")
def sharpener(s):
    kernel = np.full((3, 3), s / 8)
    kernel[1, 1] = 1 + s
    return kernel


@wrong("2.4", "Sobel x is used twice", r"sobel x|down|same")
def edge(window):
    right = (window * filters.kernel("sobel x")).sum()
    down = (window * filters.kernel("sobel x")).sum()
    return np.hypot(right, down) / 8, np.degrees(np.arctan2(down, right))


@wrong("2.4", "the two answers in the other order", r"order|swapped|permut")
def edge(window):
    right = (window * filters.kernel("sobel x")).sum()
    down = (window * filters.kernel("sobel y")).sum()
    return np.degrees(np.arctan2(down, right)), np.hypot(right, down) / 8


@wrong("2.4", "the products are not summed", r"sum|added|axis")
def edge(window):
    right = window * filters.kernel("sobel x")
    down = window * filters.kernel("sobel y")
    return np.hypot(right, down) / 8, np.degrees(np.arctan2(down, right))


@wrong(
    "2.5", "the result is one row and one column too large", r"one (row|too)|too (many|large|long)|\+ qh|last"
)
def both(k, q):
    (kh, kw), (qh, qw) = k.shape, q.shape
    result = np.zeros((kh + qh, kw + qw))
    for m in range(qh):
        for n in range(qw):
            result[m : m + kh, n : n + kw] += q[m, n] * k
    return result


@wrong("2.5", "both kernels are flattened first", r"flat|axis|nest")
def both(k, q):
    return np.convolve(k.ravel(), q.ravel())


@wrong("2.5", "= in the place of += , one pixel at a time", r"\+=|overwrit|add")
def both(k, q):
    out = np.zeros((k.shape[0] + q.shape[0] - 1, k.shape[1] + q.shape[1] - 1))
    for a in range(k.shape[0]):
        for b in range(k.shape[1]):
            for c in range(q.shape[0]):
                for d in range(q.shape[1]):
                    out[a + c, b + d] = k[a, b] * q[c, d]
    return out


@wrong("2.6", "the error is squared before the gradient is taken", r"\*\* ?2|squar")
def step(kernel, image, target, rate):
    output = conv2d(image[None], kernel[None, None])[0]
    error = (output - target) ** 2
    gradient = 2 / error.size * conv2d(image[None], error[None, None])[0]
    return kernel - rate * gradient


@wrong("2.6", "returns the gradient, not the new kernel", r"gradient")
def step(kernel, image, target, rate):
    output = conv2d(image[None], kernel[None, None])[0]
    error = output - target
    gradient = 2 / error.size * conv2d(image[None], error[None, None])[0]
    kernel = kernel - rate * gradient
    return gradient


@wrong("2.6", "right, but the reader's kernel is changed in place", r"changes kernel|changes `kernel`")
def step(kernel, image, target, rate):
    error = conv2d(image[None], kernel[None, None])[0] - target
    kernel -= rate * 2 / error.size * conv2d(image[None], error[None, None])[0]
    return kernel


# --- chapter 3

wrong_value(
    "3.1",
    (8, 6, 2, 4),
    "the third row's last step is not counted",
    r"third: 2 .*(too small|first window|add one)",
)
wrong_value("3.1", (9, 7, 4, 5), "one window too many in every row", r"one too many|one more|too large")


@wrong(
    "3.2",
    "padding and stride are unpacked in the wrong order",
    r"stride.*padding|padding.*stride|order|swapped",
)
def output_shape(size, kernel, padding, stride, dilation):
    answer = []
    for W, K, S, P, D in zip(size, kernel, padding, stride, dilation):
        answer.append((W + 2 * P - D * (K - 1) - 1) // max(S, 1) + 1)
    return tuple(answer)


@wrong("3.2", "returns inside the loop: the rows only", r"return.*(loop|round)|only the first|early")
def output_shape(size, kernel, padding, stride, dilation):
    for i in range(2):
        span = dilation[i] * (kernel[i] - 1) + 1
        n = (size[i] + 2 * padding[i] - span) // stride[i] + 1
        return n


@wrong("3.2", "round in the place of floor", r"round|floor|//")
def output_shape(size, kernel, padding, stride, dilation):
    shape = []
    for W, K, P, S, D in zip(size, kernel, padding, stride, dilation):
        shape.append(round((W + 2 * P - D * (K - 1) - 1) / S) + 1)
    return shape


@wrong("3.3", "brackets missing: D K - 1", r"bracket|D \* K - 1|\(K - 1\)")
def same_padding(K, D):
    total = D * K - 1
    return total // 2, total - total // 2


@wrong("3.3", "nothing is returned for even K", r"nothing|None")
def same_padding(K, D):
    if K % 2 == 1:
        p = D * (K - 1) // 2
        return p, p


@wrong("3.3", "rounds half up in the place of down", r"order|reversed|swapped|ceil|\+ 1|rounded")
def same_padding(K, D):
    total = (K - 1) * D
    before = (total + 1) // 2
    return before, total - before


@wrong("3.4", "windows that run over the end are counted", r"range|end|over|past")
def unread(W, K, P, S):
    read = []
    for start in range(-P, W + P, S):
        read += range(start, start + K)
    return [x for x in range(W) if x not in read]


@wrong("3.4", "True and False for each pixel in the place of a list of pixels", r"True|bool|mask")
def unread(W, K, P, S):
    hit = np.zeros(W, dtype=bool)
    for start in range(-P, W + P - K + 1, S):
        for x in range(start, start + K):
            if 0 <= x < W:
                hit[x] = True
    return ~hit


@wrong("3.4", "pixels counted from 1", r"one too (many|large)|from 0|\+ 1|one more")
def unread(W, K, P, S):
    read = set()
    for start in range(-P, W + P - K + 1, S):
        read |= set(range(start, start + K))
    return [x + 1 for x in range(W) if x not in read]


@wrong("3.4", "the loop's start is never moved on: endless", r"end|nothing.*changes|while")
def unread(W, K, P, S):
    read = []
    start = -P
    while start <= W + P - K:
        for x in range(start, start + K):
            read.append(x)
    return [x for x in range(W) if x not in read]


wrong_value("3.5", (9, 2, 4), "K - 2P is 5: a window too few", r"size = 8|one window too few|too few")
wrong_value("3.5", (4, 0, 2), "the stride halves", r"half|halves|stride|size = 8")

# --- chapter 4

wrong_value(
    "4.1", ((6, 3, 3), (12, 6, 3, 3), (1, 12, 18, 28)), "a batch axis in front of the output", r"axis|output"
)
wrong_value(
    "4.1",
    ((3, 3, 6), (12, 6, 3, 3), (12, 18, 28)),
    "channels last in the one filter",
    r"channels|order|last|reversed",
)
wrong_value(
    "4.1",
    ((6, 3, 3), (12, 6, 3, 3), (12, 18, 18)),
    "the output taken as square",
    r"output.*\[2\]|square|18 at",
)


@wrong("4.2", "float64 in the place of float32: 8 bytes", r"twice|2 times|two times|8 \*|`8`")
def bill(C, H, W, F, K, P, S):
    Ho = (H + 2 * P - K) // S + 1
    Wo = (W + 2 * P - K) // S + 1
    return F * (C * K * K + 1), F * C * K * K * Ho * Wo, 8 * F * Ho * Wo


@wrong("4.2", "rows and columns of the output added, not multiplied", r"\+|add|multipl|\*")
def bill(C, H, W, F, K, P, S):
    Ho = (H + 2 * P - K) // S + 1
    Wo = (W + 2 * P - K) // S + 1
    places = Ho + Wo
    return F * (C * K * K + 1), F * C * K * K * places, 4 * F * places


@wrong("4.2", "MACs first, parameters second", r"order|swapped|permut")
def bill(C, H, W, F, K, P, S):
    Ho, Wo = (H + 2 * P - K) // S + 1, (W + 2 * P - K) // S + 1
    macs = Ho * Wo * F * C * K**2
    return macs, F * C * K**2 + F, Ho * Wo * F * 4


@wrong("4.3", "the channels of the filter are averaged", r"mean|averag|divid|times too")
def convolve(x, weight, bias):
    F, C, K, _ = weight.shape
    Ho, Wo = x.shape[1] - K + 1, x.shape[2] - K + 1
    out = np.zeros((F, Ho, Wo))
    for f in range(F):
        for i in range(Ho):
            for j in range(Wo):
                window = x[:, i : i + K, j : j + K]
                out[f, i, j] = (window * weight[f]).sum(axis=(1, 2)).mean() + bias[f]
    return out


@wrong("4.3", "channels and filters are added apart, then multiplied", r"their sum")
def convolve(x, weight, bias):
    windows = sliding_window_view(x.sum(axis=0), weight.shape[2:])
    return np.einsum("ijmn,fmn->fij", windows, weight.sum(axis=1)) + bias[:, None, None]


@wrong("4.3", "range of the columns ends one early", r"range|last column|one (too )?(early|few)")
def convolve(x, weight, bias):
    F, C, K, _ = weight.shape
    Ho, Wo = x.shape[1] - K + 1, x.shape[2] - K + 1
    out = np.zeros((F, Ho, Wo))
    for f in range(F):
        for i in range(Ho):
            for j in range(Wo - 1):
                out[f, i, j] = np.sum(x[:, i : i + K, j : j + K] * weight[f]) + bias[f]
    return out


@wrong("4.4", "the range ends before the last window", r"range|last|end")
def columns(x, K, S):
    C, H, W = x.shape
    cols = []
    for i in range(0, H - K, S):
        for j in range(0, W - K, S):
            cols.append(x[:, i : i + K, j : j + K].ravel())
    return np.array(cols).T


@wrong("4.4", "only the first channel is cut", r"`0` takes one")
def columns(x, K, S):
    C, H, W = x.shape
    cols = []
    for i in range(0, H - K + 1, S):
        for j in range(0, W - K + 1, S):
            cols.append(x[0, i : i + K, j : j + K].ravel())
    return np.array(cols).T


@wrong("4.4", "a place steps by S, but its window begins at S squared times it", r"S \* |twice|stride")
def columns(x, K, S):
    C, H, W = x.shape
    cols = []
    for i in range(0, H - K + 1, S):
        for j in range(0, W - K + 1, S):
            cols.append(x[:, i : i + K, S * j : S * j + K].reshape(-1))
    size = max(len(col) for col in cols)
    return np.stack([np.pad(col, (0, size - len(col))) for col in cols], axis=1)


wrong_value("4.5", (1, -1, 1), "the sum is 1 and not 0", r"all three")
wrong_value("4.5", [[1, -0.5, -0.5]], "a list in a list", r"three numbers|shape|nest|list")

# --- chapter 5

wrong_value(
    "5.1",
    ([4, 5, 8, 1], [2.25, 2.75, 2, 1]),
    "flat lists in the place of two rows",
    r"flat|axis|row|shape|nest",
)
wrong_value(
    "5.1",
    ([[4, 8], [5, 1]], [[2.25, 2], [2.75, 1]]),
    "windows written down column by column",
    r"rows and columns|swapped",
)
wrong_value(
    "5.1",
    ([[4, 5], [8, 1]], [[2.25, 2.75], [2, 4]]),
    "the last mean is the sum of its window",
    r"mean.*4 at \[1, 1\]|mean.*\[1, 1\]",
)


@wrong("5.2", "the product starts at 0", r"`0`|step = 0|always 0|starts? (at|with)|begin")
def smallest_step(strides):
    step = 0
    for stride in strides:
        step *= stride
    return step


@wrong("5.2", "the product begins with the first stride and takes it again", r"\[0\]|first|`1`|twice")
def smallest_step(strides):
    step = strides[0]
    for stride in strides:
        step *= stride
    return step


@wrong("5.2", "endless: the list is never shortened", r"end|nothing.*changes|while")
def smallest_step(strides):
    step, left = 1, list(strides)
    while left:
        step *= left[0]
    return step


@wrong("5.3", "the padding holds -1", r"-1|pad")
def max_pool(x, K, S, P):
    H, W = x.shape[0] + 2 * P, x.shape[1] + 2 * P
    padded = np.full((H, W), -1.0)
    padded[P : H - P, P : W - P] = x
    out = np.zeros(((H - K) // S + 1, (W - K) // S + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = padded[i * S : i * S + K, j * S : j * S + K].max()
    return out


@wrong(
    "5.3",
    "the output keeps the map's whole size, the rest are zeros",
    r"zero|size|shape|larger|too (large|many)",
)
def max_pool(x, K, S, P):
    H, W = x.shape[0] + 2 * P, x.shape[1] + 2 * P
    padded = np.full((H, W), -np.inf)
    padded[P : H - P, P : W - P] = x
    out = np.zeros((H, W))
    for i in range((H - K) // S + 1):
        for j in range((W - K) // S + 1):
            out[i, j] = padded[i * S : i * S + K, j * S : j * S + K].max()
    return out


@wrong("5.3", "without padding nothing is returned", r"nothing|None")
def max_pool(x, K, S, P):
    if P > 0:
        padded = np.pad(x.astype(float), P, constant_values=-np.inf)
        rows = (padded.shape[0] - K) // S + 1
        cols = (padded.shape[1] - K) // S + 1
        return np.array(
            [[padded[i * S : i * S + K, j * S : j * S + K].max() for j in range(cols)] for i in range(rows)]
        )


@wrong("5.4", "the gradient is read by column and row", r"grad\[j, i\]|swap|grad.*square|transpos")
def max_pool_backward(grad, x, K, S):
    out = np.zeros(x.shape)
    for i in range(grad.shape[0]):
        for j in range(grad.shape[1]):
            window = x[i * S : i * S + K, j * S : j * S + K]
            a, b = np.unravel_index(window.argmax(), window.shape)
            out[i * S + a, j * S + b] += grad[j, i]
    return out


@wrong("5.4", "the winner is struck out of x, so another window cannot see it", r"changes `?x`?")
def max_pool_backward(grad, x, K, S):
    out = np.zeros(x.shape)
    for i in range(grad.shape[0]):
        for j in range(grad.shape[1]):
            window = x[i * S : i * S + K, j * S : j * S + K]
            a, b = np.unravel_index(window.argmax(), window.shape)
            out[i * S + a, j * S + b] += grad[i, j]
            x[i * S + a, j * S + b] = -np.inf
    return out


@wrong("5.4", "the gradients are kept in an array of whole numbers", r"whole numbers|int")
def max_pool_backward(grad, x, K, S):
    out = np.zeros(x.shape, dtype=int)
    for i in range(grad.shape[0]):
        for j in range(grad.shape[1]):
            window = x[i * S : i * S + K, j * S : j * S + K]
            a, b = np.unravel_index(np.argmax(window), (K, K))
            out[i * S + a, j * S + b] += grad[i, j]
    return out


@wrong("5.5", "rolled to the same side twice", r"roll|every|sides?|`1`|- ?1")
def blurred_pool(row):
    every = np.maximum(row, np.roll(row, -1))
    blurred = (np.roll(every, 1) + 2 * every + np.roll(every, 1)) / 4
    return blurred[::2]


@wrong("5.5", "keeps the first half, not every second number", r"half|second|slice|::|\[: ?len")
def blurred_pool(row):
    every = np.maximum(row, np.roll(row, -1))
    blurred = (np.roll(every, 1) + 2 * every + np.roll(every, -1)) / 4
    return blurred[: len(row) // 2]


@wrong("5.5", "the blur is added up in whole numbers", r"whole numbers|int|cut off|rounded down")
def blurred_pool(row):
    out = []
    n = len(row)
    big = [max(row[i], row[(i + 1) % n]) for i in range(n)]
    for i in range(0, n, 2):
        out.append((big[i - 1] + 2 * big[i] + big[(i + 1) % n]) // 4)
    return out
