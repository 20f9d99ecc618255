"""Small rasters in the formats of other people's embeddings: fields of four classes, written as each of them stores it.

Made after the descriptions of their formats; no file of theirs.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from embedded_fields import FIELD, NAMES, write_vector
from numpy.typing import NDArray
from rasterio.shutil import copy as copy_raster

TRANSFORM = Affine(10, 0, 500_000, 0, -10, 5_800_000)
CRS = "EPSG:32630"
HOLE = (40, 50)  # rows and columns without an embedding, in the upper left corner


@dataclass(frozen=True)
class Fields:
    """Vectors (bands, height, width) of length 1 in fields of four classes; `truth` 0 … 3."""

    vectors: NDArray[np.float32]
    truth: NDArray[np.intp]

    @classmethod
    def drawn(
        cls, bands: int = 64, height: int = 210, width: int = 240, seed: int = 0, spread: float = 0.5
    ) -> "Fields":
        """Classes are Gaussian around fixed centres, the same for every seed."""
        centres = np.random.default_rng(7).normal(size=(len(NAMES), bands))
        rng = np.random.default_rng(seed)
        cells = rng.integers(0, len(NAMES), (-(-height // FIELD), -(-width // FIELD)))
        truth = np.kron(cells, np.ones((FIELD, FIELD), int))[:height, :width]
        vectors = centres[truth] + spread * rng.normal(size=(height, width, bands))
        vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
        return cls(np.moveaxis(vectors, -1, 0).astype(np.float32), truth)

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.truth.shape
        return height, width

    def polygons(self, path: Path, per_class: int = 4) -> Path:
        """Fields of every class as samples with the field `class`."""
        taken, shapes, names = dict.fromkeys(NAMES, 0), [], []
        for row in range(self.shape[0] // FIELD):
            for col in range(self.shape[1] // FIELD):
                name = NAMES[self.truth[row * FIELD, col * FIELD]]
                if (row, col) < (2, 0) or taken[name] >= per_class:
                    continue
                taken[name] += 1
                corners = [
                    (col + 0.2, row + 0.2),
                    (col + 0.8, row + 0.2),
                    (col + 0.8, row + 0.8),
                    (col + 0.2, row + 0.8),
                ]
                shapes.append(shapely.Polygon([TRANSFORM * (x * FIELD, y * FIELD) for x, y in corners]))
                names.append(name)
        return write_vector(path, shapes, {"class": names})


def square_law(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """As AlphaEarth stores vectors: sign(v) · √|v| · 127.5, rounded."""
    return np.clip(np.rint(np.sign(vectors) * np.sqrt(np.abs(vectors)) * 127.5), -127, 127).astype(np.int8)


def write_raster(path: Path, stored: NDArray[Any], bands: list[str], **options: Any) -> Path:
    """A tiled GeoTIFF of (bands, height, width); `tags` and any option of creation."""
    tags = options.pop("tags", {})
    profile = {"driver": "GTiff", "crs": CRS, "transform": TRANSFORM, "tiled": True, "compress": "zstd"} | options
    count, height, width = stored.shape
    with rasterio.open(
        path, "w", count=count, height=height, width=width, dtype=stored.dtype, interleave="band", **profile
    ) as dataset:
        dataset.write(stored)
        dataset.descriptions = bands
        dataset.update_tags(**tags)
    return path


def write_alphaearth(
    path: Path, fields: Fields, *, south_up: bool = False, cog: bool = False, hole: bool = True, block: int = 128
) -> Path:
    """int8 by the square law, -128 without data; `south_up` as the copy at Source Cooperative is."""
    stored = square_law(fields.vectors)
    if hole:
        stored[:, : HOLE[0], : HOLE[1]] = -128
    transform = TRANSFORM
    if south_up:
        stored = np.ascontiguousarray(stored[:, ::-1])
        transform = TRANSFORM * Affine.translation(0, fields.shape[0]) * Affine.scale(1, -1)
    names = [f"A{band:02d}" for band in range(64)]
    if not cog:
        return write_raster(path, stored, names, nodata=-128, transform=transform, blockxsize=64, blockysize=64)
    plain = write_raster(path.with_suffix(".plain.tif"), stored, names, nodata=-128, transform=transform)
    copy_raster(plain, path, driver="COG", blocksize=block, compress="zstd", overview_resampling="nearest")
    plain.unlink()
    return path


def write_earth_engine(path: Path, fields: Fields, *, masked: float = np.nan) -> Path:
    """float64 as Earth Engine exports it; `masked` where there is no data."""
    stored = fields.vectors.astype(np.float64)
    stored[:, : HOLE[0], : HOLE[1]] = masked
    return write_raster(path, stored, [f"A{band:02d}" for band in range(64)])


def write_tessera_tif(path: Path, fields: Fields, **tags: str) -> Path:
    """float32 as geotessera exports it, NaN without data."""
    stored = 3 * fields.vectors
    stored[:, : HOLE[0], : HOLE[1]] = np.nan
    told = {"TESSERA_DATASET_VERSION": "v1", "TESSERA_YEAR": "2024"} | tags
    names = [f"Tessera_Band_{band}" for band in range(len(stored))]
    return write_raster(path, stored, names, nodata=np.nan, tags=told)


def per_pixel(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 (bands, height, width) and the scale of each pixel (height, width)."""
    scales = np.abs(vectors).max(axis=0) / 127
    return np.rint(vectors / scales).astype(np.int8), scales.astype(np.float32)


