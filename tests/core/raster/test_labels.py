"""What headers of other programs say of which band is which: ENVI, GDAL and FORCE."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.scene_files import collect

LENGTHS = (0.4924, 0.5598, 0.6646, 0.8647)


def four(
    path: Path, *, names: tuple[str, ...] | None = None, tags: dict[str, str] | None = None, **profile: Any
) -> Path:
    options = {"driver": "GTiff", "crs": "EPSG:32632", "transform": Affine(10, 0, 600000, 0, -10, 5000000)} | profile
    with rasterio.open(path, "w", count=4, height=8, width=8, dtype="uint16", **options) as dataset:
        dataset.write(np.full((4, 8, 8), 500, np.uint16))
        if names is not None:
            dataset.descriptions = names
        dataset.update_tags(**(tags or {}))
    return path


def bands(path: Path, given: list[str] | None = None) -> list[str]:
    return list(collect(path, bands=given).bands)


@pytest.mark.parametrize(("unit", "factor"), [("Micrometers", 1), ("Nanometers", 1000)])
def test_wavelengths_of_an_envi_header(tmp_path: Path, unit: str, factor: float) -> None:
    path = four(tmp_path / "scene.img", driver="ENVI")
    for extra in tmp_path.glob("*.xml"):
        extra.unlink()
    lengths = ", ".join(f"{length * factor:g}" for length in LENGTHS)
    with path.with_suffix(".hdr").open("a") as header:
        header.write(f"wavelength units = {unit}\nwavelength = {{{lengths}}}\n")
    assert bands(path) == ["B02", "B03", "B04", "B8A"]


def test_wavelengths_and_names_in_tags_of_bands(tmp_path: Path) -> None:
    force, gdal = four(tmp_path / "force.tif"), four(tmp_path / "gdal.tif")
    for index, (name, length) in enumerate(zip(("BLUE", "GREEN", "RED", "NIR"), LENGTHS, strict=True), 1):
        with rasterio.open(force, "r+") as dataset:
            dataset.update_tags(index, ns="FORCE", Domain=name, Wavelength=length, Wavelength_unit="micrometers")
        with rasterio.open(gdal, "r+") as dataset:
            dataset.update_tags(index, ns="IMAGERY", CENTRAL_WAVELENGTH_UM=length, FWHM_UM=0.03)
    assert bands(force) == bands(gdal) == ["B02", "B03", "B04", "B8A"]


def test_the_satellite_a_tag_names(tmp_path: Path) -> None:
    names = ("B02", "B03", "B04", "B08")
    landsat = four(tmp_path / "a.tif", names=names, tags={"SPACECRAFT_NAME": "LANDSAT-8", "SENSOR": "OLI"})
    with pytest.raises(MMEarthError, match="is of Landsat"):
        collect(landsat)
    assert bands(four(tmp_path / "b.tif", names=names, tags={"SPACECRAFT_NAME": "Sentinel-2B"})) == list(names)
    assert bands(landsat, list(names)) == list(names), "the user knows better"


def test_the_words_of_a_convention_are_read_together_when_given(tmp_path: Path) -> None:
    path = four(tmp_path / "unnamed.tif")
    assert bands(path, ["GREEN", "RED", "BROADNIR", "NIR"]) == ["B03", "B04", "B08", "B8A"]
    with pytest.raises(MMEarthError, match="bands=: 'NIR' is B08 .* and B8A for FORCE"):
        bands(path, ["BLUE", "GREEN", "RED", "NIR"])
