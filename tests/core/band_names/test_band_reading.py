"""Band names as processors, archives and users write them: the right band, or a question."""

import pytest

from mmearth_core.band_names.conventions import SENTINEL2
from mmearth_core.band_names.reading import Circumstances, Label, band_name, read_bands
from mmearth_core.band_names.wavelengths import band_at, nanometres
from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import BANDS


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


def test_every_band_is_found_by_its_own_name() -> None:
    for band in BANDS.values():
        for text in (band.name, band.name.lower(), band.name.replace("B0", "B")):
            assert band_name(text) == band.name, text


def test_bands_are_matched_by_name_whatever_their_order() -> None:
    assert read_bands(["B12", "ndvi", "blue", None]).bands == {"B12": 0, "B02": 2}


def test_names_that_only_count_are_no_names() -> None:
    """ENVI headers call the bands of any raster "Band 1", "Band 2", …; B02 is not the second band of everything."""
    assert read_bands([f"Band {i}" for i in range(1, 11)]).bands == {}
    assert read_bands(["Band 2", "Band 3", "Band 4"]).bands == {"B02": 0, "B03": 1, "B04": 2}


def test_a_band_named_twice_is_an_error() -> None:
    with pytest.raises(MMEarthError, match="two bands for B02.*bands="):
        read_bands(["B02", "blue"], Circumstances("scene.tif"))


VISIBLE = {"B02": 0, "B03": 1, "B04": 2}


def words(text: str, *, pixel: float = 10, hints: tuple[str, ...] = ()) -> dict[str, int]:
    return dict(read_bands(text.split(), Circumstances("scene.tif", pixel, hints)).bands)


@pytest.mark.parametrize(
    ("names", "bands"),
    [
        # FORCE: NIR is B8A, BROADNIR is B08; the short names are those of its time series.
        (
            "BLUE GREEN RED REDEDGE1 REDEDGE2 REDEDGE3 BROADNIR NIR SWIR1 SWIR2",
            "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12",
        ),
        ("BLU GRN RED RE1 RE2 RE3 BNR NIR SW1 SW2", "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12"),
        # Digital Earth Australia: swir_2 is B11, swir_3 is B12.
        (
            "nbart_blue nbart_green nbart_red nbart_nir_1 nbart_nir_2 nbart_swir_2 nbart_swir_3",
            "B02 B03 B04 B08 B8A B11 B12",
        ),
        ("blue green red nir_1 nir_2 swir_1 swir_2", "B02 B03 B04 B08 B8A B11 B12"),
        # Earth Search
        ("coastal blue green red rededge1 nir nir08 nir09 swir16 swir22", "B01 B02 B03 B04 B05 B08 B8A B09 B11 B12"),
        ("CA BLUE GREEN RED VRE_1 VRE_2 VRE_3 NIR NARROW_NIR WV", "B01 B02 B03 B04 B05 B06 B07 B08 B8A B09"),
        ("COASTAL_AEROSOL BLUE GREEN RED NIR_BROAD NIR_NARROW SWIR_1", "B01 B02 B03 B04 B08 B8A B11"),
        ("blue green red red-edge red-edge-2 red-edge-3 nir red-edge-4", "B02 B03 B04 B05 B06 B07 B08 B8A"),
        ("COASTAL BLUE GREEN RED REDEDGE1 NIR REDEDGE4 SWIR1", "B01 B02 B03 B04 B05 B08 B8A B11"),
        ("A B G R RE1 N N2 S1 S2", "B01 B02 B03 B04 B05 B08 B8A B11 B12"),
        # ACOLITE names bands by their wavelength.
        ("rhos_443 rhos_492 rhos_560 rhos_665 rhos_833 rhos_865 rhos_1614", "B01 B02 B03 B04 B08 B8A B11"),
        # EuroSAT keeps B8A last, torchgeo writes B08A.
        ("B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B8A", "B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B8A"),
        ("B02 B03 B04 B08 B08A", "B02 B03 B04 B08 B8A"),
    ],
)
def test_the_names_of_processors_are_read_together(names: str, bands: str) -> None:
    assert words(names) == {band: position for position, band in enumerate(bands.split())}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("BLUE GREEN RED NIR", "'NIR' is B08 for the usual words and B8A for FORCE.*bands="),
        ("COASTAL BLUE GREEN RED NIR SWIR1", "'NIR' is B08 .* and B8A for GIPS as its issue 205"),
        ("blue green red nir broadnir swir1 swir2", "'nir' is"),
        ("blue green red nir_1 swir_2", "'swir_2' is B11 for Digital Earth Australia and B12 for"),
    ],
)
def test_words_of_several_meanings_are_asked_about(names: str, said: str) -> None:
    with pytest.raises(MMEarthError, match=said):
        words(names)


