"""The first lot of wrong answers, chapters 6 to 10."""

import numpy as np

from students import Collection

FIRST_LATE = Collection()
wrong, wrong_value = FIRST_LATE.wrong, FIRST_LATE.wrong_value


# --- chapter 6


@wrong(
    "6.1",
    "the number of blocks in the place of the last block's filters",
    r"len\(channels\)|channels\[-1\]|filters",
)
def arriving(side, channels):
    for _ in channels:
        side = side // 2
    return len(channels) * side * side


@wrong("6.1", "returns in the loop, after the first block", r"return.*(loop|round)")
def arriving(side, channels):
    for c in channels:
        side = side // 2
        return c * side * side


@wrong("6.1", "the pool is left out of the last block", r"last|\[: ?-1\]|\[:-1\]|one too few")
def arriving(side, channels):
    for _ in channels[:-1]:
        side //= 2
    return channels[-1] * side**2


@wrong("6.2", "cut to the length of the first", r"last|end|cut|first|begin")
def collapse(first, second):
    return np.convolve(first, second)[: len(first)]


@wrong("6.2", "the products stand in a table and are not added", r"sum|add|axis|table")
def collapse(first, second):
    return np.outer(second, first)


@wrong("6.2", "the sum is kept in an array of whole numbers", r"whole numbers|int")
def collapse(first, second):
    one = np.zeros(len(first) + len(second) - 1, dtype=int)
    for i in range(len(first)):
        for j in range(len(second)):
            one[i + j] += first[i] * second[j]
    return one


@wrong("6.3", "the answer stands from the last number to the first", r"revers|order")
def kernel_gradient(x, grad):
    size = len(x) - len(grad) + 1
    return [sum(grad * x[k : k + len(grad)]) for k in range(size)][::-1]


@wrong("6.3", "the products are not added", r"sum|add|axis")
def kernel_gradient(x, grad):
    size = len(x) - len(grad) + 1
    return np.array([grad * x[k : k + len(grad)] for k in range(size)])


@wrong("6.3", "every output is given the same pixel", r"x\[k\]|x\[i|same|index")
def kernel_gradient(x, grad):
    out = np.zeros(len(x) - len(grad) + 1)
    for k in range(len(out)):
        for i in range(len(grad)):
            out[k] += grad[i] * x[k]
    return out


@wrong("6.5", "gamma and beta are swapped", r"gamma.*beta|swapped|order")
def normalise(x, gamma, beta, eps):
    mean, var = x.mean(axis=0), x.var(axis=0)
    return beta * (x - mean) / np.sqrt(var + eps) + gamma


