"""The STAC item and the style beside an embedding raster, and the Collection of a folder: valid wherever on Earth."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from affine import Affine
from defusedxml import ElementTree
from pystac.validation import validate_dict
from rasterio.crs import CRS
from stac_embeddings import COLLECTION, ITEM

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.sidecar import write_style
from mmearth_core.embedding.stac.collection import catalogue
from mmearth_core.embedding.stac.item import item_path, model_link, source_link, write_item, written_before
from mmearth_core.encoder.model_file import ModelHeader, Statistics
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.ground.count import GroundCount

ACQUIRED = datetime(2024, 7, 5, 10, 56, 21, tzinfo=UTC)
HEADER = ModelHeader(
    name="m", model_id="f" * 64, size="atto", patch=8, bands=("B02", "B03", "B04"),
    statistics={"l2a": Statistics((1.0,) * 3, (1.0,) * 3)}, grn="frozen", halo=88, scales=(0.25, 0.5, 1.0),
)  # fmt: skip
PROVENANCE = {
    "bands": ["B02", "B03", "B04"], "fills": ["B01 = B02"], "level": "l2a", "offset": -1000, "scale": 1e-4,
    "evidence": ["the tags say so"], "tile": 304, "halo": 88, "backend": "onnx", "input_digest": "ab",
}  # fmt: skip


COUNT = GroundCount((70, 5, 3, 10, 0, 12, 0, 0, 0))


def make_raster(folder: Path, crs: str = "EPSG:32630", transform: Affine | None = None) -> EmbeddingRaster:
    transform = transform or Affine(10, 0, 400_000, 0, -10, 5_800_000)
    grid = Grid(300, 280, transform, CRS.from_string(crs))
    return EmbeddingRaster(folder / "emb.tif", grid, "m", "f" * 64, HEADER.scales, HEADER.offsets, PROVENANCE)


def item(raster: EmbeddingRaster, acquired: datetime | None = ACQUIRED) -> dict:
    links = [model_link("default", HEADER, raster.path), source_link(raster.path.parent / "a b.tif", raster.path)]
    path = write_item(raster, HEADER, acquired, 0.001, COUNT, "1.2.3", links)
    assert path == item_path(raster.path)
    values = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(values, ITEM)
    in_stac(values)
    return values


def in_stac(values: dict) -> None:
    """Without the network: against the version of STAC that pystac brings, whose rules hold for 1.0 too; the schemas of
    extensions are not here."""
    validate_dict(values | {"stac_extensions": [], "stac_version": "1.1.0"})


def test_the_item_says_how_the_raster_was_made(tmp_path):
    found = item(make_raster(tmp_path))
    properties = found["properties"]
    assert (found["id"], properties["datetime"], properties["gsd"]) == ("emb", "2024-07-05T10:56:21Z", 10)
    assert properties["emb:runtime_parameters"] == {
        "bands": ["B02", "B03", "B04"], "filled_bands": ["B01 = B02"], "tile": 304, "halo": 88, "stride": 1,
        "grn": "frozen", "backend": "onnx",
    }  # fmt: skip
    assert properties["emb:preprocessing"]["expression"]["offset"] == -1000
    assert properties["emb:quantization"]["offset"] == [-127.5 * scale for scale in HEADER.scales]
    assert properties["mmearth:ground"] == {
        "pixels": 100, "ground": 78, "dark": 5, "incomplete": 3, "no_data": 10, "masked": 0, "fill": 12, "excluded": 0,
        "cloud": 0, "outside": 0,
    }  # fmt: skip
    assert written_before(tmp_path / "emb.tif") == (0.001, COUNT)
    assert properties["processing:software"] == {"mmearth": "1.2.3"}
    assert properties["proj:transform"] == [10, 0, 400_000, 0, -10, 5_800_000, 0, 0, 1]
    asset = found["assets"]["embeddings"]
    assert asset["href"] == "emb.tif" and [band["scale"] for band in asset["raster:bands"]] == [0.25, 0.5, 1.0]


def test_without_a_date_the_item_spans_the_mission(tmp_path):
    properties = item(make_raster(tmp_path), None)["properties"]
    assert properties["datetime"] is None and properties["start_datetime"].startswith("2015-06-23")
    assert properties["end_datetime"] >= properties["start_datetime"]


def test_the_outline_is_where_the_scene_is(tmp_path):
    found = item(make_raster(tmp_path))
    west, south, east, north = found["bbox"]
    assert -4.5 < west < east < -4.4 and 52.3 < south < north < 52.4
    ring = found["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] and {tuple(point) for point in ring} >= {tuple(ring[2])} and len(ring) == 5


@pytest.mark.parametrize("crs", ["EPSG:32701", "EPSG:32760"])
def test_a_scene_across_the_antimeridian(tmp_path, crs):
    """Fiji, Chukotka: the outline comes in two parts and the western edge is east of the eastern one (RFC 7946)."""
    middle = 182_000 if crs == "EPSG:32701" else 818_000
    found = item(make_raster(tmp_path, crs, Affine(100, 0, middle - 14_000, 0, -100, 8_000_000)))
    west, south, east, north = found["bbox"]
    assert found["geometry"]["type"] == "MultiPolygon"
    assert 179 < west < 180 and -180 < east < -179 and -19 < south < north < -17


@pytest.mark.parametrize("west", [179.99, -180.01])
def test_a_scene_in_degrees_across_the_antimeridian(tmp_path, west):
    """Its longitudes count on beyond 180; the outline is cut there all the same."""
    found = item(make_raster(tmp_path, "EPSG:4326", Affine(1e-4, 0, west, 0, -1e-4, -16)))
    assert found["geometry"]["type"] == "MultiPolygon"
    longitudes = [x for polygon in found["geometry"]["coordinates"] for x, _ in polygon[0]]
    assert max(map(abs, longitudes)) == 180
    assert found["bbox"][0] == pytest.approx(179.99) and -180 < found["bbox"][2] < -179.9
    beyond = item(
        make_raster(tmp_path, "EPSG:4326", Affine(1e-4, 0, west + 0.5 if west > 0 else west - 0.5, 0, -1e-4, -16))
    )
    assert beyond["geometry"]["type"] == "Polygon"
    assert all(-180 <= x <= 180 for x, _ in beyond["geometry"]["coordinates"][0])


def test_degrees_and_feet_become_metres(tmp_path):
    degrees = item(make_raster(tmp_path, "EPSG:4326", Affine(1e-4, 0, 10, 0, -9e-5, 50)))
    assert degrees["properties"]["gsd"] == pytest.approx(10, rel=0.01)
    assert degrees["bbox"] == pytest.approx([10, 50 - 0.027, 10.028, 50])
    feet = item(make_raster(tmp_path, "EPSG:2263", Affine(32.808, 0, 980_000, 0, -32.808, 200_000)))
    assert feet["properties"]["gsd"] == pytest.approx(10, rel=1e-3)


def test_a_turned_raster_has_its_own_corners(tmp_path):
    turned = Affine.translation(400_000, 5_800_000) * Affine.rotation(30) * Affine.scale(10, -10)
    ring = item(make_raster(tmp_path, transform=turned))["geometry"]["coordinates"][0]
    assert len({round(x, 4) for x, _ in ring}) == 4  # of an upright one, corners share their meridians, nearly


def test_a_projection_without_a_code_is_written_out(tmp_path):
    local = "+proj=tmerc +lat_0=1 +lon_0=3.3 +k=0.99 +x_0=1000 +y_0=0 +ellps=GRS80 +units=m"
    properties = item(make_raster(tmp_path, local, Affine(10, 0, 0, 0, -10, 0)))["properties"]
    assert properties["proj:code"] is None and "Transverse_Mercator" in properties["proj:wkt2"]


def test_the_style_is_the_same_for_every_scene(tmp_path):
    path = write_style(make_raster(tmp_path))
    assert path.name == "emb.qml"
    renderer = ElementTree.parse(path).find(".//rasterrenderer")
    assert [renderer.get(f"{colour}Band") for colour in ("red", "green", "blue")] == ["1", "2", "3"]
    ranges = [(float(e.find("minValue").text), float(e.find("maxValue").text)) for e in renderer]
    assert ranges == [(-16, 16), (-32, 32), (-64, 64)]


def test_the_item_leads_to_the_scene_and_the_model(tmp_path):
    raster = tmp_path / "out" / "emb.tif"
    assert source_link(tmp_path / "in" / "a b.tif", raster) == {
        "rel": "emb:source-data", "href": "../in/a%20b.tif", "title": "a b.tif", "type": "image/tiff",
    }  # fmt: skip
    for elsewhere in ("https://x.org/item.json", "/vsizip/a.zip/b.tif"):
        assert source_link(elsewhere, raster)["href"] == elsewhere
    (tmp_path / "m.onnx").touch()
    assert model_link(tmp_path / "m.onnx", HEADER, raster)["href"] == "../m.onnx"
    assert model_link("default", HEADER, raster)["href"] == f"urn:mmearth:model:{'f' * 64}"
    assert model_link("mmearth-atto-p8-all", HEADER, raster)["href"].startswith("https://")


class Told(Silent):
    """What a progress was told in words."""

    def __init__(self):
        self.texts = []

    def message(self, text):
        self.texts.append(text)


def test_a_folder_becomes_a_collection_of_each_model_and_level(tmp_path):
    for name, day in (("a", 5), ("b", 9)):
        item(make_raster(tmp_path), ACQUIRED.replace(day=day))
        shutil.move(tmp_path / "emb.stac.json", tmp_path / f"{name}.stac.json")
        told = json.loads((tmp_path / f"{name}.stac.json").read_text())
        told["assets"]["embeddings"]["href"] = f"{name}.tif"
        if name == "b":
            told["bbox"] = [-5.0, 51.0, -4.9, 51.1]
        (tmp_path / f"{name}.stac.json").write_text(json.dumps(told))
        (tmp_path / f"{name}.tif").touch()
    (tmp_path / "map.tif").touch()
    progress = Told()
    result = catalogue(folder=tmp_path, licence="CC-BY-4.0", progress=progress)
    assert [path.name for path in result.collections] == ["m-ffffffffffff-l2a.collection.json"] and result.items == (2,)
    assert progress.texts == [f"Left out: 1 .tif in {tmp_path} without the item of an embedding beside it."]
    found = json.loads(result.collections[0].read_text())
    jsonschema.validate(found, COLLECTION)
    in_stac(found)
    assert found["emb:dimensions"] == 3 and found["license"] == "CC-BY-4.0"
    assert found["extent"]["temporal"]["interval"] == [["2024-07-05T10:56:21Z", "2024-07-09T10:56:21Z"]]
    west, south, east, north = found["extent"]["spatial"]["bbox"][0]
    assert (west, south) == (-5.0, 51.0) and east > -4.5 and north > 52.3
    hrefs = [link["href"] for link in found["links"]]
    assert hrefs[1].endswith("sentinel-2-l2a") and hrefs[2:] == ["a.stac.json", "b.stac.json"]
    for _ in range(2):  # again and again, an item belongs to one Collection only
        member = json.loads((tmp_path / "a.stac.json").read_text())
        jsonschema.validate(member, ITEM)
        in_stac(member)
        assert member["collection"] == found["id"]
        assert [link["rel"] for link in member["links"]] == ["emb:model", "emb:source-data", "collection", "parent"]
        catalogue(folder=tmp_path, overwrite=True)
    with pytest.raises(MMEarthError, match="exists"):
        catalogue(folder=tmp_path)


def test_a_folder_without_embeddings_is_no_collection(tmp_path):
    (tmp_path / "map.tif").touch()
    with pytest.raises(MMEarthError, match="has no embedding raster with its item"):
        catalogue(folder=tmp_path)


def test_the_proposal_is_really_asked(tmp_path):
    """The rules of the proposal refuse what they must: else the tests above prove nothing."""
    whole = item(make_raster(tmp_path))
    properties = whole["properties"]
    for broken in (
        whole | {"stac_extensions": whole["stac_extensions"][1:]},
        whole | {"assets": {"data": whole["assets"]["embeddings"]}},
        whole | {"properties": properties | {"emb:model_id": "x"}},
        whole | {"properties": properties | {"emb:preprocessing": {"level": "l2a"}}},
        whole | {"properties": properties | {"emb:quantization": properties["emb:quantization"] | {"nodata": 0}}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, ITEM)
