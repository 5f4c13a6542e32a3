"""Layers that hold their weights and know both ways through, named like torch.nn's.

``init``, ``optim`` and ``training`` are modules of their own, as in PyTorch.
"""

from helpers.nn.containers import Concat, Residual, Sequential
from helpers.nn.init import manual_seed
from helpers.nn.layers import *  # noqa: F403
from helpers.nn.modules import Module, Parameter
