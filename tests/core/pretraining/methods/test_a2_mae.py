"""A²-MAE: what is hidden where, what is told of places and to whom, and what reaches what."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.pretraining.methods.a2_mae.geo_codes import (  # noqa: E402
    corner_bits,
    geosot,
    ground_code,
    sphere_code,
)
from mmearth_core.pretraining.methods.a2_mae.method import A2Mae  # noqa: E402
from mmearth_core.pretraining.methods.a2_mae.set_masks import flags_of, set_masks  # noqa: E402
from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig  # noqa: E402
from mmearth_core.records import read  # noqa: E402

SMALL = {"crop": 16, "width": 32, "depth": 1, "decoder_depth": 1, "heads": 4, "mask_ratio": 0.5}


def method_of(**settings: Any) -> A2Mae:
    torch.manual_seed(0)
    return A2Mae(A2MaeConfig(**{**SMALL, **settings}))


def batch_of(
    method: A2Mae, levels: tuple[int, ...] = (0, 0, 1), count: int = 3, seed: int = 0, east: float = 0.0
) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    views = []
    for _ in range(count):
        others = rng.standard_normal((len(levels) - 1, 12, 24, 24), np.float32)
        others[np.array(levels[1:]) < 0] = np.nan
        sample = {
            "sentinel2": rng.standard_normal((12, 24, 24), np.float32),
            "sentinel1": rng.standard_normal((8, 24, 24), np.float32),
            "sentinel2_others": others,
            "levels": np.array(levels),
            "lonlat": rng.uniform(-80, 80, 2) + np.array([east, 0.0]),
        }
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def gradients(method: A2Mae, batch: dict[str, Any]) -> dict[str, Any]:
    method.zero_grad()
    method(batch).objective.backward()
    return {name: None if each.grad is None else each.grad.clone() for name, each in method.named_parameters()}


def test_the_codes_of_angles_by_hand() -> None:
    assert geosot(10.5) == 87_818_240
    assert f"{geosot(-45.25):b}" == "10010110100111100000000000000000" and geosot(-45.25) == 2_526_937_088
    assert geosot(0.0) == 0 and geosot(1 / 3600 / 2048) == 1


def test_bits_are_those_of_the_corners_from_the_first() -> None:
    bits = corner_bits(np.array([20.0, 10.0]), 0.0)
    words = [int("".join(str(int(bit)) for bit in bits[at : at + 32]), 2) for at in range(0, 256, 32)]
    assert words == [geosot(10.0), geosot(20.0)] * 4
    west_north = corner_bits(np.array([20.0, 10.0]), 2 * 111_320.0)[:64]
    assert int("".join(str(int(bit)) for bit in west_north[:32]), 2) == geosot(11.0)
    assert set(bits.tolist()) == {0.0, 1.0}


def test_the_sphere_has_no_seam() -> None:
    east, west = (sphere_code(np.array([lon, 10.0])) for lon in (179.9999, -179.9999))
    assert east.shape == (64,) and np.abs(east[:6] - west[:6]).max() < 1e-4
    assert np.abs(east - sphere_code(np.array([0.0, 10.0]))).max() > 0.5


def test_a_patch_has_the_code_of_its_ground_whatever_the_pixel() -> None:
    """The k-th patch of 20 m pixels lies at the 2k + ½-th of 10 m pixels: between its two there."""
    fine, coarse = ground_code(4, 80.0, 8).reshape(4, 4, 8), ground_code(2, 160.0, 8).reshape(2, 2, 8)
    at = (np.arange(2) * 2 + 0.5 + 0.5) * 1.0
    np.testing.assert_allclose(coarse[:, 0, 0], np.sin(at), rtol=1e-5)
    np.testing.assert_allclose(fine[:, 0, 0], np.sin(np.arange(4) + 0.5), rtol=1e-5)


@pytest.mark.parametrize(
    ("flags", "same"),
    [((1, 0, 0), (True, True)), ((0, 1, 0), (True, False)), ((0, 0, 1), (False, True)), ((0, 0, 0), (False, False))],
)
def test_images_whose_flag_differs_hide_what_the_first_hides(flags, same) -> None:
    drawn = [set_masks(flags, 49, 12, np.random.default_rng(seed)) for seed in range(20)]
    assert all((~each).sum(1).tolist() == [12] * 3 for each in drawn)
    for at, equal in enumerate(same, 1):
        assert all(np.array_equal(each[0], each[at]) for each in drawn) is equal


def test_flags_are_sources_a_lot_or_neither() -> None:
    rng = np.random.default_rng(0)
    assert flags_of("source", [1, 1, 0], rng) == [1, 1, 0]
    lots = {tuple(flags_of("anchor", [0, 0, 0], rng)) for _ in range(40)}
    assert lots == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    assert flags_of("own", [0, 1, 1], rng) == [0, 0, 0] and flags_of("same", [0, 0, 0], rng) == [0, 1, 1]


def test_every_image_shows_its_share_and_a_copy_hides_the_same() -> None:
    """By the source: an image of the other level, a near copy, shows no place that the first hides."""
    batch = batch_of(method_of(), levels=(0, 0, 1), count=12)
    assert (~batch["hidden"]).sum((2, 3)).unique().tolist() == [2]
    assert torch.equal(batch["hidden"][:, 2], batch["masked"])
    assert not torch.equal(batch["hidden"][:, 1], batch["masked"])


def test_an_image_that_is_not_there_changes_nothing() -> None:
    method = method_of()
    batch = batch_of(method, levels=(0, 1, -1))
    assert batch["there"].tolist() == [[True, True, False]] * 3
    before = gradients(method, batch)
    batch["images_beside"][:, 1] = 5.0
    batch["hidden"][:, 2] = ~batch["hidden"][:, 2]
    after = gradients(method, batch)
    for name, gradient in before.items():
        assert torch.equal(gradient, after[name]), name
    assert method(batch).parts["sentinel2_beside"].count > 0
    alone = batch_of(method, levels=(0, -1, -1))
    assert method(alone).parts["sentinel2_beside"].count == 0 and method(alone).objective.isfinite()


def test_hidden_patches_reach_no_prediction() -> None:
    method = method_of(grn="sample").eval()
    batch = batch_of(method)
    other = {name: tensor.clone() for name, tensor in batch.items()}
    hidden = batch["hidden"].repeat_interleave(8, 2).repeat_interleave(8, 3)
    other["image"] = torch.where(hidden[:, :1], 9.0, batch["image"])
    other["images_beside"] = torch.where(hidden[:, 1:, None], -9.0, batch["images_beside"])
    ours, theirs = (method._predictions(each, each["hidden"]) for each in (batch, other))
    assert torch.equal(ours, theirs)


def test_a_visible_token_stands_at_its_own_place_in_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The released code lays them out in the wrong order; here each at its own place, a learned one where hidden."""
    method = method_of().eval()
    batch, laid = batch_of(method), []
    mixed_by, decoder = [], method.decoder
    combiner = method.combiner

    def combining(tokens, there, patches=None):
        mixed_by.append(combiner(tokens, there, patches))
        return mixed_by[-1]

    class Decoding(torch.nn.Module):
        def forward(self, tokens, there):
            laid.append(tokens)
            return decoder(tokens, there)

    monkeypatch.setattr(method, "combiner", Mixing(combining))
    monkeypatch.setattr(method, "decoder", Decoding())
    method._predictions(batch, batch["hidden"])
    shape = (3, 3, 4, -1)
    codes = method.position_decoded(method._codes(batch))[:, None] + method.source[:, None]
    found = laid[0].view(shape) - codes
    hidden = batch["hidden"].flatten(2)
    assert torch.allclose(found[~hidden], mixed_by[0].view(shape)[~hidden], atol=1e-5)
    assert torch.allclose(found[hidden], method.hidden.expand_as(found[hidden]), atol=1e-5)


