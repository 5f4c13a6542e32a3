"""The operations on PyTorch's own operator samples: the inputs its developers found worth testing.

Every sample of an operation that has a namesake here: the same values, the same gradients, and what PyTorch
refuses is refused. Of max pooling's 1,440 samples every 16th; BOOK_ALL_SAMPLES=1 tries them all.
"""

import functools
import os
import warnings

import numpy as np
import pytest

from helpers.ops import adaptive_pool, conv, conv_transpose, functional, losses, normalisation, padding, pool

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # PyTorch's samples need it

MODULES = {
    "nn.functional.adaptive_avg_pool2d": adaptive_pool,
    "nn.functional.avg_pool2d": pool,
    "nn.functional.batch_norm": normalisation,
    "nn.functional.conv2d": conv,
    "nn.functional.conv_transpose2d": conv_transpose,
    "nn.functional.cross_entropy": losses,
    "nn.functional.layer_norm": normalisation,
    "nn.functional.leaky_relu": functional,
    "nn.functional.linear": functional,
    "nn.functional.max_pool2d": pool,
    "nn.functional.mse_loss": losses,
    "nn.functional.pad": padding,
    "nn.functional.relu": functional,
    "log_softmax": losses,
    "sigmoid": functional,
    "softmax": losses,
    "tanh": functional,
}
# What is not offered here, and refused: name -> of which samples (input, args, kwargs) that is true.
NOT_OFFERED = {
    "batch_norm": lambda x, args, more: (
        x.ndim < 2 or more.get("training") and x.size <= x.shape[1]
    ),  # no variance
    "cross_entropy": lambda x, args, more: (
        {"weight", "ignore_index"} & set(more) or x.ndim > 2 or args[0].dtype != np.int64
    ),
    "log_softmax": lambda x, args, more: "dtype" in more or x.ndim == 0,
    "softmax": lambda x, args, more: "dtype" in more or x.ndim == 0,
    "pad": lambda x, args, more: "circular" in args,
}
ALL = bool(os.environ.get("BOOK_ALL_SAMPLES"))


@pytest.fixture(scope="module")
def samples():
    """(name, kind) -> (what PyTorch answers to, what it refuses); kind is a number type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import op_db

    def found(name, dtype):
        torch.manual_seed(0)
        of_name = [op for op in op_db if op.name == name and dtype in op.dtypes]
        answered = [(op, sample) for op in of_name for sample in op.sample_inputs("cpu", dtype)]
        refused = [
            wrong.sample_input for op in of_name if op.error_inputs_func for wrong in op.error_inputs("cpu")
        ]
        return answered if ALL or len(answered) < 1000 else answered[::16], refused

    return functools.lru_cache(maxsize=None)(found)


def as_array(value):
    return value.detach().numpy().copy() if isinstance(value, torch.Tensor) else value


def in_numpy(sample):
    more = {name: as_array(value) for name, value in sample.kwargs.items()}
    return as_array(sample.input), [as_array(value) for value in sample.args], more


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("dtype", ["float64", "float32"] if ALL else ["float64"])
def test_samples_have_the_same_values_and_gradients(name, dtype, samples):
    short, module = name.rpartition(".")[2], MODULES[name]
    operation, backward = getattr(module, short), getattr(module, f"{short}_backward", None)
    close = {"rtol": 1e-9, "atol": 1e-11} if dtype == "float64" else {"rtol": 2e-4, "atol": 2e-5}
    answered, _ = samples(name, getattr(torch, dtype))
    compared = 0
    for op, sample in answered:
        x, args, more = in_numpy(sample)
        if NOT_OFFERED.get(short, lambda *anything: False)(x, args, more):
            with pytest.raises((ValueError, TypeError)):
                operation(x, *args, **more)
            continue
        leaves = [value for value in (sample.input, *sample.args) if isinstance(value, torch.Tensor)]
        for leaf in leaves:
            leaf.requires_grad_(leaf.is_floating_point() and short != "batch_norm" or leaf is sample.input)
        expected = as_tuple(op(sample.input, *sample.args, **sample.kwargs))
        before = [np.copy(value) for value in (x, *args) if isinstance(value, np.ndarray)]
        results = as_tuple(operation(x, *args, **more))
        for result, wanted in zip(results, expected, strict=True):
            np.testing.assert_allclose(result, as_array(wanted), err_msg=f"{sample}", **close)
            assert result.dtype == as_array(wanted).dtype and np.shape(result) == tuple(wanted.shape)
        given = [value for value in (x, *args) if isinstance(value, np.ndarray)]
        if short != "batch_norm":  # it moves its running statistics
            for array, copy in zip(given, before, strict=True):
                np.testing.assert_array_equal(array, copy, err_msg="an input was changed")
        compared += 1
        if backward and expected[0].requires_grad:
            check_gradients(backward, expected[0], sample, (x, args, more), leaves, close)
    assert compared


def check_gradients(backward, output, sample, arguments, leaves, close):
    """What our backward pass says of every array, against autograd."""
    x, args, more = arguments
    more = {name: value for name, value in more.items() if name != "return_indices"}
    torch.manual_seed(1)
    grad = torch.randn_like(output)
    wanted = torch.autograd.grad(
        output, [leaf for leaf in leaves if leaf.requires_grad], grad, allow_unused=True
    )
    results = [
        result for result in as_tuple(backward(as_array(grad), x, *args, **more)) if result is not None
    ]
    for result, gradient in zip(
        results, wanted, strict=False
    ):  # ours may go on with gradients that were not asked for
        np.testing.assert_allclose(result, as_array(gradient), err_msg=f"gradient of {sample}", **close)


@pytest.mark.parametrize("name", MODULES)
def test_what_pytorch_refuses_is_refused(name, samples):
    _, refused = samples(name, torch.float64)
    operation = getattr(MODULES[name], name.rpartition(".")[2])
    for sample in refused:
        x, args, more = in_numpy(sample)
        with pytest.raises((ValueError, TypeError)):
            operation(x, *args, **more)
            pytest.fail(f"accepted what PyTorch refuses: {sample}")
