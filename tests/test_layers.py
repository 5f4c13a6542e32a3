"""Layers: against torch.nn and autograd, finite differences, and as state dictionaries that PyTorch reads."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers import nn as layers
from helpers.nn import init as schemes
from helpers.nn.training import predict
from helpers.ops.conv_fast import batch_last, is_batch_last
from helpers.ops.gradients import numerical_gradient


def some(shape, dtype=np.float32, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


class TorchResidual(nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


class TorchConcat(nn.Sequential):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self], dim=1)


def pairs():
    """name -> (ours, PyTorch's, input shape): every layer, and its arguments away from their defaults."""
    layers.manual_seed(0)
    same = {
        "Conv2d": [((3, 4, 3), {}), ((4, 6, (2, 3), 2, (1, 0), (1, 2), 2, False), {})],
        "Linear": [((5, 3), {}), ((5, 3, False), {})],
        "BatchNorm2d": [((3,), {}), ((3, 1e-3, 0.5, False), {}), ((3,), {"momentum": None})],
        "MaxPool2d": [((2,), {}), ((3, 2, 1, 1), {"ceil_mode": True})],
        "AvgPool2d": [((2,), {}), ((3, 2, 1, True, False), {})],
        "AdaptiveAvgPool2d": [((1,), {}), (((3, 2),), {})],
        "ReLU": [((), {})],
        "Tanh": [((), {})],
        "Flatten": [((), {})],
    }
    for kind, calls in same.items():
        for number, (words, options) in enumerate(calls):
            shape = (4, 5) if kind == "Linear" else (4, words[0], 7, 8) if kind == "Conv2d" else (4, 3, 7, 8)
            yield (
                f"{kind}{number}",
                getattr(layers, kind)(*words, **options),
                getattr(nn, kind)(*words, **options),
                shape,
            )
    norm = {"track_running_stats": False}
    yield "BatchNorm2d untracked", layers.BatchNorm2d(3, **norm), nn.BatchNorm2d(3, **norm), (4, 3, 5, 5)

    def net(m, residual, concat):
        return m.Sequential(
            m.Conv2d(3, 8, 3, padding=1),
            m.BatchNorm2d(8),
            m.ReLU(),
            residual(m.Sequential(m.Conv2d(8, 8, 3, padding=1), m.Tanh())),
            residual(m.Conv2d(8, 4, 3, 2, 1), m.Conv2d(8, 4, 1, 2)),
            concat(
                m.Conv2d(4, 2, 1), m.Sequential(m.MaxPool2d(3, 1, 1), m.Conv2d(4, 3, 3, padding=1)), m.ReLU()
            ),
            m.AdaptiveAvgPool2d(1),
            m.Flatten(),
            m.Linear(9, 5),
        )

    theirs = net(nn, TorchResidual, TorchConcat)
    yield "everything", net(layers, layers.Residual, layers.Concat), theirs, (4, 3, 8, 8)


CASES = [(name, ours, theirs, shape) for name, ours, theirs, shape in pairs()]
every_layer = pytest.mark.parametrize(
    "ours, theirs, shape", [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)


@every_layer
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("memory", [np.ascontiguousarray, batch_last], ids=["simple", "fast"])
def test_forward_and_backward_are_pytorchs(ours, theirs, shape, training, memory):
    if memory is batch_last and len(shape) != 4:
        return
    theirs = theirs.train(training).double()
    ours.astype(np.float64).train(training)
    ours.load_state_dict(theirs.state_dict())
    for step in range(2):  # twice: running statistics move
        x = memory(some(shape, np.float64, step))
        t = torch.tensor(x, requires_grad=True)
        wanted = theirs(t)
        grad = some(tuple(wanted.shape), np.float64, 2)
        theirs.zero_grad()
        wanted.backward(torch.tensor(grad))
        ours.zero_grad()
        np.testing.assert_allclose(ours(x), wanted.detach().numpy(), atol=1e-10)
        np.testing.assert_allclose(ours.backward(grad), t.grad.numpy(), atol=1e-10)
        for name, parameter in theirs.named_parameters():
            np.testing.assert_allclose(ours.gradients()[name], parameter.grad.numpy(), atol=1e-9)
        state = theirs.state_dict()
        for name, array in ours.state_dict().items():
            np.testing.assert_allclose(array, state[name].numpy(), atol=1e-10)


@every_layer
@pytest.mark.parametrize("training", [True, False])
def test_backward_belongs_to_its_forward_whatever_happened_since(ours, theirs, shape, training):
    """The mode is switched, statistics are replaced, another batch is scored: PyTorch's graph remembers."""
    theirs = theirs.train(training).double()
    ours.astype(np.float64).train(training)
    ours.load_state_dict(theirs.state_dict())
    x = some(shape, np.float64)
    t = torch.tensor(x, requires_grad=True)
    wanted, made = theirs(t), ours(x)
    grad = some(made.shape, np.float64, 2)
    for model in (ours, theirs):
        model.zero_grad()
        model.train(not training)
    ours.load_state_dict(ours.state_dict() | moved(ours))
    predict(ours, some(shape, np.float64, 5))
    wanted.backward(torch.tensor(grad))
    np.testing.assert_allclose(ours.backward(grad), t.grad.numpy(), atol=1e-10)
    for name, parameter in theirs.named_parameters():
        np.testing.assert_allclose(ours.gradients()[name], parameter.grad.numpy(), atol=1e-9)


def moved(model):
    """Other running statistics."""
    return {name: array + 1 for name, array in model.state_dict().items() if "running" in name}


@every_layer
def test_gradients_are_what_differences_say(ours, theirs, shape):
    ours.astype(np.float64).train()
    x = some((2, *shape[1:-2], *(5,) * len(shape[2:])) if len(shape) == 4 else shape, np.float64)
    weights = some(ours(x).shape, np.float64, 1)

    def loss(_):
        return (ours(x) * weights).sum()

    ours.zero_grad()
    ours(x)
    gradient = ours.backward(weights)
    np.testing.assert_allclose(gradient, numerical_gradient(loss, x), atol=1e-6)
    for name, parameter in ours.named_parameters().items():
        if parameter.data.size < 100:
            measured = numerical_gradient(loss, parameter.data)
            np.testing.assert_allclose(parameter.grad, measured, atol=1e-6, err_msg=name)


def lenet(m=layers):
    named = {
        "conv1": m.Conv2d(1, 6, 5, padding=2), "relu1": m.ReLU(), "pool1": m.MaxPool2d(2),
        "conv2": m.Conv2d(6, 16, 5), "relu2": m.ReLU(), "pool2": m.MaxPool2d(2), "flatten": m.Flatten(),
        "fc1": m.Linear(400, 120), "relu3": m.ReLU(), "fc2": m.Linear(120, 84), "relu4": m.ReLU(),
        "fc3": m.Linear(84, 10),
    }  # fmt: skip
    if m is layers:
        return m.Sequential(named)
    from collections import OrderedDict

    return m.Sequential(OrderedDict(named))


def test_state_dicts_are_pytorchs_both_ways(tmp_path):
    ours, theirs = lenet(), lenet(nn)
    state = ours.state_dict()
    assert list(state) == list(theirs.state_dict())
    assert {k: v.shape for k, v in state.items()} == {
        k: tuple(v.shape) for k, v in theirs.state_dict().items()
    }
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    x = some((2, 1, 28, 28))
    np.testing.assert_allclose(ours(x), theirs(torch.tensor(x)).detach().numpy(), atol=1e-5)
    assert "conv1.weight" in state

    ours.save(tmp_path / "lenet")  # the ending is added
    other = lenet().load(tmp_path / "lenet.npz")
    np.testing.assert_array_equal(other(x), ours(x))


def test_batch_norm_state_counts_batches(tmp_path):
    ours, theirs = layers.Sequential(layers.BatchNorm2d(3)), nn.Sequential(nn.BatchNorm2d(3))
    x = some((4, 3, 2, 2))
    for _ in range(3):
        ours(x)
        theirs(torch.tensor(x))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert ours.state_dict()["0.num_batches_tracked"] == 3 == theirs.state_dict()["0.num_batches_tracked"]
    ours.save(tmp_path / "norm.npz")
    loaded = layers.Sequential(layers.BatchNorm2d(3)).load(tmp_path / "norm.npz")
    assert loaded.state_dict()["0.num_batches_tracked"] == 3
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in loaded.state_dict().items()})


