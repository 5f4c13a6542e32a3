"""The three PyTorch networks: their sizes, their predictions, and the book's own operations beside them."""

import subprocess
import sys

import numpy as np
import pytest

from helpers import adaptive_avg_pool2d, conv2d, datasets, max_pool2d
from helpers.ops.functional import linear, relu

torch = pytest.importorskip("torch")

from helpers.pytorch import models  # noqa: E402  (it needs torch)

LOADERS = {"squeezenet": models.load_squeezenet, "lite0": models.load_efficientnet_lite0}


@pytest.fixture(scope="module", params=LOADERS)
def network(request):
    return LOADERS[request.param]()


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def predict(network, photo):
    """The two likeliest classes of a photograph of 224 pixels, and the first one's probability."""
    with torch.no_grad():
        scores = network(network.prepare(datasets.photo(photo, size=224)))
    chances, places = scores.softmax(1)[0].topk(2)
    names = datasets.imagenet_classes()
    return [names[place] for place in places], float(chances[0])


# --- LeNet-5 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, shape, parameters",
    [
        ({}, (2, 1, 28, 28), 61_706),
        ({"padding": 0}, (2, 1, 32, 32), 61_706),
        ({"padding": 0, "in_channels": 3}, (2, 3, 32, 32), 62_006),
        ({"classic": True}, (2, 1, 28, 28), 61_706),
        ({"num_classes": 5}, (2, 1, 28, 28), 61_706 - 5 * 85),
    ],
)
def test_lenet5(options, shape, parameters):
    network = models.LeNet5(**options)
    assert count(network) == parameters
    assert network(torch.zeros(shape)).shape == (2, options.get("num_classes", 10))
    kinds = {type(layer) for layer in network}
    assert (torch.nn.Tanh in kinds) == (torch.nn.AvgPool2d in kinds) == options.get("classic", False)
    assert (torch.nn.ReLU in kinds) == (torch.nn.MaxPool2d in kinds) != options.get("classic", False)


def test_lenet5_upto_shares_its_weights():
    lenet, x = models.LeNet5().eval(), torch.rand(2, 1, 28, 28)
    assert lenet.upto("pool2")(x).shape == (2, 16, 5, 5) and lenet.upto("act4")(x).shape == (2, 84)
    assert torch.equal(lenet.upto("fc3")(x), lenet(x)) and lenet.upto("conv1")[0] is lenet.conv1
    with pytest.raises(ValueError, match="name='pool3': give one of conv1, act1"):
        lenet.upto("pool3")


def test_lenet5_in_the_books_own_operations():
    torch.manual_seed(0)
    network = models.LeNet5()
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    images, _ = datasets.fashion_mnist("test", subset=10)
    x = max_pool2d(relu(conv2d(images, weights["conv1.weight"], weights["conv1.bias"], padding=2)), 2)
    x = max_pool2d(relu(conv2d(x, weights["conv2.weight"], weights["conv2.bias"])), 2)
    x = x.reshape(10, -1)  # (N, 16, 5, 5) -> (N, 400)
    x = relu(linear(x, weights["fc1.weight"], weights["fc1.bias"]))
    x = relu(linear(x, weights["fc2.weight"], weights["fc2.bias"]))
    x = linear(x, weights["fc3.weight"], weights["fc3.bias"])
    with torch.no_grad():
        np.testing.assert_allclose(x, network(torch.from_numpy(images)).numpy(), atol=1e-5)


# --- networks trained on ImageNet ------------------------------------------------------------------------


def test_parameters(network):
    assert count(network) == {"SqueezeNet": 1_235_496, "EfficientNetLite0": 4_652_008}[type(network).__name__]


def test_it_comes_ready_to_predict(network):
    assert not any(module.training for module in network.modules())
    assert all(parameter.dtype == torch.float32 for parameter in network.parameters())


@pytest.mark.parametrize(
    "photo, name, least",
    [("coffee", "espresso", 0.85), ("cameraman", "tripod", 0.85), ("cat", "Egyptian cat", 0.35)],
)
def test_known_photographs(network, photo, name, least):
    names, chance = predict(network, photo)
    assert names[0] == name and chance > least
    if photo == "cat":
        assert names[1] in ("tabby", "tiger cat")


def test_a_rocket_is_a_drilling_platform(network):
    assert predict(network, "rocket")[0][0] == "drilling platform"


