"""Whole checkpoints in the published layout: the names of the listing, both ways, and what is loaded reconstructs."""

import argparse
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from official_checkpoint import checkpoint_shapes, make_checkpoint  # noqa: E402
from official_layout import to_official  # noqa: E402

from mmearth_core.encoder.loading import load_encoder  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.method import MpMae, build  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.published import load_official, start_from_official  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig  # noqa: E402

PIXEL = [name for name, modality in MODALITIES.items() if modality.level == "pixel"]
PLAIN = {"flips": False, "band_drop": 0.0}


def published(method: MpMae, path: Path) -> Path:
    """A checkpoint file as the published training script writes it."""
    state = {"model": to_official(method), "epoch": 199, "args": argparse.Namespace(patch_size=method.config.patch)}
    torch.save(state, path)
    return path


def randomised(**settings) -> MpMae:
    torch.manual_seed(0)
    method = build(MpMaeConfig(**(PLAIN | settings)), tuple(MODALITIES))
    with torch.no_grad():
        for parameter in method.parameters():
            parameter.normal_(0, 0.1)
    return method


@pytest.mark.parametrize("patch", [8, 16])
def test_the_layout_has_exactly_the_published_names_and_shapes(patch):
    state = to_official(build(MpMaeConfig(patch=patch, crop=7 * patch), tuple(MODALITIES)))
    assert len(state) == 290
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == checkpoint_shapes(patch)


@pytest.mark.parametrize(
    ("outputs", "entries"),
    [(PIXEL, 216), ([name for name in MODALITIES if name not in PIXEL], 218), (["sentinel2"], 156)],
)
def test_the_published_variants_have_their_number_of_entries(outputs, entries, tmp_path):
    method = build(MpMaeConfig(**PLAIN), outputs)
    assert len(to_official(method)) == entries
    assert load_official(published(method, tmp_path / "variant.pth")).outputs == tuple(outputs)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"decoder": "separate", "decoder_width": 32},
        {"patch": 16, "crop": 112, "decoder_depth": 2, "decoder_width": 64, "weighting": "sum"},
        {"patch": 32, "crop": 224, "stem": "original", "inputs": "rgb", "decoder_width": 32},
    ],
)
def test_there_and_back_is_the_same_method(settings, tmp_path):
    method = randomised(**settings)
    loaded = load_official(published(method, tmp_path / "checkpoint.pth"))
    assert loaded.config == method.config and loaded.outputs == method.outputs
    ours, theirs = method.state_dict(), loaded.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_encoder_in_it_is_the_one_load_encoder_reads(tmp_path):
    method = randomised()
    encoder = load_encoder(published(method, tmp_path / "checkpoint.pth"))
    images = torch.randn(1, 12, 16, 16)
    with torch.no_grad():
        assert torch.equal(encoder(images), method.export()(images))


def test_a_published_checkpoint_goes_on_training(tmp_path):
    """Loaded from the layout's own generator, not from what was written here."""
    torch.save(make_checkpoint(8), tmp_path / "checkpoint-199.pth")
    method = build(MpMaeConfig(**PLAIN), tuple(MODALITIES))
    start_from_official(method, tmp_path / "checkpoint-199.pth")
    again = to_official(method)
    assert all(torch.equal(again[name], tensor) for name, tensor in make_checkpoint(8)["model"].items())
    with pytest.raises(MMEarthError, match=r"checkpoint-199\.pth is a atto of patch 8 for s2"):
        start_from_official(build(MpMaeConfig(patch=16, crop=112), tuple(MODALITIES)), tmp_path / "checkpoint-199.pth")
    with pytest.raises(MMEarthError, match="that predicts sentinel2, sentinel1"):
        start_from_official(build(MpMaeConfig(), ["sentinel2"]), tmp_path / "checkpoint-199.pth")


def test_what_is_missing_or_foreign_is_named(tmp_path):
    state = to_official(build(MpMaeConfig(), tuple(MODALITIES)))
    del state["proj.weight"]
    state["teacher.weight"] = torch.zeros(3)
    torch.save({"model": state}, tmp_path / "odd.pth")
    with pytest.raises(MMEarthError, match=r"missing decoder\.proj\.weight; unexpected teacher\.weight"):
        load_official(tmp_path / "odd.pth")
    encoder_only = {name: tensor for name, tensor in state.items() if name.startswith("encoder.")}
    torch.save({"model": encoder_only}, tmp_path / "encoder.pth")
    with pytest.raises(MMEarthError, match="is no pretraining checkpoint of MP-MAE"):
        load_official(tmp_path / "encoder.pth")


def wave_batch(method: MpMae, tiles: int, seed: int) -> dict[str, torch.Tensor]:
    """Images of long waves along the columns and short ones along the rows: what is learned has a direction."""
    generator = torch.Generator().manual_seed(seed)
    side, grid = method.config.crop, method.config.crop // method.config.patch
    at = torch.arange(side)
    phase = 6.3 * torch.rand(2, tiles, 1, 1, 1, generator=generator)
    image = torch.sin(phase[0] + at / 2.5) + torch.sin(phase[1] + at[:, None] / 1.2)
    image = image.expand(tiles, 12, side, side).contiguous()
    masked = torch.rand(tiles, grid**2, generator=generator).argsort(1) >= method.view.visible(method.config.mask_ratio)
    return {"image": image, "masked": masked.view(tiles, grid, grid), "sentinel2": image}


@pytest.mark.usefixtures("one_torch_thread")
def test_reconstructions_with_a_loaded_decoder_are_as_good_as_before(tmp_path):
    """And kernels that were turned over on the way would show: the loss is then clearly worse."""
    torch.manual_seed(0)
    method = build(MpMaeConfig(crop=32, mask_ratio=0.5, decoder_width=64, **PLAIN), ["sentinel2"])
    optimiser = torch.optim.AdamW(method.parameters(), 3e-3)
    for step in range(40):
        optimiser.zero_grad()
        method(wave_batch(method, 8, step)).objective.backward()
        optimiser.step()
    batch = wave_batch(method, 8, seed=1000)

    @torch.no_grad()
    def loss(other: MpMae) -> float:
        return float(other(batch).parts["sentinel2"].mean)

    path = published(method, tmp_path / "checkpoint-199.pth")
    loaded = load_official(path)
    assert loss(method) < 0.7 * float(method.constant_losses(batch, {})["sentinel2"].mean)
    assert loss(loaded) == pytest.approx(loss(method), rel=1e-5)
    wave, found = batch["sentinel2"], loaded.reconstruct(batch)["sentinel2"]
    hidden = batch["masked"].repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None].expand_as(wave)
    assert torch.corrcoef(torch.stack([wave[hidden], found[hidden]]))[0, 1] > 0.5

    stored = torch.load(path, weights_only=False)
    for name, kernel in stored["model"].items():
        if name.endswith("kernel"):
            side = round(len(kernel) ** 0.5)
            stored["model"][name] = kernel.view(side, side, *kernel.shape[1:]).transpose(0, 1).reshape(kernel.shape)
    torch.save(stored, tmp_path / "turned.pth")
    assert loss(load_official(tmp_path / "turned.pth")) > 1.3 * loss(method)
