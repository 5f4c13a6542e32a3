"""How weights begin: the schemes of torch.nn.init that a deep network can, or cannot, learn from.

Weights are (outputs, inputs, ...): fan_in numbers flow into each output, fan_out flow out of each input.
"""

from math import prod, sqrt

import numpy as np

_generator = np.random.default_rng()


def manual_seed(seed):
    """Make every later random choice of the layers (weights, dropout) repeatable; as torch.manual_seed."""
    global _generator
    _generator = np.random.default_rng(seed)


def generator():
    """The random generator that layers use unless they are given one."""
    return _generator


def fans(shape):
    """(fan_in, fan_out) of a weight of this shape."""
    if len(shape) < 2:
        raise ValueError(f"shape={shape}: a weight has at least two axes, (outputs, inputs)")
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


def torch_default(shape, rng):
    """Uniform within ±1/sqrt(fan_in): what nn.Conv2d and nn.Linear do, kaiming_uniform with a = sqrt(5)."""
    bound = 1 / sqrt(fans(shape)[0])
    return rng.uniform(-bound, bound, shape)


def he(shape, rng):
    """Normal with variance 2/fan_in: keeps the size of signals that pass through ReLU (He et al. 2015)."""
    return rng.normal(0, sqrt(2 / fans(shape)[0]), shape)


def he_uniform(shape, rng):
    """Uniform with variance 2/fan_in."""
    bound = sqrt(6 / fans(shape)[0])
    return rng.uniform(-bound, bound, shape)


def xavier(shape, rng):
    """Uniform with variance 2/(fan_in + fan_out): made for tanh (Glorot & Bengio 2010)."""
    bound = sqrt(6 / sum(fans(shape)))
    return rng.uniform(-bound, bound, shape)


def xavier_normal(shape, rng):
    """Normal with variance 2/(fan_in + fan_out)."""
    return rng.normal(0, sqrt(2 / sum(fans(shape))), shape)


def zeros(shape, rng):
    """All 0: every unit of a layer computes the same and learns the same, for ever."""
    return np.zeros(shape)


def normal(std):
    """A scheme: normal with this standard deviation, whatever the fans."""
    return lambda shape, rng: rng.normal(0, std, shape)


SCHEMES = {
    "torch": torch_default,
    "he": he,
    "he_uniform": he_uniform,
    "xavier": xavier,
    "xavier_normal": xavier_normal,
    "zeros": zeros,
}


def draw(init, shape, rng=None):
    """A float32 weight of this shape by a scheme's name, or by a function (shape, rng) -> array."""
    scheme = SCHEMES.get(init, init) if isinstance(init, str) else init
    if not callable(scheme):
        raise ValueError(
            f"init={init!r}: give one of {', '.join(SCHEMES)}, or a function (shape, rng) -> array"
        )
    return scheme(shape, rng or generator()).astype(np.float32)


def draw_bias(init, weight_shape, rng=None):
    """The biases that go with such a weight: PyTorch draws them too, every other scheme begins at 0."""
    shape = weight_shape[:1]
    if init != "torch":
        return np.zeros(shape, np.float32)
    bound = 1 / sqrt(fans(weight_shape)[0])
    return (rng or generator()).uniform(-bound, bound, shape).astype(np.float32)