def test_features_lead_to_the_scores(network):
    images = datasets.photos5()[0][:3]
    with torch.no_grad():
        ready = network.prepare(images)
        features = network.features(ready)
        assert features.shape == (3, network.width)
        if isinstance(network, models.EfficientNetLite0):
            torch.testing.assert_close(network.classifier(features), network(ready))


def test_gradients_reach_the_picture(network):
    ready = network.prepare(datasets.photo("cat", size=96)).requires_grad_()
    network(ready)[0, 285].backward()
    assert ready.grad.abs().max() > 0
    network.zero_grad()


def test_squeezenet_from_31_pixels_up():
    network = models.SqueezeNet().eval()
    for size in (31, 32, 128, 224):
        assert network(torch.zeros(1, 3, size, size)).shape == (1, 1000)
    with pytest.raises(RuntimeError):
        network(torch.zeros(1, 3, 30, 30))


def test_squeezenet_in_the_books_own_operations():
    weights = datasets.squeezenet_weights()
    network = models.load_squeezenet()
    ready = network.prepare(datasets.photos5()[0][::60])

    def convolve(x, name, **options):
        return relu(conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], **options))

    with torch.no_grad():
        expected = ready
        x = ready.numpy()
        for name, layer in network.named_children():
            expected = layer(expected)
            if name == "conv1":
                x = conv2d(x, weights["conv1.weight"], weights["conv1.bias"], stride=2)
            elif name.startswith("fire"):
                squeezed = convolve(x, f"{name}.squeeze1x1")
                wide = convolve(squeezed, f"{name}.expand3x3", padding=1)
                x = np.concatenate([convolve(squeezed, f"{name}.expand1x1"), wide], axis=1)
            elif name == "conv10":
                x = conv2d(x, weights["conv10.weight"], weights["conv10.bias"])
            elif name == "pool10":
                x = adaptive_avg_pool2d(x, 1)
            elif name.startswith("pool"):
                x = max_pool2d(x, 3, 2)
            elif name.startswith("relu"):
                x = relu(x)
            elif name == "flatten":
                x = x.reshape(len(x), -1)  # (N, 1000, 1, 1) -> (N, 1000)
            np.testing.assert_allclose(x, expected.numpy(), rtol=1e-3, atol=1e-2, err_msg=name)
    assert x.shape == (3, 1000) and x.max() > 5


@pytest.mark.parametrize("size", [1, 2, 5, 8, 9, 14])
@pytest.mark.parametrize("kernel_size, stride", [(1, 1), (3, 1), (3, 2), (5, 1), (5, 2)])
def test_same_padding_is_tensorflows(size, kernel_size, stride):
    convolution = models.SameConv2d(1, 1, kernel_size, stride, bias=False)
    torch.nn.init.ones_(convolution.weight)
    rows = -(-size // stride)
    total = max((rows - 1) * stride + kernel_size - size, 0)
    with torch.no_grad():
        made = convolution(torch.ones(1, 1, size, size))[0, 0]
    assert made.shape == (rows, rows)
    # Ones under a kernel of ones: a corner's sum counts the pixels that are not padding.
    above, below = total // 2, total - total // 2
    first = min(kernel_size - above, size)
    last = min(kernel_size - below, size)
    if rows > 1:
        assert made[0, 0] == first**2 and made[-1, -1] == last**2
    else:
        assert made[0, 0] == min(kernel_size, size) ** 2


def test_lite0_is_built_with_tensorflows_values():
    network = models.EfficientNetLite0()
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert len(norms) == 49 and {norm.eps for norm in norms} == {1e-3}
    assert not any(isinstance(module, torch.nn.ReLU) for module in network.modules())
    hot = torch.full((1, 3, 32, 32), 1e4)
    assert network.eval().stem(hot).max() <= 6
    assert sum(block.shortcut for block in network.blocks) == 9 and len(network.blocks) == 16


def test_weights_of_another_network_are_refused(monkeypatch):
    monkeypatch.setattr(datasets, "efficientnet_lite0_weights", datasets.squeezenet_weights)
    with pytest.raises(ValueError, match="do not fit EfficientNetLite0: conv1.weight"):
        models.load_efficientnet_lite0()


def test_without_torch_it_says_how_to_get_it():
    script = "import sys; sys.modules['torch'] = None; import helpers; import helpers.pytorch.models"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 1
    assert "ImportError: PyTorch is not installed" in run.stderr and "pip install torch" in run.stderr