class Mixing(torch.nn.Module):
    def __init__(self, by: Any) -> None:
        super().__init__()
        self.by = by

    def forward(self, tokens, there, patches=None):
        return self.by(tokens, there, patches)


@pytest.mark.parametrize("geo", ["published", "sphere", "none"])
def test_the_place_is_told_behind_the_encoder_only(geo: str) -> None:
    method = method_of(geo=geo, geo_drop=0.0).eval()
    batch, moved = batch_of(method), batch_of(method, east=40.0)
    assert method.view.coordinates == ("place_code" in batch) == (geo != "none")
    assert torch.equal(*(method._tokens(each, each["hidden"])[0] for each in (batch, moved)))
    losses, elsewhere = method(batch), method(moved)
    assert torch.equal(losses.objective, elsewhere.objective) is (geo == "none")
    for name, part in losses.parts.items():
        assert torch.equal(part.total, elsewhere.parts[name].total) is (geo == "none"), name
    assert not any("encoder" in name and "position" in name for name, _ in method.named_parameters())


def test_the_place_is_left_out_as_often_as_asked_and_told_in_validation() -> None:
    method = method_of(geo="sphere", geo_drop=0.5)
    told = batch_of(method, count=60)["place_code"].any(1)
    assert 15 < told.sum() < 45
    method.view = method.view.plain()
    assert batch_of(method, count=20)["place_code"].any(1).all()


def test_three_bands_are_drawn_and_filled() -> None:
    method = method_of(bands=3)
    images = batch_of(method, count=8)["image"]
    # Twelve bands that are combinations of three: of 256 pixels no more than three directions.
    assert [int(torch.linalg.matrix_rank(image.flatten(1), rtol=1e-4)) for image in images] <= [3] * 8


def test_sensors_of_one_tile_are_a_set_too() -> None:
    method = method_of(set="sensors")
    batch = batch_of(method)
    assert "images_beside" not in batch and torch.equal(batch["hidden"][:, 1], batch["masked"])
    batch["sentinel1"][:, 4:] = torch.nan
    losses = method(batch)
    assert losses.parts["s1_asc"].count > 0 and losses.parts["s1_desc"].count == 0
    images = method.eval().reconstruct(batch)
    assert {name: tuple(image.shape[1:]) for name, image in images.items()} == {
        "sentinel2": (12, 16, 16), "sentinel1": (8, 16, 16),
    }  # fmt: skip


def test_parts_are_told_beside_constants() -> None:
    method = method_of().eval()
    batch = batch_of(method)
    parts, constants = method(batch).parts, method.constant_losses(batch, {})
    assert set(parts) == {"sentinel2", "sentinel2_beside", "shown_elsewhere", "shown_nowhere"}
    assert set(constants) == {"sentinel2", "sentinel2_beside"}
    both = parts["shown_elsewhere"].total + parts["shown_nowhere"].total
    assert both.item() == pytest.approx(parts["sentinel2"].total.item(), rel=1e-5)
    assert set(method(batch).weights) == {"sentinel2", "sentinel2_beside"}
    # Relative to its own mean and spread a patch's values have variance 1.
    assert constants["sentinel2"].mean.item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({"images": 1}, "must be from 2 to 6"),
        ({"set": "sensors", "images": 2}, "leave images at 3"),
        ({"bands": 3, "inputs": "rgb"}, "set bands: all"),
        ({"rule": "random"}, "expected source or anchor or own or same"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(odd: dict[str, Any], says: str) -> None:
    with pytest.raises(MMEarthError, match=says):
        read(A2MaeConfig, odd, "run.yaml", under="a2_mae")
