"""The agreement of two looks: its loss worked out by hand, and what of a map its head reads."""

import math

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from mmearth_core.pretraining.methods.comparisons.agreement import info_nce  # noqa: E402


def directions(count: int, seed: int) -> torch.Tensor:
    return functional.normalize(torch.randn(count, 5, generator=torch.Generator().manual_seed(seed)))


def test_the_loss_and_its_gradient_by_hand():
    """The gradient comes from both sides of each comparison."""
    first, second, temperature = directions(3, 0).requires_grad_(), directions(3, 1).requires_grad_(), 0.5
    terms = []
    for ours, theirs in ((first, second), (second, first)):
        for tile in range(3):
            likeness = [torch.exp(ours[tile] @ other / temperature) for other in theirs]
            terms.append(-torch.log(likeness[tile] / sum(likeness)))
    loss = info_nce(first, second, temperature)
    assert loss.total.item() == pytest.approx(sum(terms).item(), rel=1e-5) and loss.count.item() == 6
    wanted, found = (torch.autograd.grad(each, (first, second)) for each in (sum(terms), loss.total))
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(wanted, found, strict=True))


def test_looks_all_alike_lose_the_logarithm_of_their_number_and_told_apart_ones_nothing():
    alike = directions(1, 0).expand(7, -1)
    assert info_nce(alike, alike, 0.2).mean.item() == pytest.approx(math.log(7))
    apart = torch.eye(5)
    assert info_nce(apart, apart, 0.02).mean.item() == pytest.approx(0, abs=1e-6)
    assert info_nce(apart, apart.roll(1, 0), 0.02).mean.item() == pytest.approx(50)


def test_the_loss_is_not_computed_in_half_precision():
    first, second = directions(4, 0), directions(4, 1)
    with torch.autocast("cpu", torch.bfloat16):
        found = info_nce(first, second, 0.05).total
    assert torch.equal(found, info_nce(first, second, 0.05).total)


def test_tiles_of_one_place_are_not_told_from_one_another():
    first, second, temperature = directions(4, 0).requires_grad_(), directions(4, 1).requires_grad_(), 0.5
    places, terms = [3, 8, 3, 1], []
    for ours, theirs in ((first, second), (second, first)):
        for tile in range(4):
            others = [each for each in range(4) if each != tile and places[each] != places[tile]]
            likeness = torch.exp(theirs[[tile, *others]] @ ours[tile] / temperature)
            terms.append(-torch.log(likeness[0] / likeness.sum()))
    loss = info_nce(first, second, temperature, torch.tensor(places))
    assert loss.total.item() == pytest.approx(sum(terms).item(), rel=1e-5) and loss.count.item() == 8
    wanted, found = (torch.autograd.grad(each, (first, second)) for each in (sum(terms), loss.total))
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(wanted, found, strict=True))
    assert all(torch.isfinite(each).all() for each in found)


def test_places_that_are_all_different_change_nothing():
    first, second = directions(4, 0), directions(4, 1)
    assert torch.equal(info_nce(first, second, 0.2, torch.arange(4)).total, info_nce(first, second, 0.2).total)


def test_a_batch_of_one_place_has_nothing_to_tell_apart():
    first, second = directions(4, 0), directions(4, 1)
    assert info_nce(first, second, 0.2, torch.zeros(4, dtype=torch.int64)).total.item() == 0
