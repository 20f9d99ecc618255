"""OmniSat: which tokens there are, what belongs to which, and what reaches what."""

import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.pretraining.methods.fusion.combiner import Combiner, PatchDistances  # noqa: E402
from mmearth_core.pretraining.methods.omnisat.method import OmniSat  # noqa: E402
from mmearth_core.pretraining.methods.omnisat.series import TemporalAttention, said_most  # noqa: E402
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig  # noqa: E402
from mmearth_core.pretraining.methods.sensors import SENSORS  # noqa: E402
from mmearth_core.records import read  # noqa: E402

SMALL = {"crop": 16, "width": 32, "depth": 1, "heads": 4, "mask_ratio": 0.5}


def method_of(**settings: Any) -> OmniSat:
    torch.manual_seed(0)
    return OmniSat(OmniSatConfig(**{**SMALL, **settings}))


def batch_of(method: OmniSat, count: int = 3, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    views = []
    for _ in range(count):
        sample = {
            "sentinel2": rng.standard_normal((12, 24, 24), np.float32),
            "sentinel1": rng.standard_normal((8, 24, 24), np.float32),
            "aster": rng.standard_normal((2, 24, 24), np.float32),
            "dynamic_world": rng.integers(0, 9, (24, 24)),
            "sentinel2_others": rng.standard_normal((3, 12, 24, 24), np.float32),
            "levels": np.array([0, 0, 1, -1]),
            "days": np.array([100.0, 40.0, 6000.0, np.nan]),
        }
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def gradients(method: OmniSat, batch: dict[str, Any]) -> dict[str, Any]:
    method.zero_grad()
    method(batch).objective.backward()
    return {name: None if each.grad is None else each.grad.clone() for name, each in method.named_parameters()}


def test_a_share_of_the_tokens_of_all_sensors_is_hidden_and_never_all_of_an_image() -> None:
    method = method_of(mask_ratio=0.75, modalities=("sentinel2", "s1_asc", "aster"))
    hidden = torch.stack([batch_of(method, 1, seed)["hidden"][0] for seed in range(60)])
    assert (~hidden).sum((1, 2, 3)).tolist() == [3] * 60
    assert (~hidden[:, 0]).sum((1, 2)).min() >= 1
    assert 0.15 < (~hidden[:, 1]).float().mean() < 0.3
    batch = batch_of(method)
    assert torch.equal(batch["masked"], batch["hidden"][:, 0])


def test_the_orbits_of_the_radar_are_sensors_of_their_own() -> None:
    assert [(SENSORS[name].begin, SENSORS[name].modality.outputs) for name in ("s1_asc", "s1_desc")] == [(0, 4), (4, 4)]
    method = method_of()
    assert method.outputs == ("sentinel2", "sentinel1", "aster")
    batch = batch_of(method)
    batch["sentinel1"][:, :4] = torch.nan
    parts = method(batch).parts
    assert parts["s1_asc"].count == 0 and parts["s1_desc"].count > 0


def test_what_is_absent_changes_no_other_gradient_by_a_bit() -> None:
    method = method_of(modalities=("sentinel2", "s1_asc", "aster", "dynamic_world"))
    batch = batch_of(method)
    batch["aster"] = torch.full_like(batch["aster"], torch.nan)
    before = gradients(method, batch)
    with torch.no_grad():
        for name, parameter in method.named_parameters():
            if ".aster." in name:
                parameter.add_(torch.randn_like(parameter))
    after = gradients(method, batch)
    for name, gradient in before.items():
        if ".aster." in name:
            assert gradient is None or not gradient.any(), name
        else:
            assert torch.equal(gradient, after[name]), name


def test_hidden_tokens_reach_nothing_but_as_hidden() -> None:
    """What the sensors show where they are hidden changes neither what is fused nor any prediction."""
    method = method_of(contrast=0.0).eval()
    batch = batch_of(method)
    other = dict(batch)
    hidden = batch["hidden"].repeat_interleave(8, 2).repeat_interleave(8, 3)
    other["image"] = torch.where(hidden[:, :1], 7.0, batch["image"])
    other["aster"] = torch.where(hidden[:, 3:4], -3.0, batch["aster"])
    told = []
    for each in (batch, other):
        tokens, known, _ = method._tokens(each, each["hidden"][:, 0])
        told.append(method._fused(tokens, known, each["hidden"]))
    assert torch.equal(*told)


def test_isolated_tokens_see_their_own_patch_only() -> None:
    alone, together = method_of(isolated=True, grn="sample"), method_of(grn="sample")
    image = torch.randn(2, 12, 16, 16)
    changed = image.clone()
    changed[:, :, :8, :8] += 1
    masked = torch.zeros(2, 2, 2, dtype=torch.bool)
    for method, same in ((alone, True), (together, False)):
        ours, theirs = (method._optical(each, masked) for each in (image, changed))
        assert torch.equal(ours[:, 1:], theirs[:, 1:]) is same
        assert not torch.equal(ours[:, 0], theirs[:, 0])


def test_distances_are_those_of_patches_whatever_they_show() -> None:
    distances = PatchDistances(2, 3)
    with torch.no_grad():
        distances.table.copy_(torch.arange(50.0).view(2, 5, 5))
    patch = torch.arange(9).repeat_interleave(2)
    bias = distances(patch, patch)
    assert torch.equal(bias[:, ::2, ::2], bias[:, 1::2, ::2]) and torch.equal(bias[:, ::2, ::2], bias[:, ::2, 1::2])
    # From the patch in the middle to the one above and to its left: one row and one column less.
    assert bias[0, 2 * 4, 2 * 0] == 5 * (1 + 2) + (1 + 2)


def test_tokens_that_are_not_there_reach_no_other() -> None:
    torch.manual_seed(0)
    combiner = Combiner(16, 2, 4, 2)
    tokens, there = torch.randn(2, 4, 16), torch.tensor([[True, True, False, True]] * 2)
    changed = tokens.clone()
    changed[:, 2] = 100.0
    patch = torch.arange(4)
    ours, theirs = (combiner(each, there, patch) for each in (tokens, changed))
    assert torch.equal(ours[:, [0, 1, 3]], theirs[:, [0, 1, 3]])
    with pytest.raises(ValueError, match="not made of 3 heads"):
        Combiner(16, 1, 3)


def test_constants_are_means_and_tokens_all_alike() -> None:
    method = method_of(modalities=("sentinel2", "s1_asc", "aster"), mask_ratio=[0.0, 0.5])
    batch = batch_of(method)
    batch["hidden"][:] = False
    batch["hidden"][:, :, 1] = True  # the lower patches
    batch["masked"] = batch["hidden"][:, 0]
    constants = {"sentinel2": torch.zeros(12), "sentinel1": torch.arange(8.0), "aster": torch.ones(2)}
    parts = method.eval().constant_losses(batch, constants)
    known = (3 * 2 * 3) + (3 * 2 * 2)  # tokens of upper patches, and of lower ones without Sentinel-2
    upper = [math.log((known - own) / 2) for own in (2, 4, 4) for _ in range(6)]
    lower = [math.log(known - 4) for _ in range(12)]
    assert parts["contrast"].total.item() == pytest.approx(sum(upper) + sum(lower), rel=1e-5)
    expected = (batch["sentinel1"][:, :4, 8:] - torch.arange(4.0)[:, None, None]).square().mean()
    assert parts["s1_asc"].mean.item() == pytest.approx(expected.item(), rel=1e-5)
    assert method(batch).parts.keys() == parts.keys()


def test_tokens_are_compared_by_their_directions() -> None:
    method = method_of()
    lost = method(batch_of(method)).parts["contrast"]
    # Of 3·4·4 tokens each is told from fewer, and no two cosines over 0.1 differ by more than 20.
    assert 0 < lost.mean < math.log(48) + 20
    with torch.no_grad():
        method.token.weight *= 1000
        method.token.bias *= 1000
    assert method(batch_of(method)).parts["contrast"].mean.item() == pytest.approx(lost.mean.item(), rel=1e-4)


def test_a_series_is_one_token_of_which_dates_share() -> None:
    method = method_of(dates=4)
    batch = batch_of(method)
    assert batch["there"].tolist() == [[True, True, True, False]] * 3
    assert batch["days"][0].tolist() == pytest.approx([100, 40, 6000 % 365.25, 0], abs=1e-3)
    losses = method(batch)
    assert losses.parts["sentinel2"].count > 0 and losses.objective.isfinite()
    before = gradients(method, batch)
    batch["images_beside"][:, 2] = 4.0  # of no image
    batch["days"][:, 3] = 99.0
    after = gradients(method, batch)
    assert all(torch.equal(gradient, after[name]) for name, gradient in before.items() if gradient is not None)
    batch["images_beside"][:, 1] += 1.0
    assert not torch.equal(before["token.weight"], gradients(method, batch)["token.weight"])
    assert method.eval().reconstruct(batch)["sentinel2"].shape == (3, 12, 16, 16)
    assert method.constant_losses(batch, {n: torch.zeros(12) for n in method.outputs})["sentinel2"].count > 0


def test_the_quarter_that_says_most_is_reconstructed() -> None:
    attention = torch.tensor([[0.1, 0.4, 0.3, 0.9], [0.5, 0.2, 0.2, 0.1]])
    there = torch.tensor([[True, True, True, False], [True, False, False, False]])
    assert said_most(attention, there).tolist() == [[False, True, False, False], [True, False, False, False]]
    eight = torch.arange(8.0)[None]
    assert said_most(eight, torch.ones(1, 8, dtype=torch.bool)).tolist() == [[False] * 6 + [True] * 2]


def test_temporal_attention_weighs_dates_and_knows_their_day() -> None:
    torch.manual_seed(0)
    attention = TemporalAttention(32, 4)
    tokens, there = torch.randn(2, 3, 5, 32), torch.tensor([[True, True, True], [True, False, True]])
    days = torch.tensor([[10.0, 100, 200]] * 2)
    read, share = attention(tokens, days, there)
    assert read.shape == (2, 5, 32) and torch.allclose(share.sum(2), torch.ones(2, 5)) and not share[1, :, 1].any()
    order = [2, 0, 1]
    again, _ = attention(tokens[:, order], days[:, order], there[:, order])
    assert torch.allclose(read, again, atol=1e-5), "a set of dated images"
    assert not torch.allclose(read, attention(tokens, days + 90, there)[0], atol=1e-3)


def test_reconstructions_are_in_the_targets_shapes() -> None:
    method = method_of().eval()
    batch = batch_of(method)
    images = method.reconstruct(batch)
    assert {name: tuple(image.shape[1:]) for name, image in images.items()} == {
        "sentinel2": (12, 16, 16), "sentinel1": (8, 16, 16), "aster": (2, 16, 16),
    }  # fmt: skip
    assert all(image.isfinite().all() for image in images.values())


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({"modalities": ["aster", "s1_asc"]}, "modalities must name sentinel2"),
        ({"modalities": ["sentinel2"]}, "must name another sensor"),
        ({"modalities": ["sentinel2", "sentinel1"]}, "must be one of sentinel2, s1_asc"),
        ({"isolated": True}, "set grn: sample"),
        ({"contrast": 0, "reconstruction": 0}, "nothing is learned"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(odd: dict[str, Any], says: str) -> None:
    with pytest.raises(MMEarthError, match=says):
        read(OmniSatConfig, odd, "run.yaml", under="omnisat")
