"""`embed_array`: the sealed normalise → forward → project call for arrays, so that no step can be forgotten."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.backends import Backend, BackendName, open_backend
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import Level, check_bands


def embed_array(
    *,
    dn: NDArray[np.number],
    bands: Sequence[str],
    level: Level,
    valid: NDArray[np.bool_] | None = None,
    model: str | Path = "default",
    backend: BackendName = "auto",
) -> NDArray[np.float32]:
    """Embedding of an array of pixels, before quantisation.

    The array is treated as a whole raster: nothing outside it is known.

    Args:
        dn: Pixels (k, H, W) in reflectance × 10000 with the product's offset removed; NaN where a band is missing.
        bands: Names of the k bands: B02, B03, …
        level: Processing level of the pixels, l1c or l2a.
        valid: Which pixels (H, W) hold a measurement; by default those where any band is not 0.
        model: Name (see mmearth weights list) or file of a calibrated model.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.

    Returns:
        (D, H, W) float32; invalid pixels are NaN.

    Raises:
        MMEarthError: The bands do not suffice, or the model cannot be used.
    """
    if dn.ndim != 3 or len(bands) != len(dn):
        raise MMEarthError(f"The array has shape {dn.shape}; give ({len(bands)}, H, W), one layer per name of `bands`.")
    loaded = open_backend(model, backend)
    wanted = loaded.header.bands
    present = tuple(name for name in wanted if name in bands)
    check_bands(present=present, wanted=wanted, source="the array")
    chosen = np.stack([dn[list(bands).index(name)] for name in present]).astype(np.float32)
    there = np.isfinite(chosen)
    known: NDArray[np.bool_] = np.any(there & (chosen != 0), axis=0) if valid is None else valid & there.any(0)
    chosen[~there] = np.nan
    pixels = network_input(chosen, known, present, level, loaded.header)
    values = embed_pixels(loaded, pixels[None])[0, :, : dn.shape[1], : dn.shape[2]].copy()
    values[:, ~known] = np.nan
    return values


def network_input(
    dn: NDArray[np.float32], valid: NDArray[np.bool_], present: Sequence[str], level: Level, header: EncoderDescription
) -> NDArray[np.float32]:
    """DN (k, H, W) of the `present` bands → what the network of `header` takes: (C, H, W), normalised and filled."""
    return header.statistics[level].normalised(dn, valid, present=present, wanted=header.bands)


def embed_pixels(backend: Backend, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Network input (N, C, H, W) of any size → embedding (N, D, H', W') with sides grown to whole patches.

    Raises `MMEarthError` when the model gives anything but so many finite numbers.
    """
    header, patch = backend.header, backend.header.patch
    grow = [(-side) % patch for side in pixels.shape[2:]]
    if any(grow):
        pixels = np.pad(pixels, ((0, 0), (0, 0), (0, grow[0]), (0, grow[1])))
    values = backend.run(np.ascontiguousarray(pixels))
    if values.shape != (len(pixels), header.dimensions, *pixels.shape[2:]):
        raise MMEarthError(
            f"The model {header.name} gives {values.shape} for {pixels.shape}; its file is damaged, fetch it again."
        )
    if not np.isfinite(values.sum(dtype=np.float64)):
        raise MMEarthError(f"The model {header.name} computes no numbers; its file is damaged, fetch it again.")
    return values
