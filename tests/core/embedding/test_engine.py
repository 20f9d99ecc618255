"""`embed` end to end with the packaged model: same numbers whatever the tiling, no-data to the pixel, nothing lost."""

import json
import re
import shutil
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from embedded_fields import write_vector
from rasterio.io import MemoryFile
from rasterio.warp import transform_bounds
from scipy.ndimage import maximum_filter

import mmearth_core
from mmearth_core.embedding.engine import embed, embed_extent
from mmearth_core.embedding.planning import Extent, Tiling, around_path
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.running.journal import TileJournal
from mmearth_core.encoder.onnx_backend import OnnxBackend
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.sources.picture import false_colour


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


def codes(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read()


def steps_apart(one: np.ndarray, other: np.ndarray) -> int:
    assert np.array_equal(one == 0, other == 0)
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.fixture(scope="module")
def whole(scene, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("whole") / "emb.tif"
    embed(scene=scene, output=output)
    return output


def test_the_product_is_what_the_format_says(scene, whole):
    raster = EmbeddingRaster.open(whole)
    with rasterio.open(whole) as dataset, rasterio.open(scene) as source:
        assert (dataset.count, dataset.dtypes[0], dataset.nodata) == (64, "uint8", 0)
        assert dataset.transform == source.transform and dataset.crs == source.crs and dataset.shape == source.shape
        assert dataset.interleaving.value == "BAND" and dataset.compression.value == "ZSTD"
        assert dataset.block_shapes[0] == (256, 256) and dataset.overviews(1) == [2]
        assert dataset.descriptions[:2] == ("E00", "E01") and dataset.descriptions[63] == "E63"
        assert dataset.offsets == pytest.approx([-127.5 * s for s in dataset.scales])
    assert raster.provenance["bands"][:3] == ["B02", "B03", "B04"]
    assert raster.provenance["fills"] == ["B01 = B02", "B09 = 0.89 B8A + 0.11 B11"]
    assert raster.provenance["level"] == "l2a"


def test_every_valid_pixel_has_an_embedding_and_no_other(scene, whole):
    with rasterio.open(scene) as source:
        valid = source.read(1) > 0
    found = codes(whole)
    assert ((found > 0) == valid).all()
    assert found[:, valid].std(axis=1).min() > 3  # and the bands say something


def test_overviews_show_values_of_the_full_resolution(whole):
    full = codes(whole)
    with rasterio.open(whole, overview_level=0) as dataset:
        half = dataset.read()
    assert np.array_equal(half, full[:, ::2, ::2])


@pytest.mark.parametrize("options", [{"tile": 152}, {"halo": "exact"}])
def test_the_tiling_does_not_show(scene, whole, tmp_path, options):
    embed(scene=scene, output=tmp_path / "emb.tif", **options)
    assert steps_apart(codes(tmp_path / "emb.tif"), codes(whole)) <= 1


def test_computing_tiles_together_does_not_show(scene, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(OnnxBackend, "batch_size", 8)
    embed(scene=scene, output=tmp_path / "emb.tif", tile=104)
    assert steps_apart(codes(tmp_path / "emb.tif"), codes(whole)) <= 1


def test_there_are_no_seams(scene, whole, tmp_path):
    """Steps across tile borders are as large as steps elsewhere, with the smallest tiles."""
    embed(scene=scene, output=tmp_path / "emb.tif", tile=64)
    assert steps_apart(codes(tmp_path / "emb.tif"), codes(whole)) <= 1
    found, truth = codes(tmp_path / "emb.tif").astype(float), codes(whole).astype(float)
    border = np.zeros(found.shape[2] - 1, bool)
    border[63::64] = True
    rows = slice(160, 300)  # no no-data there

    def ratio(values: np.ndarray) -> float:
        steps = np.abs(np.diff(values[:, rows], axis=2)).mean((0, 1))
        return float(steps[border].mean() / steps[~border].mean())

    assert ratio(found) / ratio(truth) <= 1.02


def test_a_window_equals_the_same_part_of_the_whole(scene, whole, tmp_path):
    result = embed(scene=scene, output=tmp_path / "emb.tif", window=(101, 77, 93, 110))
    raster = EmbeddingRaster.open(tmp_path / "emb.tif")
    part = codes(whole)[:, 77:187, 101:194]
    assert steps_apart(codes(tmp_path / "emb.tif"), part) <= 1
    assert raster.grid == EmbeddingRaster.open(whole).grid.crop(Window(77, 101, 110, 93))
    assert result.valid_pixels == (part[0] > 0).sum()


def test_bounds_are_the_pixels_they_touch(scene, whole, tmp_path):
    """In degrees, of any turn, too; what they reach beyond the scene is told."""
    full = EmbeddingRaster.open(whole).grid
    west, south, east, north = full.crop(Window(-20, 101, 110, 93)).bounds
    told = Heard()
    embed(scene=scene, output=tmp_path / "emb.tif", bounds=(west + 1, south + 1, east - 1, north), progress=told)
    assert any("18 % of the area of `bounds` lies outside of" in text for text in told.messages)
    assert EmbeddingRaster.open(tmp_path / "emb.tif").grid == full.crop(Window(0, 101, 90, 93))
    assert steps_apart(codes(tmp_path / "emb.tif"), codes(whole)[:, :90, 101:194]) <= 1
    degrees = transform_bounds(full.crs, "EPSG:4326", *full.crop(Window(80, 90, 40, 50)).bounds)
    turned = (degrees[0] + 360, degrees[1], degrees[2] + 360, degrees[3])
    embed(scene=scene, output=tmp_path / "turned.tif", bounds=turned, bounds_crs="EPSG:4326")
    found = EmbeddingRaster.open(tmp_path / "turned.tif").provenance["window"]
    assert found[0] in range(84, 91) and found[1] in range(74, 81) and found[2] in range(50, 60)
    told.messages.clear()
    embed(scene=scene, output=tmp_path / "inside.tif", bounds=degrees, bounds_crs="EPSG:4326", progress=told)
    assert not any("lies outside of" in text for text in told.messages)
    refused(
        tmp_path,
        r"bounds= lies outside .* lies at -?[\d.,-]+ in WGS 84; .*bounds_crs=",
        scene=scene,
        bounds=(0, 0, 1, 1),
        bounds_crs="EPSG:4326",
    )
    box = (179.9, -17.0, -179.9, -16.0)
    refused(
        tmp_path,
        r"Over 180°, count on to the east: 179.9,-17,180.1,-16",
        scene=scene,
        bounds=box,
        bounds_crs="EPSG:4326",
    )
    refused(
        tmp_path,
        "window= and bounds= have no pixel in common",
        scene=scene,
        window=(0, 0, 9, 9),
        bounds=(west, south, east, north),
    )
    refused(tmp_path, "bounds_crs= says what numbers are of, and there are none", scene=scene, bounds_crs="EPSG:4326")


def test_a_crs_that_only_the_user_knows_is_in_the_raster_and_its_item(make_scene, tmp_path):
    embed(scene=make_scene(64, 64, crs=None), output=tmp_path / "emb.tif", crs="EPSG:32630")
    with rasterio.open(tmp_path / "emb.tif") as dataset:
        assert dataset.crs.to_epsg() == 32630 and dataset.bounds == (400_000, 5_799_360, 400_640, 5_800_000)
    told = json.loads((tmp_path / "emb.stac.json").read_text())["properties"]
    assert told["proj:code"] == "EPSG:32630"
    assert any(
        "as given: WGS 84 / UTM zone 30N" in each for each in told["emb:preprocessing"]["expression"]["evidence"]
    )


def test_thread_count_does_not_show(scene, whole, tmp_path, monkeypatch):
    monkeypatch.setattr("mmearth_core.encoder.session.available_processors", lambda: 1)
    embed(scene=scene, output=tmp_path / "emb.tif")
    assert steps_apart(codes(tmp_path / "emb.tif"), codes(whole)) <= 1


def test_the_array_call_gives_the_same_numbers(scene, whole):
    with rasterio.open(scene) as source:
        values = mmearth_core.embed_array(dn=source.read(), bands=source.descriptions, level="l2a")
    raster = EmbeddingRaster.open(whole)
    stored, valid = raster.decode(codes(whole)), codes(whole)[0] > 0
    step = raster.linear[0][:, None]
    inside = np.abs(stored[:, valid]) < 126 * step
    assert (np.abs(values[:, valid] - stored[:, valid]) / step)[inside].max() <= 0.51
    assert np.isnan(values[:, ~valid]).all()


def test_in_an_array_a_band_that_is_nan_is_missing(scene):
    with rasterio.open(scene) as source:
        dn, names = source.read(window=((100, 164), (100, 164))).astype("float32"), list(source.descriptions)
    gap = names.index("B03")
    without = mmearth_core.embed_array(dn=np.delete(dn, gap, 0), bands=names[:gap] + names[gap + 1 :], level="l2a")
    dn[gap] = np.nan
    np.testing.assert_allclose(mmearth_core.embed_array(dn=dn, bands=names, level="l2a"), without, atol=1e-4)


def test_an_area_of_interest_leaves_out_what_lies_outside(scene, whole, tmp_path):
    transform = EmbeddingRaster.open(whole).grid.transform

    def area(name: str, *corners: tuple[int, int]) -> Path:
        ring = [transform * at for at in (*corners, corners[0])]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32630"}}
        features = [{"type": "Feature", "properties": {}, "geometry": geometry}]
        (tmp_path / name).write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
        return tmp_path / name

    told = Heard()
    aoi = area("aoi.geojson", (60, 50), (200, 90), (120, 250))
    embed(scene=scene, output=tmp_path / "emb.tif", aoi=aoi, progress=told)
    assert not any("lies outside of" in text for text in told.messages)
    beyond = area("beyond.geojson", (-50, 50), (-50, 100), (50, 100), (50, 50))
    embed(scene=scene, output=tmp_path / "part.tif", aoi=beyond, progress=told)
    assert any("50 % of the area of `aoi` lies outside of" in text for text in told.messages)
    found, truth = codes(tmp_path / "emb.tif"), codes(whole)[:, 50:250, 60:200]
    assert found.shape == truth.shape
    inside = found[0] > 0
    assert 0.3 < inside.mean() < 0.6 and not inside[0, -1] and inside[60, 60]
    assert np.abs(found.astype(int) - truth)[:, inside].max() <= 1


def test_a_margin_is_embedded_into_a_raster_of_its_own(scene, whole, tmp_path):
    """The raster itself, its item and the count of its pixels are as without: what lies around is beside it."""
    shape = shapely.Polygon([(400_900, 5_799_000), (402_500, 5_799_000), (402_500, 5_797_600)])
    area = write_vector(tmp_path / "area.gpkg", [shape], {"class": ["a"]})
    embed_it = partial(embed_extent, scene, extent=Extent(aoi=area), tiling=Tiling(104))
    without, made = embed_it(tmp_path / "a.tif"), embed_it(tmp_path / "b.tif", margin=3)
    assert str(made.ground) == str(without.ground) and made.valid_pixels == without.valid_pixels
    assert steps_apart(codes(tmp_path / "a.tif"), codes(tmp_path / "b.tif")) <= 1
    told, before = (EmbeddingRaster.open(tmp_path / f"{name}.tif") for name in "ba")
    assert told.grid == before.grid and told.provenance == before.provenance
    around = EmbeddingRaster.open(around_path(tmp_path / "b.tif"))
    columns_first = tuple(around.provenance["window"])
    window = Window.from_columns_first(columns_first)
    assert window == Window.from_columns_first(tuple(told.provenance["window"])).padded(3)
    inner, outer = codes(told.file) > 0, codes(around.file)
    expected = np.pad(inner[0], 3)
    assert (outer[0][expected] > 0).all()
    reached = maximum_filter(expected, 7) & (codes(whole)[0][window.slices] > 0)
    np.testing.assert_array_equal(outer[0] > 0, reached)
    apart = np.abs(outer.astype(int) - codes(whole)[:, *window.slices].astype(int))
    assert apart[:, reached].max() <= 1
    around.file.unlink()
    with pytest.raises(MMEarthError, match="exists already"):  # half of the result is none
        embed_it(told.file, margin=3)
    assert embed_it(told.file, margin=3, overwrite=True).pixels and around.file.is_file()
    assert embed_it(told.file, margin=3).pixels == 0


def test_a_mask_takes_pixels_out(scene, tmp_path):
    with rasterio.open(scene) as source:
        profile = source.profile | {"count": 1, "dtype": "uint8", "nodata": None}
        clouds = np.zeros(source.shape, np.uint8)
    clouds[100:140, 180:220], clouds[10:20, 100:110] = 9, 4
    with rasterio.open(tmp_path / "clouds.tif", "w", **profile) as dataset:
        dataset.write(clouds, 1)
    told = Heard()
    embed(scene=scene, output=tmp_path / "emb.tif", mask=tmp_path / "clouds.tif", mask_values=[9], progress=told)
    found = codes(tmp_path / "emb.tif")
    assert not found[:, 100:140, 180:220].any() and found[:, 10:20, 100:110].all()
    assert not any("leaves nothing out" in text for text in told.messages)
    options = {"mask": tmp_path / "clouds.tif", "mask_values": [7], "window": (0, 0, 80, 80)}
    embed(scene=scene, output=tmp_path / "all.tif", progress=told, **options)
    assert f"{tmp_path / 'clouds.tif'} leaves nothing out of what is embedded." in told.messages


def test_it_is_counted_and_told_what_the_pixels_are(make_scene, tmp_path, monkeypatch):
    def edit(dn: np.ndarray) -> np.ndarray:
        dn = dn.astype("int16")
        dn[:, :, :20] = -9999
        dn[:, :10, 20:] = 0
        dn[4, 20:30, 20:] = -9999
        return dn

    scene = make_scene(120, 100, edit=edit)
    with rasterio.open(scene) as source:
        profile = source.profile | {"count": 1, "dtype": "uint8", "nodata": None}
        clouds = np.zeros(source.shape, np.uint8)
    clouds[100:] = 1
    with rasterio.open(tmp_path / "clouds.tif", "w", **profile) as dataset:
        dataset.write(clouds, 1)
    options = {"scene": scene, "output": tmp_path / "emb.tif", "mask": tmp_path / "clouds.tif", "tile": 64}
    result = embed(**options)
    expected = {
        "pixels": 12000, "ground": 7200, "dark": 0, "incomplete": 800, "no_data": 800, "masked": 0, "fill": 2400,
        "excluded": 1600, "cloud": 0, "outside": 0,
    }  # fmt: skip
    assert result.ground.as_dict() == expected
    assert result.valid_pixels == 7200
    assert "40 % left out (no-data 6.67 %, undeclared fill 20 %, by the mask 13.3 %)" in str(result)
    assert "6.67 % lack a band, which is filled" in str(result)
    item = json.loads((tmp_path / "emb.stac.json").read_text())
    assert item["properties"]["mmearth:ground"] == expected
    assert embed(**options).ground.as_dict() == expected, "told again of what is there already"

    # An interrupted run: what its tiles hold is counted too.
    cancel = CancelToken()
    monkeypatch.setattr(
        "mmearth_core.embedding.running.journal.TileJournal.save", _cancelling(TileJournal.save, cancel)
    )
    with pytest.raises(Cancelled):
        embed(**options | {"output": tmp_path / "again.tif"}, cancel=cancel)
    monkeypatch.undo()
    resumed = embed(**options | {"output": tmp_path / "again.tif"})
    assert resumed.pixels < 12000
    assert resumed.ground.as_dict() == expected


def _cancelling(save, cancel):
    def saved(*given) -> None:
        save(*given)
        cancel.cancel()

    return saved


def test_an_error_says_why_there_is_no_ground(scene, tmp_path):
    with rasterio.open(scene) as source:
        profile = source.profile | {"count": 1, "dtype": "uint8", "nodata": None}
    with rasterio.open(tmp_path / "clouds.tif", "w", **profile) as dataset:
        dataset.write(np.full((300, 280), 3, np.uint8), 1)
    mask = {"mask": tmp_path / "clouds.tif", "mask_values": [3]}
    none = r"no ground in the chosen area: 100 % left out"
    refused(tmp_path, none + r" \(no-data .* by the mask .*clouds.tif", scene=scene, **mask)
    refused(tmp_path, none + r" \(no-data 100 %\)", scene=scene, window=(0, 0, 8, 8))
    refused(tmp_path, r"clouds.tif holds 3, and 100 % of the scene", scene=scene, mask=tmp_path / "clouds.tif")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 200), (64, 65), (129, 63)])
