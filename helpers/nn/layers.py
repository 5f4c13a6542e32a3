"""The layers of the book's networks: torch.nn's names, arguments and first weights, forward and backward.

Each layer keeps what its backward pass needs. `backward(grad_output)` takes the loss's gradient with respect
to the layer's output, adds to its parameters' gradients, and returns the one with respect to its input.
"""

import numpy as np

from helpers.nn.init import draw, draw_bias, generator
from helpers.nn.modules import Module, Parameter
from helpers.ops import functional, normalisation
from helpers.ops.adaptive_pool import adaptive_avg_pool2d, adaptive_avg_pool2d_backward
from helpers.ops.arrays import as_batch, channels_first, check_gradient
from helpers.ops.conv import conv2d, conv2d_backward, weight_gradient
from helpers.ops.conv_fast import batch_last, is_batch_last
from helpers.ops.pool import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from helpers.ops.shapes import flag, pair, real, whole
from helpers.ops.windows import conv_window

__all__ = "AdaptiveAvgPool2d AvgPool2d BatchNorm2d Conv2d Dropout Flatten Linear MaxPool2d ReLU Tanh".split()


class _Weighted(Module):
    """A layer with a weight and, perhaps, a bias."""

    def __init__(self, weight_shape, bias, init, rng):
        self.weight = Parameter(draw(init, weight_shape, rng))
        self.bias = Parameter(draw_bias(init, weight_shape, rng)) if flag(bias, "bias") else None

    @property
    def arrays(self):
        """(weight, bias or None): what the operation takes."""
        return self.weight.data, self.bias.data if self.bias else None

    def learn(self, grad_input, grad_weight, grad_bias):
        """Keep the parameters' gradients, pass on the input's."""
        self.weight.accumulate(grad_weight)
        if self.bias:
            self.bias.accumulate(grad_bias)
        return grad_input


class Conv2d(_Weighted):
    """A bank of filters: (N, in_channels, H, W) -> (N, out_channels, Ho, Wo)."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
        *, init="torch", rng=None, input_gradient=True,
    ):  # fmt: skip
        groups = whole(groups, "groups")
        for name, channels in {"in_channels": in_channels, "out_channels": out_channels}.items():
            if whole(channels, name) < 1 or channels % groups:
                raise ValueError(f"{name}={channels}: give a positive number that groups={groups} divides")
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.input_gradient = input_gradient
        self.options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        shape = (out_channels, in_channels // groups, *pair(kernel_size, "kernel_size"))
        super().__init__(shape, bias, init, rng)

    def forward(self, input):
        self.input = input
        return conv2d(input, *self.arrays, **self.options)

    def backward(self, grad_output):
        x, (weight, bias) = self.remembered(), self.arrays
        if self.input_gradient:
            return self.learn(*conv2d_backward(grad_output, x, weight, bias, **self.options))
        images, batched = as_batch(x)
        sliding = {name: value for name, value in self.options.items() if name != "groups"}
        window = conv_window(images.shape[2:], weight.shape[2:], **sliding)
        grad = check_gradient(grad_output, x, (len(images), len(weight), *window.output), batched)
        grad_weight = weight_gradient(grad, images, weight, window, self.options["groups"])
        return self.learn(None, grad_weight, grad.sum(axis=(0, 2, 3)))


class Linear(_Weighted):
    """A dense layer: (N, in_features) -> (N, out_features)."""

    def __init__(self, in_features, out_features, bias=True, *, init="torch", rng=None):
        for name, features in {"in_features": in_features, "out_features": out_features}.items():
            if whole(features, name) < 1:
                raise ValueError(f"{name}={features}: give a positive int")
        self.in_features, self.out_features = in_features, out_features
        super().__init__((out_features, in_features), bias, init, rng)

    def forward(self, input):
        self.input = input
        return functional.linear(input, *self.arrays)

    def backward(self, grad_output):
        return self.learn(*functional.linear_backward(grad_output, self.remembered(), *self.arrays))


class BatchNorm2d(Module):
    """Each channel normalised over the batch (eval: by its running statistics), then scaled and shifted."""

    buffers = ("running_mean", "running_var", "num_batches_tracked")

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True):
        if whole(num_features, "num_features") < 1:
            raise ValueError(f"num_features={num_features}: give a positive int, the number of channels")
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine = flag(affine, "affine")
        self.track_running_stats = flag(track_running_stats, "track_running_stats")
        ones, zeros = np.ones(num_features, np.float32), np.zeros(num_features, np.float32)
        self.weight, self.bias = (Parameter(v.copy()) if affine else None for v in (ones, zeros))
        self.running_mean, self.running_var = (zeros, ones) if track_running_stats else (None, None)
        self.num_batches_tracked = np.zeros((), np.int64) if track_running_stats else None

    @property
    def arrays(self):
        """(weight, bias), or (None, None): what the operation takes."""
        return (self.weight.data, self.bias.data) if self.affine else (None, None)

    def forward(self, input):
        if input.ndim != 4 or input.shape[1] != self.num_features:
            remedy = channels_first(input, self.num_features)
            raise ValueError(
                f"input.shape={input.shape}: give a batch of maps, (N, {self.num_features}, H, W)"
                + (f"; {remedy}" if remedy else "")
            )
        running = self.running_mean, self.running_var
        use_batch = self.training or not self.track_running_stats
        output = normalisation.batch_norm(
            input, *running, *self.arrays, use_batch, self._momentum(), self.eps
        )
        if self.training and self.track_running_stats:
            self.num_batches_tracked += 1
        # Backward needs what was used here, whatever mode and statistics the layer has by then.
        self.input, self.used = input, None if use_batch else [array.copy() for array in running]
        return output

    def _momentum(self):
        """momentum=None asks for the plain mean of all batches so far: the next one counts 1/n."""
        if self.momentum is None and self.track_running_stats:
            return 1 / (int(self.num_batches_tracked) + 1)
        return self.momentum

    def backward(self, grad_output):
        x = self.remembered()
        mean, var = self.used or (None, None)
        grads = normalisation.batch_norm_backward(
            grad_output, x, mean, var, *self.arrays, training=self.used is None, eps=self.eps
        )
        if self.affine:
            self.weight.accumulate(grads[1])
            self.bias.accumulate(grads[2])
        return grads[0]


class _Pool(Module):
    """A pooling: nothing to learn, only its operation's arguments to keep."""

    def __init__(self, **options):
        self.options = options

    def forward(self, input):
        self.input = input
        return self.operation(input, **self.options)

    def backward(self, grad_output):
        return self.reverse(grad_output, self.remembered(), **self.options)


