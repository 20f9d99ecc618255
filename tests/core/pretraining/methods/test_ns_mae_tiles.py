"""NS-MAE on tiles: what is rendered of a volume by hand, what is hidden from it, and what it asks of tiles."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.config import read_config  # noqa: E402
from mmearth_core.pretraining.dataset import TileDataset, make_loader  # noqa: E402
from mmearth_core.pretraining.methods.building import build_method  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.tiles.method import PARTS, NsMaeTiles, Rendered  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.tiles.rendering import (  # noqa: E402
    EAST,
    WEST,
    FromAbove,
    Renderer,
    as_turned,
    covered_loss,
    upright,
)
from mmearth_core.pretraining.pretrain import pretrain  # noqa: E402
from mmearth_core.tiles.reader import TileFile  # noqa: E402
from mmearth_core.tiles.statistics import dataset_statistics  # noqa: E402
from mmearth_core.tiles.synthetic import write_synthetic_tiles  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_torch_thread")
LN2 = math.log(2)
CANOPY = "canopy_height_eth"


def method_of(**settings: Any) -> NsMaeTiles:
    torch.manual_seed(0)
    return NsMaeTiles(NsMaeConfig(**{"instance": "tiles", "crop": 16, **settings}))


def batch_of(method: NsMaeTiles, count: int = 3, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    views = []
    for _ in range(count):
        sample = {
            "sentinel2": rng.standard_normal((12, 24, 24), np.float32),
            "sentinel1": rng.standard_normal((8, 24, 24), np.float32),
            CANOPY: rng.standard_normal((2, 24, 24), np.float32),
        }
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def gradients(method: NsMaeTiles, batch: dict[str, Any]) -> dict[str, Any]:
    method.zero_grad()
    method(batch).objective.backward()
    return {name: each.grad.clone() for name, each in method.named_parameters() if each.grad is not None}


def test_of_a_column_height_spread_and_cover_are_rendered_by_hand() -> None:
    """σδ = ln 2, ln 2 at 4 m and 2 m over the ground: shares .5, .25, .25."""
    density = torch.tensor([9.0, LN2 / 2, LN2 / 2], dtype=torch.float64).view(1, 3, 1, 1)
    above = Renderer(4.0, 2.0, 20.0).from_above(density)
    assert above.height.item() == pytest.approx(2.5) and above.spread.item() == pytest.approx(math.sqrt(2.75))
    assert above.cover.item() == pytest.approx(0.75)
    colours = torch.tensor([8.0, 4.0, 2.0], dtype=torch.float64).view(1, 1, 3, 1, 1)
    assert Renderer(4.0, 2.0, 20.0).shown_above(density, colours).item() == pytest.approx(4.0)


def test_of_bare_ground_and_of_a_slab_the_height_has_no_spread() -> None:
    density = torch.zeros(1, 33, 1, 2)
    density[0, 15, 0, 1] = 1e4
    above = Renderer(64.0, 2.0, 20.0).from_above(density)
    assert above.height.flatten().tolist() == [0.0, 30.0] and above.spread.flatten().tolist() == [0.0, 0.0]
    assert above.cover.flatten().tolist() == [0.0, 1.0]


def test_thirty_metres_lean_towards_either_radar_by_hand() -> None:
    """At 39° by 37.05 m: of cells of 37.05 m one, westwards for ascending orbits and eastwards for descending ones."""
    renderer = Renderer(30.0, 30.0, 30 / math.tan(math.radians(39)))
    assert renderer.cell == pytest.approx(37.05, abs=0.005)
    density, backscatter = torch.zeros(1, 2, 1, 7), torch.zeros(1, 1, 2, 1, 7)
    density[0, 1, 0, 3], backscatter[0, 0, 1, 0, 3] = 1e4, 5.0
    backscatter[0, 0, 0, 0, 3] = -1.0
    still = torch.zeros(1)
    for towards, place in ((WEST, 2), (EAST, 4)):
        seen = renderer.radar(density, backscatter, towards, still)[0, 0, 0].tolist()
        wanted = [0.0] * 7
        wanted[place], wanted[3] = 5.0, -1.0
        assert seen == pytest.approx(wanted, abs=1e-3)
    moved = renderer.radar(density, backscatter, WEST, still + renderer.cell)[0, 0, 0].tolist()
    assert moved == pytest.approx([0, 0, 0, 5, -1, 0, 0], abs=1e-3)


@pytest.mark.parametrize("turned", range(8))
def test_a_turned_tile_is_put_upright_for_the_radar(turned: int) -> None:
    """As the view turns it: the ground of a radar image that is turned with its tile is where it was."""
    image = np.arange(9).reshape(1, 3, 3)
    shown = np.rot90(image, turned % 4, (-2, -1))
    shown = torch.from_numpy((shown[..., ::-1] if turned >= 4 else shown).copy())[None]
    number = torch.tensor([turned])
    assert upright(shown, number).tolist() == [image.tolist()]
    assert torch.equal(as_turned(upright(shown, number), number), shown)


def test_a_tower_leans_westwards_in_ascending_orbits_however_its_tile_is_turned() -> None:
    """A tower of 32 m in a cell of 20 m: by 39.5 m, so two cells beside its foot."""
    method = method_of(heights=(0.0, 32.0, 16.0))
    raw = torch.zeros(1, 1 + 12 + 8, 3, 8, 8)
    raw[:, 0] = -9.0
    for channel in (0, 13, 17):
        raw[0, channel, 2, 5, 4] = 9.0
    found = []
    for turned in range(8):
        number = torch.tensor([turned])
        shown = method._rendered(as_turned(raw, number), torch.zeros(1, 2), number).radar
        found.append(upright(shown, number))
    assert all(torch.allclose(found[0], each, atol=1e-4) for each in found)
    brightest = [divmod(int(found[0][0, channel].argmax()), 16) for channel in (0, 4)]
    assert [(row // 2, column // 2) for row, column in brightest] == [(5, 2), (5, 6)]
    beside = method._rendered(raw, torch.tensor([[20.0, 0.0]]), torch.tensor([0])).radar
    assert int(beside[0, 0].argmax()) % 16 // 2 == 3 and torch.equal(beside[:, 4:], found[0][:, 4:])


def test_the_view_says_how_it_is_turned() -> None:
    method, rng = method_of(), np.random.default_rng(3)
    sample = {name: np.zeros((MODALITIES[name].outputs, 16, 16), np.float32) for name in method.outputs}
    rows = np.arange(256, dtype=np.float32).reshape(16, 16)
    sample["sentinel1"] = np.broadcast_to(rows, (8, 16, 16))
    found = set()
    for _ in range(60):
        view = method.view(sample, rng)
        found.add(int(view["turned"]))
        put = upright(torch.from_numpy(view["sentinel1"])[None], torch.from_numpy(view["turned"][None]))
        assert np.array_equal(put[0, 0].numpy(), rows)
    assert found == set(range(8))
    assert method.view.plain()(sample, rng)["turned"] == 0


def test_an_absent_canopy_map_sends_no_gradient_and_changes_no_other() -> None:
    """With weights for the canopy alone nothing is learned; with all, the same as without its parts."""
    alone = method_of(weighting={name: float(name.startswith("canopy")) for name in PARTS})
    batch = batch_of(alone)
    assert any(each.any() for each in gradients(alone, batch).values())
    batch[CANOPY] = torch.full_like(batch[CANOPY], torch.nan)
    assert not any(each.any() for each in gradients(alone, batch).values())
    rest = method_of(weighting={name: float(not name.startswith("canopy")) for name in PARTS})
    whole = method_of(weighting="sum")
    ours, theirs = gradients(rest, batch), gradients(whole, batch)
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    parts = method_of()(batch).parts
    assert [parts[name].count.item() for name in PARTS[:3]] == [0, 0, 0] and parts["s1_asc"].count > 0


def test_what_stands_above_the_ground_is_told_by_canopies_or_the_radar() -> None:
    """What a run is refused without: the canopy where it counts, else the radar, which stands for it."""
    radar = {name: float(name.startswith(("s1", "sent"))) for name in PARTS}
    assert method_of().needed == method_of(weighting="sum").needed == (CANOPY,)
    assert method_of(weighting=radar).needed == ("sentinel1",)
    assert method_of(weighting={name: float(name == "sentinel2") for name in PARTS}).needed == ()
    assert method_of(weighting={**radar, "canopy_cover": 0.1}).needed == (CANOPY,)


def test_what_is_hidden_reaches_nothing_and_every_weight_learns() -> None:
    method = method_of()
    batch = batch_of(method)
    hidden = batch["masked"].repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None]
    for which, same in ((hidden, True), (~hidden, False)):
        other = {**batch, "image": torch.where(which, 9.0, batch["image"])}
        assert torch.equal(method.rendered(batch).radar, method.rendered(other).radar) is same
    found = gradients(method, batch)
    assert not [name for name, _ in method.named_parameters() if name not in found or not found[name].any()]


@pytest.mark.parametrize("patch", [8, 16, 32])
def test_every_patch_size_is_rendered_pixel_by_pixel(patch: int) -> None:
    method = method_of(patch=patch, crop=64, mask_ratio=0.25)
    rng = np.random.default_rng(0)
    sample = {name: rng.standard_normal((MODALITIES[name].outputs, 64, 64), np.float32) for name in method.outputs}
    batch = {name: torch.from_numpy(np.asarray(each))[None] for name, each in method.view(sample, rng).items()}
    shapes = {name: tuple(each.shape) for name, each in method.reconstruct(batch).items()}
    assert shapes == {name: (1, MODALITIES[name].outputs, 64, 64) for name in method.outputs}


def test_parts_are_judged_in_deviations_of_what_is_measured_by_hand() -> None:
    method = method_of()
    batch = batch_of(method, 1)
    batch["metres"] = torch.tensor([[[10.0, 2.0], [5.0, 0.5]]])
    batch[CANOPY] = torch.zeros(1, 2, 16, 16)  # 10 m, 2 m
    batch[CANOPY][:, 0, 0, 0] = -2.0  # ground
    batch[CANOPY][:, :, 0, 1] = torch.nan
    one = torch.ones(1, 16, 16)
    found = Rendered(
        FromAbove(15 * one, 3 * one, LN2 * one), batch["sentinel2"] + 2, batch["sentinel1"] + 1, torch.zeros(1)
    )
    parts = method._judge(batch, found)
    assert parts["canopy_height"].count == 255 and parts["canopy_cover"].count == 255
    assert parts["canopy_height"].total.item() == pytest.approx(254 * 1 + 3**2)
    assert parts["canopy_spread"].mean.item() == pytest.approx((1 / 5) ** 2)
    assert parts["canopy_cover"].mean.item() == pytest.approx(LN2)
    assert parts["sentinel2"].mean.item() == pytest.approx(4, rel=1e-5)
    assert parts["sentinel2"].count == 2 * 64 * 12
    assert parts["s1_desc"].count == 4 * 256 and parts["s1_desc"].mean.item() == pytest.approx(1, rel=1e-5)


def test_of_the_cover_even_a_dense_and_a_bare_column_learn() -> None:
    thickness = torch.tensor([60.0, 0.0, LN2], requires_grad=True)
    lost = covered_loss(thickness, torch.tensor([0.0, 1.0, 1.0]))
    assert lost[0].item() == 60 and lost[2].item() == pytest.approx(LN2) and torch.isfinite(lost).all()
    lost.sum().backward()
    assert thickness.grad[0] == 1 and thickness.grad[2].item() == pytest.approx(-1)


def test_constants_are_means_in_the_units_that_are_judged() -> None:
    method = method_of()
    batch = batch_of(method)
    batch["metres"] = torch.tensor([[[10.0, 2.0], [5.0, 0.5]]]).expand(3, 2, 2)
    constants = {"sentinel2": torch.zeros(12), "sentinel1": torch.arange(8.0), CANOPY: torch.tensor([0.5, 0.0])}
    parts = method.constant_losses(batch, constants)
    assert parts.keys() == method(batch).parts.keys()
    assert parts["canopy_height"].mean.item() == pytest.approx(
        (batch[CANOPY][:, 0] - 0.5).square().mean().item(), rel=1e-4
    )
    asc = (batch["sentinel1"][:, :4] - torch.arange(4.0)[:, None, None]).square().mean()
    assert parts["s1_asc"].mean.item() == pytest.approx(asc.item(), rel=1e-5)
    share = (batch[CANOPY][:, 0] * 5 + 10 >= 1).float().mean().item()
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    assert parts["canopy_cover"].mean.item() == pytest.approx(entropy, rel=1e-4)


def test_it_learns_to_render_invented_tiles_better_than_constants_would(tmp_path: Path) -> None:
    tiles = TileFile(write_synthetic_tiles(tmp_path / "tiles", 4, size=16, gaps=False, structure=True, seed=3))
    method = method_of(flips=False, band_drop=0.0, heights=(0.0, 40.0, 4.0))
    data = TileDataset(tiles, dataset_statistics(tiles), np.arange(4), method.view, 0)
    batch = next(iter(make_loader(data, 4, 0)))
    assert not torch.equal(batch["metres"], torch.tensor([[0.0, 0.0], [1.0, 1.0]]).expand(4, 2, 2))
    constants = {"sentinel2": torch.zeros(12), "sentinel1": torch.zeros(8), CANOPY: torch.zeros(2)}
    constant = {name: part.mean.item() for name, part in method.constant_losses(batch, constants).items()}
    optimiser = torch.optim.AdamW(method.parameters(), 3e-3)
    before = method(batch).parts["canopy_spread"].mean.item()
    for _ in range(40):
        optimiser.zero_grad()
        method(batch).objective.backward()
        torch.nn.utils.clip_grad_norm_(method.parameters(), 5.0)
        optimiser.step()
    found = {name: part.mean.item() for name, part in method(batch).parts.items()}
    for name in ("canopy_height", "canopy_cover", "s1_asc", "s1_desc", "sentinel2"):
        assert found[name] < 0.75 * constant[name], (name, found, constant)
    # All columns begin as thin fog, which spreads over many heights.
    assert found["canopy_spread"] < 0.25 * before
    assert method.figure(batch) is not None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"instance": "tiles", "rays": 5}, "rays would have no effect, being of instance scenes"),
        ({"weighting": "sum"}, "weighting would have no effect, being of instance tiles"),
        ({"instance": "tiles", "heights": [2, 64, 2]}, "must begin at 0, the ground"),
        ({"instance": "tiles", "heights": [0, 64, 3]}, "reach a multiple of their distance"),
        ({"instance": "tiles"}, "learns from tiles, not from scenes; give data.datasets instead"),
    ],
)
def test_settings_that_would_have_no_effect_are_refused(tmp_path: Path, settings: dict, said: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(yaml.safe_dump({"method": "ns_mae", "data": {"scenes": 4}, "ns_mae": settings}), encoding="utf-8")
    with pytest.raises(MMEarthError, match=said):
        read_config(path)


def test_weights_of_other_names_are_refused(recipe: Callable[..., Path]) -> None:
    config = recipe(method="ns_mae", ns_mae__instance="tiles", ns_mae__weighting={"canopy": 1.0})
    with pytest.raises(MMEarthError, match="one weight to each of canopy_height, .*; check canopy, canopy_cover"):
        build_method(read_config(config))


def test_tiles_without_heights_are_refused(recipe: Callable[..., Path], tmp_path: Path) -> None:
    kept = [name for name in MODALITIES if name != CANOPY]
    write_synthetic_tiles(tmp_path / "flat", 12, size=24, modalities=kept)
    asked = {"method": "ns_mae", "ns_mae__instance": "tiles", "data__datasets": [str(tmp_path / "flat")]}
    with pytest.raises(MMEarthError, match=f"No tile has a value of {CANOPY}, which ns_mae, as it is set, learns"):
        pretrain(config=recipe(**asked), output=tmp_path / "run")
    assert not (tmp_path / "run").exists()
