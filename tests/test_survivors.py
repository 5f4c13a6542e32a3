"""Small changes to the arithmetic that passed unnoticed until now: defaults, ends of ranges, rare ways.

`make mutate ARGS=mutants` makes such changes; authoring/trust/README.md says how many survive.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import architectures as arch
from helpers import nn
from helpers.architectures import designs, fields
from helpers.architectures.receptive import Field
from helpers.nn.examples import other_dtype
from helpers.nn.optim import SGD
from helpers.nn.training import fit
from helpers.ops import conv_transpose, functional, losses, normalisation, padding
from helpers.ops.shapes import pool_output_size
from helpers.ops.windows import pool_window


def test_padding_goes_up_to_the_largest_number_and_windows_have_none_by_default():
    largest = np.finfo(np.float32).max
    assert padding.pad(np.zeros((1, 1), np.float32), (1, 0), value=float(largest))[0, 0] == largest
    assert pool_window((6, 6), 2).padding == (0, 0)


def test_a_bias_is_checked_by_its_name():
    x, weight = np.zeros((1, 2, 3, 3), np.float32), np.zeros((2, 3, 2, 2), np.float32)
    with pytest.raises(TypeError, match="bias.dtype=float64"):
        conv_transpose.conv_transpose2d(x, weight, np.zeros(3))
    with pytest.raises(ValueError, match=r"bias.shape=\(3,\): each channel has one"):
        normalisation.batch_norm(x, None, None, bias=np.zeros(3, np.float32), training=True)


def test_a_size_is_named_in_pooling_too():
    with pytest.raises(TypeError, match="^size=1.5"):
        pool_output_size(1.5, 2)


def test_a_leak_of_a_hundredth_is_the_default_backward_too():
    """The signatures' defaults are compared in test_fuzz.py; mutmut changes those behind them."""
    x = np.array([-2.0, 3.0], np.float32)
    np.testing.assert_allclose(functional.leaky_relu_backward(np.ones(2, np.float32), x), [0.01, 1])


def test_labels_in_a_list_are_refused_by_name():
    with pytest.raises(TypeError, match="target=list"):
        losses.cross_entropy(np.zeros((2, 3)), [0, 1])


def test_rows_are_concatenated_and_a_bias_is_drawn_by_the_given_generator():
    branches = nn.Concat(nn.Linear(3, 2), nn.Linear(3, 4))
    x = np.ones((5, 3), np.float32)
    assert branches(x).shape == (5, 6)
    assert branches.backward(np.ones((5, 6), np.float32)).shape == x.shape
    one, two = (nn.Linear(3, 2, rng=np.random.default_rng(7)).bias.data for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_layers_and_schedules_made_here_and_now():
    """The other tests make theirs while they are collected."""
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 8)).astype(np.float32)
    wanted = F.avg_pool2d(torch.tensor(x), 3, 2, 1, True, False).numpy()
    np.testing.assert_allclose(nn.AvgPool2d(3, 2, 1, True, False)(x), wanted, rtol=1e-6)
    rate = nn.optim.cosine(0.3, 20, 0.1)
    np.testing.assert_allclose([rate(0), rate(10), rate(20), rate(99)], [0.3, 0.2, 0.1, 0.1])
    assert max(range(10), key=nn.optim.one_cycle(1.0, 10)) == 2


def test_labels_of_the_validation_set_are_checked_too():
    model, x = nn.Linear(3, 2), np.zeros((4, 3), np.float32)
    with pytest.raises(ValueError, match=r"labels\[1\]=7: the scores are for 2 classes"):
        fit(model, x, np.zeros(4, np.int64), SGD(model.parameters()), validation=(x[:2], np.array([0, 7])))


def test_a_tensors_dtype_is_named_as_an_arrays():
    assert other_dtype(torch.zeros(2), torch.float64).startswith(
        "images.dtype=float32: the model's weights are float64"
    )


def test_famous_networks_at_sizes_that_tell_their_settings_apart():
    alexnet = arch.describe(designs.alexnet(), (3, 224, 224))
    assert alexnet[0].fields[0].first == -2
    (before,) = [
        one
        for one, two in zip(alexnet, alexnet[1:], strict=False)
        if isinstance(two.layer, arch.AdaptiveAvgPool)
    ]
    assert before.shape == (256, 6, 6)
    squeezenet = arch.describe(designs.squeezenet(), (3, 226, 226))
    assert next(row.shape for row in squeezenet if isinstance(row.layer, arch.MaxPool)) == (64, 56, 56)


def test_fields_that_step_unevenly():
    assert Field(((0, 2), (1, 3)), 3).alike() == Field(((-0.5, 2),), 1.5)
    assert (
        repr(arch.describe([arch.AdaptiveAvgPool(4)], (1, 8, 8))[0].fields[0])
        == "Field(size=2, jump=2, first=0)"
    )
    assert arch.Linear(8).windows((4, 16)) is None and arch.Linear(8).windows((16,)) == "all"


def test_counts_are_whole_numbers_and_blocks_keep_what_they_sum_up():
    (row,) = arch.describe([arch.ConvTranspose(4, 2, groups=2)], (2, 5, 5))
    assert type(row.weights) is int and row.weights == 16
    summary = arch.describe([arch.Conv(4, 3), arch.ReLU()], (3, 8, 8))
    assert summary.blocks().input_shape == (3, 8, 8)
    assert [row.layer for row in summary.blocks()] == [row.layer for row in summary]


@pytest.mark.parametrize(
    "layer, said",
    [
        (arch.Conv(4, 3, groups=1.5), "groups=1.5"),
        (arch.ConvTranspose(4, 2, output_padding=1.5), "output_padding=1.5"),
        (arch.ConvTranspose(4, 2.5), "kernel_size=2.5"),
        (arch.MaxPool(2.5), "kernel_size=2.5"),
    ],
    ids=repr,
)
def test_a_setting_that_is_no_whole_number_is_named(layer, said):
    with pytest.raises(TypeError, match=f": {said}: only"):  # the layer's own words come before
        arch.describe([layer], (4, 8, 8))


def test_a_spread_is_a_standard_deviation_and_equal_pools_are_means():
    heat = np.array([[1.0, 2.0, 0.0, 5.0]])
    drawn = np.repeat(np.arange(4), [1, 2, 0, 5])
    assert fields.spread(heat) == pytest.approx(drawn.std())
    last = fields.heats(("max pool 2×2, stride 2",), 8, True, fields.EQUAL, 1, 1)[0]
    assert last.sum() == pytest.approx(1) and (last > 0).sum() == 4
