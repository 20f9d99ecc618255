"""Frozen responses are the population's, bands vary alike, quantiser and halo keep their promises."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from mmearth_core.encoder.architecture import Architecture  # noqa: E402
from mmearth_core.encoder.calibration import (  # noqa: E402
    DIMENSIONS,
    PARTS,
    Chip,
    bands_of,
    calibrate,
    fit_projection,
    fit_quantiser,
    freeze_response_norms,
)
from mmearth_core.encoder.loading import official_header  # noqa: E402
from mmearth_core.encoder.network import EmbeddingModel, Encoder, randomise  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.progress import CancelToken, Silent  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("one_torch_thread")]


def make_chip(seed: int, height: int = 64, width: int = 64, *, gaps: bool = False, channels: int = 12) -> Chip:
    """Fields of five spectra with texture, normalised; with `gaps`, a slanted part is invalid."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:height, :width]
    spectra = rng.normal(size=(5, channels))[(rows // 17 * 7 + cols // 23 * 3) % 5]
    shade = 1 + 0.2 * np.sin(rows / 20 + rng.uniform(0, 6)) * np.cos(cols / 27)
    pixels = np.moveaxis(spectra, 2, 0) * shade + rng.normal(0, 0.1, (channels, height, width))
    valid = cols + rows // 3 >= 20 if gaps else np.ones((height, width), bool)
    return Chip(torch.from_numpy((pixels * valid).astype(np.float32)), torch.from_numpy(valid))


def random_encoder(patch: int = 8, seed: int = 0) -> Encoder:
    encoder = Encoder(Architecture("atto", patch, 12)).eval()
    randomise(encoder, seed)
    return encoder


def responses(encoder: Encoder, chips: list[Chip]) -> list[torch.Tensor]:
    """Of each block, G / mean(G) over the valid cells of all chips, seen while the encoder runs."""
    sums = [torch.zeros(norm.scale.shape, dtype=torch.float64) for norm in encoder.response_norms]
    hooks = []
    for chip in chips:
        for total, norm in zip(sums, encoder.response_norms, strict=True):

            def count(_module, inputs, total=total, chip=chip):
                x = inputs[0][0]
                cells = chip.valid.reshape(len(x), -1, x.shape[1], chip.valid.shape[1] // x.shape[1])
                total += x[cells.all(3).all(1)].double().pow(2).sum(0)

            hooks.append(norm.register_forward_pre_hook(count))
        with torch.inference_mode():
            encoder.forward_maps(chip.pixels[None])
        while hooks:
            hooks.pop().remove()
    return [total.sqrt() / total.sqrt().mean() for total in sums]


@torch.inference_mode()
def freeze(encoder: Encoder, chips: list[Chip]) -> None:
    freeze_response_norms(encoder, chips, Silent(), CancelToken())


@pytest.mark.parametrize("patch", [8, 16])
def test_frozen_responses_are_the_batch_statistic_when_the_chips_are_the_batch(patch):
    encoder, chips = random_encoder(patch), [make_chip(seed, 32, 64) for seed in range(3)]
    batch = torch.stack([chip.pixels for chip in chips])
    with torch.inference_mode():
        encoder.set_grn("batch")
        expected = encoder.forward_maps(batch)
        encoder.set_grn("sample")
        per_sample = encoder.forward_maps(batch)
        freeze(encoder, chips)
        assert encoder.grn == "frozen"
        found = encoder.forward_maps(batch)
    for want, other, have in zip(expected, per_sample, found, strict=True):
        # Scales are kept as float16, 2⁻¹¹ each; the scope `sample` is two orders of magnitude further away.
        error, distance = (float((x - want).abs().mean() / want.abs().mean()) for x in (have, other))
        assert error < 1e-3 and distance > 20 * error


def test_frozen_responses_count_valid_cells_only():
    encoder, chips = random_encoder(), [make_chip(0, gaps=True), make_chip(1, 40, 96)]
    freeze(encoder, chips)
    for norm, expected in zip(encoder.response_norms, responses(encoder, chips), strict=True):
        np.testing.assert_allclose(norm.scale, expected, rtol=2**-10)
    everywhere = [Chip(chip.pixels, torch.ones_like(chip.valid)) for chip in chips]
    careless = responses(encoder, everywhere)
    assert max(float((a - n.scale).abs().max()) for n, a in zip(encoder.response_norms, careless, strict=True)) > 0.05


def test_what_lies_in_invalid_pixels_does_not_change_the_counting():
    """Only the far reach of the gap's filling may: the first block's cells next to the gap see it."""
    chip, other = make_chip(0, gaps=True), make_chip(0, gaps=True)
    other.pixels[:, ~other.valid] = 50
    scales = []
    for each in (chip, other):
        encoder = random_encoder()
        with torch.no_grad():  # no block sees beyond its own cell
            for module in encoder.modules():
                if isinstance(module, torch.nn.Conv2d) and module.kernel_size in {(3, 3), (7, 7)}:
                    centre = module.kernel_size[0] // 2
                    middle = module.weight[:, :, centre, centre].clone()
                    module.weight.zero_()
                    module.weight[:, :, centre, centre] = middle
        freeze(encoder, [each])
        scales.append(torch.cat([norm.scale for norm in encoder.response_norms]))
    assert torch.equal(*scales)


@torch.inference_mode()
def test_bands_are_centred_of_falling_variance_and_within_a_part_vary_alike():
    encoder, chips = random_encoder(), [make_chip(0, gaps=True), make_chip(1)]
    freeze(encoder, chips)
    head, explained, sample = fit_projection(encoder, chips, PARTS, Silent(), CancelToken())
    assert sample.shape == (sum(int(chip.valid.sum()) for chip in chips), 64)
    spread = sample.std(0)
    # Everything up to the rounding of the stored projection to float16.
    assert np.abs(sample.mean(0) / spread).max() < 0.02
    together = [
        int(
            np.flatnonzero([part.abs().max() > 0 for part in (head.pixels[band], *(each[band] for each in head.maps))])[
                0
            ]
        )
        for band in range(64)
    ]
    assert np.bincount(together).tolist() == [part.bands for part in PARTS]
    parts = [sample[:, np.array(together) == part] for part in range(5)]
    assert np.abs(np.corrcoef(parts[0].T) - np.eye(parts[0].shape[1])).max() < 0.02
    for bands in parts[1:]:
        strengths, spreads = np.linalg.eigvalsh(np.cov(bands.T)), bands.var(0)
        assert spreads.max() / spreads.min() < 0.5 * strengths.max() / strengths.min()
    assert (np.diff(spread) < 0.005 * spread[:-1]).all()
    assert 0.5 < explained < 1

    # The variance of the bands is what is called explained: the parts add up to the whole.
    assert sample.var(0).sum() / sum(part.variance for part in PARTS) == pytest.approx(explained, rel=0.01)

    # The network computes the very sample that was fitted.
    model = EmbeddingModel(encoder, head)
    computed = np.concatenate([model(chip.pixels[None])[0][:, chip.valid].T.numpy() for chip in chips])
    assert (np.abs(np.sort(computed, axis=0) - np.sort(sample, axis=0)) < 1e-3 * spread).all()


@torch.inference_mode()
def test_the_largest_loading_of_every_band_is_positive():
    encoder, chips = random_encoder(), [make_chip(0), make_chip(1)]
    freeze(encoder, chips)
    # The last map is not whitened, so what is stored are the loadings but for one factor.
    head, *_ = fit_projection(encoder, chips, PARTS, Silent(), CancelToken())
    loadings = head.maps[3][head.maps[3].abs().amax(1) > 0].numpy()
    assert len(loadings) == PARTS[3 + 1].bands
    assert (loadings.max(1) == np.abs(loadings).max(1)).all()


@torch.inference_mode()
def test_of_the_last_map_only_what_the_readout_reads_is_kept():
    encoder, chips = random_encoder(), [make_chip(0), make_chip(1)]
    freeze(encoder, chips)
    channels = encoder.architecture.channels[-1]
    encoder.readout = torch.randn(5, channels, generator=torch.Generator().manual_seed(0))
    kept, *_ = fit_projection(encoder, chips, PARTS, Silent(), CancelToken())
    # Every band reads the last map along combinations of the five directions alone.
    directions = torch.linalg.qr(encoder.readout.T).Q
    outside = kept.maps[3] - kept.maps[3] @ directions @ directions.T
    assert outside.norm() < 1e-2 * kept.maps[3].norm()
    assert torch.linalg.matrix_rank(kept.maps[3].double(), rtol=1e-2) == 5
    encoder.readout = None
    free, *_ = fit_projection(encoder, chips, PARTS, Silent(), CancelToken())
    assert torch.linalg.matrix_rank(free.maps[3].double(), rtol=1e-3) == 12
    assert len(kept.bias) == len(free.bias) == 64


def test_what_a_part_is_too_narrow_for_goes_to_the_others():
    assert bands_of(PARTS, [12, 40, 80, 160, 320]) == [12, 4, 18, 18, 12]
    assert bands_of(PARTS, [3, 40, 80, 160, 320]) == [3, 4, 18, 18, 21]
    assert bands_of(PARTS, [12, 40, 80, 160, 5]) == [12, 4, 18, 25, 5]
    assert sum(part.bands for part in PARTS) == DIMENSIONS


def test_the_quantiser_clips_no_more_than_it_says():
    rng = np.random.default_rng(0)
    sample = np.stack([rng.normal(0, 3, 200_000), rng.standard_t(3, 200_000), rng.uniform(-1, 1, 200_000) ** 3], 1)
    scales = fit_quantiser(sample)
    clipped = (np.abs(sample) > 127 * scales).mean(0)
    assert (clipped <= 1e-4).all()
    assert (clipped[:2] > 1e-5).all()  # and it wastes no range on single values
    assert np.array_equal(scales, scales.astype(np.float32))


def test_the_model_keeps_what_its_header_says(calibrated):
    header = calibrated[0].header
    assert header.grn == "frozen" and header.calibration["clipped_share"] <= 1e-4
    assert 0.5 < header.calibration["explained_variance"] <= 1 and header.calibration["pixels"] == 8192
    errors = {int(pixels): error for pixels, error in header.calibration["halo_error_in_steps"].items()}
    assert sorted(errors) == list(range(8, header.halo + 8, 8)), "none larger is tried"
    assert errors[header.halo] <= 0.25 and all(errors[pixels] > 0.25 for pixels in errors if pixels < header.halo)


def test_the_halo_holds_for_a_scene_that_was_not_seen(calibrated):
    encoder, head = calibrated
    halo, model, step = encoder.header.halo, EmbeddingModel(encoder, head), torch.tensor(encoder.header.scales)
    pixels = make_chip(99, 384, 384).pixels[None]
    with torch.inference_mode():
        truth = model(pixels)[0, :, 160:224, 160:224]

        def error(margin: int) -> float:
            cut = slice(160 - margin, 224 + margin)
            found = model(pixels[..., cut, cut])[0, :, margin : margin + 64, margin : margin + 64]
            return float(((found - truth).abs() / step[:, None, None]).max())

        assert error(160) < 0.01  # exact but for the order of sums
        assert error(halo) < 1
        assert error(halo // 32 * 8) > 1  # so it was worth measuring


def test_the_tile_shows_with_response_norms_per_sample_and_not_with_frozen_ones(calibrated):
    encoder, head = calibrated
    model, step = EmbeddingModel(encoder, head), torch.tensor(encoder.header.scales)[:, None, None]
    calm, busy = make_chip(5, 64, 480).pixels[None], make_chip(6, 64, 480).pixels[None]
    scene = torch.cat([calm[..., :240], 3 * busy[..., 240:]], 3)
    difference = {}
    try:
        for scope in ("frozen", "sample"):
            encoder.set_grn(scope)
            with torch.inference_mode():
                whole, tile = model(scene)[0], model(scene[..., :224])[0]
            difference[scope] = float(((whole[..., :64] - tile[..., :64]).abs() / step).max())
    finally:
        encoder.set_grn("frozen")
    assert difference["frozen"] < 0.01, difference
    assert difference["sample"] > 10, difference


def unusable(chips: list[Chip], match: str) -> None:
    encoder = random_encoder()
    with pytest.raises(MMEarthError, match=match):
        calibrate(encoder, official_header("model", encoder), chips, progress=Silent(), cancel=CancelToken())


def test_unusable_chips_are_refused():
    unusable([], "too few valid pixels")
    unusable([make_chip(0, 64, 96)], "too few valid pixels")
    unusable([make_chip(0, 88, 88)], "must be 384 × 384 pixels")
    sieve = make_chip(0, 128, 128)
    sieve.valid[::8, ::8] = False
    unusable([sieve], "no patch of 8 × 8 valid pixels")
    flat = make_chip(0, 96, 96)
    flat.pixels[3] = 0.5
    unusable([flat], "do not vary in every band")
