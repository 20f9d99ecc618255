"""Band names as users write them, missing bands, normalisation: does the encoder see the right numbers?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import (
    BANDS,
    ENCODER_BANDS,
    band_name,
    check_bands,
    fill_matrix,
    fills,
    match_bands,
    normalise,
    statistics,
)


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("B2", "B02"),
        ("b02", "B02"),
        ("B02_10m", "B02"),
        ("Band 2", "B02"),
        ("band_12", "B12"),
        ("B8A", "B8A"),
        ("b8a", "B8A"),
        ("Band 8A: Vegetation red edge", "B8A"),
        ("B04 (665 nm)", "B04"),
        ("B05 - Vegetation Red Edge 1", "B05"),
        ("blue", "B02"),
        ("Blue (490 nm)", "B02"),
        ("coastal", "B01"),
        ("nir", "B08"),
        ("nir08", "B8A"),
        ("rededge1", "B05"),
        ("rededge071", "B05"),
        ("Red Edge 3", "B07"),
        ("swir16", "B11"),
        ("SWIR_22", "B12"),
        ("T30UVD_20210527T112121_B02_10m.jp2", "B02"),
        ("T30UVD_20210527T112121_B8A.jp2", "B8A"),
        ("/data/été/S2A_30UVD_20210527_0_L2A_B12", "B12"),
        ("scene_red.tif", "B04"),
        ("nir08.tif", "B8A"),
    ],
)
def test_users_band_names_are_recognised(text: str, band: str) -> None:
    assert band_name(text) == band


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "1",
        "red edge",
        "rededge",
        "NDVI (B8, B4)",
        "B4_B3",
        "SCL",
        "TCI",
        "B13",
        "B0",
        "B008",
        "AB2",
        "8A",
        "SR_B5",
        "sur_refl_b01",
        "LC08_L1TP_B4.TIF",
        "Band 5 - Near Infrared (NIR)",
        "Band 6 (SWIR 1)",
        "B4 blue",
    ],
)
def test_a_name_that_is_not_certain_is_not_a_band(text: str | None) -> None:
    """Landsat and MODIS number their bands differently: taking them for Sentinel-2 would be silently wrong."""
    assert band_name(text) is None


def test_every_band_is_found_by_its_own_name_and_aliases() -> None:
    for band in BANDS.values():
        for text in (band.name, band.name.lower(), band.name.replace("B0", "B"), *band.aliases):
            assert band_name(text) == band.name, text


def test_bands_are_matched_by_name_whatever_their_order() -> None:
    assert match_bands(["B12", "ndvi", "blue", None]) == {"B12": 0, "B02": 2}


def test_names_that_only_count_are_no_names() -> None:
    """ENVI headers call the bands of any raster "Band 1", "Band 2", …; B02 is not the second band of everything."""
    assert match_bands([f"Band {i}" for i in range(1, 11)]) == {}
    assert match_bands(["Band 2", "Band 3", "Band 4"]) == {"B02": 0, "B03": 1, "B04": 2}


def test_a_band_named_twice_is_an_error() -> None:
    with pytest.raises(MMEarthError, match="two bands for B02.*bands="):
        match_bands(["B02", "blue"], source="scene.tif")


def test_missing_bands_are_filled_as_the_design_says() -> None:
    ten = tuple(b for b in ENCODER_BANDS if b not in {"B01", "B09"})
    assert fills(present=ten, wanted=ENCODER_BANDS) == ("B01 = B02", "B09 = 0.89 B8A + 0.11 B11")
    four = ("B02", "B03", "B04", "B08")
    report = dict(text.split(" = ") for text in fills(present=four, wanted=ENCODER_BANDS))
    assert report["B05"] == "0.77 B04 + 0.23 B08"
    assert report["B8A"] == report["B09"] == "B08"
    assert report["B11"] == report["B12"] == "mean of the training data"
    assert "B11 = B12" in fills(present=(*four, "B12"), wanted=ENCODER_BANDS)


@given(st.sets(st.sampled_from(ENCODER_BANDS), min_size=4).map(lambda s: tuple(b for b in ENCODER_BANDS if b in s)))
def test_filling_never_leaves_the_range_of_its_donors(present: tuple[str, ...]) -> None:
    matrix = fill_matrix(present=present, wanted=ENCODER_BANDS)
    assert (matrix >= 0).all()
    sums = matrix.sum(1)
    no_swir = not {"B11", "B12"} & set(present)
    for name, row, total in zip(ENCODER_BANDS, matrix, sums, strict=True):
        assert total == pytest.approx(0 if no_swir and name in {"B11", "B12"} else 1)
        if name in present:
            assert row[present.index(name)] == 1


def test_too_few_bands_are_refused_or_warned_about() -> None:
    with pytest.raises(MMEarthError, match=r"x.tif has 3 of the bands this model uses \(B02, B03, B04\), at least 4"):
        check_bands(present=("B02", "B03", "B04"), wanted=ENCODER_BANDS, source="x.tif")
    assert "Only 4 of 12" in check_bands(present=("B02", "B03", "B04", "B08"), wanted=ENCODER_BANDS)[0]
    assert check_bands(present=ENCODER_BANDS[1:], wanted=ENCODER_BANDS) == ()
    with pytest.raises(MMEarthError, match="at least 3"):
        check_bands(present=("B02", "B04"), wanted=("B02", "B03", "B04"))


def test_normalise_is_z_score_then_fill_and_invalid_pixels_are_zero() -> None:
    present = ("B02", "B8A", "B11")
    mean, std = statistics(level="l1c")
    dn = np.random.default_rng(0).uniform(1, 5000, (3, 5, 4)).astype(np.float32)
    valid = np.ones((5, 4), bool)
    valid[2, 1] = False
    out = normalise(dn, valid, present=present, wanted=ENCODER_BANDS, mean=mean, std=std)
    index = {name: i for i, name in enumerate(ENCODER_BANDS)}
    for name, band in zip(present, dn, strict=True):
        expected = np.where(valid, (band - mean[index[name]]) / std[index[name]], 0)
        np.testing.assert_allclose(out[index[name]], expected, rtol=1e-6)
    np.testing.assert_array_equal(out[index["B01"]], out[index["B02"]])
    share = (945.1 - 864.7) / (1613.7 - 864.7)
    b09 = (1 - share) * out[index["B8A"]] + share * out[index["B11"]]
    np.testing.assert_allclose(out[index["B09"]], b09, rtol=1e-5)
    assert (out[:, 2, 1] == 0).all()


def test_statistics_follow_the_names_not_the_positions() -> None:
    """MMEarth stores B8A before B08; the two statistics must not be swapped."""
    mean, _ = statistics(level="l1c", wanted=("B08", "B8A"))
    np.testing.assert_allclose(mean, [2620.4846, 2907.5097])
    assert ENCODER_BANDS.index("B8A") == ENCODER_BANDS.index("B08") - 1
