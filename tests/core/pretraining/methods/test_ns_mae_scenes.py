"""NS-MAE in its own world: what is hidden from whom, what is rendered of what, and what it may be asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.pretraining.config import ScenesConfig, read_config  # noqa: E402
from mmearth_core.pretraining.dataset import make_loader  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.scenes.data import measured, open_scenes  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.scenes.lift import DISTANCES, splat  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.scenes.method import NsMaeScenes  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.scenes.view import SceneView  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.scenes.world import MAST, REACH, Cameras  # noqa: E402
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig, TermsConfig  # noqa: E402

CAMERAS = Cameras(16, 24)
SMALL = {"width": 4, "rays": 64, "voxel": 2.0}


def method_of(**settings: Any) -> NsMaeScenes:
    torch.manual_seed(0)
    return NsMaeScenes(NsMaeConfig(**{**SMALL, **settings}))


def views_of(view: SceneView, count: int = 2, epoch: int = 0) -> list[dict[str, Any]]:
    return [view(measured(0, each, CAMERAS), np.random.default_rng([epoch, each])) for each in range(count)]


def batch_of(views: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def test_half_of_the_patches_a_tenth_of_the_voxels_and_of_the_distances_are_seen() -> None:
    view = SceneView.of(NsMaeConfig())
    sample = measured(0, 3, Cameras())
    found, whole = view(sample, np.random.default_rng(0)), view.whole()(sample, np.random.default_rng(0))
    assert found["image"].shape == (4, 3, 64, 96) and found["masked"].shape == (4, 8, 12)
    assert found["masked"].sum((1, 2)).tolist() == [48] * 4 and not whole["masked"].any()
    assert 0.05 < found["points"][0].sum() / whole["points"][0].sum() < 0.15
    assert 0.04 < found["told"][:, 1].sum() / whole["told"][:, 1].sum() < 0.17
    assert np.isnan(whole["height"]).all()
    assert len(set(found["rays"].tolist())) == 1024
    seen = found["points"][0] > 0
    assert (np.abs(found["points"][1:]) <= 0.5001).all() and not found["points"][1:, ~seen].any()
    # A height is that of a voxel that is met and not seen.
    for y, x in np.argwhere(np.isfinite(found["height"])):
        level = int(found["height"][y, x])
        assert whole["points"][0, level, y, x] == 1 and found["points"][0, level, y, x] == 0
    again = view(sample, np.random.default_rng(0))
    assert all(np.array_equal(found[name], again[name], equal_nan=True) for name in found)


def test_what_is_hidden_of_an_image_does_not_reach_the_volume() -> None:
    method = method_of()
    batch = batch_of(views_of(method.view))
    hidden = batch["masked"].repeat_interleave(8, 2).repeat_interleave(8, 3)[:, :, None]
    for which, same in ((hidden, True), (~hidden, False)):
        other = {**batch, "image": torch.where(which, 9.0, batch["image"])}
        assert torch.equal(method.volume(batch), method.volume(other)) is same
    targets = {name: torch.zeros_like(batch[name]) for name in ("depth", "height", "rays", "boxes")}
    assert torch.equal(method.volume(batch), method.volume({**batch, **targets}))


def test_what_comes_from_one_sensor_alone_does_not_depend_on_the_other() -> None:
    method = method_of()
    batch = batch_of(views_of(method.view.whole()))
    dark = {**batch, "image": torch.zeros_like(batch["image"])}
    blind = {**batch, "points": torch.zeros_like(batch["points"]), "told": torch.zeros_like(batch["told"])}
    assert torch.equal(method.volume(batch, "lidar"), method.volume(dark, "lidar"))
    assert torch.equal(method.volume(batch, "camera"), method.volume(blind, "camera"))
    assert not torch.equal(method.volume(batch), method.volume(blind))


def test_features_are_added_up_where_distances_are_likely_by_hand() -> None:
    likely = torch.tensor([[[0.25, 0.75], [0.5, 0.5]]])
    features = torch.tensor([[[1.0, 2.0], [4.0, 8.0]]])
    cells = torch.tensor([[0, 1], [1, 4]])
    volume = splat(likely, features, cells, (1, 2, 2))
    assert volume.shape == (1, 2, 1, 2, 2)
    assert volume[0, 0].flatten().tolist() == [0.25, 0.75 + 2.0, 0, 0]
    assert volume[0, 1].flatten().tolist() == [0.5, 1.5 + 4.0, 0, 0]


def test_of_a_wall_colour_distance_and_height_are_rendered() -> None:
    """Opaque red voxels from x = 20 on, up to 6 m: along x the first sample inside is seen, along −x the sky."""
    method = method_of(voxel=1.0)
    density, colour = torch.zeros(1, 1, 8, 32, 32), torch.full((1, 3, 8, 32, 32), 0.25)
    density[..., :6, :, 20:24] = 1e3
    colour[:, 0] = 1.0
    batch = {"image": torch.zeros(1, 4, 3, 16, 24)}
    middle = torch.tensor([[7 * 24 + 11, 2 * 16 * 24 + 11]])
    seen, distance = method.along_rays(density, colour, batch, middle)
    first = next(each for each in DISTANCES if MAST[0] + each > 19.5)
    assert distance[0, 0].item() == pytest.approx(first, abs=0.02)
    assert seen[0, 0].tolist() == pytest.approx([1.0, 0.25, 0.25], abs=1e-4)
    assert distance[0, 1].item() == pytest.approx(REACH) and seen[0, 1, 2].item() == pytest.approx(0.9, abs=1e-3)
    heights = method.from_above(density)[0]
    assert heights[:, 20:24].unique().tolist() == [5.5] and heights[:, :20].unique().tolist() == [0.0]


def test_each_term_has_its_gradient_and_one_without_weight_has_none() -> None:
    method = method_of()
    batch = batch_of(views_of(method.view))
    losses = method(batch)
    assert losses.objective.item() == pytest.approx(
        sum(losses.weights[name] * part.mean.item() for name, part in losses.parts.items())
    )
    losses.objective.backward()
    assert not [name for name, each in method.named_parameters() if each.grad is None or not each.grad.any()]
    alone = method_of(terms=TermsConfig(image=1.0, depth=0.0, bev=0.0))
    found = alone(batch)
    assert found.objective.item() == found.parts["image"].mean.item() and "bev" in found.parts
    nothing = {**batch, "height": torch.full_like(batch["height"], torch.nan)}
    assert method(nothing).parts["bev"].mean.item() == 0 and torch.isfinite(method(nothing).objective)


def test_it_learns_to_render_a_scene_better_than_constants_would() -> None:
    method = method_of(width=8, rays=256, voxel=1.0)
    batch = batch_of(views_of(method.view, 2))
    constant = {name: part.mean.item() for name, part in method.constant_losses(batch, {}).items()}
    optimiser = torch.optim.AdamW(method.parameters(), 2e-3)
    for _ in range(60):
        optimiser.zero_grad()
        method(batch).objective.backward()
        torch.nn.utils.clip_grad_norm_(method.parameters(), 5.0)
        optimiser.step()
    found = {name: part.mean.item() for name, part in method(batch).parts.items()}
    assert found["image"] < 0.8 * constant["image"] and found["depth"] < 0.6 * constant["depth"], (found, constant)
    assert method.figure(batch) is not None


def test_workers_and_a_second_look_see_the_same() -> None:
    data = open_scenes(ScenesConfig(6, image=(16, 24), hold_out=0.3))
    assert (data.train.tolist(), data.held.tolist()) == ([0, 1, 2, 3], [4, 5])
    view = SceneView.of(NsMaeConfig(**SMALL))
    found = []
    for workers in (0, 2):
        views = data.views(data.train, view, 5)
        views.set_epoch(1)
        found.append(list(make_loader(views, 2, workers)))
    assert len(found[0]) == 2
    for one, other in zip(*found, strict=True):
        assert all(torch.equal(one[name].nan_to_num(), other[name].nan_to_num()) for name in one)
    views = data.views(data.train, view, 5)
    assert not np.array_equal(views.view(0, 1)["masked"], views.view(0, 2)["masked"])
    assert open_scenes(ScenesConfig(6, seed=1, image=(16, 24))).digest != data.digest


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "mp_mae", "data": {"scenes": 4}}, "mp_mae, as it is set, learns from tiles, not from scenes"),
        ({"method": "ns_mae", "data": {"datasets": ["x"]}}, "ns_mae, as it is set, learns from scenes"),
        ({"method": "ns_mae", "data": {"scenes": 4, "datasets": ["x"]}}, "there is no 'datasets'"),
        ({"method": "ns_mae", "data": {"scenes": 4}, "export": {"calibrate": ["x.tif"]}}, "leaves no model"),
        (
            {"method": "ns_mae", "data": {"scenes": 4}, "ns_mae": {"terms": {"image": 0, "depth": 0, "bev": 0}}},
            "weight",
        ),
        ({"method": "ns_mae", "data": {"scenes": 4}, "ns_mae": {"voxel": 3}}, "must be 0.5, 1 or 2"),
    ],
)
def test_what_does_not_belong_together_is_refused_in_one_sentence(tmp_path: Path, values: dict, said: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(MMEarthError, match=said):
        read_config(path)