@wrong(
    "6.5",
    "the variance is the mean of the squares, the mean is not taken off first",
    r"x\*\*2|x \*\* 2|mean|square",
)
def normalise(x, gamma, beta, eps):
    mean = x.mean(axis=0)
    variance = (x**2).mean(axis=0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


@wrong("6.5", "axis=0 is forgotten in the mean alone", r"axis|x\.mean\(\)")
def normalise(x, gamma, beta, eps):
    mean = x.mean()
    variance = x.var(axis=0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


# --- chapter 7

wrong_value(
    "7.1",
    (8, 14, 7, 18),
    "one too few in every row: starts at 0 and not at 1",
    r"one too few|begin with one|start|too small",
)
wrong_value(
    "7.1",
    (9, 15, 8, 11),
    "the strides are left out in the fourth row alone",
    r"fourth: 11 is too small|fourth.*stride",
)


@wrong("7.3", "the convolution is done once, whatever L", r"never uses `?L`?|L is|`L`")
def ways(L, K):
    counts = np.ones(1, int)
    counts = np.convolve(counts, np.ones(K, int))
    return counts.tolist()


@wrong("7.3", "the lists of all layers in the place of the last", r"last|nest|all|one (list|axis)")
def ways(L, K):
    counts = np.ones(1, int)
    history = [counts.tolist()]
    for _ in range(L):
        counts = np.convolve(counts, np.ones(K, int))
        history.append(counts.tolist())
    return history


@wrong("7.3", "the first half of the symmetric list", r"begin|first|end|missing|half|stops")
def ways(L, K):
    counts = [1]
    for _ in range(L):
        new = [0] * (len(counts) + K - 1)
        for i, c in enumerate(counts):
            for k in range(K):
                new[i + k] += c
        counts = new
    return counts[: len(counts) // 2 + 1]


wrong_value("7.4", (1, 2, 4, 7), "too narrow by two pixels", r"narrow|field = 31")
wrong_value("7.4", (1, 1, 2, 11), "wide enough, but with holes", r"hole|pixels read = 31")
wrong_value("7.4", (1, 2, 4), "three layers only", r"four|give")


@wrong("7.5", "the unit is counted from 1", r"unit|one too|- 1")
def seen(layers, unit, W):
    sizes = [W]
    for K, S, P in layers:
        sizes.append((sizes[-1] - K + 2 * P) // S + 1)
    first = last = unit - 1
    for (K, S, P), size in zip(layers[::-1], sizes[-2::-1]):
        first = max(first * S - P, 0)
        last = min(last * S - P + K - 1, size - 1)
    return first, last


@wrong("7.5", "a list of all pixels in the place of the two ends", r"first and last|list|between|all|ends")
def seen(layers, unit, W):
    sizes = [W]
    for K, S, P in layers:
        sizes.append((sizes[-1] - K + 2 * P) // S + 1)
    first = last = unit
    for (K, S, P), size in zip(layers[::-1], sizes[-2::-1]):
        first = max(first * S - P, 0)
        last = min(last * S - P + K - 1, size - 1)
    return list(range(first, last + 1))


@wrong("7.5", "first is not clipped at 0", r"max|clip|0|negative")
def seen(layers, unit, W):
    sizes = [W]
    for K, S, P in layers:
        sizes.append((sizes[-1] - K + 2 * P) // S + 1)
    first = last = unit
    for (K, S, P), size in zip(layers[::-1], sizes[-2::-1]):
        first = first * S - P
        last = min(last * S - P + K - 1, size - 1)
    return first, last


# --- chapter 8

wrong_value(
    "8.1",
    (18432, 4608, 2336, 32 * 16 * 9 + 16 * 16 * 9 + 16 * 64 * 9),
    "all layers of the bottleneck taken as 3 x 3",
    r"bottleneck",
)
wrong_value("8.1", (4608, 18432, 2336, 3840), "plain and grouped swapped", r"swapped|order")
wrong_value(
    "8.1",
    (2048, 512, 2336, 3840),
    "the nine numbers of a kernel left out in the first two",
    r"nine|9 times|one ninth|plain",
)


@wrong("8.2", "the weights are kept in an array of whole numbers", r"whole numbers|int")
def as_plain(weight, groups):
    C_out, c, K, _ = weight.shape
    plain = np.zeros((C_out, c * groups, K, K), dtype=int)
    per = C_out // groups
    for g in range(groups):
        plain[g * per : (g + 1) * per, g * c : (g + 1) * c] = weight[g * per : (g + 1) * per]
    return plain


@wrong("8.2", "the last group is left out by range(groups - 1)", r"range|last group|one too few|- 1")
def as_plain(weight, groups):
    C_out, c, K, _ = weight.shape
    plain = np.zeros((C_out, c * groups, K, K))
    per = C_out // groups
    for g in range(groups - 1):
        plain[g * per : (g + 1) * per, g * c : (g + 1) * c] = weight[g * per : (g + 1) * per]
    return plain


@wrong("8.2", "the groups run from the last channels to the first", r"revers|groups - 1|last|order")
def as_plain(weight, groups):
    C_out, c, K, _ = weight.shape
    plain = np.zeros((C_out, c * groups, K, K))
    per = C_out // groups
    for o in range(C_out):
        g = groups - 1 - o // per
        plain[o, g * c : (g + 1) * c] = weight[o]
    return plain


@wrong("8.3", "what is kept is compared, not what is left out", r"S\[:n\]|kept|\[:n\]|n:|left")
def terms(kernel, error):
    S = np.linalg.svd(kernel, compute_uv=False)
    for n in range(1, len(S)):
        if np.sqrt((S[:n] ** 2).sum() / (S**2).sum()) <= error:
            return n
    return len(S)


@wrong("8.3", "falls through the loop and returns nothing if all terms are needed", r"nothing|None")
def terms(kernel, error):
    S = np.linalg.svd(kernel, compute_uv=False)
    for n in range(1, len(S)):
        if np.sqrt((S[n:] ** 2).sum() / (S**2).sum()) <= error:
            return n


@wrong("8.3", "the terms are counted by a while that never ends", r"end|while|nothing.*changes")
def terms(kernel, error):
    S = np.linalg.svd(kernel, compute_uv=False)
    n = 1
    left = np.sqrt((S[n:] ** 2).sum() / (S**2).sum())
    while left > error:
        n += 1
    return n


@wrong("8.4", "the sum is kept in an array of whole numbers", r"whole numbers|int")
def stamp(x, kernel, stride, padding):
    H, W = x.shape
    K = kernel.shape[0]
    out = np.zeros((stride * (H - 1) + K, stride * (W - 1) + K), dtype=int)
    for i in range(H):
        for j in range(W):
            for a in range(K):
                for b in range(K):
                    out[stride * i + a, stride * j + b] += int(x[i, j] * kernel[a, b])
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]


@wrong("8.4", "height and width swapped in the output's size", r"H|W|swap|square|height|width")
def stamp(x, kernel, stride, padding):
    H, W = x.shape
    K = kernel.shape[0]
    out = np.zeros((stride * (W - 1) + K, stride * (H - 1) + K))
    for i in range(H):
        for j in range(W):
            out[stride * i : stride * i + K, stride * j : stride * j + K] += x[i, j] * kernel
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]


@wrong("8.4", "one pixel too few is cut at the far ends", r"one too|padding \+ 1|last|end|cut")
def stamp(x, kernel, stride, padding):
    H, W = x.shape
    K = kernel.shape[0]
    out = np.zeros((stride * (H - 1) + K, stride * (W - 1) + K))
    for i in range(H):
        for j in range(W):
            out[stride * i : stride * i + K, stride * j : stride * j + K] += x[i, j] * kernel
    return out[padding : out.shape[0] - padding + 1, padding : out.shape[1] - padding + 1]


@wrong("8.5", "whole division at the end", r"//|whole|cut off|fraction")
def reuse(C_in, C_out, K, groups, side):
    weights = C_out * (C_in // groups) * K**2
    moved = C_in * side**2 + C_out * side**2 + weights
    return weights * side**2 // moved


@wrong("8.5", "a bracket is missing below the line", r"bracket|\+|/")
def reuse(C_in, C_out, K, groups, side):
    weights = C_out * (C_in // groups) * K**2
    return weights * side**2 / (C_in + C_out) * side**2 + weights


@wrong("8.5", "side in the place of side squared in the MACs", r"side")
def reuse(C_in, C_out, K, groups, side):
    weights = C_out * (C_in // groups) * K**2
    macs = weights * side
    moved = (C_in + C_out) * side**2 + weights
    return macs / moved


# --- chapter 9

wrong_value("9.1", (26, 13, 10, 5), "a slip in the third", r"conv2: 10 is too small|conv2")
wrong_value("9.1", (28, 14, 12, 6), "the first convolution taken as padded", r"conv1|padded|two pixels")


@wrong("9.2", "last row first", r"order|swapped|revers|permut")
def rows_seen(unit, field, jump, start, size):
    first = start + jump * unit
    last = min(first + field - 1, size - 1)
    first = max(first, 0)
    return last, first


@wrong("9.2", "lists all rows", r"first and last|list|between|all|ends")
def rows_seen(unit, field, jump, start, size):
    first = start + jump * unit
    return [r for r in range(first, first + field) if 0 <= r < size]


@wrong("9.2", "the unit is multiplied by the field", r"field|jump")
def rows_seen(unit, field, jump, start, size):
    first = start + field * unit
    last = first + field - 1
    if first < 0:
        first = 0
    if last > size - 1:
        last = size - 1
    return first, last


@wrong("9.3", "and between arrays", r"\band\b|&|ValueError")
def guided(came_in, coming_back):
    if came_in > 0 and coming_back > 0:
        return coming_back
    return 0


@wrong("9.3", "right, but zeros are written into the reader's signal", r"changes `?coming_back`?")
def guided(came_in, coming_back):
    coming_back[came_in <= 0] = 0
    coming_back[coming_back < 0] = 0
    return coming_back


@wrong("9.3", "where the way is shut the other array comes through", r"came_in")
def guided(came_in, coming_back):
    return np.where((came_in > 0) & (coming_back > 0), coming_back, came_in)


@wrong("9.4", "the strength of the picture, not of the gradient", r"picture\.std|picture|gradient")
def step_up(picture, gradient, rate):
    return np.clip(picture + rate * gradient / picture.std(), 0, 1)


@wrong("9.4", "clipped to -1 to 1", r"-1|below 0|negative|clip")
def step_up(picture, gradient, rate):
    new = picture + rate * gradient / gradient.std()
    return np.clip(new, -1, 1)


@wrong("9.4", "a standard deviation for each column", r"axis|column")
def step_up(picture, gradient, rate):
    scaled = gradient / gradient.std(axis=0)
    return np.clip(picture + rate * scaled, 0, 1)


@wrong("9.5", "row, column, photograph", r"order|swapped|permut")
def strongest_units(maps):
    found = []
    best = maps.max(axis=(1, 2))
    for n in np.argsort(-best):
        if best[n] > 0:
            r, c = np.unravel_index(maps[n].argmax(), maps[n].shape)
            found.append((r, c, n))
    return found


@wrong("9.5", "photographs counted from 1", r"one too (many|large)|from 0|\+ 1|one more")
def strongest_units(maps):
    found = []
    best = maps.max(axis=(1, 2))
    for n in np.argsort(-best):
        if best[n] > 0:
            r, c = np.unravel_index(maps[n].argmax(), maps[n].shape)
            found.append((n + 1, r, c))
    return found


@wrong("9.5", "the strength is listed too", r"four|more|last|too many|one too")
def strongest_units(maps):
    found = []
    for n in range(len(maps)):
        best = maps[n].max()
        if best > 0:
            r, c = np.unravel_index(maps[n].argmax(), maps[n].shape)
            found.append((n, r, c, best))
    found.sort(key=lambda unit: -unit[3])
    return found


# --- chapter 10

wrong_value(
    "10.1",
    (256, 192, 128),
    "the numbers that come out, not the parameters",
    r"parameters: 128 is too small|parameters",
)
wrong_value("10.1", (256, 24, 24704), "8 times 3: the square taken as a line", r"numbers")


@wrong("10.2", "spread first", r"order|swapped|revers|permut")
def paired(before, after):
    d = np.array(after) - np.array(before)
    return d.std(ddof=1), d.mean()


@wrong("10.2", "the median in the place of the mean", r"median|mean")
def paired(before, after):
    d = np.array(after) - np.array(before)
    return np.median(d), d.std(ddof=1)


@wrong("10.2", "a gain in per cent of the first method", r"per ?cent|100|divid|share|/")
def paired(before, after):
    before, after = np.array(before), np.array(after)
    d = 100 * (after - before) / before
    return d.mean(), d.std(ddof=1)


@wrong("10.3", "whole division", r"//|whole|cut off|fraction")
def balanced(counts):
    counts = np.array(counts)
    total = 0
    for k in range(len(counts)):
        total += counts[k][k] // sum(counts[k])
    return total / len(counts)


@wrong("10.3", "the last class is left out", r"range|last|- 1|one too few")
def balanced(counts):
    shares = []
    for k in range(len(counts) - 1):
        shares.append(counts[k][k] / sum(counts[k]))
    return sum(shares) / len(shares)


@wrong("10.3", "returns in the loop: the first class only", r"return.*(loop|round)|first")
def balanced(counts):
    total = 0
    for k, row in enumerate(counts):
        total += row[k] / sum(row)
        return total / len(counts)


@wrong("10.4", "boxes that miss each other give nothing", r"nothing|None")
def overlap(a, b):
    height = min(a[2], b[2]) - max(a[0], b[0])
    width = min(a[3], b[3]) - max(a[1], b[1])
    if height > 0 and width > 0:
        shared = height * width
        area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
        return shared / (area - shared)


@wrong("10.4", "max and min swapped in the width", r"max|min|width")
def overlap(a, b):
    height = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    width = max(max(a[3], b[3]) - min(a[1], b[1]), 0)
    shared = height * width
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / (areas - shared)


@wrong("10.4", "the area of b is computed from a", r"\ba\b|`b`|area|twice")
def overlap(a, b):
    height = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    width = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    shared = height * width
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (a[2] - a[0]) * (a[3] - a[1])
    return shared / (area_a + area_b - shared)


@wrong("10.5", "one map a channel: the products are not added over the channels", r"sum|add|channel|axis")
def place_scores(maps, weight, bias):
    return np.einsum("chw,kc->kchw", maps, weight) + np.asarray(bias)[:, None, None, None]


@wrong("10.5", "only the last channel counts, by = for +=", r"\+=|overwrit|last channel|add")
def place_scores(maps, weight, bias):
    C, h, w = maps.shape
    k = len(bias)
    scores = np.zeros((k, h, w))
    for i in range(k):
        for c in range(C):
            scores[i] = weight[i][c] * maps[c]
        scores[i] += bias[i]
    return scores


@wrong("10.5", "the bias of the class is taken off", r"sign|minus|bias|-")
def place_scores(maps, weight, bias):
    return np.tensordot(weight, maps, axes=1) - np.reshape(bias, (-1, 1, 1))