def test_odd_sizes(make_scene, tmp_path, height, width):
    embed(scene=make_scene(height, width), output=tmp_path / "emb.tif", tile=64)
    assert (codes(tmp_path / "emb.tif") > 0).all()


def test_the_item_is_valid_stac_with_our_fields(whole):
    import pystac
    from pystac.validation import validate_dict

    values = json.loads(whole.with_suffix(".stac.json").read_text())
    # The extensions' schemas are on the network, those of STAC 1.1 come with pystac; see test_stac.py.
    core = values | {"stac_extensions": [], "stac_version": "1.1.0"}
    validate_dict(core)
    item = pystac.Item.from_dict(values)
    assert (whole.parent / item.assets["embeddings"].href).samefile(whole)
    properties = item.properties
    raster = EmbeddingRaster.open(whole)
    assert properties["mmearth:model_id"] == raster.model_id
    assert properties["emb:quantization"]["scale"] == list(raster.scales)
    expression = properties["emb:preprocessing"]["expression"]
    assert expression["level"] == "l2a" and expression["offset"] == 0
    assert 0 <= properties["mmearth:clipped_share"] < 0.2
    assert properties["emb:runtime_parameters"]["bands"] == raster.provenance["bands"]
    rels = {link["rel"]: link for link in values["links"]}
    assert rels["emb:source-data"]["title"] == "scene.tif" and rels["emb:model"]["href"].endswith(raster.model_id)
    assert properties["proj:code"] == "EPSG:32630" and properties["proj:shape"] == [300, 280]
    assert -6 < item.bbox[0] < item.bbox[2] < 0 and 50 < item.bbox[1] < item.bbox[3] < 54


