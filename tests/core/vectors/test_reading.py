"""Reading vectors: longitudes of any turn, zips, encodings of texts, large files, wrong coordinate systems."""

import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from embedded_fields import write_vector
from rasterio.crs import CRS

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors import reading
from mmearth_core.vectors.aoi import read_area
from mmearth_core.vectors.reading import class_names, read_vector

#: 240 × 240 pixels over the antimeridian, from 179.97 to 180.03 degrees east, and the same as −180.03 … −179.97.
FIJI = Grid(240, 240, Affine(0.00025, 0, 179.97, 0, -0.00025, -16.8), CRS.from_epsg(4326))
BEFORE = Grid(240, 240, Affine(0.00025, 0, -180.03, 0, -0.00025, -16.8), CRS.from_epsg(4326))


@pytest.mark.parametrize("grid", [FIJI, BEFORE])
def test_longitudes_are_equal_modulo_360(tmp_path: Path, grid: Grid) -> None:
    box = (shapely.box(0, 0, 0.001, 0.001), shapely.box(0.02, 0, 0.021, 0.001))
    at = [
        shapely.transform(box[0], lambda xy, x=x: xy + np.array([x, -16.82])) for x in (179.98, -179.98, 180.02, 539.98)
    ]
    split = shapely.MultiPolygon([shapely.box(179.99, -16.82, 180, -16.81), shapely.box(-180, -16.82, -179.99, -16.81)])
    across = shapely.Polygon([(179.99, -16.82), (-179.99, -16.82), (-179.99, -16.81), (179.99, -16.81)])
    shapes = [*at, split, across, shapely.Point(-180, -16.81), shapely.box(-180, -30, 180, 0)]
    path = write_vector(tmp_path / "s.gpkg", shapes, {"class": ["a"] * len(shapes)}, crs="EPSG:4326")
    bounds = shapely.bounds(read_vector(path).in_pixels(grid))
    west, east = bounds[:, 0], bounds[:, 2]
    assert np.allclose(west[:7], [40, 200, 200, 40, 80, 80, 120], atol=1e-6)
    assert np.allclose(east[:7] - west[:7], [4, 4, 4, 4, 80, 80, 0], atol=1e-6)
    assert east[7] - west[7] > 1e6  # the world stays the world


def test_an_area_of_interest_may_use_another_turn(tmp_path: Path) -> None:
    path = write_vector(
        tmp_path / "a.gpkg", [shapely.box(-180, -16.82, -179.99, -16.81)], {"class": ["a"]}, crs="EPSG:4326"
    )
    window = read_area(path, FIJI).window
    assert window.col == 120 and 40 <= window.width <= 41


def shapefile(path: Path, names: list[str], encoding: str, *, told: bool = False, field: str = "class") -> Path:
    wkb = shapely.to_wkb(shapely.points(np.arange(len(names)), 50.0))
    pyogrio.raw.write(
        path, wkb, [np.array(names, object)], [field], geometry_type="Point", crs="EPSG:4326", encoding=encoding
    )
    if not told:
        path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize(
    ("names", "encoding", "told", "hint"),
    [
        (["Forêt", "Maïs, blé", "eau"], "UTF-8", False, False),
        (["森林", "水"], "UTF-8", False, False),
        (["Forêt", "œuf"], "CP1252", False, True),
        (["forest", "water"], "CP1252", False, False),
        (["森林", "水"], "GBK", True, False),
        (["Forêt", "eau"], "UTF-8", True, False),
    ],
)
def test_texts_of_a_shapefile_are_read_as_they_are_meant(
    tmp_path: Path, names: list[str], encoding: str, told: bool, hint: bool
) -> None:
    layer = read_vector(shapefile(tmp_path / "s.shp", names, encoding, told=told), field="class")
    assert class_names(layer, "class") == names
    assert bool(layer.messages) == hint and all("s.cpg" in message for message in layer.messages)


def test_a_field_with_letters_beyond_ascii_is_found(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "s.shp", ["a"], "UTF-8", field="catégorie")
    assert class_names(read_vector(path, field="catégorie"), "catégorie") == ["a"]


