"""An embedding as a Zarr store: the same numbers, its place as the conventions of GeoZarr say it, read by GDAL too."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("zarr")

import rasterio
import zarr
from embedded_fields import Scene

from mmearth_core.country import zarr_copy
from mmearth_core.country.zarr_copy import write_zarr
from mmearth_core.progress import CancelToken


def test_a_store_holds_what_the_raster_does(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zarr_copy, "SHARD", 128)
    made = write_zarr(scene.path, tmp_path, CancelToken())
    assert made == tmp_path / f"{scene.path.stem}.zarr" and [each.name for each in tmp_path.iterdir()] == [made.name]
    group = zarr.open_group(str(made), mode="r")
    array = group["embeddings"]
    with rasterio.open(scene.path) as dataset:
        np.testing.assert_array_equal(array[:], dataset.read())
        np.testing.assert_allclose(group["scale"][:], dataset.scales, rtol=1e-6)
        np.testing.assert_allclose(group["offset"][:], dataset.offsets, rtol=1e-6)
        assert group.attrs["spatial:transform"] == list(dataset.transform)[:6]
        assert (group["x"][0], group["y"][0]) == dataset.xy(0, 0)
    assert array.chunks == (64, 32, 32) and array.shards == (64, 128, 128) and array.metadata.zarr_format == 3
    assert array.metadata.dimension_names == ("band", "y", "x")
    assert {each["name"] for each in group.attrs["zarr_conventions"]} == {"proj", "spatial"}
    assert group.attrs["proj:code"] == "EPSG:32630" and group.attrs["spatial:shape"] == [300, 420]
    assert json.loads(json.dumps(group.attrs["mmearth:provenance"])) == {"test": True}
    assert len(list((made / "embeddings" / "c").rglob("*"))) < 40, "shards, not chunks, are files"
