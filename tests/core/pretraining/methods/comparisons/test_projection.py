"""The head by which rows are compared, and what is pooled for it."""

import pytest

torch = pytest.importorskip("torch")

from mmearth_core.pretraining.methods.comparisons.projection import Projection, directions, pooled  # noqa: E402


@torch.no_grad()
def test_rows_become_directions_float32_at_least():
    torch.manual_seed(0)
    head, rows = Projection(6), torch.randn(5, 6)
    found, wanted = head(rows), head.layers(rows)
    assert torch.allclose(found, wanted / wanted.norm(dim=1, keepdim=True), atol=1e-6)
    assert found.shape == (5, 128) and directions(rows.bfloat16()).dtype == torch.float32
    assert directions(rows.double()).dtype == torch.float64


def test_the_mean_is_over_visible_patches():
    masked = torch.tensor([[[True, False], [True, True]], [[False, True], [False, False]]])
    encoded = torch.where(masked[:, None], 0, torch.randn(2, 6, 2, 2))
    means = torch.stack([encoded[0, :, 0, 1], (encoded[1, :, 0, 0] + encoded[1, :, 1, 0] + encoded[1, :, 1, 1]) / 3])
    assert torch.allclose(pooled(encoded, masked), means)
