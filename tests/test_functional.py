"""Activations, dense, dropout, normalisation, losses: against PyTorch, autograd and finite differences."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers.ops import functional, losses, normalisation
from helpers.ops.gradients import numerical_gradient

some_examples = settings(max_examples=40)
DTYPES = (np.float32, np.float64)
TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-12}


def close(ours, theirs):
    """Ours and PyTorch's: same dtype, shape and values."""
    theirs = np.asarray(theirs.detach() if isinstance(theirs, torch.Tensor) else theirs)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    tolerance = TOLERANCE[ours.dtype]
    np.testing.assert_allclose(ours, theirs, rtol=tolerance * 10, atol=tolerance)


def some(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def numbers(dtype, **shape):
    width = 8 * np.dtype(dtype).itemsize
    return arrays(
        dtype, array_shapes(**shape), elements=st.floats(-30, 30, width=width, allow_subnormal=False)
    )


ACTIVATIONS = {
    "relu": {},
    "leaky_relu": {"negative_slope": 0.2},
    "sigmoid": {},
    "tanh": {},
}
ALONG = {"softmax": losses, "log_softmax": losses}


def torch_gradients(function, arrays, grad_output):
    """PyTorch's gradients of function(*arrays) with respect to each array that is not None."""
    tensors = [None if a is None else torch.tensor(a, requires_grad=True) for a in arrays]
    function(*tensors).backward(torch.tensor(grad_output))
    return [None if t is None else t.grad for t in tensors]


@pytest.mark.parametrize("name", ACTIVATIONS)
@some_examples
@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_activations_are_pytorchs(name, data, dtype):
    x = data.draw(numbers(dtype, min_dims=0, max_dims=4, max_side=4))
    options = ACTIVATIONS[name]
    theirs = getattr(F, name, None) or getattr(torch, name)
    close(np.asarray(getattr(functional, name)(x, **options)), theirs(torch.tensor(x), **options))
    grad = some(x.shape, dtype) if x.shape else np.asarray(1.5, dtype)
    backward = getattr(functional, f"{name}_backward")(grad, x, **options)
    close(np.asarray(backward), torch_gradients(lambda t: theirs(t, **options), [x], grad)[0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_gradients_are_what_differences_say(name):
    x, weights, options = some((3, 4)), some((3, 4), seed=1), ACTIVATIONS[name]
    measured = numerical_gradient(lambda a: (getattr(functional, name)(a, **options) * weights).sum(), x)
    np.testing.assert_allclose(
        getattr(functional, f"{name}_backward")(weights, x, **options), measured, atol=1e-8
    )


def test_activations_far_out():
    x = np.array([-1e4, -100.0, 0.0, 100.0, 1e4], np.float32)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(functional.sigmoid(x), [0, 0, 0.5, 1, 1], atol=1e-38)
    assert np.isnan(functional.relu(np.array([np.nan]))).all()
    assert functional.relu(np.array([-2, 3])).tolist() == [0, 3]  # whole numbers stay whole
    assert functional.relu(np.array([-2, 3])).dtype == np.int64


@pytest.mark.parametrize("name", ALONG)
@some_examples
@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_softmaxes_are_pytorchs(name, data, dtype):
    x = data.draw(numbers(dtype, min_dims=1, max_dims=4, max_side=5))
    dim = data.draw(st.integers(-x.ndim, x.ndim - 1))
    theirs = getattr(F, name)
    close(getattr(losses, name)(x, dim), theirs(torch.tensor(x), dim))
    grad = some(x.shape, dtype)
    backward = getattr(losses, f"{name}_backward")(grad, x, dim)
    close(backward, torch_gradients(lambda t: theirs(t, dim), [x], grad)[0])


@pytest.mark.parametrize("name", ALONG)
def test_any_whole_number_names_the_axis_and_an_axis_may_be_empty(name):
    ours, back, theirs = (
        getattr(*place) for place in [(losses, name), (losses, f"{name}_backward"), (F, name)]
    )
    x = some((2, 3))
    for dim in (np.int64(1), np.int32(-2), np.array(1)):
        wanted = theirs(torch.tensor(x), dim=int(dim)).numpy()
        np.testing.assert_allclose(ours(x, dim), wanted, atol=1e-6)
        assert back(x, x, dim).shape == x.shape
    for shape in ((0, 3), (3, 0)):
        for dim in (0, 1):
            empty = np.zeros(shape, np.float32)
            assert ours(empty, dim).shape == tuple(theirs(torch.tensor(empty), dim=dim).shape) == shape


def test_softmax_does_not_overflow():
    huge = np.array([[1e4, 0.0, -1e4]], np.float32)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(losses.softmax(huge, dim=1), [[1, 0, 0]])
        np.testing.assert_array_equal(losses.log_softmax(huge, dim=1), [[0, -1e4, -2e4]])


@some_examples
@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_linear_is_pytorchs(data, dtype):
    features, outputs = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    leading = tuple(data.draw(st.lists(st.integers(1, 4), max_size=3)))
    single = data.draw(st.booleans())
    x, weight = (
        some((*leading, features), dtype),
        some((features,) if single else (outputs, features), dtype, 1),
    )
    bias = some(weight.shape[:-1], dtype, 2) if data.draw(st.booleans()) and not single else None
    output = functional.linear(x, weight, bias)
    close(output, F.linear(*(None if a is None else torch.tensor(a) for a in (x, weight, bias))))
    grad = np.asarray(some(output.shape, dtype, 3), dtype)
    theirs = torch_gradients(F.linear, [x, weight, bias], grad)
    for ours, expected in zip(functional.linear_backward(grad, x, weight, bias), theirs, strict=True):
        assert (ours is None) == (expected is None)
        if ours is not None:
            close(ours, expected)


def test_linear_gradients_are_what_differences_say():
    arguments = [some((3, 4)), some((2, 4), seed=1), some(2, seed=2)]
    weights = some((3, 2), seed=3)
    gradients = functional.linear_backward(weights, *arguments)
    for argument, gradient in zip(arguments, gradients, strict=True):
        measured = numerical_gradient(lambda _: (functional.linear(*arguments) * weights).sum(), argument)
        np.testing.assert_allclose(gradient, measured, atol=1e-8)


def test_dropout_drops_and_scales():
    x = np.ones((200, 200), np.float32)
    dropped = functional.dropout(x, 0.3, rng=np.random.default_rng(0))
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / 0.7)}
    assert abs((dropped == 0).mean() - 0.3) < 0.01
    assert abs(dropped.mean() - 1) < 0.02
    assert dropped.dtype == np.float32
    assert functional.dropout(x, 0.3, training=False) is x
    np.testing.assert_array_equal(dropped, functional.dropout(x, 0.3, rng=np.random.default_rng(0)))
    assert functional.dropout(x, 1, rng=np.random.default_rng(0)).sum() == 0
    mask = functional.dropout_mask(x, 0.3, np.random.default_rng(0))
    np.testing.assert_array_equal(functional.dropout_backward(x * 2, mask), mask * 2)


NORM_SHAPES = st.tuples(st.integers(2, 5), st.integers(1, 4)).flatmap(
    lambda head: st.lists(st.integers(1, 4), max_size=2).map(lambda tail: (*head, *tail))
)


@some_examples
@given(
    shape=NORM_SHAPES,
    dtype=st.sampled_from(DTYPES),
    affine=st.booleans(),
    training=st.booleans(),
    tracked=st.booleans(),
    momentum=st.sampled_from([0.1, 0.5, 1.0]),
)
def test_batch_norm_is_pytorchs(shape, dtype, affine, training, tracked, momentum):
    training = training or not tracked
    x, c = some(shape, dtype) * 3 + 2, shape[1]
    weight, bias = (some(c, dtype, 1), some(c, dtype, 2)) if affine else (None, None)
    running = [some(c, dtype, 3), np.abs(some(c, dtype, 4)) + 0.5] if tracked else [None, None]
    theirs = [None if a is None else torch.tensor(a) for a in running]
    arguments = {"training": training, "momentum": momentum, "eps": 1e-3}
    grad = some(shape, dtype, 5)
    before = [None if a is None else a.copy() for a in running]

    def reference(x, weight, bias):
        return F.batch_norm(x, *theirs, weight, bias, **arguments)

    expected = torch_gradients(reference, [x, weight, bias], grad)
    for a, b in zip(running, before, strict=True):  # their forward pass moved theirs, ours are still to move
        assert a is None or (a == b).all()
    gradients = normalisation.batch_norm_backward(grad, x, *running, weight, bias, **arguments)
    output = normalisation.batch_norm(x, *running, weight, bias, **arguments)
    start = [None if a is None else torch.tensor(a) for a in before]
    t = [None if a is None else torch.tensor(a) for a in (weight, bias)]
    wanted = F.batch_norm(torch.tensor(x), *start, *t, **arguments)
    tolerance = 3e-4 if dtype == np.float32 else 1e-9
    np.testing.assert_allclose(output, wanted.numpy(), atol=tolerance, rtol=tolerance)
    assert output.dtype == dtype
    for ours, other in zip(running, theirs, strict=True):
        if ours is not None:
            np.testing.assert_allclose(ours, other.numpy(), rtol=1e-4)
    for ours, other in zip(gradients, expected, strict=True):
        assert (ours is None) == (other is None)
        if ours is not None:
            np.testing.assert_allclose(ours, other.numpy(), atol=tolerance * 10, rtol=tolerance * 10)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_gradients_are_what_differences_say(training):
    x, weight, bias = some((4, 2, 3, 3)), some(2, seed=1), some(2, seed=2)
    running, weights = (some(2, seed=3), np.array([0.5, 2.0])), some((4, 2, 3, 3), seed=4)

    def loss(_):
        copies = [a.copy() for a in running]
        return (normalisation.batch_norm(x, *copies, weight, bias, training) * weights).sum()

    gradients = normalisation.batch_norm_backward(weights, x, *running, weight, bias, training)
    for argument, gradient in zip((x, weight, bias), gradients, strict=True):
        np.testing.assert_allclose(gradient, numerical_gradient(loss, argument), atol=1e-6)


def test_batch_norm_worked_by_hand():
    x = np.array([[1.0], [3.0]])  # mean 2, variance 1 over n, 2 over n - 1
    mean, var = np.zeros(1), np.ones(1)
    y = normalisation.batch_norm(x, mean, var, training=True, eps=0.0)
    np.testing.assert_allclose(y, [[-1], [1]])
    np.testing.assert_allclose([mean[0], var[0]], [0.2, 0.9 + 0.1 * 2])


@some_examples
@given(data=st.data(), dtype=st.sampled_from(DTYPES), affine=st.booleans())
def test_layer_norm_is_pytorchs(data, dtype, affine):
    shape = data.draw(array_shapes(min_dims=1, max_dims=4, max_side=4))
    normalized = shape[data.draw(st.integers(0, len(shape) - 1)) :]
    x = some(shape, dtype) * 3 + 1
    weight, bias = (some(normalized, dtype, 1), some(normalized, dtype, 2)) if affine else (None, None)
    t = [None if a is None else torch.tensor(a) for a in (weight, bias)]
    tolerance = 3e-4 if dtype == np.float32 else 1e-9
    ours = normalisation.layer_norm(x, normalized, weight, bias, eps=1e-3)
    wanted = F.layer_norm(torch.tensor(x), normalized, *t, eps=1e-3)
    np.testing.assert_allclose(ours, wanted.numpy(), atol=tolerance, rtol=tolerance)
    assert ours.dtype == dtype
    grad = some(shape, dtype, 3)
    expected = torch_gradients(
        lambda x, w, b: F.layer_norm(x, normalized, w, b, eps=1e-3), [x, weight, bias], grad
    )
    gradients = normalisation.layer_norm_backward(grad, x, normalized, weight, bias, eps=1e-3)
    for ours, other in zip(gradients, expected, strict=True):
        assert (ours is None) == (other is None)
        if ours is not None:
            np.testing.assert_allclose(ours, other.numpy(), atol=tolerance * 10, rtol=tolerance * 10)


@some_examples
@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_cross_entropy_is_pytorchs(data, dtype):
    n, classes = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5))
    single = data.draw(st.booleans())
    shape = (classes,) if single else (n, classes)
    x = some(shape, dtype) * 10
    target = np.random.default_rng(1).integers(0, classes, shape[:-1])
    options = {
        "reduction": data.draw(st.sampled_from(["mean", "sum", "none"])),
        "label_smoothing": data.draw(st.sampled_from([0.0, 0.1, 1.0])),
    }
    loss = np.asarray(losses.cross_entropy(x, target, **options))
    labels = torch.tensor(target)
    close(loss, F.cross_entropy(torch.tensor(x), labels, **options))
    grad = np.asarray(some(loss.shape, dtype, 2), dtype)
    expected = torch_gradients(lambda t: F.cross_entropy(t, labels, **options), [x], grad)[0]
    close(losses.cross_entropy_backward(grad, x, target, **options), expected)