class MaxPool2d(_Pool):
    """The largest value of each window, channel by channel."""

    operation, reverse = staticmethod(max_pool2d), staticmethod(max_pool2d_backward)

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, *, ceil_mode=False):
        options = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        super().__init__(**options, ceil_mode=ceil_mode)


class AvgPool2d(_Pool):
    """The mean of each window, channel by channel; the padding's zeros count unless told not to."""

    operation, reverse = staticmethod(avg_pool2d), staticmethod(avg_pool2d_backward)

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        options = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
        super().__init__(**options, count_include_pad=count_include_pad)


class AdaptiveAvgPool2d(_Pool):
    """The mean of as many windows as output_size asks for; 1 is global average pooling."""

    operation, reverse = staticmethod(adaptive_avg_pool2d), staticmethod(adaptive_avg_pool2d_backward)

    def __init__(self, output_size):
        super().__init__(output_size=output_size)


class ReLU(Module):
    """Negative numbers become 0."""

    def forward(self, input):
        # Kept in the input's place: it is positive where the input is, and the next layer keeps it anyway.
        self.input = functional.relu(input)
        return self.input

    def backward(self, grad_output):
        return functional.relu_backward(grad_output, self.remembered())


class Tanh(Module):
    """The hyperbolic tangent of every number."""

    def forward(self, input):
        self.input = input
        return functional.tanh(input)

    def backward(self, grad_output):
        return functional.tanh_backward(grad_output, self.remembered())


class Dropout(Module):
    """In training each number is dropped with probability p, the others scaled up; in eval none is."""

    mask = None

    def __init__(self, p=0.5, *, rng=None):
        if not 0 <= real(p, "p") <= 1:
            raise ValueError(f"p={p}: it is the probability of dropping a number; give a number from 0 to 1")
        self.p, self.rng = p, rng

    def forward(self, input):
        self.input = input
        self.mask = functional.dropout_mask(input, self.p, self.rng or generator()) if self.training else None
        return input if self.mask is None else input * self.mask

    def backward(self, grad_output):
        self.remembered()
        return grad_output if self.mask is None else functional.dropout_backward(grad_output, self.mask)


class Flatten(Module):
    """All numbers of an example in one row: (N, C, H, W), or any axes after the first, -> (N, C*H*W)."""

    def forward(self, input):
        if np.ndim(input) < 2:
            found = f"input.shape={np.shape(input)}: the first axis counts examples"
            raise ValueError(f"{found}, and no other is there to be flattened; give (N, ...)")
        self.input = input
        # Not -1: of an empty batch it says nothing.
        return input.reshape(len(input), int(np.prod(input.shape[1:])))

    def backward(self, grad_output):
        grad_input = grad_output.reshape(self.remembered().shape)
        return batch_last(grad_input) if is_batch_last(self.input) else grad_input  # the order it came in
