"""The agreement of patches: which pairs count, which negatives each has, and the loss worked out by hand."""

import math

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from mmearth_core.pretraining.methods.comparisons.patch_agreement import PatchPairs, patch_agreement  # noqa: E402


def directions(count: int, seed: int) -> torch.Tensor:
    return functional.normalize(torch.randn(count, 5, generator=torch.Generator().manual_seed(seed)))


def pairs_of(tiles: list[int], places: list[int]) -> PatchPairs:
    tile = torch.tensor(tiles, dtype=torch.int64)
    return PatchPairs(tile, torch.zeros_like(tile), torch.zeros_like(tile), torch.tensor(places)[tile])


def test_pairs_are_of_patches_that_both_looks_show() -> None:
    masked = torch.tensor([[[False, True], [False, False]], [[True, False], [True, False]]])
    again = torch.tensor([[[False, False], [True, False]], [[False, False], [False, True]]])
    cells = torch.tensor([[[2, 1], [0, -1]], [[3, 3], [0, 1]]])
    # Tile 0: patch 0 shows 2; 1 shows a hidden one; 2 is hidden; 3 lies elsewhere. Tile 1: 0 and 1 show 3.
    pairs = PatchPairs.of(masked, again, cells, torch.tensor([0, 1]))
    assert list(zip(pairs.tile.tolist(), pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [
        (0, 2, 0), (1, 3, 0), (1, 3, 1),
    ]  # fmt: skip
    assert pairs.place.tolist() == [0, 1, 1]
    assert PatchPairs.of(masked, again, cells, torch.tensor([7, 7])).place.tolist() == [7, 7, 7]


def test_the_loss_and_its_gradient_by_hand() -> None:
    """Patches of the same tile, and of another tile at the same place, are no negatives."""
    first, second, temperature = directions(5, 0).requires_grad_(), directions(5, 1).requires_grad_(), 0.5
    pairs = pairs_of([0, 0, 1, 2, 2], [4, 9, 4])
    apart = {0: [2], 1: [2], 2: [0, 1, 3, 4], 3: [2], 4: [2]}
    terms = []
    for ours, theirs in ((first, second), (second, first)):
        for row in range(5):
            likeness = torch.exp(theirs[[row, *apart[row]]] @ ours[row] / temperature)
            terms.append(-torch.log(likeness[0] / likeness.sum()))
    loss = patch_agreement(first, second, pairs, temperature)
    assert loss.total.item() == pytest.approx(sum(terms).item(), rel=1e-5) and loss.count.item() == 10
    wanted, found = (torch.autograd.grad(each, (first, second)) for each in (sum(terms), loss.total))
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(wanted, found, strict=True))


def test_patches_all_alike_lose_the_logarithm_of_what_they_are_told_from() -> None:
    alike = directions(1, 0).expand(6, -1)
    loss = patch_agreement(alike, alike, pairs_of([0, 0, 1, 1, 2, 2], [0, 1, 2]), 0.2)
    assert loss.mean.item() == pytest.approx(math.log(5))


def test_without_a_pair_nothing_is_lost_or_learned() -> None:
    rows = torch.zeros(0, 5, requires_grad=True)
    loss = patch_agreement(rows, rows, pairs_of([], [0]), 0.2)
    assert loss.count.item() == 0 and loss.mean.item() == 0 and not loss.mean.requires_grad
