"""What is said of how the bands of a scene were found."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.scene_files import collect


def test_a_single_band_that_its_name_tells_is_not_said_to_be_given(tmp_path: Path) -> None:
    profile = {"driver": "GTiff", "count": 1, "height": 4, "width": 4, "dtype": "uint16", "crs": "EPSG:32630"}
    with rasterio.open(tmp_path / "B02.tif", "w", **profile, transform=from_origin(4e5, 58e5, 10, 10)) as dataset:
        dataset.write(np.ones((1, 4, 4), np.uint16))
    assert collect(tmp_path / "B02.tif").notes[0] == "Bands by the names in the file: B02 is band 1."
    assert collect(tmp_path / "B02.tif", bands=["B03"]).notes[0] == "Bands as given: B03 is band 1."


def test_a_list_of_rasters_that_is_cut_says_so(tmp_path: Path) -> None:
    for name in ("autumn", "late", "spring", "summer"):
        (tmp_path / f"{name}.tif").touch()
    with pytest.raises(MMEarthError, match=r"holds 4 rasters \(autumn.tif, late.tif, spring.tif, summer.tif\), no"):
        collect(tmp_path)
    (tmp_path / "winter.tif").touch()
    with pytest.raises(MMEarthError, match=r"holds 5 rasters \(autumn.tif, late.tif, spring.tif, summer.tif, …\), no"):
        collect(tmp_path)
