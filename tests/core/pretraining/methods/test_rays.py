"""The renderer of NS-MAE, by hand: what is seen along columns, leaning columns and rays."""

import math

import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.pretraining.methods.ns_mae.rays import (  # noqa: E402
    columns,
    displacement,
    expected,
    leant,
    ray_weights,
    sampled,
    spread,
    variance,
)

LN2 = math.log(2)


def test_a_column_of_two_half_open_layers_over_ground_by_hand() -> None:
    weights = ray_weights(torch.tensor([LN2 / 2, LN2 / 2, 0.0], dtype=torch.float64), 2.0)
    heights = torch.tensor([4.0, 2.0, 0.0], dtype=torch.float64)
    assert weights.tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert float(expected(weights, heights)) == pytest.approx(2.5)
    assert float(variance(weights, heights)) == pytest.approx(2.75)
    assert float(spread(weights, heights)) == pytest.approx(math.sqrt(2.75))
    assert float(1 - weights[-1]) == pytest.approx(0.75)


def test_of_an_opaque_slab_its_height_is_seen_without_spread_and_without_an_infinite_gradient() -> None:
    heights = torch.tensor([8.0, 6.0, 4.0, 2.0, 0.0])
    densities = torch.tensor([0.0, 0.0, 1e4, 0.3, 0.0], requires_grad=True)
    weights = ray_weights(densities, 2.0)
    seen, around = expected(weights, heights), spread(weights, heights)
    assert (seen.item(), around.item()) == (4.0, 0.0)
    (seen + around).backward()
    assert bool(torch.isfinite(densities.grad).all())


def test_shares_add_up_to_one_whatever_the_densities() -> None:
    generator = torch.Generator().manual_seed(0)
    for scale in (0.0, 1e-3, 1.0, 1e3):
        densities = torch.rand(50, 33, generator=generator, dtype=torch.float64) * scale
        steps = torch.rand(33, generator=generator, dtype=torch.float64) * 4
        weights = ray_weights(densities, steps)
        assert bool((weights >= 0).all())
        assert torch.allclose(weights.sum(-1), torch.ones(50, dtype=torch.float64), atol=1e-12)


def test_columns_begin_at_the_top() -> None:
    volume = torch.arange(3.0)[:, None, None].expand(3, 4, 5)
    assert columns(volume).shape == (4, 5, 3)
    assert columns(volume)[2, 3].tolist() == [2.0, 1.0, 0.0]


@pytest.mark.parametrize(("incidence", "metres"), [(45, 30.0), (39, 37.05), (31, 49.93)])
def test_thirty_metres_are_moved_by_hand(incidence: int, metres: float) -> None:
    assert displacement(30, incidence) == pytest.approx(metres, abs=0.005)


def test_a_tower_leans_towards_the_radar_and_away_from_it_in_the_other_orbit() -> None:
    """A point at 30 m, seen at 45° in cells of 10 m, stands three cells beside its foot."""
    volume = torch.zeros(2, 4, 1, 9)
    volume[:, 3, 0, 4], volume[:, 0, 0, 4] = 1.0, 1.0
    cells = torch.tensor([displacement(height, 45) / 10 for height in (0, 10, 20, 30)])
    for towards, place in ((1, 7), (-1, 1)):
        seen = leant(volume, towards * cells)
        assert seen[:, 3, 0].argmax(-1).tolist() == [place, place] and float(seen[0, 3].sum()) == pytest.approx(1)
        assert seen[:, 0, 0].argmax(-1).tolist() == [4, 4]


def test_a_move_between_cells_is_shared_by_them_and_the_border_is_repeated() -> None:
    volume = torch.tensor([5.0, 0.0, 1.0, 0.0]).view(1, 1, 4)
    assert leant(volume, torch.tensor([0.25])).flatten().tolist() == pytest.approx([5.0, 1.25, 0.75, 0.25])
    assert leant(volume, torch.tensor([2.0])).flatten().tolist() == [5.0, 5.0, 5.0, 0.0]
    assert leant(volume, torch.tensor([-9.0])).flatten().tolist() == [0.0] * 4


def test_a_volume_is_read_at_points_in_cells() -> None:
    volume = torch.zeros(1, 2, 2, 3, 4)
    volume[0, 1, 1, 2, 3] = 4.0
    points = torch.tensor([[[3.5, 2.5, 1.5], [3.0, 2.5, 1.5], [3.5, 2.5, 2.5], [0.5, 0.5, 0.5]]])
    assert sampled(volume, points)[0, 1].tolist() == pytest.approx([4.0, 2.0, 4.0, 0.0], abs=1e-5)
    assert float(sampled(volume, points)[0, 0].abs().max()) == 0


def test_gradients_are_those_of_the_formulas() -> None:
    generator = torch.Generator().manual_seed(1)
    densities = (torch.rand(2, 3, 2, 4, generator=generator, dtype=torch.float64) + 0.1).requires_grad_()
    moves = torch.tensor([0.0, 0.4, -1.3], dtype=torch.float64, requires_grad=True)
    heights = torch.tensor([4.0, 2.0, 0.0], dtype=torch.float64)

    def rendered(volume: torch.Tensor, shifted: torch.Tensor) -> tuple[torch.Tensor, ...]:
        weights = ray_weights(columns(leant(volume, shifted)), 2.0)
        return expected(weights, heights), spread(weights, heights), weights

    assert torch.autograd.gradcheck(rendered, (densities, moves))
