"""How Sentinel-2 would measure a landscape: mixing, light, haze, point spread, noise, and the swath's edge.

From surfaces at 5 m to digital numbers of the twelve L2A bands on a 10 m grid.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from mmearth_core.demonstration.canvas import CELL, noise
from mmearth_core.demonstration.landscape import Landscape
from mmearth_core.demonstration.spectra import (
    BANDS,
    IRRADIANCE,
    KINDS,
    MATERIAL_NAMES,
    MATERIALS,
    NATIVE,
    REFERENCE_RADIANCE,
    SNR,
    WAVELENGTHS,
)

#: Pixel size of the delivered grid in metres, and cells of the landscape along its edge.
PIXEL = 10.0
CELLS_PER_PIXEL = int(PIXEL / CELL)
#: Where the sun stands, in degrees: mid-morning in May at 49° north.
SUN_ZENITH, SUN_AZIMUTH = 35.0, 155.0
#: Deviation of the optical point spread in native pixels. With the detector's own box (response 0.64 at the Nyquist
#: frequency) it gives a modulation transfer of about 0.25 there, inside the mission's requirement of 0.15 … 0.30.
OPTICS = 0.44


def measure(landscape: Landscape, rng: Generator) -> NDArray[np.uint16]:
    """Digital numbers (reflectance × 10000), shape (12, height, width); every pixel is measured, none is 0."""
    shares, light = _shares(landscape, rng), _light(landscape, rng)
    objects = landscape.objects
    first, second, spectral_gain = _object_tables(landscape, rng)
    height, width = (extent // CELLS_PER_PIXEL for extent in objects.shape)
    haze = _haze(rng, (height, width))
    cosine = np.cos(np.deg2rad(SUN_ZENITH))
    dn = np.empty((len(BANDS), height, width), np.uint16)
    for band, native in enumerate(NATIVE):
        gain = spectral_gain[:, band]
        a, b = (MATERIALS[material, band] * gain for material in (first, second))
        reflectance = (b[objects] + shares * (a - b)[objects]) * light
        cells = int(native / CELL)
        blurred = gaussian_filter(reflectance, OPTICS * cells, truncate=3.0, mode="nearest")
        seen = blurred.reshape(blurred.shape[0] // cells, cells, -1, cells).mean((1, 3))
        at_reference = np.pi * REFERENCE_RADIANCE[band] / (IRRADIANCE[band] * cosine)
        # Photon noise dominates: it grows with the root of the signal, and the path's light adds to the signal.
        path = 0.09 * (WAVELENGTHS[band] / 443) ** -3.5
        deviation = at_reference / SNR[band] * np.sqrt((np.maximum(seen, 0) + path) / at_reference)
        seen = seen + deviation * rng.standard_normal(seen.shape, np.float32)
        # Nearest neighbour onto 10 m, as GDAL and Earth Engine stack bands unless told otherwise.
        repeat = int(native / PIXEL)
        stacked = seen.repeat(repeat, 0).repeat(repeat, 1)
        stacked = stacked + haze * (WAVELENGTHS[band] / 492) ** -1.6
        dn[band] = np.clip(np.rint(stacked * 10_000), 1, 20_000)
    return dn


def observed(rng: Generator, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels inside the swath: all but a strip at the right, cut along the orbit, which descends to the south-west."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    edge = shape[1] * (1.03 - rng.uniform(0.0, 0.02)) - np.tan(np.deg2rad(rng.uniform(9.5, 11.5))) * rows
    inside: NDArray[np.bool_] = cols < edge
    return inside


def _object_tables(
    landscape: Landscape, rng: Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """First and second material of every object, and its gain per band (variety of species, age, moisture)."""
    index = {name: number for number, name in enumerate(MATERIAL_NAMES)}
    first, second = (
        np.array([index[getattr(kind, which)] for kind in KINDS])[landscape.kinds] for which in ("first", "second")
    )
    spread = np.array([kind.brightness for kind in KINDS])[landscape.kinds, None]
    wavelength = np.array(WAVELENGTHS)
    # Three smooth modes: pigments in the visible, structure in the near infrared, water in the short-wave infrared.
    modes = np.stack([np.exp(-(((wavelength - at) / wide) ** 2)) for at, wide in ((560, 160), (850, 200), (1900, 600))])
    strengths = rng.standard_normal((len(landscape.kinds), 3)) * np.array([1.3, 0.8, 1.0])
    overall = rng.standard_normal((len(landscape.kinds), 1))
    gain = np.exp(spread * (0.8 * overall + strengths @ modes)).astype(np.float32)
    return first, second, gain


def _shares(landscape: Landscape, rng: Generator) -> NDArray[np.float32]:
    """Share of the first material in every cell, 0 … 1."""
    objects, kinds = landscape.objects, landscape.kinds
    count = len(kinds)
    table = {
        name: np.array([getattr(kind, name) for kind in KINDS], np.float32)[kinds]
        for name in ("share", "between", "patches", "rows", "crowns")
    }
    mean = table["share"] + table["between"] * np.clip(rng.standard_normal(count, np.float32), -1.8, 1.8)
    shares: NDArray[np.float32] = mean.astype(np.float32)[objects]
    shares += table["patches"][objects] * noise(rng, objects.shape, longest=90, shortest=4, slope=2.4)
    white = rng.standard_normal(objects.shape, np.float32)
    crowns = gaussian_filter(white, 0.7) - gaussian_filter(white, 2.2)
    shares += table["crowns"][objects] * (crowns / crowns.std())

    # Rows: wheel tracks and sowing, parallel within a field, 14 to 36 m apart.
    bearing, period = rng.uniform(0, np.pi, count), rng.uniform(14, 36, count)
    along_x, along_y = (2 * np.pi * CELL / period * turn(bearing) for turn in (np.cos, np.sin))
    rows, cols = (np.arange(extent, dtype=np.float32) for extent in objects.shape)
    phase = along_x.astype(np.float32)[objects] * cols + along_y.astype(np.float32)[objects] * rows[:, None]
    shares += (table["rows"] * np.sqrt(2))[objects] * np.sin(phase)
    clipped: NDArray[np.float32] = np.clip(shares, 0, 1, out=shares)
    return clipped


def _light(landscape: Landscape, rng: Generator) -> NDArray[np.float32]:
    """Illumination relative to flat ground: cosine of the sun's incidence on the relief, and shadows of tall crowns."""
    rise_y, rise_x = np.gradient(gaussian_filter(landscape.relief, 2), CELL)
    zenith, azimuth = np.deg2rad(SUN_ZENITH), np.deg2rad(SUN_AZIMUTH)
    # y points down (south): the sun's direction in image coordinates is (sin azimuth, -cos azimuth).
    toward = np.sin(azimuth) * rise_x - np.cos(azimuth) * rise_y
    direct = (1 - np.tan(zenith) * toward) / np.sqrt(1 + rise_x**2 + rise_y**2)
    light: NDArray[np.float32] = (0.12 + 0.88 * np.clip(direct, 0.3, 1.7)).astype(np.float32)
    light *= 1 + 0.012 * rng.standard_normal(light.shape, np.float32)
    return light


def _haze(rng: Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """What the atmospheric correction left over, as reflectance at 492 nm: a slow gradient across the scene."""
    rows, cols = np.meshgrid(*(np.linspace(-1, 1, extent, dtype=np.float32) for extent in shape), indexing="ij")
    bearing = rng.uniform(0, 2 * np.pi)
    gradient = np.cos(bearing) * cols + np.sin(bearing) * rows
    haze: NDArray[np.float32] = 0.004 + 0.004 * gradient.astype(np.float32)
    return haze
