"""Files with a variable per band, as openEO and xarray write them: bands by name, one date, or a sentence."""

from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.io import netcdf_file
from small_products import BANDS, SIDE, values

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.scene import SceneOptions, open_scene
from mmearth_core.raster.scene_files import collect
from mmearth_core.sentinel2 import ENCODER_BANDS

KNOWN = SceneOptions(level="l2a", offset=0, scale=1e-4)


def netcdf(
    path: Path,
    names: tuple[str, ...] = BANDS,
    days: tuple[float, ...] = (19489.0,),
    dimension: str = "t",
    order: tuple[int, ...] = (0, 1, 2),
    marked: bool = True,
) -> Path:
    """Variables (t, y, x) as CF has them; or with the dimensions in another `order`, and coordinates not `marked`."""
    with netcdf_file(path, "w") as file:
        for name, length in ((dimension, len(days)), ("y", SIDE), ("x", SIDE)):
            file.createDimension(name, length)
        t, y, x = (file.createVariable(name, "f8", (name,)) for name in (dimension, "y", "x"))
        t[:], y[:], x[:] = days, 5000040 - 10 * (np.arange(SIDE) + 0.5), 600000 + 10 * (np.arange(SIDE) + 0.5)
        if dimension == "t":
            t.units = "days since 1970-01-01"
        if marked:
            y.standard_name, x.standard_name = "projection_y_coordinate", "projection_x_coordinate"
        crs = file.createVariable("crs", "i4", ())
        crs.spatial_ref = crs.crs_wkt = pyproj.CRS(32632).to_wkt("WKT1_GDAL")
        for name in names:
            variable = file.createVariable(name, "i2", tuple((dimension, "y", "x")[axis] for axis in order))
            whole = np.broadcast_to(values(name).astype("i2"), (len(days), SIDE, SIDE))
            variable[:] = whole.transpose(order)
            variable.grid_mapping = "crs"
    return path


def test_a_netcdf_of_openeo_is_read_by_its_variables(tmp_path: Path) -> None:
    path = netcdf(tmp_path / "openEO.nc", (*BANDS, "SCL", "sunAzimuthAngles"))
    scene = open_scene(path, wanted=ENCODER_BANDS, options=KNOWN)
    assert scene.bands == BANDS
    with scene.reader() as reader:
        np.testing.assert_array_equal(reader.read(scene.grid.window)[0], [values(band) for band in BANDS])
    assert "SCL" in collect(path).bands
    assert any("sunAzimuthAngles" in note for note in collect(path).notes)


def test_the_variables_are_read_together(tmp_path: Path) -> None:
    force = netcdf(tmp_path / "force.nc", ("BLUE", "GREEN", "RED", "BROADNIR", "NIR"))
    assert set(collect(force).bands) == {"B02", "B03", "B04", "B08", "B8A"}
    with pytest.raises(MMEarthError, match="'NIR' is B08 for the usual words and B8A for FORCE"):
        collect(netcdf(tmp_path / "bare.nc", ("BLUE", "GREEN", "RED", "NIR")))


def test_several_dates_are_named(tmp_path: Path) -> None:
    several = netcdf(tmp_path / "series.nc", days=(19489.0, 19494.0))
    with pytest.raises(MMEarthError, match=r"series.nc holds 2 dates \(2023-05-12, 2023-05-17\).*save one of them"):
        collect(several)
    single = netcdf(tmp_path / "one_band.nc", ("B02",), days=(19489.0, 19494.0))
    with pytest.raises(MMEarthError, match="2 dates"):
        collect(single)


def test_layers_that_are_no_dates_are_asked_about(tmp_path: Path) -> None:
    """A DataArray of xarray has its bands as a dimension, whose names GDAL does not tell."""
    path = netcdf(tmp_path / "array.nc", ("reflectance",), days=(0.0, 1.0, 2.0, 3.0), dimension="band")
    with pytest.raises(MMEarthError, match="no band named as one of Sentinel-2.*bands="):
        collect(path)
    assert set(collect(path, bands=list(BANDS)).bands) == set(BANDS)


@pytest.mark.parametrize(
    ("order", "why", "marked"),
    [
        ((0, 2, 1), "its columns run north and its rows east", True),
        ((1, 2, 0), "its dimension y is not one of the last two", True),
        ((2, 1, 0), "its dimension x is not one of the last two", True),
        ((2, 1, 0), "its dimension x is not one of the last two", False),
    ],
)
def test_dimensions_in_another_order_are_no_transposed_map(
    tmp_path: Path, order: tuple[int, ...], why: str, marked: bool
) -> None:
    """GDAL takes the last dimension for columns, whatever it is; here rows and columns are even equally many."""
    with pytest.raises(MMEarthError, match=rf"{why}.*ncpdq -a y,x"):
        collect(netcdf(tmp_path / "turned.nc", order=order, marked=marked))
    with pytest.raises(MMEarthError, match=f"one.nc is not laid out as a map: {why}"):
        collect(netcdf(tmp_path / "one.nc", ("B02",), order=order, marked=marked), bands=["B02"])


def test_the_file_itself_is_what_is_read(tmp_path: Path) -> None:
    path = netcdf(tmp_path / "openEO.nc")
    assert open_scene(path, wanted=ENCODER_BANDS, options=KNOWN).inputs == (str(path),)


def test_a_netcdf_without_bands_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="no variable named as a band of Sentinel-2.*(NDVI|LAI)"):
        collect(netcdf(tmp_path / "other.nc", ("NDVI", "LAI")))


def test_acolite_names_its_variables_by_wavelength(tmp_path: Path) -> None:
    """Reflectance at the surface is taken, that at the top of the atmosphere beside it is named as not used."""
    lengths = (492, 560, 665, 833)
    both = netcdf(tmp_path / "S2A_MSI_L2R.nc", tuple(f"rho{kind}_{each}" for each in lengths for kind in "ts"))
    found = collect(both)
    assert {name: raster.path.rpartition(":")[2] for name, (raster, _) in found.bands.items()} == {
        band: f"rhos_{each}" for band, each in zip(BANDS, lengths, strict=True)
    }
    assert [each.value for each in found.metadata.levels] == ["l2a"]
    assert any("Not used: rhot_492" in note for note in found.notes)
    top = netcdf(tmp_path / "S2A_MSI_L1R.nc", tuple(f"rhot_{each}" for each in lengths))
    assert [each.value for each in collect(top).metadata.levels] == ["l1c"]
    with pytest.raises(MMEarthError, match="no variable named as a band"):
        collect(netcdf(tmp_path / "S2A_MSI_L2W.nc", tuple(f"Rrs_{each}" for each in lengths)))