def refused(tmp_path: Path, match: str, **options) -> None:
    """`embed` refuses with one sentence and leaves nothing behind."""
    (tmp_path / "out").mkdir(exist_ok=True)
    with pytest.raises(MMEarthError, match=match) as caught:
        embed(**{"output": tmp_path / "out" / "emb.tif"} | options)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "out").iterdir())


def test_unusable_requests_leave_nothing_behind(scene, make_scene, tmp_path):
    refused(tmp_path, "does not exist", scene=tmp_path / "missing.tif")
    refused(tmp_path, "is not inside the scene", scene=scene, window=(0, 0, 1000, 10))
    for options in ({"tile": 100}, {"tile": 0}, {"halo": 3}, {"halo": -8}):
        refused(tmp_path, "multiple of its patch size 8", scene=scene, **options)
    refused(tmp_path, "is an input of this command", scene=scene, output=scene, overwrite=True)
    refused(tmp_path, "no-data only", scene=make_scene(64, 64, edit=lambda dn: dn * 0))
    refused(tmp_path, "does not exist", scene=scene, output=tmp_path / "absent" / "emb.tif")
    (tmp_path / "broken.onnx").write_bytes(local_file("default").read_bytes()[:100_000])
    refused(tmp_path, r"broken\.onnx is damaged", scene=scene, model=tmp_path / "broken.onnx")


