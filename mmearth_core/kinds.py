"""What a file says it is, at a glance: so that a reader which wants another kind of file can say what it was given.

Looks at names, at what our own files say of themselves and at the names of bands; never decides how a file is read.
"""

import json
from pathlib import Path
from typing import Literal

import rasterio
from rasterio.errors import RasterioError

from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import ENCODER_BANDS, MINIMUM_BANDS

Kind = Literal[
    "scene",
    "embedding",
    "map",
    "confidence",
    "similarity",
    "distance",
    "probe",
    "working set",
    "accuracy report",
    "STAC item",
    "vector file",
    "model",
]

#: Namespace of our tags inside a GeoTIFF; the tag `product` says what it is.
TAG_NAMESPACE = "MMEARTH"
#: What our JSON files say they are, as "format".
PROBE, WORKING_SET = "mmearth-probe", "mmearth-working-set"
#: Endings of files that hold vectors; a GeoPackage may hold rasters, and JSON anything.
VECTOR_ENDINGS = frozenset({".shp", ".gpkg", ".geojson", ".fgb", ".gml", ".kml"})
#: Endings of files that hold a model.
MODEL_ENDINGS = frozenset({".onnx", ".safetensors", ".pth"})

_TOLD: dict[Kind, str] = {
    "scene": "a Sentinel-2 scene",
    "embedding": "an embedding raster",
    "map": "a class map",
    "confidence": "a raster of confidence",
    "similarity": "a raster of similarity",
    "distance": "a raster of distance",
    "probe": "a probe",
    "working set": "a working set",
    "accuracy report": "a report of accuracy",
    "STAC item": "a STAC item",
    "vector file": "a vector file",
    "model": "a model",
}
_RASTERS: tuple[Kind, ...] = ("embedding", "map", "confidence", "similarity", "distance")
#: What makes one kind of file of another, where that was forgotten rather than swapped.
_STEPS: dict[tuple[Kind, Kind], str] = {
    ("scene", "embedding"): "mmearth embed {} -o EMB.tif",
    ("embedding", "map"): "mmearth classify {} MODEL.json -o MAP.tif",
    ("vector file", "probe"): "mmearth fit EMB.tif {} -o MODEL.json",
}
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
#: A JSON file larger than this is none of those that are recognised.
_LARGEST = 16 << 20


def kind_of(path: str | Path) -> Kind | None:
    """What a file on disk says it is; None when it does not say, or is no file."""
    path = Path(path)
    ending = path.suffix.lower()
    try:
        if not path.is_file():
            return None
        if ending in MODEL_ENDINGS:
            return "model"
        if ending == ".json":
            return _of_json(path)
        with path.open("rb") as file:
            tiff = file.read(4) in _TIFF
    except (OSError, ValueError):  # a name that is none to the system is that of an address, or the reader's matter
        return None
    if tiff:
        return _of_raster(path)
    return "vector file" if ending in VECTOR_ENDINGS else None


def check_kind(path: str | Path, *wanted: Kind) -> None:
    """Raise `MMEarthError` when a file says that it is of another kind than those wanted, the first above all."""
    found = kind_of(path)
    if found is None or found in wanted:
        return
    step = _STEPS.get((found, wanted[0]))
    remedy = f"make one with: {step.format(path)}" if step else "give such a file there (were two swapped?)."
    raise MMEarthError(f"{path} is {told(found)}, and {told(wanted[0])} is wanted here; {remedy}")


def told(kind: Kind) -> str:
    """A kind as sentences say it."""
    return _TOLD[kind]


def _of_json(path: Path) -> Kind | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= _LARGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    features = content.get("features") if content.get("type") == "FeatureCollection" else None
    items = isinstance(features, list) and any(isinstance(each, dict) and "stac_version" in each for each in features)
    says: dict[Kind, bool] = {
        "probe": content.get("format") == PROBE,
        "working set": content.get("format") == WORKING_SET,
        "STAC item": "stac_version" in content,
        "accuracy report": {"overall_accuracy", "error_matrix"} <= content.keys(),
        "vector file": isinstance(features, list) and not items,
    }
    return next((kind for kind, holds in says.items() if holds), None)


def _of_raster(path: Path) -> Kind | None:
    # Sidecars are probed by name instead of listing a folder that may hold thousands of scenes.
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="TRUE"):
        try:
            with rasterio.open(path, driver="GTiff") as dataset:
                product = dataset.tags(ns=TAG_NAMESPACE).get("product")
                names = {str(name).strip().upper() for name in dataset.descriptions}
        except (RasterioError, ValueError):
            return None
    if product in _RASTERS:
        return next(kind for kind in _RASTERS if kind == product)
    return "scene" if len(names & set(ENCODER_BANDS)) >= MINIMUM_BANDS else None