def write_tessera_npy(folder: Path, fields: Fields, *, per_band: bool = False, version: str | None = "1.0") -> Path:
    """A tile as geotessera downloads it: numbers, scales, land mask, and `tessera_metadata.json`."""
    tiles = folder / "global_0.1_degree_representation" / "2024" / "grid_0.15_52.05"
    masks = folder / "global_0.1_degree_tiff_all"
    tiles.mkdir(parents=True)
    masks.mkdir()
    numbers, scales = per_pixel(3 * fields.vectors)
    scales[: HOLE[0], : HOLE[1]] = np.nan
    np.save(tiles / "grid_0.15_52.05.npy", np.moveaxis(numbers, 0, -1))
    np.save(
        tiles / "grid_0.15_52.05_scales.npy", np.repeat(scales[..., None], len(numbers), -1) if per_band else scales
    )
    write_raster(masks / "grid_0.15_52.05.tiff", np.ones((1, *fields.shape), np.uint8), ["land"])
    if version is not None:
        told = {"dataset_version": version, "dataset_variant": "vultr", "written_by": "a test"}
        (folder / "tessera_metadata.json").write_text(json.dumps(told), encoding="utf-8")
    return tiles / "grid_0.15_52.05.npy"


def write_tessera_zarr(
    path: Path,
    fields: Fields,
    *,
    years: tuple[int, ...] = (2023, 2024),
    south: bool = False,
    zones: tuple[str, ...] = ("utm30",),
) -> Path:
    """A store with one group a zone: NaN scales are water (left half of the hole), +inf no data. `south`: below the
    equator, on northings of the northern zone."""
    import pytest  # here: the worker's Python, which makes rasters too, has none

    zarr = pytest.importorskip("zarr")

    numbers, scales = per_pixel(3 * fields.vectors)
    scales[: HOLE[0], : HOLE[1] // 2] = np.nan
    scales[: HOLE[0], HOLE[1] // 2 : HOLE[1]] = np.inf
    root = zarr.open_group(str(path), mode="w", zarr_format=3)
    root.attrs.update(
        {"geoemb:type": "pixel", "geoemb:model": "https://geotessera.org/model/v1", "geoemb:dimensions": 128}
    )
    for zone in zones:
        group = root.create_group(zone)
        top = TRANSFORM.f if not south else -2_000_000.0
        group.attrs.update({"proj:code": "EPSG:32630", "spatial:transform": [10.0, 0.0, TRANSFORM.c, 0.0, -10.0, top]})
        shape = (len(years), *numbers.shape)
        stored = group.create_array("embeddings", shape=shape, dtype="int8", chunks=(1, len(numbers), 32, 32))
        factors = group.create_array("scales", shape=(len(years), *fields.shape), dtype="float32", chunks=(1, 32, 32))
        time = group.create_array("time", shape=(len(years),), dtype="int32")
        time[:] = np.array(years)
        for slot in range(len(years)):
            # Years differ: the last one is as drawn, the others are turned upside down.
            last = slot == len(years) - 1
            stored[slot], factors[slot] = (numbers, scales) if last else (numbers[:, ::-1], scales[::-1])
    return path


def write_card(raster: Path, **told: Any) -> Path:
    """A card beside a raster."""
    path = raster.with_suffix(".card.json")
    path.write_text(json.dumps(told), encoding="utf-8")
    return path
