"""Soft targets: labels, their similarity and the losses, worked out by hand."""

import math

import pytest

torch = pytest.importorskip("torch")

from mmearth_core.pretraining.methods.comparisons.soft_targets import (  # noqa: E402
    SoftTargetLoss,
    label_similarity,
    label_vectors,
)

#: Labels (1, 1, 0), (1, 0, 0), (0, 0, 1), cosines of encodings, and the pairs that count.
LABELS = torch.tensor([[1.0, 1, 0], [1, 0, 0], [0, 0, 1]])
COSINES = torch.tensor([[1, 0.5, 0], [0.5, 1, -0.5], [0, -0.5, 1]])
PAIRS = ~torch.eye(3, dtype=torch.bool)


def test_similarity_of_labels_by_hand() -> None:
    wanted = label_similarity(LABELS, LABELS)
    assert wanted[0].tolist() == pytest.approx([1, 0.7071, 0], abs=1e-4) and wanted[1, 2] == 0
    fractions = torch.tensor([[0.5, 0.5], [1.0, 0]])
    assert label_similarity(fractions, fractions)[0, 1].item() == pytest.approx(0.7071, abs=1e-4)


def test_losses_by_hand() -> None:
    """Pairs 12, 13, 23 with a = 5, b = −2.5; the row of tile 1 at a temperature of 0.2."""
    wanted = label_similarity(LABELS, LABELS)
    upper = torch.triu(PAIRS)
    bce, mse, sce = (SoftTargetLoss(form, 0.2) for form in ("bce", "mse", "sce"))
    assert (bce.slope.item(), bce.offset.item()) == (5, -2.5)
    for pair, value in (((0, 1), 0.6931), ((0, 2), 0.0789), ((1, 2), 0.0067)):
        one = torch.zeros_like(upper)
        one[pair] = True
        assert bce(COSINES, wanted, one).mean.item() == pytest.approx(value, abs=1e-4)
    assert bce(COSINES, wanted, upper).mean.item() == pytest.approx(0.2596, abs=1e-4)
    assert bce(COSINES, wanted, PAIRS).mean.item() == pytest.approx(0.2596, abs=1e-4)
    assert bce(COSINES, wanted, PAIRS).count.item() == 6
    assert mse(COSINES, wanted, upper).mean.item() == pytest.approx(0.0143, abs=1e-4)
    assert sce(COSINES[:1], wanted[:1], PAIRS[:1]).total.item() == pytest.approx(0.0789, abs=1e-4)
    # Tile 3 is like no other: its row says nothing. Tile 2's is log(1 + e^−5) = 0.0067.
    rows = sce(COSINES, wanted, PAIRS)
    assert rows.count.item() == 2 and rows.total.item() == pytest.approx(0.0789 + 0.0067, abs=1e-4)


def test_the_slope_is_learned_and_does_not_decay() -> None:
    loss = SoftTargetLoss("bce", 0.2)
    loss(COSINES, label_similarity(LABELS, LABELS), PAIRS).mean.backward()
    assert loss.slope.grad != 0 and loss.offset.grad != 0 and loss.slope.ndim == 0
    assert not list(SoftTargetLoss("mse", 0.2).parameters())


@pytest.mark.parametrize("form", ["bce", "mse", "sce"])
def test_pairs_that_do_not_count_change_nothing_and_get_no_gradient(form) -> None:
    loss = SoftTargetLoss(form, 0.2)
    counted = torch.tensor([[False, True, True, False], [True, False, True, False], [False] * 4])
    cosines, wanted = torch.rand(3, 4, generator=torch.Generator().manual_seed(1)), torch.full((3, 4), 0.3)
    plain = loss(cosines, wanted, counted)
    odd = torch.where(counted, cosines, 0.9).requires_grad_()
    found = loss(odd, torch.where(counted, wanted, 1.0), counted)
    assert torch.equal(found.total, plain.total) and torch.equal(found.count, plain.count)
    found.total.backward()
    assert not odd.grad[~counted].any() and odd.grad[counted].all()
    none = loss(odd, wanted, torch.zeros_like(counted))
    assert none.count.item() == 0 and none.mean.item() == 0
    none.total.backward()


def test_labels_are_shares_of_what_is_labelled_or_the_covers_there_are() -> None:
    counts = torch.tensor([[30, 1, 1], [60, 4, 0], [20, 11, 0], [0, 0, 0], [64, 0, 0]])
    pixels = torch.full((5,), 64)
    labels, known = label_vectors(counts, pixels, "fraction", 0.02)
    assert labels[0].tolist() == pytest.approx([30 / 32, 1 / 32, 1 / 32])
    assert known.tolist() == [True, True, False, False, True]  # 32 of 64 are enough, 31 are not
    assert label_vectors(counts, pixels, "multihot", 0.05)[0][0].tolist() == [1, 0, 0]
    assert label_vectors(counts, pixels, "multihot", 0.05)[0][1].tolist() == [1, 1, 0]
    assert label_vectors(counts, pixels, "multihot", 0.02)[0][0].tolist() == [1, 1, 1]
    assert label_vectors(counts, pixels, "multihot", 0.95)[1].tolist() == [False, False, False, False, True]


@pytest.mark.parametrize("form", ["bce", "mse", "sce"])
def test_the_constant_is_the_best_constant(form) -> None:
    """Of the mean S = p: the entropy of p, the variance of S, log(pairs of a row); no other constant loses less."""
    wanted = label_similarity(LABELS, LABELS)
    loss = SoftTargetLoss(form, 0.2)
    constant = loss.constant(wanted, PAIRS)
    values = wanted[PAIRS]
    p = values.mean().item()
    by_hand = {
        "bce": -p * math.log(p) - (1 - p) * math.log(1 - p),
        "mse": float(values.var(correction=0)),
        "sce": math.log(2),
    }
    assert constant.mean.item() == pytest.approx(by_hand[form], rel=1e-5)
    assert constant.count.item() == loss(COSINES, wanted, PAIRS).count.item()
    for other in torch.linspace(-1, 1, 21):
        assert loss(other.expand(3, 3), wanted, PAIRS).mean.item() >= constant.mean.item() - 1e-6


@pytest.mark.parametrize("same", [0.0, 1.0])
def test_a_batch_of_one_cover_has_a_finite_constant(same) -> None:
    constant = SoftTargetLoss("bce", 0.2).constant(torch.full((3, 3), same), PAIRS)
    assert 0 <= constant.mean.item() < 1e-4
