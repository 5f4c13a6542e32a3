"""The book's shared package: its operations, named and used like those of torch.nn.functional.

Each operation X comes with X_loops, plain loops to read, and X_backward, its gradients. README.md shows the
rooms of this package; the modules that chapters use most are offered here by their last name, and are loaded
when they are asked for: ``from helpers import drawing, shapes, style``.
"""

import importlib

from helpers.ops.adaptive_pool import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_avg_pool2d_loops,
)
from helpers.ops.conv import conv2d, conv2d_backward, conv2d_loops
from helpers.ops.conv_fast import batch_last
from helpers.ops.conv_transpose import conv_transpose2d, conv_transpose2d_backward, conv_transpose2d_loops
from helpers.ops.functional import (
    dropout,
    dropout_backward,
    dropout_mask,
    leaky_relu,
    leaky_relu_backward,
    linear,
    linear_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from helpers.ops.losses import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse_loss,
    mse_loss_backward,
    softmax,
    softmax_backward,
)
from helpers.ops.normalisation import batch_norm, batch_norm_backward, layer_norm, layer_norm_backward
from helpers.ops.padding import pad
from helpers.ops.pool import (
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool2d_loops,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_loops,
)

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "adaptive_avg_pool2d_loops",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool2d_loops",
    "batch_last",
    "batch_norm",
    "batch_norm_backward",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "conv_transpose2d_loops",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "dropout_mask",
    "layer_norm",
    "layer_norm_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_loops",
    "mse_loss",
    "mse_loss_backward",
    "pad",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]

# Modules that live in a room and are offered here too.
_ROOMS = {
    "architectures": ["designs", "fields", "landmarks"],
    "drawing": ["style"],
    "nn": ["training"],
    "ops": ["functional", "losses", "shapes"],
    "pretrained": ["garments", "preprocessing", "squeezenet"],
}
_OFFERED = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name):
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"helpers.{_OFFERED[name]}.{name}")


def __dir__():
    return [*globals(), *_OFFERED]