def zipped(path: Path, *files: tuple[Path, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for shape, inside in files:
            for part in shape.parent.glob(f"{shape.stem}.*"):
                archive.write(part, f"{inside}{part.name}")
    return path


def test_zips_are_read_however_they_are_named(tmp_path: Path) -> None:
    a, b = (shapefile(tmp_path / f"{name}.shp", ["é"], "UTF-8") for name in "ab")
    one = zipped(tmp_path / "one.zip", (a, "deep/"))
    for name in (one, f"/vsizip/{one}", f"/vsizip/{one}/deep", f"/vsizip/{one}/deep/a.shp", Path(f"/vsizip/{one}")):
        assert class_names(read_vector(name, field="class"), "class") == ["é"]
    several = zipped(tmp_path / "two.zip", (a, ""), (b, ""))
    with pytest.raises(MMEarthError, match=r"two\.zip holds several vector files \(a, b\); choose one"):
        read_vector(several)
    assert read_vector(several, layer="b").layer == "b"
    package = write_vector(tmp_path / "p.gpkg", [shapely.Point(0, 0)], {"class": ["x"]}, layer="inner")
    assert read_vector(zipped(tmp_path / "p.gpkg.zip", (package, ""))).layer == "inner"
    (tmp_path / "bad.zip").write_text("no zip")
    for name, said in (
        (tmp_path / "bad.zip", "is no zip that can be read"),
        (f"/vsizip/{tmp_path}/absent.zip/a.shp", "there is no such zip"),
        (f"/vsizip/{one}/other.shp", "holds no vector file other"),
        ("/vsicurl/http://127.0.0.1/a.shp", "only /vsizip/ is read"),
    ):
        with pytest.raises(MMEarthError, match=said):
            read_vector(name)


def test_of_a_large_layer_only_what_lies_on_the_raster_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MANY", 100)
    x = np.concatenate([np.linspace(-170, 170, 200), [-179.98, 179.99]])
    points = list(shapely.points(x, -16.82))
    path = write_vector(tmp_path / "s.gpkg", points, {"class": ["a"] * len(points)}, crs="EPSG:4326")
    utm = Grid(200, 200, Affine(10, 0, 500_000, 0, -10, 5_800_000), CRS.from_epsg(32630))
    many = read_vector(path, within=FIJI)
    assert len(many.fids) + many.skipped == 202 and {201, 202} <= set(many.fids.tolist())
    with pytest.raises(MMEarthError, match=r"s\.gpkg lies in another place"):
        read_vector(path, within=utm)
    assert read_vector(path).skipped == 0


def test_coordinate_systems_that_are_wrong_are_told(tmp_path: Path) -> None:
    metres = tmp_path / "m.geojson"
    metres.write_text(
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [600000, 5e6]}}'
    )
    with pytest.raises(MMEarthError, match="are no degrees"):
        read_vector(metres)
    local = 'LOCAL_CS["site",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
    path = write_vector(tmp_path / "local.gpkg", [shapely.Point(1, 1)], {"class": ["a"]}, crs=local)
    with pytest.raises(MMEarthError, match=r"local\.gpkg.*coordinate system"):
        read_vector(path).in_pixels(FIJI)
    nowhere = Grid(2, 2, Affine.identity(), None)
    with pytest.raises(MMEarthError, match="raster without a coordinate system"):
        read_vector(write_vector(tmp_path / "s.gpkg", [shapely.Point(1, 1)], {"class": ["a"]})).in_pixels(nowhere)


def test_a_coordinate_system_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "s.shp", [shapely.Point(1, 1)], {"class": ["a"]})
    system = path.with_suffix(".prj")
    system.write_bytes(system.read_bytes().replace(b'DATUM["D_', b'DATUM["\xb8_'))
    with pytest.raises(MMEarthError, match=r"s\.shp has a damaged coordinate system"):
        read_vector(path)