@pytest.mark.parametrize(
    ("names", "pixel", "said"),
    [
        ("B01 B02 B03 B04 B05 B06 B07 B09 B10 B11", 10, "another mission's.*Landsat"),  # HLS L30
        ("B2 B3 B4 B5 B6 B7", 10, "Landsat"),
        ("B02 B03 B04 B08", 30, "pixels of 30 m"),
        ("BAND5 BAND6 BAND7 BAND8", 20, "CBERS"),
        ("SR_B2 SR_B3 SR_B4 SR_B5", 30, "is of Landsat"),
        ("sur_refl_b01 sur_refl_b02 sur_refl_b03 sur_refl_b04", 500, "is of MODIS"),
        ("Oa04_reflectance Oa06_reflectance Oa08_reflectance Oa17_reflectance", 300, "is of Sentinel-3"),
        ("B01 B02 B3N B04", 15, "ASTER"),
        ("coastal blue green red nir08 swir16 swir22", 30, "named as those of Landsat"),
        (
            "nbart_blue nbart_green nbart_red nbart_nir nbart_swir_1 nbart_swir_2",
            10,
            "Landsat of Digital Earth Australia",
        ),
        ("coastal_blue blue green_i green yellow red rededge nir", 3, "PlanetScope"),
        ("blue green red rededge nir", 10, "PlanetScope"),
        ("blue green red nir", 3, "PlanetScope"),
        ("rhos_443 rhos_482 rhos_561 rhos_655 rhos_865 rhos_1609", 30, r"not Sentinel-2's \(482, 655 nm\)"),
    ],
)
def test_other_missions_are_refused_by_name(names: str, pixel: float, said: str) -> None:
    with pytest.raises(MMEarthError, match=f"{said}.*bands="):
        words(names, pixel=pixel)


def test_what_the_file_says_elsewhere_decides_whose_codes_they_are() -> None:
    assert words("B02 B03 B04 B05", hints=("HLS.S30.T32UPV.2021133.v2.0.tif",)) == VISIBLE | {"B05": 3}
    with pytest.raises(MMEarthError, match="of Landsat .'HLS.L30"):
        words("B02 B03 B04 B05 B8A", hints=("HLS.L30.T32UPV.2021133.v2.0.tif",))
    with pytest.raises(MMEarthError, match="of PlanetScope"):
        words("blue green red nir", hints=("20210512_101601_3B_AnalyticMS_SR.tif",))
    assert "B08" in words("B02 B03 B04 B08", hints=("landsat_and_sentinel-2.tif",))
    assert "B8A" in words("B02 B03 B04 B08 B8A", hints=("venus_island.tif",))
    with pytest.raises(MMEarthError, match="of VENµS"):
        words("B02 B03 B04 B08", hints=("venus_island.tif",))
    assert "B08" in words("S2_SR_B2 S2_SR_B3 S2_SR_B4 S2_SR_B8")
    with pytest.raises(MMEarthError, match="of Landsat"):
        words("SR_B2 SR_B3 SR_B4 SR_B8")


