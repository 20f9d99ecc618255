"""OmniSat's contrast, held against numbers by hand and against its formula written as loops."""

import math

import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.pretraining.methods.comparisons import token_contrast as module  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.projection import directions  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.token_contrast import token_contrast  # noqa: E402


def random_tokens(*shape: int):
    torch.manual_seed(1)
    return directions(torch.randn(math.prod(shape), 6)).view(*shape, 6)


@pytest.mark.parametrize(("shape", "value"), [((2, 2, 2), 1.7918), ((2, 3, 3), 2.0149), ((4, 49, 3), 5.5966)])
def test_tokens_all_alike_lose_the_log_of_the_choice(shape: tuple[int, int, int], value: float) -> None:
    lost = token_contrast(torch.ones(*shape, 1), torch.ones(shape, dtype=torch.bool), 0.1)
    assert lost.mean.item() == pytest.approx(value, abs=1e-4) and lost.count == math.prod(shape)


def test_two_tiles_of_one_patch_by_hand() -> None:
    tokens = torch.tensor([[[[1, 0], [0.6, 0.8]]], [[[0, 1], [0.8, 0.6]]]])
    known = torch.ones(2, 1, 2, dtype=torch.bool)
    assert token_contrast(tokens, known, 1.0).mean.item() == pytest.approx(1.1575, abs=1e-4)
    # One anchor at a time: where it alone is let be lost, and the others are there to be told from.
    numbers = module._Numbers(
        tokens.view(4, 2), torch.tensor([0, 0, 1, 1]), torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1]), 1.0
    )
    each = [numbers.lost(torch.tensor([at])).item() for at in range(4)]
    assert each == pytest.approx([1.0189, 1.2960, 1.0189, 1.2960], abs=1e-4)


def test_it_is_the_formula() -> None:
    tokens, known = random_tokens(3, 4, 3), torch.rand(3, 4, 3, generator=torch.Generator().manual_seed(0)) > 0.3
    there = [tuple(at) for at in torch.nonzero(known).tolist()]
    total, anchors = 0.0, 0
    for b, p, m in there:
        cosine = {at: (tokens[b, p, m] @ tokens[at]).item() / 0.1 for at in there}
        own = [at for at in there if at[:2] == (b, p) and at[2] != m]
        told = [at for at in there if (at[0], at[2]) != (b, m)]
        if own:
            anchors += 1
            total += math.log(sum(math.exp(cosine[at]) for at in told))
            total -= math.log(sum(math.exp(cosine[at]) for at in own))
    lost = token_contrast(tokens, known, 0.1)
    assert lost.count == anchors and lost.total.item() == pytest.approx(total, rel=1e-5)


def test_every_row_excludes_exactly_its_own_tile_and_modality(monkeypatch: pytest.MonkeyPatch) -> None:
    """P of them: with one token of a row's choice more or less the sum of all alike would differ."""
    for patches in (1, 5, 9):
        shape = (3, patches, 2)
        lost = token_contrast(torch.ones(*shape, 1), torch.ones(shape, dtype=torch.bool), 0.1)
        assert lost.mean.item() == pytest.approx(math.log(math.prod(shape) - patches), rel=1e-6)
    whole = token_contrast(random_tokens(3, 4, 3), torch.ones(3, 4, 3, dtype=torch.bool), 0.1)
    monkeypatch.setattr(module, "_AT_ONCE", 36 * 5)
    parts = token_contrast(random_tokens(3, 4, 3), torch.ones(3, 4, 3, dtype=torch.bool), 0.1)
    assert parts.total.item() == pytest.approx(whole.total.item(), rel=1e-6)


def test_the_order_of_modalities_does_not_matter() -> None:
    tokens, known = random_tokens(3, 4, 3), torch.rand(3, 4, 3) > 0.3
    order = [2, 0, 1]
    a, b = token_contrast(tokens, known, 0.1), token_contrast(tokens[:, :, order], known[:, :, order], 0.1)
    assert a.total.item() == pytest.approx(b.total.item(), rel=1e-6) and a.count == b.count


def test_where_no_patch_is_known_twice_nothing_is_lost() -> None:
    tokens, known = random_tokens(2, 2, 2).requires_grad_(), torch.zeros(2, 2, 2, dtype=torch.bool)
    known[:, 0, 0] = known[:, 1, 1] = True
    lost = token_contrast(tokens, known, 0.1)
    assert lost.count == 0 and lost.mean == 0
    lost.total.backward()
    assert not tokens.grad.any()