@some_examples
@given(dtype=st.sampled_from(DTYPES), reduction=st.sampled_from(["mean", "sum", "none"]))
def test_mse_loss_is_pytorchs(dtype, reduction):
    x, y = some((3, 4), dtype), some((3, 4), dtype, 1)
    loss = np.asarray(losses.mse_loss(x, y, reduction=reduction))
    close(loss, F.mse_loss(torch.tensor(x), torch.tensor(y), reduction=reduction))
    grad = np.asarray(some(loss.shape, dtype, 2), dtype)
    expected = torch_gradients(lambda a, b: F.mse_loss(a, b, reduction=reduction), [x, y], grad)
    for ours, other in zip(losses.mse_loss_backward(grad, x, y, reduction=reduction), expected, strict=True):
        close(ours, other)


X, W, LABELS = some((2, 3)), some((4, 3)), np.array([0, 2])
F32 = X.astype(np.float32)
REFUSED = [  # call, error, what the message must name
    (lambda: functional.linear(F32, W), TypeError, ["weight.dtype=float64", "input has float32", "astype"]),
    (lambda: functional.linear(X, some((4, 2))), ValueError, ["input.shape=(2, 3)", "(4, 2)"]),
    (lambda: functional.linear(X, W, some(3)), ValueError, ["bias.shape=(3,)", "(4,)"]),
    (lambda: functional.linear(X, some((4, 3, 1))), ValueError, ["weight.shape=(4, 3, 1)"]),
    (lambda: functional.linear_backward(X, X, W), ValueError, ["grad_output.shape=(2, 3)", "(2, 4)"]),
    (lambda: functional.relu([1.0]), TypeError, ["input", "list", "np.array"]),
    (lambda: functional.relu(np.uint8([1])), TypeError, ["uint8", "/ 255"]),
    (lambda: functional.relu_backward(X[:1], X), ValueError, ["grad_output.shape=(1, 3)"]),
    (lambda: functional.sigmoid(np.array([1])), TypeError, ["int64", "astype(np.float32)"]),
    (lambda: functional.dropout(X, 1.5, rng=np.random.default_rng()), ValueError, ["p=1.5", "0 to 1"]),
    (lambda: functional.dropout(X), ValueError, ["rng=None", "default_rng"]),
    (lambda: losses.softmax(X, dim=2), ValueError, ["dim=2", "-2 to 1"]),
    (lambda: losses.softmax(X, dim=True), TypeError, ["dim=True", "give an int"]),
    (lambda: losses.log_softmax(X, dim=np.True_), TypeError, ["dim=", "give an int"]),
    (lambda: losses.softmax(X, dim=1.0), TypeError, ["dim=1.0", "give an int"]),
    (lambda: losses.softmax(X, dim=(0, 1)), TypeError, ["dim=(0, 1)", "give an int"]),
    (lambda: normalisation.layer_norm(X[:, :1], True), TypeError, ["normalized_shape=True", "give an int"]),
    (lambda: normalisation.layer_norm(X, [3.0]), TypeError, ["normalized_shape=[3.0]", "give an int"]),
    (lambda: losses.cross_entropy(X, LABELS + 1), ValueError, ["target[1]=3", "3 classes", "0 to 2"]),
    (lambda: losses.cross_entropy(X, LABELS - 1), ValueError, ["target[0]=-1"]),
    (lambda: losses.cross_entropy(X, LABELS.astype(float)), TypeError, ["target=float64", "int64"]),
    (lambda: losses.cross_entropy(X, LABELS[:1]), ValueError, ["target.shape=(1,)", "(2,)"]),
    (lambda: losses.cross_entropy(X, LABELS, reduction="total"), ValueError, ["reduction='total'", "mean"]),
    (lambda: losses.cross_entropy(X[:0], LABELS[:0]), ValueError, ["empty batch"]),
    (lambda: losses.cross_entropy(X[None], LABELS), ValueError, ["input.shape=(1, 2, 3)"]),
    (lambda: losses.cross_entropy(X, LABELS, label_smoothing=2), ValueError, ["label_smoothing=2"]),
    (lambda: losses.mse_loss(X, X[:1]), ValueError, ["target.shape=(1, 3)"]),
    (
        lambda: normalisation.batch_norm(X[:1], None, None, training=True),
        ValueError,
        ["one value per channel"],
    ),
    (lambda: normalisation.batch_norm(X, None, None), ValueError, ["running_mean=None", "training=False"]),
    (lambda: normalisation.batch_norm(X, some(3), None), ValueError, ["both"]),
    (lambda: normalisation.batch_norm(X, some(2), some(2)), ValueError, ["running_mean.shape=(2,)", "(3,)"]),
    (lambda: normalisation.layer_norm(X, (2,)), ValueError, ["normalized_shape=(2,)", "(3,)"]),
    (lambda: normalisation.layer_norm(X, 3, weight=some(2)), ValueError, ["weight.shape=(2,)"]),
]


@pytest.mark.parametrize("call, error, words", REFUSED)
def test_refusals_name_argument_value_and_remedy(call, error, words):
    with pytest.raises(error) as refusal:
        call()
    for word in words:
        assert word in str(refusal.value)


def test_no_argument_is_changed_but_running_statistics():
    x, running = some((4, 3)), [np.zeros(3), np.ones(3)]
    kept = x.copy()
    normalisation.batch_norm(x, *running, training=True)
    normalisation.batch_norm_backward(x, x, *running, training=True)
    np.testing.assert_array_equal(normalisation.layer_norm(x, 3), normalisation.layer_norm(x, np.int64(3)))
    losses.cross_entropy_backward(1.0, x, np.zeros(4, np.int64))
    functional.linear_backward(x @ x.T, x, x)
    np.testing.assert_array_equal(x, kept)
    assert (running[0] != 0).all()


def test_gradient_check_needs_float64():
    with pytest.raises(TypeError, match="float32"):
        numerical_gradient(np.sum, F32)