def test_a_truncated_scene_is_refused_when_its_damage_is_met(make_scene, tmp_path):
    path = make_scene(600, 600)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.8)])
    refused(tmp_path, r"scene\.tif", scene=path, tile=128)


def test_an_existing_output_is_kept_unless_told_otherwise(scene, whole, tmp_path):
    output = tmp_path / "emb.tif"
    shutil.copy(whole, output)
    before = output.read_bytes()
    for other in ({"resume": False}, {"window": (100, 100, 64, 64)}, {}):  # the last one: its STAC item is missing
        with pytest.raises(MMEarthError, match="exists already"):
            embed(scene=scene, output=output, **other)
    assert output.read_bytes() == before
    embed(scene=scene, output=output, window=(100, 100, 64, 64), overwrite=True)
    assert EmbeddingRaster.open(output).grid.shape == (64, 64)


def test_asked_again_for_what_is_there_it_answers_as_it_would_have(scene, tmp_path):
    """A caller that never heard the answer, its worker having died right after the work, asks once more."""
    output = tmp_path / "emb.tif"
    first = embed(scene=scene, output=output, tile=128)
    before = output.stat().st_mtime_ns
    TileJournal.folder_of(output).mkdir()  # the last thing that is removed
    again = embed(scene=scene, output=output, tile=128)
    assert replace(again, seconds=first.seconds, pixels=first.pixels) == first and again.pixels == 0
    assert output.stat().st_mtime_ns == before and not TileJournal.folder_of(output).exists()