def test_a_count_before_the_names_is_not_read() -> None:
    """ "Band 1: B02", as some programs write the position before what the band was called."""
    counted = [f"Band {i}: {name}" for i, name in enumerate(("B02", "B03", "B04", "B8A"), 1)]
    assert read_bands(counted).bands == VISIBLE | {"B8A": 3}
    assert read_bands(["Band 1 (B8A)", "Band 2 (B04)", "Band 3 (B03)"]).bands == {"B8A": 0, "B04": 1, "B03": 2}
    assert read_bands(["Band 2: Blue", "Band 3: Green", "Band 4: Red"]).bands == {"B02": 0, "B03": 1, "B04": 2}


def test_numbered_layers_are_no_bands() -> None:
    """The ninth of twelve layers in ESA's order is B8A, whatever a program numbers them."""
    assert words(" ".join(f"B{i}" for i in range(1, 13))) == {}
    assert words("B1 B2 B3 B4") == {}


def test_layers_beside_the_bands_are_left_out() -> None:
    assert words("B2 B3 B4 B8 B8A AOT WVP SCL MSK_CLDPRB") == VISIBLE | {"B08": 3, "B8A": 4}
    assert words("B02_mean B03_mean B04_mean B08_mean B02_stdDev B02_count") == VISIBLE | {"B08": 3}
    assert words("rhow_B2 rhow_B3 rhow_B4 rhow_B8A") == {}


def test_a_stated_wavelength_outranks_the_name() -> None:
    names, lengths = ("BLUE", "GREEN", "RED", "NIR"), (492.1, 559.0, 665.0)
    for nir, band in ((864.7, "B8A"), (842.0, "B08")):
        labels = [Label(n, w) for n, w in zip(names, (*lengths, nir), strict=True)]
        assert read_bands(labels).bands == VISIBLE | {band: 3}
    unnamed = [Label(f"Band {i} ({w} Nanometers)") for i, w in enumerate((*lengths, 832.8), 1)]
    assert read_bands(unnamed).bands == VISIBLE | {"B08": 3}
    with pytest.raises(MMEarthError, match="band 2 'B05' is named as B05 but has a wavelength of 865 nm, which is B8A"):
        read_bands([Label("B04", 665), Label("B05", 865), Label("B8A", 865)])
    hyperspectral = [Label(None, 420 + 9 * i, 8) for i in range(224)]
    with pytest.raises(MMEarthError, match="wavelengths that are not Sentinel-2's"):
        read_bands(hyperspectral)
    # A hyperspectral band of 8 nm at 842 nm is not B08, which is 106 nm wide.
    with pytest.raises(MMEarthError, match="wavelength of 842 nm"):
        read_bands([Label("B04", 665, 31), Label("B08", 842, 8)])


def test_units_of_wavelengths() -> None:
    assert band_at(nanometres(0.8327)) == "B08"
    assert nanometres(0.865, "Micrometers") == pytest.approx(865)
    assert nanometres(865, "nm") == 865
    assert nanometres(4, "Index") is None


def test_every_convention_names_its_source_and_each_band_once_or_more() -> None:
    for convention in SENTINEL2:
        assert set(convention.bands.values()) <= set(BANDS), convention.name
        assert convention.source.startswith("https://")
    assert len(SENTINEL2) >= 10


def test_signs_that_a_code_is_sentinel2s_or_not() -> None:
    described = ["Band 2 - Blue", "Band 3 - Green", "Band 4 - Red", "Band 5 - Vegetation red edge"]
    assert read_bands(described).bands == VISIBLE | {"B05": 3}
    with pytest.raises(MMEarthError, match="in one row.*WorldView"):
        words("B01 B02 B03 B04 B05 B06 B07 B08")
    with pytest.raises(MMEarthError, match="'Band 5 - NIR' is not what Sentinel-2 calls B05"):
        read_bands([*described[:3], "Band 5 - NIR"])


def test_numbers_that_are_no_central_wavelength_are_none() -> None:
    limits = ["B02 (458-523 nm)", "B03 (543-578 nm)", "B04 (650-680 nm)", "B08 (785-899 nm)"]
    assert read_bands(limits).bands == VISIBLE | {"B08": 3}
    assert nanometres(2) is None
