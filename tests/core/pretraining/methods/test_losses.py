"""Losses worked out by hand, and values that are not there, which must count for nothing."""

import math

import pytest

torch = pytest.importorskip("torch")

from mmearth_core.pretraining.methods.contract import LossSum  # noqa: E402
from mmearth_core.pretraining.methods.losses import (  # noqa: E402
    FixedWeights,
    UncertaintyWeights,
    cross_entropy,
    normalised_patches,
    over_processes,
    squared_error,
)

NAN = float("nan")


def test_squared_error_by_hand():
    prediction = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    loss = squared_error(prediction, torch.tensor([[0.0, NAN], [5.0, 4.5]]))
    assert loss.total.item() == 1 + 4 + 0.25 and loss.count.item() == 3
    loss.mean.backward()
    assert torch.allclose(prediction.grad, torch.tensor([[2.0, 0.0], [-4.0, -1.0]]) / 3)


def test_cross_entropy_by_hand():
    logits = torch.tensor([[[0.0, math.log(3)], [5.0, -5.0]], [[1.0, 1.0], [0.0, 0.0]]], requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([[1, -1], [0, -1]]))
    assert loss.total.item() == pytest.approx(-math.log(0.75) - math.log(0.5)) and loss.count.item() == 2
    loss.total.backward()
    assert (logits.grad[:, 1] == 0).all() and (logits.grad[:, 0] != 0).all()


@pytest.mark.parametrize(
    ("loss_of", "target"),
    [(squared_error, torch.full((2, 3), NAN)), (cross_entropy, torch.full((2,), -1))],
)
def test_without_one_value_the_loss_is_zero_and_sends_no_gradient(loss_of, target):
    prediction = torch.randn(2, 3, requires_grad=True)
    loss = loss_of(prediction, target)
    assert loss.total.item() == loss.count.item() == loss.mean.item() == 0
    loss.total.backward()
    assert (prediction.grad == 0).all()


def test_infinite_targets_are_no_values():
    loss = squared_error(torch.zeros(3), torch.tensor([math.inf, -math.inf, 2.0]))
    assert float(loss.mean) == 4


def test_patches_are_normalised_over_all_their_values_jointly():
    patches = torch.tensor([[1.0, 2.0, 3.0, 6.0], [4.0, NAN, 4.0, 4.0], [1.0, NAN, NAN, 3.0], [NAN, NAN, 7.0, NAN]])
    found = normalised_patches(patches)
    # mean 3, unbiased variance (4 + 1 + 0 + 9) / 3
    assert torch.allclose(found[0], torch.tensor([-2.0, -1.0, 0.0, 3.0]) / math.sqrt(14 / 3 + 1e-6))
    # A flat patch is 0, not a division by zero; what has no value keeps none.
    assert torch.equal(found[1].isnan(), patches[1].isnan()) and (found[1].nan_to_num() == 0).all()
    assert torch.allclose(found[2, [0, 3]], torch.tensor([-1.0, 1.0]) / math.sqrt(2 + 1e-6))
    # A single value has no spread to be measured in.
    assert found[3].isnan().all()


def test_learned_weights_by_hand():
    weights = UncertaintyWeights(["a", "b"])
    with torch.no_grad():
        weights.log_vars.copy_(torch.tensor([0.5, -1.0]))
    parts = {"b": LossSum(torch.tensor(6.0), torch.tensor(2.0)), "a": LossSum(torch.tensor(4.0), torch.tensor(1.0))}
    losses = weights(parts)
    assert losses.objective.item() == pytest.approx(4 * math.exp(-0.5) + 0.5 + 3 * math.exp(1) - 1)
    assert losses.weights == pytest.approx({"a": math.exp(-0.5), "b": math.exp(1)})
    losses.objective.backward()
    assert weights.log_vars.grad.tolist() == pytest.approx([1 - 4 * math.exp(-0.5), 1 - 3 * math.exp(1)])


def test_a_modality_without_values_leaves_objective_and_its_weight_alone():
    weights = UncertaintyWeights(["a", "b"])
    with torch.no_grad():
        weights.log_vars.fill_(0.7)
    prediction = torch.randn(2, 3, requires_grad=True)
    parts = {
        "a": squared_error(prediction, torch.full((2, 3), NAN)),
        "b": LossSum(torch.tensor(3.0), torch.tensor(1.0)),
    }
    losses = weights(over_processes(parts))
    assert losses.objective.item() == pytest.approx(3 * math.exp(-0.7) + 0.7)
    losses.objective.backward()
    assert float(weights.log_vars.grad[0]) == 0 and float(weights.log_vars.grad[1]) != 0
    assert prediction.grad is None or (prediction.grad == 0).all()


def test_fixed_weights_by_hand():
    parts = {"a": LossSum(torch.tensor(4.0), torch.tensor(2.0)), "b": LossSum(torch.tensor(0.0), torch.tensor(0.0))}
    losses = FixedWeights({"a": 0.5, "b": 3.0})(parts)
    assert losses.objective.item() == 1 and losses.weights == {"a": 0.5, "b": 3.0}
