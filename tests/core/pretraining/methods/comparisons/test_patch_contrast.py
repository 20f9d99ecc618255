"""The contrast of patches across two sensors: worked out by hand, who is told from whom, memory."""

import math

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from mmearth_core.pretraining.methods.comparisons import patch_contrast as module  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.patch_contrast import patch_contrast  # noqa: E402

ALL = torch.tensor


def directions(count: int, seed: int, width: int = 5) -> torch.Tensor:
    return functional.normalize(torch.randn(count, width, generator=torch.Generator().manual_seed(seed)))


def known(count: int) -> torch.Tensor:
    return torch.ones(count, dtype=torch.bool)


@pytest.mark.parametrize(("tiles", "patches", "lost"), [(2, 2, 1.0986), (2, 3, 1.3863), (4, 49, 4.9972)])
def test_tokens_all_alike_lose_the_logarithm_of_the_patches_of_other_tiles_and_their_own(tiles, patches, lost) -> None:
    """log(1 + (B − 1)·P); OmniSat's, with others of both sensors and of the tile, is log((B·M·P − P)/(M − 1))."""
    alike = directions(1, 0).expand(tiles * patches, -1)
    loss = patch_contrast(alike, alike, torch.arange(tiles).repeat_interleave(patches), known(tiles * patches), 0.1)
    assert loss.mean.item() == pytest.approx(math.log(1 + (tiles - 1) * patches), rel=1e-6)
    assert loss.mean.item() == pytest.approx(lost, abs=1e-4) and loss.count.item() == 2 * tiles * patches


def test_two_tiles_of_one_patch_by_hand() -> None:
    """Every partner has cosine 0.6, every other 0.8, both ways: log(1 + e^0.2) = 0.7981."""
    first, second = ALL([[1.0, 0], [0, 1]]), ALL([[0.6, 0.8], [0.8, 0.6]])
    loss = patch_contrast(first, second, ALL([0, 1]), known(2), 1.0)
    assert loss.mean.item() == pytest.approx(0.7981, abs=1e-4)


def test_patches_of_the_same_tile_are_neither_partners_nor_others_by_hand() -> None:
    """Two patches of one tile and one of another; cosines (rows Sentinel-2): .6 .8 0 | .8 .6 1 | 1 .96 .8.

    To the other sensor log(1 + e^−.6), log(1 + e^.4), log(1 + e^.2 + e^.16); back log(1 + e^.4), log(1 + e^.36),
    log(1 + e^−.8 + e^.2): 0.4375 + 0.9130 + 1.2223 + 0.9130 + 0.8893 + 0.9823 = 5.3574.
    """
    first, second = ALL([[1.0, 0], [0, 1], [0.6, 0.8]]), ALL([[0.6, 0.8], [0.8, 0.6], [0, 1]])
    loss = patch_contrast(first, second, ALL([0, 0, 1]), known(3), 1.0)
    assert loss.total.item() == pytest.approx(5.3574, abs=2e-4) and loss.count.item() == 6


def test_the_loss_and_its_gradient_are_those_of_a_plain_sum(monkeypatch) -> None:
    """In pieces of two rows as in one; unknown patches take part on neither side and get no gradient."""
    first, second = directions(9, 0).requires_grad_(), directions(9, 1).requires_grad_()
    tiles, there = ALL([0, 0, 0, 1, 1, 2, 2, 3, 3]), ALL([1, 1, 0, 1, 0, 1, 1, 0, 0]).bool()
    terms = []
    for ours, theirs in ((first, second), (second, first)):
        for i in torch.nonzero(there)[:, 0].tolist():
            others = [j for j in range(9) if there[j] and tiles[j] != tiles[i]]
            likeness = [torch.exp(ours[i] @ theirs[j] / 0.5) for j in (i, *others)]
            terms.append(-torch.log(likeness[0] / sum(likeness)))
    wanted = torch.autograd.grad(sum(terms), (first, second))
    for cells in (1 << 22, 10):
        monkeypatch.setattr(module, "_AT_ONCE", cells)
        loss = patch_contrast(first, second, tiles, there, 0.5)
        assert loss.total.item() == pytest.approx(sum(terms).item(), rel=1e-5) and loss.count.item() == 10
        found = torch.autograd.grad(loss.total, (first, second))
        for one, other in zip(wanted, found, strict=True):
            assert torch.allclose(one, other, atol=1e-6)
            assert not other[~there].any() and other[there].any(1).all()


@pytest.mark.parametrize("there", [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]])
def test_where_one_tile_alone_is_known_nothing_counts(there) -> None:
    first, second = directions(4, 0).requires_grad_(), directions(4, 1)
    loss = patch_contrast(first, second, ALL([0, 0, 1, 1]), ALL(there).bool(), 0.1)
    assert loss.count.item() == 0 and loss.mean.item() == 0
    loss.total.backward()
    assert not first.grad.any()


def test_the_loss_is_not_computed_in_half_precision() -> None:
    first, second, tiles = directions(6, 0), directions(6, 1), ALL([0, 0, 1, 1, 2, 2])
    with torch.autocast("cpu", torch.bfloat16):
        found = patch_contrast(first, second, tiles, known(6), 0.05).total
    assert torch.equal(found, patch_contrast(first, second, tiles, known(6), 0.05).total)


def test_no_more_than_a_piece_of_the_comparisons_is_kept_for_the_backward_pass() -> None:
    """64 tiles of 49 patches: 9.8 million comparisons a direction, of which none is kept."""
    kept = []
    tokens = [directions(64 * 49, seed, 16).requires_grad_() for seed in range(2)]
    tiles = torch.arange(64).repeat_interleave(49)
    with torch.autograd.graph.saved_tensors_hooks(lambda each: kept.append(each.numel()) or each, lambda each: each):
        loss = patch_contrast(*tokens, tiles, known(64 * 49), 0.1)
    assert max(kept, default=0) < 1e6 and loss.count.item() == 2 * 64 * 49
