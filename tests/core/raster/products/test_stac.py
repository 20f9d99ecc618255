"""STAC items as catalogues and users write them: the finest asset of each band, or one sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_products import BANDS, values

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.scene import open_scene
from mmearth_core.raster.scene_files import collect
from mmearth_core.sentinel2 import ENCODER_BANDS

Writer = Callable[..., Path]
PROPERTIES = {"datetime": "2023-05-12T10:16:01Z", "processing:level": "L2A", "s2:processing_baseline": "03.01"}


def item(path: Path, assets: Any, *, collection: str = "sentinel-2-l2a", **properties: Any) -> Path:
    content = {"type": "Feature", "stac_version": "1.0.0", "id": "x", "collection": collection, "assets": assets}
    path.write_text(json.dumps(content | {"properties": PROPERTIES | properties}))
    return path


def asset(path: Path, name: Any, **more: Any) -> dict[str, Any]:
    return {"href": f"./{path.name}", "eo:bands": [{"name": name}] if isinstance(name, str) else name} | more


def test_the_finest_asset_of_each_band_is_taken(tmp_path: Path, band_file: Writer) -> None:
    assets = {}
    for band in BANDS:
        for resolution in (40, 20, 10):
            path = band_file(tmp_path / f"{band}_{resolution}m.tif", band, resolution=resolution)
            assets[f"{band}_{resolution}m"] = asset(path, band, gsd=resolution)
    scene = open_scene(item(tmp_path / "item.json", assets), wanted=ENCODER_BANDS)
    assert (scene.grid.pixel_size, scene.bands, scene.offset) == ((10, 10), BANDS, 0)
    assert any("not used" in text and "B02_40m" in text for text in scene.evidence)


def test_keys_of_resolutions_without_band_objects(tmp_path: Path, band_file: Writer) -> None:
    """The items of the Copernicus Data Space."""
    assets = {}
    for band in BANDS:
        for resolution in (20, 10):
            path = band_file(tmp_path / f"x_{band}_{resolution}m.jp2", band, resolution=resolution)
            assets[f"{band}_{resolution}m"] = {"href": path.name}
    assert open_scene(item(tmp_path / "item.json", assets), wanted=ENCODER_BANDS).grid.pixel_size == (10, 10)


def test_scale_and_offset_hold_for_the_assets_they_are_stated_for(tmp_path: Path, band_file: Writer) -> None:
    stated = {"raster:bands": [{"scale": 1e-4, "offset": -0.1}]}
    assets = {band: asset(band_file(tmp_path / f"{band}.tif", band), band, **stated) for band in BANDS}
    for other in ("scl", "aot", "wvp"):
        assets[other] = {"href": "B02.tif", "raster:bands": [{"scale": 1, "offset": 0}]}
    metadata = collect(item(tmp_path / "item.json", assets)).metadata
    assert [each.value for each in metadata.offsets] == [-1000]
    assert [each.value for each in metadata.scales] == [1e-4]
    assets["B08"]["raster:bands"] = [{"scale": 1e-4, "offset": 0}]
    with pytest.raises(MMEarthError, match=r"contradictory offsets .*\(B02, B03, B04\).*\(B08\).*offset="):
        open_scene(item(tmp_path / "item.json", assets), wanted=ENCODER_BANDS)
    del assets["B08"]["raster:bands"]
    with pytest.raises(MMEarthError, match=r"contradictory offsets .*\(B08\)"):
        open_scene(item(tmp_path / "item.json", assets), wanted=ENCODER_BANDS)


def test_landsat_items_are_refused(tmp_path: Path, band_file: Writer) -> None:
    files = {key: band_file(tmp_path / f"{key}.tif", key) for key in ("blue", "green", "red", "nir08", "swir16")}
    by_name = {key: asset(path, key) for key, path in files.items()}
    with pytest.raises(MMEarthError, match="is of Landsat"):
        collect(item(tmp_path / "a.json", by_name, collection="landsat-c2-l2", platform="landsat-8"))
    with pytest.raises(MMEarthError, match="named as those of Landsat"):
        collect(item(tmp_path / "b.json", by_name, collection="my-scenes"))
    hls = {"B05": asset(files["nir08"], [{"name": "B05", "common_name": "nir08"}])}
    with pytest.raises(MMEarthError, match="is not what Sentinel-2 calls B05"):
        collect(item(tmp_path / "c.json", hls, collection="my-scenes"))
    assert "B8A" in collect(item(tmp_path / "d.json", by_name, platform="sentinel-2b")).bands


@pytest.mark.parametrize(
    "assets",
    [
        [1],
        {"a": 1},
        {"a": None},
        {"B02": {"href": 5}},
        {"B02": {"href": "x.tif", "eo:bands": 7}},
        {"B02": {"eo:bands": ["B02"]}},
        "B02",
        None,
    ],
)
def test_items_of_odd_shape_are_refused_in_a_sentence(tmp_path: Path, assets: Any) -> None:
    with pytest.raises(MMEarthError) as refused:
        collect(item(tmp_path / "item.json", assets))
    assert "\n" not in str(refused.value)


def test_names_of_bands_may_stand_alone(tmp_path: Path, band_file: Writer) -> None:
    assets = {f"asset{i}": asset(band_file(tmp_path / f"{b}.tif", b), [b]) for i, b in enumerate(BANDS)}
    assert set(collect(item(tmp_path / "item.json", assets)).bands) == set(BANDS)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "yesterday", 20230512, None, ["2023"]])
def test_a_time_that_is_none_is_left_out(tmp_path: Path, band_file: Writer, time: Any) -> None:
    assets = {band: asset(band_file(tmp_path / f"{band}.tif", band), band) for band in BANDS}
    path = item(tmp_path / "item.json", assets, datetime=time)
    assert collect(path).metadata.time is None


def test_a_json_beside_a_raster_that_is_no_item_is_ignored(tmp_path: Path, band_file: Writer) -> None:
    path = band_file(tmp_path / "scene_B02.tif", "B02")
    for text in ("[" * 100_000, '{"type": "Feature", "stac_version": 5, "properties": [1]}', "{", "NaN", '"x"'):
        path.with_suffix(".json").write_text(text)
        assert set(collect(path).bands) == {"B02"}


def stack(write: Writer, path: Path, names: tuple[str, ...] = BANDS, *, described: bool = False) -> Path:
    """All bands in one file, as openEO writes them."""
    return write(path, "", data=np.stack([values(name) for name in names]), names=names if described else None)


def listed(path: Path, names: tuple[str, ...] = BANDS, **more: Any) -> dict[str, Any]:
    return asset(path, [{"name": name} for name in names], **more)


@pytest.mark.parametrize("key", ["eo:bands", "bands"])
def test_an_asset_of_several_bands_is_read_by_what_it_lists(tmp_path: Path, band_file: Writer, key: str) -> None:
    """One GeoTIFF and its item are what openEO delivers; STAC 1.1 calls the list otherwise."""
    path = stack(band_file, tmp_path / "openEO_2021-05-12Z.tif")
    assets = {path.name: {"href": path.name, key: [{"name": name} for name in BANDS]}}
    scene = open_scene(item(tmp_path / f"{path.name}.json", assets), wanted=ENCODER_BANDS)
    assert {source.name: source.index for source in scene.sources} == {n: i for i, n in enumerate(BANDS, 1)}
    # The raster itself is read by the item beside it.
    beside = open_scene(path, wanted=ENCODER_BANDS)
    assert [source.index for source in beside.sources] == [source.index for source in scene.sources]
    assert any(f"by the STAC item {path.name}.json" in text for text in beside.evidence)


def test_an_asset_that_lists_other_bands_than_its_file_has_is_asked_about(tmp_path: Path, band_file: Writer) -> None:
    path = stack(band_file, tmp_path / "o.tif", BANDS[::-1], described=True)
    with pytest.raises(MMEarthError, match=f"band 1 of .*o.tif is {BANDS[0]}, but .* named as {BANDS[-1]}"):
        collect(item(tmp_path / "i.json", {"o": listed(path)}))
    with pytest.raises(MMEarthError, match=f"lists {len(BANDS) - 1} bands .* has {len(BANDS)}; name"):
        collect(item(tmp_path / "i.json", {"o": listed(path, BANDS[1:])}))
    other = stack(band_file, tmp_path / "p.tif")
    with pytest.raises(MMEarthError, match=r"in several assets \(p, q\)"):
        collect(item(tmp_path / "i.json", {"p": listed(other), "q": listed(other)}))


def test_pictures_give_no_bands_and_files_of_several_add_to_files_of_one(tmp_path: Path, band_file: Writer) -> None:
    single = {band: asset(band_file(tmp_path / f"{band}.tif", band), band) for band in BANDS[1:]}
    several = stack(band_file, tmp_path / "several.tif", BANDS[:2])
    assets = {"several": listed(several, BANDS[:2]), **single, "visual": listed(stack(band_file, tmp_path / "v.tif"))}
    found = collect(item(tmp_path / "i.json", assets)).bands
    assert {name: (Path(raster.path).name, index) for name, (raster, index) in found.items()} == {
        BANDS[0]: ("several.tif", 1)
    } | {band: (f"{band}.tif", 1) for band in BANDS[1:]}


def test_of_an_asset_of_several_bands_those_that_are_read_give_scale_and_offset(
    tmp_path: Path, band_file: Writer
) -> None:
    path = stack(band_file, tmp_path / "o.tif", (*BANDS, BANDS[0]))
    stated = [{"scale": 1e-4, "offset": -0.1}] * len(BANDS) + [{"scale": 1, "offset": 0}]
    metadata = collect(
        item(tmp_path / "i.json", {"o": listed(path, (*BANDS, "AOT"), **{"raster:bands": stated})})
    ).metadata
    assert ([each.value for each in metadata.scales], [each.value for each in metadata.offsets]) == ([1e-4], [-1000])


def test_numbers_that_no_float_holds_are_left_out(tmp_path: Path, band_file: Writer) -> None:
    """JSON has such whole numbers."""
    assets = {
        b: asset(band_file(tmp_path / f"{b}.tif", b), [{"name": b, "center_wavelength": 10**400}], offset=10**400)
        for b in BANDS
    }
    found = collect(item(tmp_path / "item.json", assets, **{"s2:processing_baseline": 10**400}))
    assert set(found.bands) == set(BANDS)
