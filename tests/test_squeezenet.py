"""SqueezeNet in NumPy: every map, the scores and the way back to the picture, held to PyTorch's."""

import numpy as np
import pytest

from helpers import architectures, datasets
from helpers.architectures import designs
from helpers.pretrained import preprocessing, squeezenet

PHOTOS = ("cat", "coffee")


@pytest.fixture(scope="module")
def network():
    return squeezenet.SqueezeNet()


@pytest.fixture(scope="module")
def ready():
    return preprocessing.squeezenet_input(np.stack([datasets.photo(name, size=96) for name in PHOTOS]))


# --- against PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twin():
    pytest.importorskip("torch")
    from helpers.pytorch import models

    return models.load_squeezenet()


def test_every_map_is_pytorchs(network, twin, ready):
    torch = pytest.importorskip("torch")
    found, expected = network.maps(ready), torch.from_numpy(ready)
    with torch.no_grad():
        for name, layer in twin.named_children():
            expected = layer(expected)
            if name == "dropout":
                continue
            scale = float(expected.abs().max())
            np.testing.assert_allclose(found[name], expected.numpy(), atol=1e-5 * scale, err_msg=name)
    assert np.array_equal(found["flatten"], network(ready)) and found["flatten"].shape == (2, 1000)
    with torch.no_grad():
        means = twin.features(torch.from_numpy(ready)).numpy()
    np.testing.assert_allclose(found["fire9"].mean((2, 3)), means, atol=1e-4)


@pytest.mark.parametrize("name", ["conv1", "pool1", "fire2", "pool3", "fire4", "fire6", "fire9", "flatten"])
def test_gradients_are_autograds(network, twin, ready, name):
    torch = pytest.importorskip("torch")
    made = network.maps(ready, upto=name)[name]
    grad = np.random.default_rng(3).normal(size=made.shape).astype(np.float32)
    x = torch.from_numpy(ready.copy()).requires_grad_()
    y = x
    for child, layer in twin.named_children():
        y = layer(y)
        if child == name:
            break
    y.backward(torch.from_numpy(grad))
    expected = x.grad.numpy()
    np.testing.assert_allclose(network.back(name, grad), expected, atol=2e-4 * np.abs(expected).max())


# --- by itself -------------------------------------------------------------------------------------------


def test_as_many_parameters_as_the_layer_list(network):
    listed = architectures.describe(designs.squeezenet(), (3, 224, 224)).parameters
    assert sum(parameter.data.size for parameter in network.parameters()) == listed == 1_235_496


def test_it_names_photographs(network):
    pictures = np.stack([datasets.photo(name, size=224) for name in ("coffee", "cameraman", "rocket")])
    places = network(preprocessing.squeezenet_input(pictures)).argmax(axis=1)
    names = datasets.imagenet_classes()
    assert [names[place] for place in places] == ["espresso", "tripod", "drilling platform"]


def test_the_gradient_is_the_slope(network, ready):
    """Two nearby pictures differ at a unit by what the gradient says; float64, to see small slopes."""
    exact = squeezenet.SqueezeNet().astype(np.float64)
    x = ready[:1].astype(np.float64)
    made = exact.maps(x, upto="fire4")["fire4"]
    unit = np.unravel_index(made.argmax(), made.shape)
    grad = np.zeros_like(made)
    grad[unit] = 1
    slope = exact.back("fire4", grad)
    step = 1e-6 * np.random.default_rng(0).normal(size=x.shape)
    moved = (
        exact.maps(x + step, upto="fire4")["fire4"][unit] - exact.maps(x - step, upto="fire4")["fire4"][unit]
    )
    assert moved == pytest.approx(2 * (slope * step).sum(), rel=1e-4)


def test_a_unit_that_is_off_has_a_gradient_before_its_relu(network, ready):
    network.maps(ready, upto="fire4")
    before = network.layers["fire4"].before
    unit = np.unravel_index(before.argmin(), before.shape)
    assert before[unit] < 0
    grad = np.zeros_like(before)
    grad[unit] = 1
    assert not network.back("fire4", grad).any()
    slope = network.back("fire4", grad, before=True)
    assert slope[unit[0]].any() and not slope[1 - unit[0]].any()
    network.maps(ready + 0.01 * slope / np.abs(slope).max(), upto="fire4")
    assert network.layers["fire4"].before[unit] > before[unit]


def test_before_a_relu_there_must_be_one(network):
    with pytest.raises(ValueError, match="layer 'conv1' does not end in a ReLU"):
        network.back("conv1", np.zeros((1, 64, 47, 47), np.float32), before=True)


def test_maps_stop_where_they_are_told(network, ready):
    found = network.maps(ready, upto="fire3")
    assert list(found) == ["conv1", "relu1", "pool1", "fire2", "fire3"]
    assert np.array_equal(found["fire3"], network.maps(ready)["fire3"])


def test_weights_and_gradients_stay_as_they_are(network, ready):
    before = network.state_dict()
    made = network.maps(ready, upto="fire5")["fire5"]
    network.back("fire5", np.ones_like(made))
    assert all(np.array_equal(array, before[name]) for name, array in network.state_dict().items())
    assert all(grad is None for grad in network.gradients().values())


@pytest.mark.parametrize("call", [lambda n: n.maps(None, upto="fire1"), lambda n: n.back("conv2", None)])
def test_unknown_layers_are_named(network, call):
    with pytest.raises(ValueError, match="there is none; choose one of conv1, relu1, pool1, fire2"):
        call(network)


def test_backward_before_forward_is_refused():
    with pytest.raises(ValueError, match="nothing has gone forward yet"):
        squeezenet.SqueezeNet().back("fire2", np.ones((1, 128, 5, 5), np.float32))


def test_from_31_pixels_up(network):
    assert network(np.zeros((1, 3, 31, 31), np.float32)).shape == (1, 1000)
    with pytest.raises(ValueError):
        network(np.zeros((1, 3, 30, 30), np.float32))