def test_wrong_states_are_refused_by_name_and_change_nothing():
    model = lenet()
    before = model.state_dict()
    state = model.state_dict()
    del state["conv1.bias"]
    state["conv3.weight"] = np.zeros(3, np.float32)
    state["fc1.weight"] = state["fc1.weight"].T
    state["fc2.weight"] = state["fc2.weight"] + 1
    with pytest.raises(ValueError) as refusal:
        model.load_state_dict(state)
    for words in (
        "conv1.bias is missing",
        "conv3.weight is not expected",
        "fc1.weight",
        "(400, 120)",
        "(120, 400)",
    ):
        assert words in str(refusal.value)
    with pytest.raises(ValueError, match="fc1.weight has shape"):
        model.load_state_dict(state, strict=False)
    with pytest.raises(TypeError, match="float64.*astype"):
        model.load_state_dict({name: array.astype(np.float64) for name, array in before.items()})
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    model.load_state_dict({"fc3.bias": np.ones(10, np.float32)}, strict=False)
    assert (model.state_dict()["fc3.bias"] == 1).all()


def test_load_refuses_pickles(tmp_path):
    np.savez(tmp_path / "evil.npz", weight=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="evil.npz.*allow_pickle.*save the network once more"):
        lenet().load(tmp_path / "evil.npz")