def test_a_full_disk_is_noticed_before_the_work(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**5))
    with pytest.raises(MMEarthError, match="GB free"):
        embed(scene=scene, output=tmp_path / "emb.tif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("nord äö.tif", {}),
        ("south-up.tif", {"transform": Affine(10, 0, 400_000, 0, 10, 5_799_000)}),
        ("rotated.tif", {"transform": Affine(10, 0, 400_000, 0, -10, 5_800_000) * Affine.rotation(20)}),
        ("degrees.tif", {"transform": Affine(1.3e-4, 0, -4, 0, -9e-5, 52.4), "crs": "EPSG:4326"}),
        ("big.tif", {"BIGTIFF": "YES"}),
        ("zipped.tif", {}),
    ],
)
def test_rasters_of_every_kind_give_the_same_numbers(make_scene, tmp_path, name, profile):
    turn = (lambda dn: dn[:, ::-1].copy()) if name == "south-up.tif" else None
    scene: str | Path = make_scene(100, 90, name=name, edit=turn, **profile)
    if name == "zipped.tif":
        with zipfile.ZipFile(tmp_path / "a b.zip", "w") as archive:
            archive.write(scene, name)
        scene = f"/vsizip/{tmp_path}/a b.zip/{name}"
    embed(scene=scene, output=tmp_path / "out ß.tif")
    embed(scene=make_scene(100, 90), output=tmp_path / "plain.tif")
    assert np.array_equal(codes(tmp_path / "out ß.tif"), codes(tmp_path / "plain.tif"))
    grid = EmbeddingRaster.open(tmp_path / "out ß.tif").grid
    assert grid.transform.e < 0 and (name != "rotated.tif" or grid.transform.b != 0)


def test_the_report_shows_an_embedding_in_the_colours_of_qgis(whole):
    style = whole.with_suffix(".qml").read_text()
    ends = [[float(each) for each in re.findall(rf"<{end}Value>([^<]+)<", style)][:3] for end in ("min", "max")]
    with rasterio.open(whole) as dataset:
        stored = dataset.read([1, 2, 3]).astype(float)
        values = stored * np.array(dataset.scales[:3])[:, None, None] + np.array(dataset.offsets[:3])[:, None, None]
    low, high = (np.array(each)[:, None, None] for each in ends)
    expected = np.rint(255 * np.clip((values - low) / (high - low), 0, 1))
    picture = false_colour(EmbeddingRaster.open(whole), longest=max(stored.shape))
    with MemoryFile(picture.png) as file, file.open() as dataset:
        shown = dataset.read()
    assert np.abs(shown[:3].astype(float) - expected)[:, stored[0] > 0].max() <= 1
