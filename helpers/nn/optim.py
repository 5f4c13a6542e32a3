"""How parameters follow their gradients: torch.optim's SGD, Adam and AdamW, and schedules of learning rates.

A parameter is anything with arrays `data` and `grad`. A schedule is a plain function: step -> learning rate.
"""

from math import cos, pi

import numpy as np


class Optimiser:
    """Parameters and a learning rate; a subclass says how one parameter moves."""

    decoupled = False  # weight decay is a term of the gradient (L2), not a step of its own

    def __init__(self, parameters, lr, weight_decay):
        self.parameters, self.lr, self.weight_decay = list(parameters), lr, weight_decay
        if not self.parameters:
            raise ValueError("parameters: there are none to learn; give model.parameters()")
        for name, value in {"lr": lr, "weight_decay": weight_decay}.items():
            if not value >= 0:
                raise ValueError(f"{name}={value}: give a number from 0 up")
        self.memory = [{} for _ in self.parameters]  # what the optimiser keeps of each parameter's past

    def zero_grad(self):
        """Forget all gradients, before the next backward pass."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        """Move every parameter that has a gradient, in place."""
        for parameter, memory in zip(self.parameters, self.memory, strict=True):
            if parameter.grad is not None:
                grad = parameter.grad
                if self.weight_decay and self.decoupled:
                    parameter.data *= 1 - self.lr * self.weight_decay
                elif self.weight_decay:
                    grad = grad + self.weight_decay * parameter.data
                parameter.data -= self.change(grad, memory)


class SGD(Optimiser):
    """Stochastic gradient descent; momentum adds up past gradients, nesterov looks one step ahead."""

    def __init__(self, parameters, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False):
        super().__init__(parameters, lr, weight_decay)
        if not momentum >= 0:
            raise ValueError(f"momentum={momentum}: give a number from 0 up, e.g. 0.9")
        if nesterov and (not momentum or dampening):
            raise ValueError("nesterov=True: it needs a momentum above 0 and dampening=0")
        self.momentum, self.dampening, self.nesterov = momentum, dampening, nesterov

    def change(self, grad, memory):
        """What is taken from a parameter."""
        if self.momentum:
            if "velocity" in memory:
                memory["velocity"] = self.momentum * memory["velocity"] + (1 - self.dampening) * grad
            else:
                memory["velocity"] = grad
            grad = grad + self.momentum * memory["velocity"] if self.nesterov else memory["velocity"]
        return self.lr * grad


class Adam(Optimiser):
    """Each number moves by about lr, whatever its gradient's size: mean gradient over root mean square."""

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        super().__init__(parameters, lr, weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas={betas}: give two numbers from 0 to below 1")
        self.betas, self.eps = betas, eps

    def change(self, grad, memory):
        """What is taken from a parameter."""
        beta1, beta2 = self.betas
        step = memory["step"] = memory.get("step", 0) + 1
        memory["mean"] = beta1 * memory.get("mean", 0) + (1 - beta1) * grad
        memory["square"] = beta2 * memory.get("square", 0) + (1 - beta2) * grad**2
        mean = memory["mean"] / (1 - beta1**step)  # both began at 0: undo that
        square = memory["square"] / (1 - beta2**step)
        return self.lr * mean / (np.sqrt(square) + self.eps)


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights themselves and never meets the running means."""

    decoupled = True

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps, weight_decay)


def constant(lr):
    """The same learning rate at every step."""
    return lambda step: lr


def cosine(lr, total_steps, eta_min=0.0):
    """From lr down to eta_min along half a cosine: torch's CosineAnnealingLR with T_max=total_steps."""
    if not total_steps >= 1:
        raise ValueError(f"total_steps={total_steps}: the rate needs a step; give epochs * batches per epoch")
    return lambda step: _between(lr, eta_min, min(step / total_steps, 1))


def one_cycle(max_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Up to max_lr in the first pct_start of the steps, then down to next to nothing: torch's OneCycleLR.

    It begins at max_lr / div_factor, ends at that / final_div_factor, and stays there. The momentum does not
    change (cycle_momentum=False).
    """
    if total_steps < 2:
        raise ValueError(
            f"total_steps={total_steps}: a cycle goes up and down; give epochs * batches per epoch"
        )
    if not 0 <= pct_start <= 1:
        raise ValueError(f"pct_start={pct_start}: the share of steps that climb; give a number from 0 to 1")
    start, top = max_lr / div_factor, pct_start * total_steps - 1

    def rate(step):
        if step < top:
            return _between(start, max_lr, step / top)
        if step == top:
            return max_lr
        return _between(
            max_lr, start / final_div_factor, min((step - top) / max(total_steps - 1 - top, 1), 1)
        )

    return rate


def _between(first, last, share):
    """The point that far along half a cosine from first to last."""
    return last + (first - last) * (1 + cos(pi * share)) / 2
