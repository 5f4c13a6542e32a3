"""The book's shared package: its operations, named and used like those of torch.nn.functional.

Each operation X comes with X_loops, plain loops to read, and X_backward, its gradients.
"""

from .adaptive_pool import adaptive_avg_pool2d, adaptive_avg_pool2d_backward, adaptive_avg_pool2d_loops
from .conv import conv2d, conv2d_backward, conv2d_loops
from .conv_fast import batch_last
from .conv_transpose import conv_transpose2d, conv_transpose2d_backward, conv_transpose2d_loops
from .padding import pad
from .pool import (
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
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "conv_transpose2d_loops",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_loops",
    "pad",
]