def test_repr_shows_shapes_and_counts():
    text = repr(lenet())
    assert text.splitlines()[0] == "Sequential()  61,706 parameters"
    assert "(conv1) Conv2d(1, 6, 5, padding=2)  weight (6, 1, 5, 5), bias (6,)  156 parameters" in text
    assert "(pool1) MaxPool2d(2)\n" in text
    assert "(fc3) Linear(84, 10)  weight (10, 84), bias (10,)  850 parameters" in text
    block = layers.Residual(layers.Conv2d(2, 4, 3, 2, 1, bias=False), layers.Conv2d(2, 4, 1, stride=2))
    assert repr(block).splitlines() == [
        "Residual()  84 parameters",
        "  (body) Conv2d(2, 4, 3, stride=2, padding=1, bias=False)  weight (4, 2, 3, 3)  72 parameters",
        "  (shortcut) Conv2d(2, 4, 1, stride=2)  weight (4, 2, 1, 1), bias (4,)  12 parameters",
    ]
    assert repr(layers.Concat(layers.Dropout(0.3), layers.BatchNorm2d(2))).splitlines() == [
        "Concat()  4 parameters",
        "  (0) Dropout(p=0.3)",
        "  (1) BatchNorm2d(2)  weight (2,), bias (2,)  4 parameters",
    ]


def test_first_weights_are_drawn_as_pytorch_does():
    layers.manual_seed(3)
    torch.manual_seed(3)
    cases = [
        (layers.Conv2d(8, 64, 3, groups=2), nn.Conv2d(8, 64, 3, groups=2)),
        (layers.Linear(50, 200), nn.Linear(50, 200)),
    ]
    for ours, theirs in cases:
        for name in ("weight", "bias"):
            a, b = getattr(ours, name).data, getattr(theirs, name).detach().numpy()
            assert a.dtype == b.dtype == np.float32
            bound = 1 / np.sqrt(schemes.fans(ours.weight.data.shape)[0])
            assert np.abs(a).max() <= bound and np.abs(b).max() <= bound
            assert np.abs(a).max() > 0.9 * bound
            assert abs(a.std() / b.std() - 1) < 0.2


