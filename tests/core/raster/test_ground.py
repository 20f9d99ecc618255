"""What is ground and what is not: fill that no file declares, single bands without a value, water that is 0."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, Resampling

from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import info
from mmearth_core.raster.grid import Window
from mmearth_core.raster.ground.evidence import survey
from mmearth_core.raster.ground.rule import Cause
from mmearth_core.raster.scene import Scene, SceneOptions, open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS, STATISTICS, normalise

NAMES = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
FOUR = ("B02", "B03", "B04", "B08")
#: Surface reflectance × 10000 of water, forest, crops and bare soil in these bands.
SPECTRA = np.array(
    [
        [250, 230, 180, 120, 100, 90, 85, 80, 75, 70, 40, 30],
        [180, 220, 380, 260, 650, 1900, 2400, 2500, 2650, 2700, 1300, 600],
        [250, 320, 620, 420, 1050, 2900, 3600, 3750, 3900, 3950, 1900, 1000],
        [700, 850, 1150, 1500, 1750, 1900, 2050, 2150, 2300, 2350, 3000, 2700],
    ]
)
SIDE = 60
L2A = {"PROCESSING_LEVEL": "L2A"}
PLAIN = L2A | {"BOA_ADD_OFFSET": "0"}
OLD = L2A | {"PROCESSING_BASELINE": "05.09"}
#: Where the frame outside the swath is.
FRAME = np.s_[:, :, 40:]


def fields(names: tuple[str, ...] = NAMES, seed: int = 0) -> np.ndarray:
    """float64 (bands, 60, 60) in DN: fields of the four spectra with texture."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:SIDE, :SIDE]
    spectra = SPECTRA[:, [NAMES.index(name) for name in names]]
    of = (rows // 15 + cols // 10) % 4
    return np.moveaxis(spectra[of], 2, 0) * np.exp(rng.normal(0, 0.05, (len(names), SIDE, SIDE)))


def cover(spectrum: int) -> np.ndarray:
    """float64 (12, 60, 60) in DN: one of the four spectra with texture."""
    return SPECTRA[spectrum][:, None, None] * np.exp(np.random.default_rng(1).normal(0, 0.05, (12, SIDE, SIDE)))


def write(path: Path, data: np.ndarray, names: tuple[str, ...] = NAMES, tags: Any = None, **profile: Any) -> Path:
    options = {"driver": "GTiff", "crs": "EPSG:32630", "transform": Affine(10, 0, 500000, 0, -10, 5800000)} | profile
    with rasterio.open(
        path, "w", count=len(data), height=data.shape[1], width=data.shape[2], dtype=data.dtype, **options
    ) as dataset:
        dataset.write(data)
        dataset.descriptions = names
        dataset.update_tags(**(PLAIN if tags is None else tags))
    return path


def opened(path: Path, wanted: tuple[str, ...] = ENCODER_BANDS, **options: Any) -> Scene:
    return open_scene(path, wanted=wanted, options=SceneOptions(**options))


def look(scene: Scene, window: Window | None = None) -> tuple[np.ndarray, np.ndarray]:
    with scene.reader() as reader:
        return reader.look(window or scene.grid.window)


@pytest.mark.parametrize("names", [NAMES, FOUR])
@pytest.mark.parametrize(
    ("dtype", "unit", "fill"),
    [
        ("int16", 1, -10000), ("int16", 1, -9999), ("int16", 1, -32768), ("int16", 1, 32767), ("uint16", 1, 65535),
        ("uint16", 1, 255), ("uint16", 1, 1), ("uint16", 1, 10000), ("int32", 1, -99999), ("float32", 1, -9999),
        ("float32", 1, -3.4028234663852886e38), ("float32", 1, 1e20), ("float32", 1e-4, -9999),
        ("float32", 1e-4, -0.9999), ("float32", 1e-4, -1), ("float32", 1e-4, -3.4028234663852886e38),
        ("float32", 1e-4, 1e20), ("float32", 1e-4, 6.5535), ("float32", 1e-4, -0.1), ("float32", 1e-4, 255),
        ("float64", 1e-4, -1.7976931348623157e308), ("float32", 1e-4, np.nan), ("uint16", 0.1, 9999),
    ],
)  # fmt: skip
def test_fill_that_is_not_declared_is_no_ground(
    tmp_path: Path, names: tuple[str, ...], dtype: str, unit: float, fill: float
) -> None:
    """Whatever the value: the frame is left out and told, and what is left is read as without a frame."""
    data = (fields(names) * unit).astype(dtype)
    data[FRAME] = fill
    scene = opened(write(tmp_path / "s.tif", data, names))
    dn, causes = look(scene)
    assert (causes[:, 40:] > Cause.INCOMPLETE).all()
    assert not dn[FRAME].any()
    assert (causes[:, :40] == Cause.GROUND).all()
    assert scene.scale == pytest.approx(1e-4 / unit)
    bands = [names.index(name) for name in scene.bands]
    np.testing.assert_allclose(dn[:, :, :40], data[bands, :, :40] / unit, rtol=1e-4)
    if abs(fill) < 3.5e38:  # what float32 cannot hold is none at once
        assert any("does not declare it" in text for text in scene.warnings)


#: What stands in a frame of 0 after a dark object was subtracted, and other spectra of no ground.
DARK = -np.array([180, 200, 150, 100, 80, 70, 60, 60, 50, 50, 30, 20])


@pytest.mark.parametrize("names", [NAMES, FOUR])
@pytest.mark.parametrize(
    ("dtype", "unit", "frame"),
    [("int16", 1, DARK), ("float32", 1e-4, DARK * 1e-4), ("uint16", 1, 400 - DARK), ("int16", 1, 3000 + 7 * DARK)],
)
def test_one_spectrum_over_a_large_area_is_no_ground(
    tmp_path: Path, names: tuple[str, ...], dtype: str, unit: float, frame: np.ndarray
) -> None:
    """Whatever its values: a frame of 0 less what was subtracted as a dark object has another one in each band."""
    rows = [NAMES.index(name) for name in names]
    data = fields(names) * unit
    data[FRAME] = frame[rows, None, None]
    scene = opened(write(tmp_path / "s.tif", data.astype(dtype), names))
    dn, causes = look(scene)
    assert (causes[:, 40:] == Cause.FILL).all()
    assert not dn[FRAME].any()
    assert (causes[:, :40] == Cause.GROUND).all()
    assert any("the same values of its bands (" in text and "33.3 %" in text for text in scene.warnings)


def test_a_frame_of_one_spectrum_in_bands_of_several_resolutions(tmp_path: Path) -> None:
    data = fields() + 300
    data[FRAME] = -DARK[:, None, None]
    paths = []
    for band, name in zip(data.astype("uint16"), NAMES, strict=True):
        step = 1 if name in FOUR else 2
        transform = Affine(10 * step, 0, 500000, 0, -10 * step, 5800000)
        paths.append(write(tmp_path / f"{name}.tif", band[None, ::step, ::step], (name,), transform=transform))
    causes = look(open_scene(paths, wanted=ENCODER_BANDS))[1]
    np.testing.assert_array_equal(causes == Cause.FILL, np.broadcast_to(np.arange(SIDE) >= 40, (SIDE, SIDE)))


def test_frequent_spectra_that_are_ground_are_no_fill(tmp_path: Path) -> None:
    """Means of segments, 60 m pixels repeated, and what is brighter than each band of the file can hold."""
    rng = np.random.default_rng(2)
    means = fields()
    for start, size in ((0, 20), (20, 15), (35, 12), (47, 6)):
        spectra = SPECTRA[2][:, None] * rng.uniform(0.7, 1.4, (12, SIDE // size))
        means[:, start : start + size] = np.repeat(spectra, size, 1)[:, None]
    repeated = cover(2)[:, ::6, ::6].repeat(6, 1).repeat(6, 2)
    bright = cover(3)
    bright[:, 20:40] = np.minimum(
        bright[:, 20:40] * rng.uniform(0.9, 1.6, (20, SIDE)), 0.95 * SPECTRA[3][:, None, None]
    )
    for data in (means, repeated, np.minimum(bright, 0.95 * SPECTRA[3][:, None, None])):
        assert (look(opened(write(tmp_path / "s.tif", data.astype("uint16"))))[1] == Cause.GROUND).all()


@pytest.mark.realdata
@pytest.mark.parametrize("names", [NAMES, FOUR])
def test_no_spectrum_of_real_ground_is_taken_for_fill(realdata: Path, names: tuple[str, ...]) -> None:
    """Coasts and the open sea, mangrove, mountains: no tile is left out in part, with 12 bands or with 4."""
    sys.path.insert(0, str(realdata))
    load = importlib.import_module("readpack").load
    sys.path.remove(str(realdata))
    rows = [NAMES.index(name) for name in names]
    tiles = [
        tile
        for file in ("baltic_ships_l2a", "sundarbans_l2a", "pilbara_l2a_20181201")
        for tile in load(realdata / f"{file}.npz")["x"]
    ]
    with rasterio.open(realdata / "majortom_199U_1099R_20200223.tif") as dataset:
        order = [dataset.descriptions.index(name) + 1 for name in NAMES]
        tiles += [dataset.read(order, window=((row, row + 256), (0, 256))) for row in range(0, 1024, 256)]
    assert len(tiles) > 200
    for tile in tiles:
        raw = tile[rows].reshape(len(rows), -1).astype(np.float32)
        assert not survey(raw, names, 4, floating=False, source="tile").rule.constants


@pytest.mark.parametrize("share", [0.01, 0.97])
@pytest.mark.parametrize("fill", [-9999, 12345, 0])
def test_fill_may_be_a_little_or_nearly_all_of_a_scene(tmp_path: Path, share: float, fill: int) -> None:
    data = fields().astype("int16").reshape(12, -1)
    data[:, : round(share * data.shape[1])] = fill
    data = data.reshape(12, SIDE, SIDE)
    _, causes = look(opened(write(tmp_path / "s.tif", data)))
    np.testing.assert_array_equal(causes > Cause.INCOMPLETE, (data == fill).all(0))


@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("fill", [-9999, 0, 32767])
def test_fill_is_no_evidence_of_the_offset(tmp_path: Path, dtype: str, fill: int) -> None:
    data = (fields() + 1000).astype(dtype)
    clean = opened(write(tmp_path / "clean.tif", data, tags=OLD))
    data[FRAME] = fill
    scene = opened(write(tmp_path / "s.tif", data, tags=OLD))
    assert (scene.offset, scene.scale) == (clean.offset, clean.scale) == (-1000, 1e-4)
    np.testing.assert_array_equal(look(scene)[0][:, :, :40], look(clean)[0][:, :, :40])
    assert (look(scene)[1][:, 40:] > Cause.INCOMPLETE).all()


def test_values_between_fill_and_ground_are_no_ground_either(tmp_path: Path) -> None:
    """A resampling mixed −9999 with its neighbours."""
    data = fields()
    data[FRAME] = -9999
    mixed = (data + np.roll(data, 1, 2) + np.roll(data, -1, 2)) / 3
    mixed[:, :, [0, -1]] = data[:, :, [0, -1]]
    scene = opened(write(tmp_path / "s.tif", mixed.astype("float32")))
    assert scene.offset == 0
    causes = look(scene)[1]
    assert (causes[:, 39:] == Cause.FILL).all()
    assert (causes[:, :37] == Cause.GROUND).all()
    parts = [look(scene, Window(0, col, SIDE, 7))[1] for col in range(0, SIDE, 7)]
    np.testing.assert_array_equal(np.concatenate(parts, 1)[:, :SIDE], causes)


def test_a_window_within_fill_has_no_ground_and_windows_agree_with_the_whole(tmp_path: Path) -> None:
    data = fields(FOUR).astype("uint16")
    data[FRAME] = 10000
    scene = opened(write(tmp_path / "s.tif", data, FOUR))
    whole = look(scene)[1]
    for window in (Window(5, 45, 9, 9), Window(0, 33, 20, 13), Window(50, 0, 10, 60)):
        np.testing.assert_array_equal(look(scene, window)[1], whole[window.slices])


def test_a_rare_constant_in_many_bands_is_found_where_no_sample_saw_it(tmp_path: Path) -> None:
    data = np.tile(fields(), (1, 10, 10)).astype("uint16")
    data[:, 301, 333] = 1234
    causes = look(opened(write(tmp_path / "s.tif", data)), Window(300, 330, 5, 5))[1]
    assert causes[1, 3] == Cause.FILL
    assert (causes == Cause.FILL).sum() == 1


def test_what_is_too_bright_for_the_file_is_ground(tmp_path: Path) -> None:
    """Over cloud, values reach the ceiling band by band; fill comes in all bands at once."""
    data = fields()
    cloud = np.hypot(*(np.mgrid[:SIDE, :SIDE] - 30.0)) / 20
    data = np.where(cloud < 1, 9500 + 3000 * (1 - cloud) + 25 * np.arange(12)[:, None, None], data)
    data = np.minimum(data, 10000).astype("uint16")
    assert (data == 10000).all(0).sum() > 100
    assert (look(opened(write(tmp_path / "s.tif", data)))[1] == Cause.GROUND).all()


def test_dark_water_of_equal_values_is_ground(tmp_path: Path) -> None:
    data = fields().astype("uint16")
    data[:, :30] = cover(0)[:, :30]
    data[6:, :30] = 20
    assert (look(opened(write(tmp_path / "s.tif", data, nodata=0)))[1] == Cause.GROUND).all()


# --- single bands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("nodata", [0, None])
def test_water_that_was_clamped_to_zero_is_ground(tmp_path: Path, nodata: int | None) -> None:
    """Also where 0 is declared as no-data: a band is kept as a reflectance of 0 beside a dark one."""
    data = fields().astype("uint16")
    water = np.zeros((SIDE, SIDE), bool)
    water[:30] = True
    data[:, water] = cover(0)[:, water]
    data[7:, water] = 0
    dn, causes = look(opened(write(tmp_path / "s.tif", data, nodata=nodata)))
    assert (causes[water] == Cause.DARK).all()
    assert (causes[~water] == Cause.GROUND).all()
    assert (dn[:, water].min(0) == 1).all()


@pytest.mark.parametrize(("fill", "nodata"), [(0, 0), (0, None), (-9999, -9999), (-9999, None), (32767, None)])
def test_a_single_band_without_a_value_is_filled_not_a_hole(tmp_path: Path, fill: int, nodata: int | None) -> None:
    data = fields().astype("int16")
    data[:, :20] = cover(2)[:, :20]  # crops: bright beside the gap
    data[8, 5:9, :] = fill
    dn, causes = look(opened(write(tmp_path / "s.tif", data, nodata=nodata)))
    assert (causes[5:9] == Cause.INCOMPLETE).all()
    gap = ENCODER_BANDS.index("B8A")
    assert np.isnan(dn[gap, 5:9]).all()
    assert np.isfinite(np.delete(dn, gap, 0)).all()
    assert not (causes[10:] == Cause.INCOMPLETE).any()


def test_too_few_measured_bands_are_no_ground(tmp_path: Path) -> None:
    data = fields().astype("int16")
    data[3:, :5] = -9999
    data[4:, 5:10] = -9999
    causes = look(opened(write(tmp_path / "s.tif", data, nodata=-9999)))[1]
    assert (causes[:5] == Cause.NO_DATA).all()
    assert (causes[5:10] == Cause.INCOMPLETE).all()


def test_a_band_without_any_value_counts_as_missing(tmp_path: Path) -> None:
    data = fields().astype("uint16")
    data[0] = 0
    scene = opened(write(tmp_path / "s.tif", data, nodata=0))
    assert "B01" not in scene.bands
    assert any("no values of B01" in text for text in scene.warnings)
    assert (look(scene)[1] == Cause.GROUND).all()


def test_a_zero_in_values_with_offset_is_never_a_reflectance(tmp_path: Path) -> None:
    data = (fields() + 1000).astype("uint16")
    data[10, 5:9] = 0
    dn, causes = look(opened(write(tmp_path / "s.tif", data, tags=OLD)))
    assert (causes[5:9] == Cause.INCOMPLETE).all()
    assert np.isnan(dn[ENCODER_BANDS.index("B11"), 5:9]).all()


def test_fill_in_the_coarser_bands_only(tmp_path: Path) -> None:
    """20 m bands of single files: the same rule, and fill never mixes into its neighbours."""
    data = fields().astype("int16")
    coarse = [name for name in NAMES if name not in FOUR]
    paths = []
    for band, name in zip(data, NAMES, strict=True):
        step = 2 if name in coarse else 1
        pixels = band[None, ::step, ::step].copy()
        if name in coarse:
            pixels[0, 10:20, :] = -9999
        transform = Affine(10 * step, 0, 500000, 0, -10 * step, 5800000)
        paths.append(write(tmp_path / f"{name}.tif", pixels, (name,), transform=transform))
    scene = open_scene(paths, wanted=ENCODER_BANDS)
    dn, causes = look(scene)
    assert (causes[20:40] == Cause.INCOMPLETE).all()
    assert (causes[:20] == Cause.GROUND).all()
    swir = ENCODER_BANDS.index("B12")
    assert np.isnan(dn[swir, 20:40]).all()
    assert np.nanmin(dn) >= 1
    assert dn[swir, 19].max() < 4000
    np.testing.assert_array_equal(look(scene, Window(15, 3, 10, 20))[1], causes[15:25, 3:23])


def test_a_pixel_is_filled_as_if_its_band_were_missing_everywhere() -> None:
    dn = fields().astype("float32")
    mean, std = np.array([STATISTICS["l2a"][name] for name in NAMES], np.float32).T
    valid = np.ones((SIDE, SIDE), bool)
    valid[0] = False
    without = tuple(name for name in NAMES if name not in {"B04", "B12"})
    rows = [NAMES.index(name) for name in without]
    expected = normalise(dn[rows], valid, present=without, wanted=NAMES, mean=mean, std=std)
    whole = normalise(dn, valid, present=NAMES, wanted=NAMES, mean=mean, std=std)
    gaps = dn.copy()
    gaps[[3, 11], :20] = np.nan
    found = normalise(gaps, valid, present=NAMES, wanted=NAMES, mean=mean, std=std)
    np.testing.assert_allclose(found[:, :20], expected[:, :20], atol=1e-5)
    np.testing.assert_array_equal(found[:, 20:], whole[:, 20:])
    assert not found[:, 0].any()


# --- what files say: all of it together -------------------------------------------------------------------


def masked(path: Path, keep: np.ndarray, *, internal: bool) -> Path:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(keep)
    return path


@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_mask_no_data_and_nan_count_together(tmp_path: Path, internal: bool, dtype: str) -> None:
    data = fields().astype(dtype)
    data[:, :5] = 0 if dtype == "uint16" else np.nan
    keep = np.full((SIDE, SIDE), 255, np.uint8)
    keep[20:30] = 0
    causes = look(opened(masked(write(tmp_path / "s.tif", data, nodata=0), keep, internal=internal)))[1]
    assert (causes[:5] == Cause.NO_DATA).all()
    assert (causes[20:30] == Cause.MASKED).all()
    assert (causes == Cause.GROUND).sum() == 45 * SIDE


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_alpha_and_no_data_count_together(tmp_path: Path, dtype: str) -> None:
    data = np.concatenate([fields(), np.full((1, SIDE, SIDE), 255.0)]).astype(dtype)
    data[-1, 20:30] = 0
    data[-1, 30:35] = 1  # seen through, but there
    data[:-1, :5] = 0
    path = write(tmp_path / "s.tif", data, (*NAMES, "alpha"), nodata=0)
    with rasterio.open(path, "r+") as dataset:
        dataset.colorinterp = [*[ColorInterp.undefined] * 12, ColorInterp.alpha]
    causes = look(opened(path))[1]
    assert (causes[20:30] == Cause.MASKED).all()
    assert (causes[:5] == Cause.NO_DATA).all()
    assert (causes == Cause.GROUND).sum() == 45 * SIDE


def virtual(path: Path, source: Path, band: Callable[[int], str], end: str = "") -> Path:
    """A VRT of a twelve-band file; `band` adds to each band's element."""
    bands = "".join(
        f'<VRTRasterBand dataType="Int16" band="{i}"><Description>{name}</Description>{band(i)}<SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{source.name}</SourceFilename><SourceBand>{i}</SourceBand>'
        "</SimpleSource></VRTRasterBand>"
        for i, name in enumerate(NAMES, 1)
    )
    path.write_text(
        f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE}"><SRS>EPSG:32630</SRS>'
        f"<GeoTransform>500000,10,0,5800000,0,-10</GeoTransform><Metadata>"
        f'<MDI key="PROCESSING_LEVEL">L2A</MDI><MDI key="BOA_ADD_OFFSET">0</MDI></Metadata>{bands}{end}</VRTDataset>'
    )
    return path


def mask_element(source: Path) -> str:
    return (
        f'<MaskBand><VRTRasterBand dataType="Byte"><SimpleSource><SourceFilename relativeToVRT="1">{source.name}'
        "</SourceFilename><SourceBand>mask,1</SourceBand></SimpleSource></VRTRasterBand></MaskBand>"
    )


def test_masks_in_a_virtual_raster_of_all_bands_and_of_one(tmp_path: Path) -> None:
    keep = np.full((SIDE, SIDE), 255, np.uint8)
    keep[20:30] = 0
    source = masked(write(tmp_path / "s.tif", fields().astype("int16")), keep, internal=True)
    whole = look(opened(virtual(tmp_path / "all.vrt", source, lambda _: "", mask_element(source))))[1]
    assert (whole[20:30] == Cause.MASKED).all()
    single = virtual(tmp_path / "one.vrt", source, lambda i: mask_element(source) if i == 9 else "")
    dn, causes = look(opened(single))
    assert (causes[20:30] == Cause.INCOMPLETE).all()
    assert np.isnan(dn[ENCODER_BANDS.index("B8A"), 20:30]).all()


def test_no_data_declared_for_some_bands_holds_for_the_others(tmp_path: Path) -> None:
    data = fields().astype("int16")
    data[:, :5] = 1500 + np.arange(12)[:, None, None] // 6
    source = write(tmp_path / "s.tif", data)
    path = virtual(tmp_path / "s.vrt", source, lambda i: "<NoDataValue>1500</NoDataValue>" if i < 3 else "")
    dn, causes = look(opened(path))
    assert (causes[:5] == Cause.INCOMPLETE).all()
    present = np.isfinite(dn[:, :5]).all((1, 2))
    assert [name for name, there in zip(ENCODER_BANDS, present, strict=True) if there] == [
        "B07", "B8A", "B08", "B09", "B11", "B12",
    ]  # fmt: skip


def test_an_error_says_what_is_there_instead_of_ground(tmp_path: Path) -> None:
    data = np.full((12, SIDE, SIDE), -9999, "int16")
    with pytest.raises(MMEarthError, match=r"s.tif holds no-data only.*holds -9999 in 100 %"):
        opened(write(tmp_path / "s.tif", data))


def test_info_says_what_of_a_scene_is_no_ground(tmp_path: Path) -> None:
    data = fields().astype("int16")
    data[FRAME] = -9999
    told = info(file=write(tmp_path / "s.tif", data)).facts["as a scene"]
    assert "holds -9999 in 33.3 %" in told
    assert "Offset 0 by" in told
    bare = write(tmp_path / "bare.tif", data[:4], ("a", "b", "c", "d"))
    assert "as a scene" not in info(file=bare).facts


def test_water_clamped_in_all_but_the_blue_is_ground(tmp_path: Path) -> None:
    """Harmonised by subtracting with clipping."""
    data = np.maximum(fields() - 200, 0).astype("uint16")
    data[:2] = np.maximum(data[:2], 20)
    causes = look(opened(write(tmp_path / "s.tif", data, nodata=0)))[1]
    assert (causes <= Cause.INCOMPLETE).all()


def test_overviews_that_mix_fill_do_not_cost_pixels_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmearth_core.raster.ground.reader._LARGE", 1000)
    data = np.tile(fields(FOUR), (1, 10, 10)).astype("int16")
    rows, cols = np.mgrid[:600, :600]
    frame = cols + rows // 3 > 400
    data[:, frame] = -9999
    path = write(tmp_path / "s.tif", data, FOUR)
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4, 8], Resampling.average)
    scene = opened(path)
    np.testing.assert_array_equal(look(scene)[1] == Cause.FILL, frame)


def test_what_no_ground_can_be_is_judged_in_the_unit_of_the_scene(tmp_path: Path) -> None:
    """Reflectance × 65535 passes 30000 over every field: no fill, and nothing is said of any."""
    path = write(tmp_path / "s.tif", np.clip(fields() * 6.5535, 1, 65534).astype(np.uint16))
    scene = opened(path, scale=1 / 65535)
    assert not any("no-data" in text for text in scene.warnings)
    dn, causes = look(scene)
    assert (causes == Cause.GROUND).all()
    assert np.isfinite(dn).all()
