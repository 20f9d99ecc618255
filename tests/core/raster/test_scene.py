"""Reading scenes as users have them: right bands, right pixels, right validity, or one clear sentence."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.enums import ColorInterp

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.raster.scene import Scene, SceneOptions, open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS

NAMES = ("B02", "B03", "B04", "B08", "B11", "B12")
UTM = CRS.from_epsg(32630)
KNOWN = SceneOptions(level="l2a", offset=0, scale=1e-4)


def pixels(height: int = 40, width: int = 50, bands: int = len(NAMES), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(100, 4000, (bands, height, width)).astype(np.uint16)


def write(path: Path, data: np.ndarray, names: tuple[str, ...] | None = NAMES, **profile: Any) -> Path:
    options = {"crs": UTM, "transform": Affine(10, 0, 500000, 0, -10, 5800000), "driver": "GTiff"} | profile
    tags = options.pop("tags", {})
    with rasterio.open(
        path, "w", count=len(data), height=data.shape[1], width=data.shape[2], dtype=data.dtype, **options
    ) as dataset:
        dataset.write(data)
        dataset.update_tags(**tags)
        if names is not None:
            dataset.descriptions = names
    return path


def read(scene: Scene, window: Window | None = None) -> tuple[np.ndarray, np.ndarray]:
    with scene.reader() as reader:
        return reader.read(window or scene.grid.window)


def in_wanted_order(data: np.ndarray) -> np.ndarray:
    return data[[NAMES.index(name) for name in ENCODER_BANDS if name in NAMES]]


def test_bands_come_in_the_encoders_order_and_in_dn(tmp_path: Path) -> None:
    data = pixels()
    shuffled = ("B12", "B02", "B08", "B11", "B03", "B04")
    path = write(tmp_path / "scene.tif", data[[NAMES.index(n) for n in shuffled]], shuffled)
    scene = open_scene(path, wanted=ENCODER_BANDS, options=KNOWN)
    assert scene.bands == ("B02", "B03", "B04", "B08", "B11", "B12")
    dn, valid = read(scene)
    np.testing.assert_array_equal(dn, data)
    assert dn.dtype == np.float32
    assert valid.all()
    assert any("Only 6 of 12" in text for text in scene.warnings)


@pytest.mark.parametrize("flip", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
@settings(max_examples=15)
@given(row=st.integers(-60, 60), col=st.integers(-60, 60), height=st.integers(1, 90), width=st.integers(1, 90))
def test_any_window_is_the_crop_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, flip: tuple[int, int], row: int, col: int, height: int, width: int
) -> None:
    """Also outside the raster, and for files stored south-up or mirrored, which are read north-up."""
    data = pixels()
    path = tmp_path_factory.getbasetemp() / f"flip{flip}.tif"
    if not path.exists():
        south, west = flip[0] < 0, flip[1] < 0
        transform = Affine(10 * flip[1], 0, 500000 + 500 * west, 0, -10 * flip[0], 5800000 - 400 * south)
        write(path, data[:, :: flip[0], :: flip[1]], transform=transform)
    scene = open_scene(path, wanted=NAMES, options=KNOWN)
    assert scene.grid.transform == Affine(10, 0, 500000, 0, -10, 5800000)
    window = Window(row, col, height, width)
    dn, valid = read(scene, window)
    padded = np.pad(data, ((0, 0), (100, 150), (100, 150)))
    np.testing.assert_array_equal(dn, padded[:, row + 100 : row + 100 + height, col + 100 : col + 100 + width])
    np.testing.assert_array_equal(valid, dn[0] > 0)


def test_a_valid_pixel_stays_valid_when_the_offset_is_removed(tmp_path: Path) -> None:
    """DN 1 … 1000 of baseline 04.00 products are dark water, not no-data."""
    data = pixels() + 1000
    data[:, 5, 5] = 990
    data[:, 6, 6] = 0
    scene = open_scene(write(tmp_path / "s.tif", data, nodata=0), wanted=NAMES, options=replace(KNOWN, offset=-1000))
    dn, valid = read(scene)
    assert valid[5, 5]
    assert (dn[:, 5, 5] == 1).all()
    assert not valid[6, 6]
    assert (dn[:, 6, 6] == 0).all()
    assert valid.sum() == valid.size - 1
    assert dn[0, 0, 0] == data[0, 0, 0] - 1000


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32"])
def test_an_encoder_of_few_bands_needs_all_of_them_in_a_pixel(tmp_path: Path, dtype: str) -> None:
    data = pixels().astype(dtype)
    nodata = {"uint16": 65535, "int16": -9999, "float32": -3.4e38}[dtype]
    data[3, 2, 7] = nodata
    data[:, 0, 0] = 0
    _, valid = read(open_scene(write(tmp_path / "s.tif", data, nodata=nodata), wanted=NAMES, options=KNOWN))
    assert not valid[2, 7]
    assert not valid[0, 0], "0 in all bands is none, whatever else is declared"
    assert valid.sum() == valid.size - 2
    _, valid = read(open_scene(tmp_path / "s.tif", wanted=("B02", "B03", "B04"), options=KNOWN))
    assert valid.sum() == valid.size - 1, "the band that is no-data is not used"


def test_without_nodata_a_pixel_of_zeros_is_invalid(tmp_path: Path) -> None:
    data = pixels()
    data[:, :7] = 0
    data[0, 20, 20] = 0
    dn, valid = read(open_scene(write(tmp_path / "s.tif", data), wanted=NAMES, options=KNOWN))
    assert not valid[:7].any()
    assert valid[7:].all()
    assert dn[0, 20, 20] == 1


def test_nodata_that_the_type_cannot_hold_is_not_trusted(tmp_path: Path) -> None:
    data = pixels()
    data[:, :7] = 0
    path = write(tmp_path / "s.vrt.tif", data)
    vrt = tmp_path / "s.vrt"
    bands = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{i}"><Description>{name}</Description><NoDataValue>-9999</NoDataValue>'
        f"<SimpleSource><SourceFilename relativeToVRT='1'>{path.name}</SourceFilename><SourceBand>{i}</SourceBand>"
        f"</SimpleSource></VRTRasterBand>"
        for i, name in enumerate(NAMES, 1)
    )
    vrt.write_text(
        f'<VRTDataset rasterXSize="50" rasterYSize="40"><SRS>EPSG:32630</SRS>'
        f"<GeoTransform>500000,10,0,5800000,0,-10</GeoTransform>{bands}</VRTDataset>"
    )
    _, valid = read(open_scene(vrt, wanted=NAMES, options=KNOWN))
    assert not valid[:7].any()
    assert valid[7:].all()


def test_nan_mask_band_and_alpha(tmp_path: Path) -> None:
    data = pixels().astype(np.float32) / 10000
    data[2, 3, 4] = np.nan
    data[4, 9, 9] = np.inf
    dn, valid = read(
        open_scene(write(tmp_path / "nan.tif", data), wanted=NAMES, options=SceneOptions(level="l2a", offset=0))
    )
    assert not valid[3, 4]
    assert not valid[9, 9]
    assert valid.sum() == valid.size - 2
    assert np.isfinite(dn).all()
    np.testing.assert_allclose(dn[0, 0, 0], data[0, 0, 0] * 10000, rtol=1e-6)

    path = write(tmp_path / "masked.tif", pixels())
    keep = np.full((40, 50), 255, np.uint8)
    keep[10:12] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(keep)
    _, valid = read(open_scene(path, wanted=NAMES, options=KNOWN))
    np.testing.assert_array_equal(valid, keep > 0)

    with_alpha = np.concatenate([pixels(), np.where(keep, 65535, 0)[None].astype(np.uint16)])
    path = write(tmp_path / "alpha.tif", with_alpha, (*NAMES, "alpha"))
    with rasterio.open(path, "r+") as dataset:
        dataset.colorinterp = [*[ColorInterp.undefined] * 6, ColorInterp.alpha]
    _, valid = read(open_scene(path, wanted=NAMES, options=KNOWN))
    np.testing.assert_array_equal(valid, keep > 0)


def test_mask_raster_excludes_by_coordinates(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", pixels())
    mask = np.zeros((1, 10, 30), np.uint8)
    mask[0, 4], mask[0, 5] = 1, 7
    write(tmp_path / "m.tif", mask, None, transform=Affine(20, 0, 500000 - 40, 0, -20, 5800000 - 100))
    _, valid = read(open_scene(path, wanted=NAMES, options=replace(KNOWN, mask=tmp_path / "m.tif")))
    expected = np.ones((40, 50), bool)
    expected[18:22] = False
    np.testing.assert_array_equal(valid, expected)
    scene = open_scene(path, wanted=NAMES, options=replace(KNOWN, mask=tmp_path / "m.tif", mask_values=[7]))
    _, part = read(scene, Window(15, 10, 10, 5))
    np.testing.assert_array_equal(part[:, 0], [True] * 5 + [False] * 2 + [True] * 3)
    write(tmp_path / "other.tif", mask, None, crs=CRS.from_epsg(32631))
    with pytest.raises(MMEarthError, match="other.tif is in EPSG:32631 and the scene in EPSG:32630"):
        open_scene(path, wanted=NAMES, options=replace(KNOWN, mask=tmp_path / "other.tif"))
    with pytest.raises(MMEarthError, match="no scene classification") as refused:
        open_scene(path, wanted=NAMES, options=replace(KNOWN, exclude_clouds=True))
    assert refused.value.about == ("exclude_clouds", "mask")  # what was asked for is shown first


def test_single_band_files_of_several_resolutions(tmp_path: Path) -> None:
    data = pixels(36, 48)
    paths = []
    for i, name in enumerate(NAMES):
        step = 2 if name in {"B11", "B12"} else 1
        coarse = data[i : i + 1, ::step, ::step]
        transform = Affine(10 * step, 0, 500000, 0, -10 * step, 5800000)
        file = tmp_path / f"T30UVD_20210527T112121_{name}_{10 * step}m.tif"
        paths.append(write(file, coarse, None, transform=transform))
    from_list = open_scene(paths, wanted=NAMES, options=KNOWN)
    (tmp_path / "notes.tif").write_bytes((tmp_path / paths[0].name).read_bytes())
    from_folder = open_scene(tmp_path, wanted=NAMES, options=KNOWN)
    for scene in (from_list, from_folder):
        assert scene.bands == NAMES
        dn, valid = read(scene)
        np.testing.assert_array_equal(dn[:4], data[:4])
        assert valid.all()
        assert dn[4, 0, 0] == data[4, 0, 0]
        part, _ = read(scene, Window(5, 7, 11, 13))
        np.testing.assert_array_equal(part, dn[:, 5:16, 7:20])
    assert from_list.datetime is not None
    assert "notes.tif" in " ".join(from_folder.evidence)
    with pytest.raises(MMEarthError, match="both hold B02"):
        open_scene([paths[0], paths[0]], wanted=NAMES, options=KNOWN)
    odd = write(tmp_path / "B05.tif", data[:1, ::3, ::3], None, transform=Affine(30, 0, 500005, 0, -30, 5800000))
    with pytest.raises(MMEarthError, match="do not fit"):
        open_scene([*paths, odd], wanted=ENCODER_BANDS, options=KNOWN)


def test_paths_as_users_have_them(tmp_path: Path) -> None:
    folder = tmp_path / "Été 2021 — señal"
    folder.mkdir()
    path = write(folder / "ma scène.tif", pixels(), BIGTIFF="YES")
    with zipfile.ZipFile(folder / "arch.zip", "w") as archive:
        archive.write(path, "inner/ma scène.tif")
    expected = pixels()
    inside = f"/vsizip/{folder / 'arch.zip'}/inner/ma scène.tif"
    for source in (path, str(path), inside, Path(inside)):
        dn, _ = read(open_scene(source, wanted=NAMES, options=KNOWN))
        np.testing.assert_array_equal(dn, expected)


def test_rotated_grids_are_kept(tmp_path: Path) -> None:
    transform = Affine(10, 0, 500000, 0, -10, 5800000) * Affine.rotation(20)
    scene = open_scene(write(tmp_path / "s.tif", pixels(), transform=transform), wanted=NAMES, options=KNOWN)
    assert scene.grid.transform == transform
    np.testing.assert_array_equal(read(scene)[0], pixels())


@pytest.mark.parametrize(
    ("crs", "transform", "warns"),
    [
        ("EPSG:32630", Affine(10, 0, 500000, 0, -10, 5800000), False),
        ("EPSG:32630", Affine(20, 0, 500000, 0, -20, 5800000), True),
        ("EPSG:4326", Affine(1.2e-4, 0, -3, 0, -9e-5, 42), False),
        ("EPSG:4326", Affine(1e-3, 0, -3, 0, -1e-3, 42), True),
        ("EPSG:3857", Affine(20, 0, -333000, 0, -20, 8400000), False),
    ],
)
def test_ground_size_is_judged_on_the_ground(tmp_path: Path, crs: str, transform: Affine, warns: bool) -> None:
    """A Web Mercator pixel of 20 units at 60° N is 10 m; degrees are not metres."""
    scene = open_scene(write(tmp_path / "s.tif", pixels(), crs=crs, transform=transform), wanted=NAMES, options=KNOWN)
    assert any("m on the ground" in text for text in scene.warnings) == warns


def test_stac_item_names_files_and_radiometry(tmp_path: Path) -> None:
    data = pixels()
    assets = {}
    for i, (name, key) in enumerate(zip(NAMES, ("blue", "green", "red", "nir", "swir16", "swir22"), strict=True)):
        write(tmp_path / f"{key}.tif", data[i : i + 1], None)
        assets[key] = {
            "href": f"./{key}.tif",
            "eo:bands": [{"name": name, "common_name": key}],
            "raster:bands": [{"scale": 1e-4, "offset": -0.1}],
        }
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "collection": "sentinel-2-l2a",
        "properties": {
            "datetime": "2023-06-10T10:16:09Z",
            "earthsearch:boa_offset_applied": True,
            "s2:processing_baseline": "05.09",
        },
        "assets": assets,
    }
    (tmp_path / "item.json").write_text(json.dumps(item))
    scene = open_scene(tmp_path / "item.json", wanted=NAMES)
    assert (scene.level, scene.offset, scene.scale, scene.bands) == ("l2a", 0, 1e-4, NAMES)
    assert any("boa_offset_applied" in text for text in scene.evidence)
    np.testing.assert_array_equal(read(scene)[0], data)
    assets["blue"]["href"] = "https://example.com/B02.tif"
    (tmp_path / "item.json").write_text(json.dumps(item))
    with pytest.raises(MMEarthError, match="lies on the network"):
        open_scene(tmp_path / "item.json", wanted=NAMES)


# --- unusable input: one sentence that names the file and says what to do -----------------------------


def refused(source: Any, words: str, **given: Any) -> None:
    with pytest.raises(MMEarthError, match=words) as caught:
        open_scene(source, **({"wanted": ENCODER_BANDS} | given))
    assert "\n" not in str(caught.value)


def test_missing_file_and_no_raster(tmp_path: Path) -> None:
    refused(tmp_path / "no.tif", "no.tif does not exist")
    (tmp_path / "text.tif").write_text("hello")
    refused(tmp_path / "text.tif", "text.tif cannot be read as a raster")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "no raster named as a Sentinel-2 band")
    refused([], "No input")


def test_not_georeferenced(tmp_path: Path) -> None:
    refused(write(tmp_path / "s.tif", pixels(), crs=None), "s.tif is not georeferenced")


def test_bands_that_cannot_be_known(tmp_path: Path) -> None:
    picture = write(tmp_path / "rgb.tif", pixels(bands=3).astype(np.uint8), None)
    refused(picture, "rgb.tif has 3 bands.*RGB picture.*bands=")
    sixteen = write(tmp_path / "x16.tif", pixels(bands=16), None)
    refused(sixteen, r"x16.tif has no band named as one of Sentinel-2 \(its 16: unnamed\).*bands=")
    refused(sixteen, "16 bands but bands= names 2", options=SceneOptions(bands=["B02", "B03"]))
    counted = write(tmp_path / "envi.tif", pixels(bands=4), ("Band 1", "Band 2", "Band 3", "Band 4"))
    refused(counted, "bands=")
    refused(counted, "'NDVI' is not a Sentinel-2 band", options=SceneOptions(bands=["B02", "B03", "B04", "NDVI"]))
    refused(counted, "names B02 twice", options=SceneOptions(bands=["B02", "B02", "B04", "B08"]))
    refused(write(tmp_path / "twice.tif", pixels(), ("B02", "blue", *NAMES[2:])), "two bands for B02")
    refused(write(tmp_path / "few.tif", pixels(bands=3), ("B02", "B03", "B04")), "at least 4 of")


def test_the_bands_are_listed_in_full_only_where_their_names_do_not_say_it_all(tmp_path: Path) -> None:
    plain = open_scene(write(tmp_path / "plain.tif", pixels(), NAMES), wanted=ENCODER_BANDS, options=KNOWN)
    assert f"Bands by their names: {' '.join(NAMES)}." in plain.evidence
    other = ("blue", "green", *NAMES[2:])
    coloured = open_scene(write(tmp_path / "coloured.tif", pixels(), other), wanted=ENCODER_BANDS, options=KNOWN)
    assert any("B02 is band 1, B03 is band 2" in text for text in coloured.evidence)


def test_bands_as_given(tmp_path: Path) -> None:
    data = pixels(bands=5)
    path = write(tmp_path / "s.tif", data, None)
    scene = open_scene(path, wanted=ENCODER_BANDS, options=replace(KNOWN, bands=["B08", "-", "B03", "red", "B2"]))
    assert scene.bands == ("B02", "B03", "B04", "B08")
    np.testing.assert_array_equal(read(scene)[0], data[[4, 2, 3, 0]])


def test_no_data_only(tmp_path: Path) -> None:
    refused(write(tmp_path / "s.tif", pixels() * 0), "s.tif holds no-data only", options=KNOWN)


def test_a_small_valid_corner_is_found(tmp_path: Path) -> None:
    data = np.zeros((len(NAMES), 700, 700), np.uint16)
    data[:, 70:75, 70:75] = pixels(5, 5)
    scene = open_scene(write(tmp_path / "s.tif", data), wanted=NAMES, options=KNOWN)
    assert read(scene)[1].sum() == 25


def test_truncated_file(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", pixels(600, 600))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refused(path, "s.tif (is damaged|cannot be read)", options=KNOWN)


def test_unknown_radiometry_is_refused_and_tags_answer_it(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", pixels())
    refused(path, "level=|offset=|scale=", wanted=NAMES)
    tagged = write(tmp_path / "t.tif", pixels(), tags={"PROCESSING_LEVEL": "L2A", "SCALE": "0.0001"})
    assert open_scene(tagged, wanted=NAMES).level == "l2a"


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "bands"), [("aberystwyth_s2_20210527.tif", 10), ("majortom_199U_1099R_20200223.tif", 12)]
)
def test_real_scenes_open_without_options(realdata: Path, file: str, bands: int) -> None:
    scene = open_scene(realdata / file, wanted=ENCODER_BANDS)
    assert (len(scene.bands), scene.level, scene.offset, scene.scale) == (bands, "l2a", 0, 1e-4)
    assert scene.warnings == ()
    dn, valid = read(scene, Window(400, 400, 256, 256))
    with rasterio.open(realdata / file) as dataset:
        order = [dataset.descriptions.index(name) + 1 for name in scene.bands]
        np.testing.assert_array_equal(dn, dataset.read(order, window=((400, 656), (400, 656))))
    assert valid.all()
