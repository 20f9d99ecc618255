"""Calibration: what turns encoder weights into a model that embeds rasters without seams.

In this order, each step on the result of the one before, all tensors rounded to float16 as they will be stored:
the response normalisation is frozen block by block, the projection is fitted, the quantiser and the default halo are
measured. Nothing here is ever fitted to the scene a user embeds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from timm.models.convnext import ConvNeXtBlock
from torch import Tensor
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import canonical_tensors
from mmearth_core.encoder.model_file import ModelHeader, model_id
from mmearth_core.encoder.network import EmbeddingHead, EmbeddingModel, Encoder, ResponseNorm, enlarge
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken, Progress


@dataclass(frozen=True)
class Part:
    """What becomes of the pixels or of one map: their first principal components, so many `bands`, after all of them
    were scaled to a total `variance`."""

    bands: int
    variance: float


#: The whitened pixels, then the maps at strides p/8, p/4, p/2, p (benchmarks/projection.py).
PARTS = (Part(12, 4.0), Part(4, 0.5), Part(18, 0.5), Part(18, 0.5), Part(12, 0.5))
#: Number of embedding bands.
DIMENSIONS = 64
#: Variance, in units of a standardised band's, that whitening adds to every direction before dividing by it.
_NOISE_FLOOR = 0.01
#: Share of values beyond which a band is clipped to its range: half on each side.
_CLIPPED = 1e-4
#: Pixels sampled from a chip for the covariance and the quantiser.
_SAMPLES_PER_CHIP = 8192
#: Core of the tiles on which the halo is measured, in pixels, and the error allowed, in quantisation steps: small
#: enough for any two tilings to stay within one step of each other.
_HALO_CORE, _HALO_ERROR = 64, 0.25
_HALO_CHIPS = 6


@dataclass(frozen=True)
class Chip:
    """A piece of a scene: normalised pixels (C, H, W) float32 with invalid ones 0, and their validity (H, W)."""

    pixels: Tensor
    valid: Tensor


@torch.inference_mode()
def calibrate(
    encoder: Encoder,
    header: ModelHeader,
    chips: Sequence[Chip],
    *,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[EmbeddingHead, ModelHeader]:
    """Freeze the encoder's response normalisation in place and fit projection, quantiser and halo.

    `chips`: sides must be multiples of the patch size; some must be larger than twice the exact halo plus 64 px.
    Returns the projection and the header with `scales`, `halo`, `calibration` and `model_id` filled in.
    """
    if sum(int(chip.valid.sum()) for chip in chips) < 100 * DIMENSIONS:
        raise MMEarthError("The scenes hold too few valid pixels to calibrate on; give larger ones.")
    _round_to_float16(encoder)
    freeze_response_norms(encoder, chips, progress, cancel)
    head, explained, sample = fit_projection(encoder, chips, PARTS, progress, cancel)
    scales = fit_quantiser(sample)
    clipped = float(np.mean(np.abs(sample) > 127 * scales))
    header = replace(header, grn="frozen", scales=tuple(float(scale) for scale in scales))
    halo, steps = measure_halo(EmbeddingModel(encoder, head), chips, scales, progress, cancel)
    calibration = {
        **header.calibration,
        "parts": [asdict(part) for part in PARTS],
        "pixels": len(sample),
        "explained_variance": round(explained, 4),
        "clipped_share": clipped,
        "halo_error_in_steps": {str(pixels): round(error, 3) for pixels, error in steps.items()},
    }
    header = replace(header, halo=halo, calibration=calibration)
    return head, replace(header, model_id=model_id(canonical_tensors(encoder, head), header))


def freeze_response_norms(encoder: Encoder, chips: Sequence[Chip], progress: Progress, cancel: CancelToken) -> None:
    """Set every response normalisation to its population constant, one block after another.

    N_c = RMS_c / mean_c(RMS), from sums of squares over the valid positions of all chips, taken behind the earlier
    blocks with their constants already in force: the limit of the batch statistic of pretraining for a large batch.
    """
    states = [chip.pixels[None] for chip in chips]
    units = list(encoder.units())
    progress.start("Freezing response normalisation", len(units), "layers")
    for stage, module in units:
        cancel.check()
        if isinstance(module, ConvNeXtBlock):
            norm = module.mlp.grn
            if not isinstance(norm, ResponseNorm):
                raise TypeError(f"the encoder's blocks must use ResponseNorm, not {type(norm).__name__}")
            cells = [_valid_cells(chip.valid, encoder.architecture.strides[stage]) for chip in chips]
            response = (
                torch.stack([_sum_of_squares(module, state, valid) for state, valid in zip(states, cells, strict=True)])
                .sum(0)
                .sqrt()
            )
            if not response.any():
                raise MMEarthError(
                    f"The scenes hold no patch of {encoder.architecture.patch} × {encoder.architecture.patch} valid"
                    " pixels to calibrate on; give scenes with fewer gaps."
                )
            norm.scale.copy_((response / response.mean()).half().float())
            norm.scope = "frozen"
        states = [module(state) for state in states]
        progress.advance(1)
    progress.finish()


def fit_projection(
    encoder: Encoder,
    chips: Sequence[Chip],
    parts: Sequence[Part],
    progress: Progress,
    cancel: CancelToken,
) -> tuple[EmbeddingHead, float, NDArray[np.float64]]:
    """Fit the projection on pixels sampled from all chips.

    Returns the projection (float16 values), the share of variance it explains and the projected sample (n, bands).
    """
    generator = torch.Generator().manual_seed(0)
    sample = []
    progress.start("Fitting the projection", len(chips), "chips")
    for chip in chips:
        cancel.check()
        rows, cols = torch.nonzero(chip.valid, as_tuple=True)
        chosen = torch.randperm(len(rows), generator=generator)[:_SAMPLES_PER_CHIP]
        sample.append(features_at(encoder, chip.pixels, rows[chosen], cols[chosen]))
        progress.advance(1)
    progress.finish()
    values = torch.cat(sample).double()
    head, explained = principal_projection(values, encoder.architecture, parts, encoder.readout)
    stored = torch.cat([head.pixels, *head.maps], 1).double()
    return head, explained, (values @ stored.T + head.bias.double()).numpy()


@torch.inference_mode()
def features_at(encoder: Encoder, pixels: Tensor, rows: Tensor, cols: Tensor) -> Tensor:
    """What is projected: normalised pixels and all enlarged maps, (n, C + ΣC_i), at n places of (C, H, W)."""
    maps = encoder.forward_maps(pixels[None])
    features = [pixels[:, rows, cols]]
    for level in range(4):
        alone = [m if i == level else m.new_zeros(1, maps[level].shape[1], *m.shape[2:]) for i, m in enumerate(maps)]
        features.append(enlarge(alone, encoder.architecture)[0][:, rows, cols])
    return torch.cat(features).T


@torch.inference_mode()
def principal_projection(
    values: Tensor, architecture: Architecture, parts: Sequence[Part], readout: Tensor | None = None
) -> tuple[EmbeddingHead, float]:
    """Centred PCA of the whitened pixels and of each map by itself; the bands are in the order of their variance.

    `values` (n, C + ΣC_i) float64 as of `features_at`. Parts are apart so that none crowds out another: what is learned
    last varies least. Of the last map only what `readout` (k, C_3) reads counts, if given: variance alone would keep
    what is loud in it instead of what was learned. The components of a map are then mixed (`_mixing`). Returns the
    projection and the share of variance it explains.
    """
    blocks = [architecture.in_channels, *architecture.channels]
    mean = values.mean(0)
    centred = torch.split(values - mean, blocks, 1)
    matrices = [_whitening(centred[0]), *(torch.eye(channels, dtype=values.dtype) for channels in blocks[1:])]
    if readout is not None:
        matrices[-1] = readout.to(values.dtype).T
    rows, variances = [], []
    counts = bands_of(parts, [matrix.shape[1] for matrix in matrices])
    for index, (block, matrix, part, count) in enumerate(zip(centred, matrices, parts, counts, strict=True)):
        scaled = matrix * (part.variance / float((block @ matrix).var(0).sum())) ** 0.5
        strengths, directions = torch.linalg.eigh(torch.cov((block @ scaled).T))
        axes, kept_here = directions.flip(1)[:, :count].T, strengths.flip(0)[:count]
        if index:
            mixing = _mixing(count)
            axes, kept_here = mixing @ axes, mixing.square() @ kept_here
        signs = axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
        rows.append(functional.pad(axes * signs @ scaled.T, (sum(blocks[:index]), sum(blocks[index + 1 :]))))
        variances.append(kept_here)
    kept = torch.cat(variances)
    projection = torch.cat(rows)[kept.argsort(descending=True, stable=True)]
    head = EmbeddingHead(architecture, len(projection))
    for target, columns in zip([head.pixels, *head.maps], torch.split(projection, blocks, 1), strict=True):
        target.copy_(columns)
    head.bias.copy_(-projection @ mean)
    _round_to_float16(head)
    return head.eval(), float(kept.sum()) / sum(part.variance for part in parts)


def _mixing(count: int) -> Tensor:
    """A rotation (count, count) after which components of falling variance vary about alike: the DCT-II.

    Distances, planes and the variance of all together stay. But who divides each band by its spread, as is common, no
    longer makes the faintest component as loud as the first, and all bands are quantised equally finely.
    """
    return torch.from_numpy(dct(np.eye(count), norm="ortho")) if count else torch.zeros(0, 0, dtype=torch.float64)


def bands_of(parts: Sequence[Part], widths: Sequence[int]) -> list[int]:
    """How many bands each part gets that is so many features wide: what one is too narrow for goes to the others, the
    last first."""
    counts = [min(part.bands, width) for part, width in zip(parts, widths, strict=True)]
    left = sum(part.bands for part in parts) - sum(counts)
    for index in reversed(range(len(parts))):
        more = min(left, widths[index] - counts[index])
        counts[index], left = counts[index] + more, left - more
    return counts


def fit_quantiser(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    """Step of each band such that ±127 steps hold all but a small share of the sample (n, bands)."""
    reach = np.quantile(np.abs(sample), 1 - _CLIPPED, axis=0)
    return (reach * 1.02 / 127).astype(np.float32).astype(np.float64)


def measure_halo(
    model: EmbeddingModel,
    chips: Sequence[Chip],
    scales: NDArray[np.float64],
    progress: Progress,
    cancel: CancelToken,
) -> tuple[int, dict[int, float]]:
    """The smallest halo that is as good as the exact one (`_HALO_ERROR`), and the largest error found for each tried,
    which are those up to it.

    Compared on the border cells of cores cut out of the largest chips, where a missing context shows most.
    """
    architecture = model.encoder.architecture
    patch, exact = architecture.patch, architecture.exact_halo
    core = _HALO_CORE // patch * patch
    side = core + 2 * exact
    large = [chip for chip in chips if min(chip.pixels.shape[1:]) >= side][:_HALO_CHIPS]
    if not large:
        raise MMEarthError(f"At least one scene must be {side} × {side} pixels to measure the halo; give a larger one.")
    step = torch.as_tensor(scales).float()[:, None, None]

    def cores(halo: int) -> Iterator[Tensor]:
        cut = exact - halo
        for chip in large:
            cancel.check()
            seen = model(chip.pixels[None, :, cut : side - cut, cut : side - cut])
            yield seen[0, :, halo : halo + core, halo : halo + core]

    tried = range(patch, exact, patch)
    errors: dict[int, float] = {}
    progress.start("Measuring the halo", len(tried) + 1, "halos")
    truth = list(cores(exact))
    progress.advance(1)
    for halo in tried:
        found = zip(cores(halo), truth, strict=True)
        errors[halo] = max(float(((seen - true).abs() / step).max()) for seen, true in found)
        progress.advance(1)
        if errors[halo] <= _HALO_ERROR:
            break
    else:
        halo = exact
    progress.finish()
    return halo, errors


def _whitening(pixels: Tensor) -> Tensor:
    """Matrix (C, C) by which the bands lose their correlation, but for what is little more than noise.

    Bands are nearly collinear: without whitening, probes did clearly worse on the demo's scene. Giving every band unit
    variance alone did not help.
    """
    spread = pixels.std(0)
    if not spread.all():
        raise MMEarthError("The scenes do not vary in every band, so there is nothing to calibrate on; give others.")
    strengths, directions = torch.linalg.eigh(torch.cov((pixels / spread).T))
    whitening: Tensor = (directions / (strengths + _NOISE_FLOOR).sqrt()) @ directions.T / spread[:, None]
    return whitening


def _sum_of_squares(block: ConvNeXtBlock, state: Tensor, valid: Tensor) -> Tensor:
    """Σ over valid cells of the squared input of the block's response normalisation: (4C,), float64."""
    y = block.norm(block.conv_dw(state).permute(0, 2, 3, 1))
    wide: Tensor = block.mlp.act(block.mlp.fc1(y[valid[None]]))
    return wide.double().square().sum(0)


def _valid_cells(valid: Tensor, stride: int) -> Tensor:
    """Cells of a map all of whose pixels are valid: (H, W) → (H/stride, W/stride)."""
    height, width = valid.shape
    return valid.reshape(height // stride, stride, width // stride, stride).all(3).all(1)


def _round_to_float16(module: torch.nn.Module) -> None:
    for tensor in module.state_dict().values():
        tensor.copy_(tensor.half().float())
