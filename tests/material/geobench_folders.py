"""Folders as GEO-Bench 1.0 publishes them, in small: what its own writer puts into them, byte for byte the same way."""

import datetime
import json
import pickle
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np
import rasterio
from affine import Affine

#: Labels of GEO-Bench in the order of its files.
SENTINEL2 = (
    *("01 - Coastal aerosol", "02 - Blue", "03 - Green", "04 - Red", "05 - Vegetation Red Edge"),
    *("06 - Vegetation Red Edge", "07 - Vegetation Red Edge", "08 - NIR", "08A - Vegetation Red Edge"),
    *("09 - Water vapour", "10 - SWIR - Cirrus", "11 - SWIR", "12 - SWIR"),
)
#: Bands of the files of EuroSAT and of brick kilns as they really are.
EUROSAT = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B12", "B8A")
BRICKS = ("B01", "B02", "B03", "B04", "B05", "B07", "B8A", "B08", "B11", "B12", "red", "green", "blue")
#: The bands of level 2A.
SENTINEL2_BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
#: Means of the bands, reflectance × 10000.
MEANS = {
    **{"B01": 1350, "B02": 1100, "B03": 1030, "B04": 930, "B05": 1200, "B06": 2000, "B07": 2400, "B08": 2300},
    **{"B8A": 2600, "B09": 760, "B10": 12, "B11": 1800, "B12": 1100, "red": 80, "green": 90, "blue": 70},
}


def _class_of(name: str) -> type:
    """The class that GEO-Bench's own pickles name: geobench.dataset.NAME."""
    module = sys.modules.setdefault("geobench.dataset", types.ModuleType("geobench.dataset"))
    sys.modules.setdefault("geobench", types.ModuleType("geobench"))
    if not hasattr(module, name):
        setattr(module, name, type(name, (), {"__module__": "geobench.dataset"}))
    return getattr(module, name)


def band_info(name: str, kind: str = "Sentinel2") -> object:
    info = _class_of(kind)()
    info.__dict__ |= {"name": name, "alt_names": ("1", "01"), "spatial_resolution": 10, "wavelength": 0.49}
    return info


def write_tile(
    path: Path,
    bands: Mapping[str, np.ndarray],
    label: object,
    *,
    date: datetime.date | None = None,
    protocol: int = pickle.DEFAULT_PROTOCOL,
) -> None:
    """A tile; a label of two dimensions is stored as a band, any other among the attributes."""
    attributes: dict[str, object] = {}
    stored = dict(bands)
    if isinstance(label, np.ndarray) and label.ndim == 2:
        stored["label"] = label
    else:
        attributes["label"] = label
    order = []
    with h5py.File(path, "w") as file:
        for name, values in stored.items():
            descriptor = f"{name}_{date:%Y-%m-%d}" if date is not None and name != "label" else name
            file.create_dataset(name=descriptor, data=values)
            attributes[descriptor] = {
                "date": date,
                "date_id": date,
                "spatial_resolution": 10,
                "band_info": band_info(name, "SegmentationClasses" if name == "label" else "Sentinel2"),
                "meta_info": None,
                "transform": Affine(10, 0, 500_000, 0, -10, 5_000_000),
                "crs": rasterio.CRS.from_epsg(32633),
            }
            order.append(descriptor)
        attributes["bands_order"] = order
        file.attrs["pickle"] = str(pickle.dumps(attributes, protocol=protocol))


def write_statistics(folder: Path, tiles: Sequence[Mapping[str, np.ndarray]]) -> None:
    table = {}
    for label in tiles[0]:
        values = np.concatenate([tile[label].ravel() for tile in tiles]).astype(np.float64)
        table[label] = {
            name: float(value)
            for name, value in (
                *(("min", values.min()), ("max", values.max()), ("mean", values.mean()), ("std", values.std())),
                *((f"percentile_{each}", np.percentile(values, each)) for each in (1, 99)),
            )
        }
    (folder / "band_stats.json").write_text(json.dumps(table), encoding="utf-8")


def write_partitions(folder: Path, names: Sequence[str], shares: Sequence[float] = (0.5, 1.0)) -> None:
    """Half of the tiles to learn from, a quarter each to choose by and to judge on."""
    half, quarter = len(names) // 2, len(names) // 4
    train, valid, test = names[:half], names[half : half + quarter], names[half + quarter :]
    for file, share in [("default", 1.0), *((f"{share:.2f}x_train", share) for share in shares)]:
        parts = {"train": list(train[: max(1, round(share * half))]), "valid": list(valid), "test": list(test)}
        (folder / f"{file}_partition.json").write_text(json.dumps(parts, indent=2), encoding="utf-8")


def write_folder(
    parent: Path,
    name: str = "m-eurosat",
    *,
    count: int = 16,
    side: int = 64,
    labels: Sequence[object] | None = None,
    bands: Sequence[str] = EUROSAT,
    stored_as: Sequence[str] = SENTINEL2,
    unit: float = 1.0,
    date: datetime.date | None = None,
    dtype: str = "",
) -> Path:
    """A whole folder. `bands` are what is stored, `stored_as` what it is labelled; classes differ in brightness."""
    folder = parent / name
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    labels = [number % 2 for number in range(count)] if labels is None else labels
    names, tiles = [f"id_{number:04d}" for number in range(count)], []
    for tile, label in zip(names, labels, strict=True):
        shade = (
            np.where(label > 0, 1.5, 1.0) if isinstance(label, np.ndarray) and label.ndim == 2 else 1 + np.mean(label)
        )
        values = {
            stored: np.clip(
                rng.normal(MEANS.get(band, 1000), 10, (side, side)) * shade,
                1,
                255 if band in {"red", "green", "blue"} else None,
            )
            for stored, band in zip(stored_as, bands, strict=True)
        }
        tiles.append(
            {
                stored: (each / unit).astype(dtype or ("float32" if unit != 1 else "int16"))
                for stored, each in values.items()
            }
        )
        write_tile(folder / f"{tile}.hdf5", tiles[-1], label, date=date)
    write_statistics(folder, tiles)
    write_partitions(folder, names)
    return folder
