"""The contrast across sensors as the method uses it: what counts, what is left alone, and that it is learned."""

import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pretraining_steps import visible_cells  # noqa: E402
from torch import nn  # noqa: E402

from mmearth_core.encoder.masking import VisiblePatches  # noqa: E402
from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.dataset import TileDataset, make_loader  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.cross_sensor import CrossSensor  # noqa: E402
from mmearth_core.pretraining.methods.views import MaskedView  # noqa: E402
from mmearth_core.tiles.reader import TileFile  # noqa: E402
from mmearth_core.tiles.statistics import dataset_statistics  # noqa: E402
from mmearth_core.tiles.synthetic import write_synthetic_tiles  # noqa: E402


def make(*names: str) -> CrossSensor:
    torch.manual_seed(0)
    return CrossSensor(10, names, 8, 0.1)


def make_batch(tiles: int = 3) -> dict[str, torch.Tensor]:
    """Tiles of 3×3 patches of which four are visible."""
    rng = torch.Generator().manual_seed(0)
    order = torch.rand(tiles, 9, generator=rng).argsort(1)
    batch = {"masked": (order >= 4).view(tiles, 3, 3), "image": torch.randn(tiles, 12, 24, 24, generator=rng)}
    for name in ("sentinel1", "aster"):
        batch[name] = torch.randn(tiles, MODALITIES[name].outputs, 24, 24, generator=rng)
    return batch | {"dynamic_world": torch.randint(9, (tiles, 24, 24), generator=rng)}


def encoded(batch: dict[str, torch.Tensor]) -> torch.Tensor:
    made = torch.randn(len(batch["masked"]), 10, 3, 3, generator=torch.Generator().manual_seed(1))
    return torch.where(batch["masked"][:, None], 0, made).requires_grad_()


def test_the_order_of_modalities_does_not_matter() -> None:
    batch = make_batch()
    one, other = make("sentinel1", "aster", "dynamic_world"), make("dynamic_world", "sentinel1", "aster")
    assert one.parts == other.parts == ("cross_sensor_sentinel1", "cross_sensor_aster", "cross_sensor_dynamic_world")
    losses = [each(*visible_cells(encoded(batch), batch["masked"]), batch) for each in (one, other)]
    assert all(torch.equal(losses[0][part].total, losses[1][part].total) for part in one.parts)


def test_what_is_unknown_or_unseen_counts_nowhere_and_sends_no_gradient() -> None:
    """In the first tile one visible patch lacks the radar image, another is a hole of Sentinel-2's."""
    method, batch = make("sentinel1"), make_batch()
    first, second = torch.nonzero(~batch["masked"][0])[:2].tolist()
    for name, (row, column), nothing in (("sentinel1", first, torch.nan), ("image", second, 0)):
        batch[name][0, :, 8 * row : 8 * row + 5, 8 * column : 8 * column + 8] = nothing
    batch["sentinel1"].requires_grad_()
    seen = encoded(batch)
    loss = method(*visible_cells(seen, batch["masked"]), batch)["cross_sensor_sentinel1"]
    assert loss.count.item() == 2 * (12 - 2)
    loss.mean.backward()
    for row, column in (first, second):
        assert not seen.grad[0, :, row, column].any()
        assert not batch["sentinel1"].grad[0, :, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8].any()
    counted = ~batch["masked"]
    counted[0, first[0], first[1]] = counted[0, second[0], second[1]] = False
    assert torch.equal(seen.grad.abs().sum(1) > 0, counted)


def test_constants_are_those_of_tokens_all_alike() -> None:
    method, batch = make("sentinel1", "aster"), make_batch()
    batch["aster"][0] = torch.nan
    losses, constants = (
        method(*visible_cells(encoded(batch), batch["masked"]), batch),
        method.constants(VisiblePatches(batch["masked"]), batch),
    )
    assert constants.keys() == losses.keys()
    for part, others in (("cross_sensor_sentinel1", 8), ("cross_sensor_aster", 4)):
        assert constants[part].mean.item() == pytest.approx(math.log(1 + others), rel=1e-6)
        assert constants[part].count.item() == losses[part].count.item()


@pytest.fixture(scope="module")
def landscapes(tmp_path_factory: pytest.TempPathFactory) -> TileFile:
    folder: Path = tmp_path_factory.mktemp("landscapes") / "tiles"
    write_synthetic_tiles(folder, 240, size=24, gaps=False, modalities=["sentinel2", "sentinel1", "lat", "lon"])
    return TileFile(folder)


@pytest.mark.usefixtures("one_torch_thread")
def test_patches_of_tiles_not_learned_from_are_found_by_their_radar_image(landscapes: TileFile) -> None:
    """A convolution in the encoder's place; of 192 patches the right one is among a guesser's first ten in 0.05."""
    view = MaskedView((), crop=24, mask_ratios=(0.5,), band_drop=0.0, compared=(MODALITIES["sentinel1"],))
    statistics = dataset_statistics(landscapes)

    def views(tiles: np.ndarray) -> TileDataset:
        return TileDataset(landscapes, statistics, tiles, view, 0)

    held = next(iter(make_loader(views(np.arange(192, 240)), 48, 0)))
    method = make("sentinel1")
    encoder = nn.Conv2d(12, 10, 8, 8)

    @torch.no_grad()
    def found() -> float:
        visible = VisiblePatches(held["masked"])
        ours = method.head(visible.gather(encoder(held["image"]).permute(0, 2, 3, 1)).flatten(1))
        cosines = ours @ method.encoders["sentinel1"](held["sentinel1"], visible).T
        others = visible.sample[:, None] != visible.sample
        better = (others & (cosines > cosines.diagonal()[:, None])).sum(1)
        return float((better < 10).float().mean())

    optimiser = torch.optim.AdamW([*method.parameters(), *encoder.parameters()], 2e-3)
    learned = views(np.arange(192))
    before = found()
    for epoch in range(12):
        learned.set_epoch(epoch)
        for batch in make_loader(learned, 16, 0):
            optimiser.zero_grad()
            method(*visible_cells(encoder(batch["image"]), batch["masked"]), batch)[
                "cross_sensor_sentinel1"
            ].mean.backward()
            optimiser.step()
    assert before < 0.15 and found() > 0.4