def test_coordinates_that_are_no_numbers_are_no_geometry(tmp_path: Path) -> None:
    odd = shapely.Polygon([(0, 0), (1, 0), (1, np.nan), (0, 1)])
    path = write_vector(tmp_path / "s.gpkg", [odd, shapely.box(0, 0, 1, 1)], {"class": ["a", "b"]}, crs="EPSG:4326")
    geometries = read_vector(path).geometries
    assert geometries[0] is None and geometries[1].area == 1
    grid = Grid(10, 10, Affine(0.1, 0, 0, 0, -0.1, 1), CRS.from_epsg(4326))
    assert read_area(path, grid).window == grid.window


def test_an_encoding_is_that_of_the_table_and_of_the_texts(tmp_path: Path) -> None:
    def read(path: Path) -> tuple[list[str | None], tuple[str, ...]]:
        layer = read_vector(path, field="class")
        return class_names(layer, "class"), layer.messages

    chinese = shapefile(tmp_path / "a.shp", ["森林"], "GBK")
    table = bytearray(chinese.with_suffix(".dbf").read_bytes())
    table[29] = 0x4D  # the table's own word for GBK
    chinese.with_suffix(".dbf").write_bytes(table)
    assert read(chinese) == (["森林"], ())
    wrong = shapefile(tmp_path / "b.shp", ["Forêt", "Étang", "x"], "UTF-8", told=True)
    for said in ("ISO-8859-1", "1252", "banana"):
        wrong.with_suffix(".cpg").write_text(said)
        names, (told,) = read(wrong)
        assert names == ["Forêt", "Étang", "x"] and "read as UTF-8" in told
    untrue = shapefile(tmp_path / "d.shp", ["Forêt", "Étang"], "CP1252", told=True)
    untrue.with_suffix(".cpg").write_text("UTF-8")
    names, (told,) = read(untrue)
    assert names == ["Forêt", "Étang"] and "says that its texts are UTF-8, which they are not" in told
    right = shapefile(tmp_path / "c.shp", ["Café", "Étang"], "ISO-8859-1", told=True)
    assert read(right) == (["Café", "Étang"], ())


def test_what_is_meant_by_a_folder_an_empty_layer_or_a_table_is_found_or_told(tmp_path: Path) -> None:
    folder = tmp_path / "fields"
    folder.mkdir()
    shapefile(folder / "a.shp", ["Łąka", "Źdźbło"], "CP1250", told=True)
    assert class_names(read_vector(folder, field="class"), "class") == ["Łąka", "Źdźbło"]
    shapefile(folder / "b.shp", ["é"], "UTF-8")
    assert class_names(read_vector(folder, layer="b", field="class"), "class") == ["é"]
    with pytest.raises(MMEarthError, match=r"several shapefiles \(a, b\); choose one with"):
        read_vector(folder)

    tracks = tmp_path / "w.gpx"
    place = '<wpt lat="50" lon="10"><name>a</name></wpt>'
    tracks.write_text(f'<gpx version="1.1" creator="us" xmlns="http://www.topografix.com/GPX/1/1">{place}</gpx>')
    assert class_names(read_vector(tracks, field="name"), "name") == ["a"]

    notes = zipped(tmp_path / "notes.zip", (folder / "a.shp", ""))
    with zipfile.ZipFile(notes, "a") as archive:
        archive.writestr("readme.json", '{"a": 1}')
    assert class_names(read_vector(notes, field="class"), "class") == ["Łąka", "Źdźbło"]
    (tmp_path / "t.csv").write_text("lon,lat,class\n10,50,a\n")
    with pytest.raises(MMEarthError, match="make points of it first"):
        read_vector(tmp_path / "t.csv")


def test_names_that_look_alike_are_one(tmp_path: Path) -> None:
    names = ["For\u00eat", "Fore\u0302t", "7.0", "07", "-3.00"]
    path = write_vector(tmp_path / "s.gpkg", [shapely.Point(0, 0)] * 5, {"class": list(names)})
    assert class_names(read_vector(path, field="class"), "class") == ["Forêt", "Forêt", "7", "07", "-3"]
