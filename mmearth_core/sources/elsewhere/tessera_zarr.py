"""TESSERA's Zarr stores: one group for each UTM zone, one slot for each year. Needs the extra `zarr`.

A store is named as a path: `STORE`, `STORE/utm30` where it has several zones, `STORE/utm30/2024` where it has several
years. Northings run on below the equator as negative numbers of the northern zone, as the store has them.
Convention: github.com/geo-embeddings/embeddings-zarr-convention (`geoemb:`, version 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import CRSError

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.sources.elsewhere.scaled import Along, ScaledEmbedding
from mmearth_core.sources.elsewhere.tessera import Dataset, facts_of, identity_of

#: What a folder holds that is a group or an array of Zarr.
_SIGNS = ("zarr.json", ".zgroup")
_LARGEST_YEAR_STEPS = 1000


@dataclass(frozen=True)
class _Place:
    """A store, and which of its zones and years are meant."""

    store: Path
    zone: str | None
    year: int | None


def store_of(path: Path) -> Path | None:
    """The Zarr store that a path lies in: the outermost folder with its signs; None when there is none."""
    chain = [path, *path.parents][:3]
    inside = [each for each in chain if any((each / sign).is_file() for sign in _SIGNS)]
    return inside[-1] if inside else None


def tessera_store(path: Path, store: Path) -> ScaledEmbedding:
    """The embedding that a path in a store means. Raises `MMEarthError` when it is none, or does not say which."""
    try:
        import zarr  # noqa: PLC0415 - an extra, for those who have such a store
        from zarr.errors import BaseZarrError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MMEarthError(
            f'{path} is in a Zarr store, for which {error.name} is not installed; run: pip install "mmearth[zarr]"'
        ) from error

    try:
        root = zarr.open_group(str(store), mode="r")
        place = _place(path, store)
        group, zone = _zone(root, place, path)
        numbers, scales = group["embeddings"], group["scales"]
    except (BaseZarrError, KeyError, ValueError, OSError) as error:
        raise MMEarthError(
            f"{path} is no store of TESSERA's embeddings ({' '.join(str(error).split())}); give one."
        ) from error
    attributes = {**root.attrs.asdict(), **group.attrs.asdict()}
    dated = numbers.ndim == 4
    shape = numbers.shape[2:] if dated else numbers.shape[:2]
    bands = int(numbers.shape[1] if dated else numbers.shape[2])
    if numbers.ndim not in {3, 4} or np.dtype(numbers.dtype) != np.int8 or tuple(scales.shape[-2:]) != tuple(shape):
        raise MMEarthError(
            f"{path}: its arrays are {numbers.dtype} {numbers.shape} and {scales.dtype} {scales.shape}; give a store"
            " of TESSERA, which has int8 (year, band, row, column) and a scale for each pixel."
        )
    slot, year = _slot(group, place, path) if dated else (None, attributes.get("year"))
    dataset = _dataset(attributes, path)

    def slab(rows: Along, cols: Along) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        if slot is None:
            found = np.moveaxis(np.asarray(numbers.oindex[rows, cols, slice(None)]), -1, 0)
            return found, np.asarray(scales.oindex[rows, cols], np.float32)
        found = np.asarray(numbers.oindex[slot, slice(None), rows, cols])
        return found, np.asarray(scales.oindex[slot, rows, cols], np.float32)

    return ScaledEmbedding(
        path=path,
        grid=_grid(group, attributes, zone, (int(shape[0]), int(shape[1])), path),
        identity=identity_of(dataset, tuple(range(bands))),
        name=dataset.name,
        bands=tuple(f"Tessera_Band_{band}" for band in range(bands)),
        slab=slab,
        facts=facts_of(year, "stored · scale of its pixel"),
        block=_chunk(numbers, dated=dated),
    )


def _chunk(numbers: Any, *, dated: bool) -> tuple[int, int]:
    """Rows and columns of the chunks of an array."""
    rows, cols = numbers.chunks[2:] if dated else numbers.chunks[:2]
    return int(rows), int(cols)


def _place(path: Path, store: Path) -> _Place:
    parts = path.relative_to(store).parts
    years = [part for part in parts if part.isdigit()]
    zones = [part for part in parts if not part.isdigit()]
    return _Place(store, zones[0] if zones else None, int(years[0]) if years else None)


def _zone(root: Any, place: _Place, path: Path) -> tuple[Any, str]:
    """The group of a zone, and its name."""
    if place.zone is not None:
        return root[place.zone], place.zone
    if "embeddings" in root:
        return root, place.store.stem
    zones = sorted(name for name, _ in root.groups() if name.startswith("utm"))
    if len(zones) != 1:
        listed = ", ".join(zones[:8]) or "none"
        raise MMEarthError(f"{path} has {len(zones)} UTM zones ({listed}); name one: {place.store}/ZONE")
    return root[zones[0]], zones[0]


def _slot(group: Any, place: _Place, path: Path) -> tuple[int, int]:
    """Where a year stands along the first axis, and which it is."""
    years = [int(year) for year in np.asarray(group["time"][:_LARGEST_YEAR_STEPS])]
    if place.year is None and len(years) == 1:
        return 0, years[0]
    if place.year in years:
        return years.index(place.year), place.year
    listed = ", ".join(map(str, years))
    raise MMEarthError(
        f"{path} has the years {listed}; name one as in: {path if place.year is None else path.parent}/{years[-1]}"
    )


def _grid(group: Any, attributes: Mapping[str, Any], zone: str, shape: tuple[int, int], path: Path) -> Grid:
    """Where its pixels lie, by its attributes or else by its coordinates."""
    code = attributes.get("proj:code") or attributes.get("proj:wkt2") or attributes.get("crs_wkt")
    if not code and (number := attributes.get("crs_epsg") or attributes.get("proj:epsg")):
        code = f"EPSG:{number}"
    if not code and (digits := zone.removeprefix("utm")[:2]).isdigit():
        code = f"EPSG:{32600 + int(digits)}"
    steps = attributes.get("spatial:transform") or attributes.get("transform")
    try:
        if steps is None:
            steps = _from_coordinates(group)
        transform, crs = Affine(*(float(each) for each in steps[:6])), CRS.from_user_input(code)
    except (CRSError, TypeError, ValueError, KeyError, IndexError) as error:
        raise MMEarthError(
            f"{path} does not say where it lies ({' '.join(str(error).split())}); get it again."
        ) from error
    if transform.e > 0 or transform.a < 0 or transform.b or transform.d:
        raise MMEarthError(f"{path} is not north-up (transform {tuple(steps)}), which is not read here; convert it.")
    return Grid(*shape, transform, crs)


def _from_coordinates(group: Any) -> tuple[float, ...]:
    """The transform of evenly spaced centres x and y."""
    (left, right), (top, below) = ([float(each) for each in group[name][:2]] for name in ("x", "y"))
    across, down = right - left, below - top
    return across, 0.0, left - across / 2, 0.0, down, top - down / 2


def _dataset(attributes: Mapping[str, Any], path: Path) -> Dataset:
    told = (
        attributes.get("tessera_dataset_version")
        or str(attributes.get("geoemb:model", "")).rstrip("/").rpartition("/")[2]
    )
    if not isinstance(told, str) or not told:
        raise MMEarthError(
            f"{path} does not say of which dataset of TESSERA it is; write that into its"
            " attribute geoemb:model or tessera_dataset_version."
        )
    return Dataset.of(told, str(attributes.get("tessera_dataset_variant", "")))
