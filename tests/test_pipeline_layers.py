"""Which layers a reader's model has, and their numbers, whatever the model is made of."""

import copy
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn.utils import parametrizations, prune  # noqa: E402

from helpers import nn as book  # noqa: E402
from helpers.explorers import Pipeline  # noqa: E402
from helpers.explorers.pipeline.banks import bank_of  # noqa: E402


def pair():
    torch.manual_seed(0)
    return nn.Conv2d(1, 4, 3), nn.Conv2d(4, 3, 3)


def assert_shown(model, first, second, note="its numbers as they are"):
    """The bank's filters are what the two convolutions compute with."""
    bank = bank_of(model)
    assert bank.note == note
    given = torch.randn(2, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    maps = nn.functional.conv2d(given, torch.from_numpy(bank.weight[:, None]), torch.from_numpy(bank.bias))
    torch.testing.assert_close(maps, first(given.float()).double().detach(), atol=1e-5, rtol=1e-4)
    weight, bias = torch.from_numpy(bank.next_weight), torch.from_numpy(bank.next_bias)
    torch.testing.assert_close(
        nn.functional.conv2d(maps, weight, bias), second(maps.float()).double().detach(), atol=1e-5, rtol=1e-4
    )
    return bank


class WithActivation(nn.Conv2d):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.activation = nn.ReLU()

    def forward(self, x):
        return self.activation(super().forward(x))


class WithNorm(nn.Conv2d):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.norm = nn.BatchNorm2d(arguments[1])

    def forward(self, x):
        return self.norm(super().forward(x))


class Conv2d(nn.Module):
    """A reader's own class of this name, which holds PyTorch's."""

    def __init__(self, *arguments):
        super().__init__()
        self.inner = nn.Conv2d(*arguments)

    def forward(self, x):
        return self.inner(x)


def old_weight_norm(layer):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated, and still in many models
        return nn.utils.weight_norm(layer)


MADE = {
    "weight_norm": parametrizations.weight_norm,
    "orthogonal": parametrizations.orthogonal,
    "spectral_norm in use": lambda layer: parametrizations.spectral_norm(layer).eval(),
    "weight_norm of old": old_weight_norm,
    "spectral_norm of old": lambda layer: nn.utils.spectral_norm(layer).eval(),
    "pruned": lambda layer: prune.l1_unstructured(layer, "weight", 0.5),
}


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)])
def test_a_weight_that_is_made_from_others_is_that_of_its_own_layer(made, which):
    convolutions = list(pair())
    for place in which:
        convolutions[place] = MADE[made](convolutions[place])
    first, second = convolutions
    assert_shown(nn.Sequential(first, nn.ReLU(), second), first, second)


@pytest.mark.parametrize("made", ["weight_norm of old", "pruned"])
def test_a_weight_is_what_the_next_forward_pass_uses(made):
    """An optimiser has moved what it is made from; PyTorch makes it anew when the model is next called."""
    first, second = pair()
    first = MADE[made](first)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter *= 3
    assert_shown(nn.Sequential(first, second), first, second)