@pytest.mark.parametrize(
    "init, reference",
    [
        ("he", lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
        ("he_uniform", lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu")),
        ("xavier", nn.init.xavier_uniform_),
        ("xavier_normal", nn.init.xavier_normal_),
        ("torch", lambda w: nn.init.kaiming_uniform_(w, a=5**0.5)),
        ("zeros", nn.init.zeros_),
        (schemes.normal(0.01), lambda w: nn.init.normal_(w, std=0.01)),
    ],
)
def test_schemes_are_torch_nn_inits(init, reference):
    torch.manual_seed(0)
    shape = (256, 64, 3, 3)
    ours = schemes.draw(init, shape, np.random.default_rng(0))
    theirs = reference(torch.empty(shape)).numpy()
    for statistic in (np.mean, np.std):
        assert abs(statistic(ours) - statistic(theirs)) < 0.01 * theirs.std() + 1e-12
    if init in ("torch", "he_uniform", "xavier"):  # uniform: the ends are known exactly
        assert abs(np.abs(ours).max() / np.abs(theirs).max() - 1) < 1e-3


def test_weights_are_drawn_repeatably():
    one, two = (layers.Linear(400, 120, init="he", rng=np.random.default_rng(0)) for _ in range(2))
    np.testing.assert_array_equal(one.weight.data, two.weight.data)
    assert (one.bias.data == 0).all()
    assert abs(one.weight.data.std() / np.sqrt(2 / 400) - 1) < 0.05
    layers.manual_seed(1)
    one = lenet().state_dict()
    layers.manual_seed(1)
    two = lenet().state_dict()
    assert all((one[name] == two[name]).all() for name in one)


def test_dropout_only_in_training():
    x = np.ones((50, 40), np.float32)
    dropout = layers.Dropout(0.25, rng=np.random.default_rng(0))
    out = dropout(x)
    assert 0.2 < (out == 0).mean() < 0.3
    np.testing.assert_array_equal(dropout.backward(x), out)
    dropout.eval()
    assert dropout(x) is x
    assert dropout.backward(x) is x


def test_modes_reach_every_layer():
    model = layers.Residual(layers.Sequential(layers.BatchNorm2d(2), layers.Concat(layers.Dropout())))
    assert all(module.training for module in model.modules())
    assert not any(module.training for module in model.eval().modules())
    assert len(list(model.modules())) == 5


def test_gradients_add_up_until_forgotten():
    layer, x = layers.Linear(3, 2), some((4, 3))
    layer(x)
    layer.backward(some((4, 2)))
    once = layer.gradients()["weight"].copy()
    layer.backward(some((4, 2)))
    np.testing.assert_allclose(layer.gradients()["weight"], 2 * once, rtol=1e-6)
    layer.zero_grad()
    assert layer.gradients() == {"weight": None, "bias": None}


@pytest.mark.parametrize("shape", [(4, 6), (4, 3, 5), (4, 3, 5, 2), (4, 3, 5, 2, 2), (0, 3, 5)])
def test_flatten_takes_any_axes_after_the_first(shape):
    x = some(shape)
    ours = layers.Flatten()
    np.testing.assert_array_equal(ours(x), nn.Flatten()(torch.tensor(x)).numpy())
    back = ours.backward(ours(x))
    assert back.shape == shape
    np.testing.assert_array_equal(back, x)
    assert is_batch_last(batch_last(x)) if x.ndim == 4 else not is_batch_last(x.T)


@pytest.mark.parametrize("axes", [2, 3, 4, 5])
def test_layers_without_axes_of_their_own_take_any(axes):
    x = some((4, 3, 5, 2, 2)[:axes])
    t = torch.tensor(x, requires_grad=True)
    for ours, theirs in [
        (layers.ReLU(), nn.ReLU()),
        (layers.Tanh(), nn.Tanh()),
        (layers.Dropout(0), nn.Dropout(0)),
    ]:
        t.grad = None
        theirs(t).backward(torch.tensor(x))
        np.testing.assert_allclose(ours(x), theirs(t).detach().numpy(), atol=1e-6)
        np.testing.assert_allclose(ours.backward(x), t.grad.numpy(), atol=1e-6)


def test_a_lone_image_keeps_its_channels_first_in_concat_and_residual():
    layers.manual_seed(0)
    both = layers.Concat(layers.Conv2d(2, 3, 1), layers.Conv2d(2, 1, 3, padding=1))
    model = layers.Sequential(both, layers.Residual(layers.MaxPool2d(3, 1, 1)))
    x = some((2, 5, 6))
    one, batch = model(x), model(x[np.newaxis])
    np.testing.assert_array_equal(one, batch[0])
    grad = some(batch.shape)
    back = model.backward(grad)
    model(x)
    np.testing.assert_allclose(model.backward(grad[0]), back[0], atol=1e-6)


def test_a_layer_stands_in_one_place_and_a_shared_parameter_counts_once():
    relu, dense = layers.ReLU(), layers.Linear(3, 3)
    for network in (
        lambda: layers.Sequential(relu, layers.Tanh(), relu),
        lambda: layers.Residual(layers.Sequential(relu), relu),
        lambda: layers.Concat(dense, layers.Sequential(dense)),
    ):
        with pytest.raises(ValueError, match=r"layer=(ReLU|Linear)\(.*two places.*a layer for each place"):
            network()
    tied = layers.Linear(3, 3)
    tied.weight = dense.weight
    model = layers.Sequential(dense, relu, tied)
    assert [p is dense.weight for p in model.parameters()] == [True, False, False]
    x = some((4, 3), np.float64)
    model.astype(np.float64)
    out = model(x)
    model.backward(np.ones_like(out))
    measured = numerical_gradient(lambda _: model(x).sum(), dense.weight.data)
    np.testing.assert_allclose(dense.weight.grad, measured, atol=1e-6)


def test_memory_order_is_kept_through_the_convolutional_part():
    model = lenet()[:6]
    x = batch_last(some((8, 1, 28, 28)))
    out = model(x)
    assert is_batch_last(out)
    np.testing.assert_allclose(out, model(np.ascontiguousarray(x)), atol=1e-5)


@pytest.mark.parametrize("memory", [np.ascontiguousarray, batch_last], ids=["simple", "fast"])
def test_first_layer_may_leave_out_the_gradient_of_the_images(memory):
    options = {"stride": 2, "padding": (1, 2), "dilation": (2, 1), "groups": 2}
    layers.manual_seed(0)
    whole, partial = (layers.Conv2d(2, 4, 3, **options, input_gradient=wanted) for wanted in (True, False))
    partial.load_state_dict(whole.state_dict())
    x = memory(some((3, 2, 9, 9)))
    grad = some(whole(x).shape)
    np.testing.assert_array_equal(partial(x), whole(x))
    assert whole.backward(grad).shape == x.shape
    assert partial.backward(grad) is None
    for name, gradient in whole.gradients().items():
        np.testing.assert_allclose(partial.gradients()[name], gradient, atol=1e-5)
    assert "input_gradient=False" in repr(partial)


@every_layer
def test_an_empty_batch_goes_through_as_in_pytorch(ours, theirs, shape):
    x = np.zeros((0, *shape[1:]))
    wanted = theirs.eval().double()(torch.tensor(x))
    out = ours.astype(np.float64).eval().forward(x) if not untracked(ours) else wanted.detach().numpy()
    assert out.shape == tuple(wanted.shape)
    if not untracked(ours):
        assert ours.backward(out).shape == x.shape


def untracked(layer):
    """Whether it takes the statistics of a batch even in use, which an empty one does not have."""
    return not getattr(layer, "track_running_stats", True)


def test_sequential_names_the_layer_that_failed_and_what_it_got():
    inner = layers.Sequential({"one": layers.ReLU(), "two": layers.Linear(5, 3)})
    with pytest.raises(ValueError) as refusal:
        layers.Sequential(layers.Flatten(), inner)(some((2, 1, 2, 2)))
    words = str(refusal.value)
    assert words.startswith(
        "layer 1, Sequential(), on (2, 4): layer two, Linear(5, 3), on (2, 4): input.shape"
    )
    with pytest.raises(TypeError, match=r"^layer 0, Conv2d\(1, 2, 3\), on \(1, 1, 4, 4\): .*uint8"):
        layers.Sequential(layers.Conv2d(1, 2, 3))(np.zeros((1, 1, 4, 4), np.uint8))


def test_a_lone_image_goes_back_through_a_first_layer_too():
    layers.manual_seed(0)
    whole, partial = layers.Conv2d(1, 2, 3), layers.Conv2d(1, 2, 3, input_gradient=False)
    partial.load_state_dict(whole.state_dict())
    x = some((1, 6, 5))
    grad = some(whole(x).shape)
    partial(x)
    assert whole.backward(grad).shape == x.shape and partial.backward(grad) is None
    for name, gradient in whole.gradients().items():
        np.testing.assert_allclose(partial.gradients()[name], gradient, atol=1e-5)


def test_sequential_is_indexed_and_sliced_like_pytorchs():
    model = lenet()
    assert isinstance(model[0], layers.Conv2d) and model[-1].out_features == 10
    assert len(model) == 12 and [*model][6] is model[6]
    part = model[3:6]
    assert list(part.layers) == ["conv2", "relu2", "pool2"] and part[0] is model[3]


def first_layer_back(grad):
    layer = layers.Conv2d(1, 2, 3, input_gradient=False)
    layer(some((1, 1, 6, 6)))
    return layer.backward(grad)


REFUSED = [
    (lambda: layers.Conv2d(3, 4, 3, groups=2), ValueError, ["in_channels=3", "groups=2"]),
    (lambda: layers.Conv2d(3, 0, 3), ValueError, ["out_channels=0"]),
    (lambda: layers.Conv2d(3, 4, 0), ValueError, ["kernel_size=0"]),
    (lambda: layers.Conv2d(3, 4, 3)(some((1, 2, 8, 8))), ValueError, ["(4, 3, 3, 3)", "2"]),
    (lambda: layers.Conv2d(1, 1, 3)(some((1, 1, 8, 8), np.float64)), TypeError, ["float64", "float32"]),
    (lambda: layers.Conv2d(1, 1, 3, init="best"), ValueError, ["init='best'", "he"]),
    (lambda: layers.Linear(0, 3), ValueError, ["in_features=0"]),
    (lambda: layers.Linear("400", 10), TypeError, ["in_features='400'", "int"]),
    (lambda: layers.Conv2d(1, 2.0, 3), TypeError, ["out_channels=2.0", "int"]),
    (lambda: first_layer_back(some((1, 2, 3, 3))), ValueError, ["grad_output.shape=(1, 2, 3, 3)", "4, 4"]),
    (lambda: first_layer_back(some((1, 2, 4, 4), np.float64)), TypeError, ["grad_output.dtype=float64"]),
    (lambda: layers.Concat(layers.ReLU()).backward(some((1, 2))), ValueError, ["Concat.backward", "forward"]),
    (
        lambda: layers.BatchNorm2d(3)(some((4, 1, 2, 2))),
        ValueError,
        ["input.shape=(4, 1, 2, 2)", "(N, 3, H, W)"],
    ),
    (lambda: layers.Linear(4, 3).backward(some((1, 3))), ValueError, ["Linear.backward", "forward"]),
    (lambda: layers.Dropout(2), ValueError, ["p=2"]),
    (lambda: layers.BatchNorm2d(3)(some((4, 3))), ValueError, ["input.shape=(4, 3)", "(N, 3, H, W)"]),
    (lambda: layers.Sequential(layers.ReLU), TypeError, ["ReLU", "made"]),
    (lambda: layers.Concat(), ValueError, ["branches"]),
    (
        lambda: layers.Residual(layers.Conv2d(2, 2, 3))(some((1, 2, 6, 6))),
        ValueError,
        ["(1, 2, 4, 4)", "shortcut"],
    ),
    (
        lambda: layers.Concat(layers.MaxPool2d(2), layers.ReLU())(some((1, 2, 6, 6))),
        ValueError,
        ["(1, 2, 3, 3)", "(1, 2, 6, 6)"],
    ),
    (lambda: schemes.draw("he", (3,)), ValueError, ["shape=(3,)"]),
    (lambda: layers.Flatten()(some(5)), ValueError, ["input.shape=(5,)", "(N, ...)"]),
    (lambda: batch_last(some((4, 3))), ValueError, ["array.shape=(4, 3)", "(N, C, H, W)"]),
    (
        lambda: layers.Sequential(layers.Conv2d(1, 2, 3))(some((2, 8, 8, 1))),
        ValueError,
        ["input.shape=(2, 8, 8, 1)", "the 1 that are wanted stand last", "np.moveaxis(input, -1, -3)"],
    ),
    (
        lambda: layers.Conv2d(3, 2, 3)(some((8, 8, 3))),
        ValueError,
        ["input.shape=(8, 8, 3)", "np.moveaxis(input, -1, -3)"],
    ),
    (
        lambda: layers.BatchNorm2d(3)(some((2, 8, 8, 3))),
        ValueError,
        ["input.shape=(2, 8, 8, 3)", "np.moveaxis(input, -1, -3)"],
    ),
]


@pytest.mark.parametrize("call, error, words", REFUSED)
def test_refusals_name_argument_value_and_remedy(call, error, words):
    with pytest.raises(error) as refusal:
        call()
    for word in words:
        assert word in str(refusal.value)
