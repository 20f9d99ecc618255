"""Masks as users have them: what a mask does not say is not said, and what it means is known or asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.exclusion import Exclusion, mask_exclusion
from mmearth_core.raster.grid import Grid

SIDE = 40
GRID = Grid(SIDE, SIDE, Affine(10, 0, 500000, 0, -10, 5800000), rasterio.CRS.from_epsg(32630))
#: Where clouds are drawn.
CLOUD = np.s_[5:15, 20:30]


def write(
    path: Path, *bands: np.ndarray, nodata: float | None = None, names: tuple[str, ...] = (), **grid: Any
) -> Path:
    profile = {"driver": "GTiff", "crs": GRID.crs, "transform": GRID.transform, "nodata": nodata} | grid
    with rasterio.open(
        path, "w", count=len(bands), height=bands[0].shape[0], width=bands[0].shape[1], dtype=bands[0].dtype, **profile
    ) as dataset:
        dataset.write(np.stack(bands))
        dataset.descriptions = names or (None,) * len(bands)
    return path


def drawn(clear: float, cloud: float, dtype: str = "uint8") -> np.ndarray:
    mask = np.full((SIDE, SIDE), clear, dtype)
    mask[CLOUD] = cloud
    return mask


def left_out(path: Path, **options: Any) -> np.ndarray:
    return read(mask_exclusion(path, GRID, **options))


def read(exclusion: Exclusion) -> np.ndarray:
    with rasterio.open(exclusion.path) as dataset:
        return exclusion.read(dataset, GRID.window)


EXPECTED = drawn(0, 1, "bool")


@pytest.mark.parametrize(
    ("clear", "nodata"), [(np.nan, np.nan), (np.nan, None), (-9999, -9999), (0, None), (0, 0), (3.5, 3.5)]
)
def test_what_a_mask_does_not_say_is_not_said(tmp_path: Path, clear: float, nodata: float | None) -> None:
    path = write(tmp_path / "mask.tif", drawn(clear, 1, "float32"), nodata=nodata)
    np.testing.assert_array_equal(left_out(path), EXPECTED)


def test_a_mask_band_and_alpha_of_a_mask_take_its_word_away(tmp_path: Path) -> None:
    path = write(tmp_path / "masked.tif", drawn(7, 7))
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(drawn(0, 255))
    np.testing.assert_array_equal(left_out(path, values=[7]), EXPECTED)
    path = write(tmp_path / "alpha.tif", drawn(7, 7), drawn(0, 255))
    with rasterio.open(path, "r+") as dataset:
        dataset.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
    np.testing.assert_array_equal(left_out(path, values=[7]), EXPECTED)


def test_a_value_that_is_named_counts_even_when_declared_as_no_data(tmp_path: Path) -> None:
    path = write(tmp_path / "mask.tif", drawn(1, 255), nodata=255)
    np.testing.assert_array_equal(left_out(path, values=[255]), EXPECTED)


@pytest.mark.parametrize(
    ("name", "clear", "cloud", "dtype"),
    [
        ("Fmask.tif", 64, 66, "uint8"), ("HLS.S30.T32UMU.2021.v2.0.Fmask.tif", 0, 8, "uint8"),
        ("LC08_L2SP_QA_PIXEL.TIF", 21824, 21832, "uint16"), ("QA60.tif", 0, 1024, "uint16"),
        ("S2_CLM_R1.tif", 0, 131, "uint8"), ("S2A_L2A_MG2_R2.tif", 1, 10, "uint8"), ("MG2_R1.tif", 4, 8, "uint8"),
        ("T32_SCL_20m.tif", 4, 9, "uint8"), ("scl.tif", 11, 3, "uint8"),
        ("scene_OCM.tif", 0, 3, "uint8"), ("T32UPV_Fmask4.tif", 1, 4, "uint8"), ("L1C_Fmask_4_6.tif", 3, 2, "uint8"),
    ],
)  # fmt: skip
def test_masks_of_products_are_known_by_their_name(
    tmp_path: Path, name: str, clear: float, cloud: float, dtype: str
) -> None:
    exclusion = mask_exclusion(write(tmp_path / name, drawn(clear, cloud, dtype)), GRID)
    np.testing.assert_array_equal(read(exclusion), EXPECTED)
    assert exclusion.notes[0].startswith(f"Mask {name}: leaves out ")


def test_the_first_band_of_planets_mask_says_what_is_clear(tmp_path: Path) -> None:
    path = write(tmp_path / "a_3B_udm2.tif", drawn(1, 0), *[drawn(0, 1)] * 7)
    np.testing.assert_array_equal(left_out(path), EXPECTED)


def test_a_mask_is_known_by_the_description_of_its_band(tmp_path: Path) -> None:
    path = write(tmp_path / "export.tif", drawn(4, 8), names=("SCL",))
    np.testing.assert_array_equal(left_out(path), EXPECTED)


def test_bits_are_named_by_number_or_by_their_product(tmp_path: Path) -> None:
    fmask = write(tmp_path / "Fmask.tif", drawn(64 | 8, 64 | 2))
    np.testing.assert_array_equal(left_out(fmask, bits=["cloud"]), EXPECTED)
    np.testing.assert_array_equal(left_out(fmask, bits=[1, "4"]), EXPECTED)
    assert left_out(fmask, bits=["cloud", "shadow"]).all()
    other = write(tmp_path / "quality.tif", drawn(64.0, 66.0, "float32"))
    np.testing.assert_array_equal(left_out(other, bits=[1]), EXPECTED)
    with pytest.raises(MMEarthError, match=r"mask_bits=cloud is no bit of .*quality.tif.*numbers from 0"):
        left_out(other, bits=["cloud"])
    with pytest.raises(MMEarthError, match="give one of them"):
        left_out(other, bits=[1], values=[1])


def test_ranges_choose_of_a_probability(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(0, 30, (SIDE, SIDE)).astype("float32")
    probability[CLOUD] += 50
    path = write(tmp_path / "s2cloudless.tif", probability)
    np.testing.assert_array_equal(left_out(path, values=["40-100"]), EXPECTED)
    share = write(tmp_path / "share.tif", probability / 100)
    np.testing.assert_array_equal(left_out(share, values=["0.4-1", 7]), EXPECTED)
    for text in ("40-", "100-40", "many"):
        with pytest.raises(MMEarthError, match="give a number, or a range"):
            left_out(path, values=[text])


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("quality.tif", drawn(64, 66)),
        ("s2cloudless.tif", np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 101),
        ("probability.tif", np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 7 / 7),
        ("inverted.tif", drawn(1, 1)),
        ("Fmask.tif", drawn(1, 4)),
        ("scl_clouds.tif", drawn(0, 1)),
        ("qa60_mask.tif", drawn(0, 255)),
        ("udm2_clouds.tif", drawn(0, 1)),
        ("T32_Fmask4.tif", drawn(0, 1)),
        ("T32_Fmask4.tif", drawn(64, 66)),
        ("inverted.tif", drawn(1, 0)),
        ("inverted.tif", drawn(255, 0)),
        ("mostly.tif", np.arange(SIDE)[:, None] * np.ones(SIDE) < 21),
        ("cloudfree.tif", drawn(0, 1)),
        ("S2_clear.tif", drawn(0, 1)),
        ("valid_mask.tif", drawn(0, 1)),
        ("dataMask.tif", drawn(0, 1)),
        ("no_clouds.tif", drawn(0, 1)),
    ],
)
def test_a_mask_that_may_mean_something_else_is_asked_about(tmp_path: Path, name: str, mask: np.ndarray) -> None:
    path = write(tmp_path / name, mask.astype("float32"))
    with pytest.raises(
        MMEarthError, match=rf"{name} holds .* % of the scene is not 0.*mask_values.*mask_bits"
    ) as asked:
        left_out(path)
    assert asked.value.about == ("mask_values", "mask_bits")


def test_a_mask_is_asked_about_whose_band_is_called_after_what_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "export.tif", drawn(0, 1), names=("dataMask",))
    with pytest.raises(MMEarthError, match="“dataMask” may mark what is to be kept"):
        left_out(path)
    np.testing.assert_array_equal(left_out(path, values=[1]), EXPECTED)
    plain = write(tmp_path / "invalid.tif", drawn(0, 1), names=("unclear",))
    np.testing.assert_array_equal(left_out(plain), EXPECTED)


@pytest.mark.parametrize("values", [None, [7]])
def test_a_mask_whose_cloud_is_its_no_data_is_told(tmp_path: Path, values: list[int] | None) -> None:
    """It leaves nothing out; with the value named it does."""
    path = write(tmp_path / "mask.tif", drawn(0, 255), nodata=255)
    exclusion = mask_exclusion(path, GRID, values=values)
    assert not read(exclusion).any()
    assert len(exclusion.warnings) == 1
    assert "declares 255 as no-data" in exclusion.warnings[0]
    assert "6.25 % of the scene" in exclusion.warnings[0]
    assert mask_exclusion(path, GRID, values=[255]).warnings == ()
    both = drawn(0, 255)
    both[0] = 1
    assert mask_exclusion(write(tmp_path / "both.tif", both, nodata=255), GRID).warnings == ()


def test_a_mask_smaller_than_the_scene_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "mask.tif", drawn(0, 1)[:20])
    exclusion = mask_exclusion(path, GRID)
    np.testing.assert_array_equal(read(exclusion), EXPECTED)
    assert exclusion.warnings == (f"{path} covers 50 % of the scene; outside of it nothing is left out.",)
    assert mask_exclusion(write(tmp_path / "whole.tif", drawn(0, 1)), GRID).warnings == ()


def test_that_a_mask_has_more_bands_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "classes.tif", drawn(0, 1), drawn(0, 0), drawn(0, 0))
    assert "in band 1 of 3" in mask_exclusion(path, GRID).notes[0]