@pytest.mark.parametrize("make", [parametrizations.spectral_norm, nn.utils.spectral_norm])
def test_looking_changes_nothing_in_the_model(make):
    first, second = pair()
    model = nn.Sequential(make(first), nn.Dropout(), second).train()
    before = copy.deepcopy(model.state_dict())
    bank_of(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(module.training for module in model.modules())


def test_a_subclass_that_holds_its_activation_or_norm_is_one_layer():
    first, second = WithActivation(1, 4, 3), WithNorm(4, 3, 3)
    bank = bank_of(nn.Sequential(first, second))
    np.testing.assert_allclose(bank.weight, first.weight.detach()[:, 0].double(), atol=1e-12)
    np.testing.assert_allclose(bank.next_weight, second.weight.detach().double(), atol=1e-12)
    assert bank.next_note == "the batch norm after it left out"


def test_a_readers_own_class_called_conv2d_is_looked_into():
    first, second = Conv2d(1, 4, 3), Conv2d(4, 3, 3)
    norm, model = "its numbers as they are, the batch norm after it left out", [first, nn.Identity()]
    assert_shown(nn.Sequential(*model, nn.BatchNorm2d(4), second), first, second, norm)
    group = norm.replace("batch norm", "GroupNorm")
    assert_shown(nn.Sequential(*model, nn.Dropout(), nn.GroupNorm(2, 4), second), first, second, group)


def test_a_layer_that_stands_in_two_places_is_both_layers():
    shared = nn.Conv2d(2, 2, 3)
    bank = bank_of(nn.Sequential(shared, nn.ReLU(), shared))
    np.testing.assert_array_equal(bank.next_weight, shared.weight.detach().double())


def test_scripted_compiled_and_wrapped_models_show_what_they_were_made_of():
    first, second = pair()
    model = nn.Sequential(first, nn.ReLU(), second)
    wrapped = [
        torch.compile(model),
        nn.DataParallel(model),
        torch.fx.symbolic_trace(model),
        nn.ModuleList(model),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrapped.append(torch.jit.script(model))
    for other in wrapped:
        bank = assert_shown(other, first, second)
        assert bank.name in ("Sequential", "DataParallel", "ModuleList", "GraphModule")
    strided = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = bank_of(torch.jit.script(strided))
    assert scripted.padded and scripted.note == bank_of(strided).note
    assert "its stride 2 left out, the batch norm after it left out" in scripted.note


def test_models_that_do_not_say_what_their_layers_are_are_refused_with_the_truth():
    model, given = nn.Sequential(*pair()), torch.zeros(1, 1, 9, 9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced, exported = torch.jit.trace(model, given), torch.export.export(model, (given,)).module()
    for other, how in ((traced, "traced"), (exported, "exported")):
        with pytest.raises(ValueError, match=f"it was {how}.*; give the model that it was made of"):
            bank_of(other)
    with pytest.raises(ValueError, match="its weights are complex.*; give a model with real weights"):
        bank_of(nn.Sequential(nn.Conv2d(1, 2, 3, dtype=torch.complex64)))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_every_kind_of_real_number_is_read(dtype):
    model = nn.Sequential(*pair()).to(dtype)
    np.testing.assert_array_equal(bank_of(model).weight, model[0].weight.detach().double()[:, 0])


def test_a_quantised_model_shows_the_numbers_it_computes_with():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.ao is to become a package of its own
        quantised = torch.ao.nn.quantized.Conv2d(1, 4, 3, stride=2)
        weight = torch.quantize_per_tensor(torch.randn(4, 1, 3, 3), 0.1, 0, torch.qint8)
        quantised.set_weight_bias(weight, torch.ones(4))
    bank = bank_of(nn.Sequential(quantised))
    np.testing.assert_array_equal(bank.weight, weight.dequantize().double()[:, 0])
    assert (bank.bias == 1).all() and "its stride 2 left out" in bank.note


def test_the_books_own_network_is_shown():
    book.manual_seed(0)
    body = book.Residual(book.Conv2d(4, 4, 3, stride=(1, 2), padding=1), book.Conv2d(4, 4, 1, stride=(1, 2)))
    model = book.Sequential(book.Conv2d(3, 4, 3, padding="same"), book.BatchNorm2d(4), book.ReLU(), body)
    bank = bank_of(model)
    assert bank.note == "its 3 input planes added, the batch norm after it left out" and bank.padded
    np.testing.assert_allclose(bank.weight, model[0].weight.data.sum(axis=1), atol=1e-6)
    np.testing.assert_array_equal(bank.next_weight, body.body.weight.data)
    assert bank.next_note == "its stride 1 × 2 left out"
    assert "of Sequential" in Pipeline(model=model, image="cat").description
    with pytest.raises(ValueError, match="model=Linear: it has no Conv2d"):
        bank_of(book.Linear(3, 2))
