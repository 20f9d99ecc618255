"""Layers of every origin: what the worker can open it is given, with the place that QGIS shows it at; the rest is told
in a sentence, the same in the dock and in Processing."""

import json
import math
import shutil
import zipfile

import pytest
from embed_material import wait_until
from osgeo import gdal, osr
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from qgis_plugin.core.accuracy.reference_sample import footprint
from qgis_plugin.core.embed.request import EmbedOptions, EmbedRequest, RequestError, View
from qgis_plugin.core.layers import mark
from qgis_plugin.core.pixel_grid import grid_of
from qgis_plugin.core.samples.classes import SampleClass
from qgis_plugin.core.samples.pixels import place_on, square
from qgis_plugin.core.samples.sample_layer import collect, measured
from qgis_plugin.core.sources import crs_to_send, why_not_placed, why_not_readable, wkt
from qgis_plugin.provider import Provider

WIDTH, HEIGHT = 60, 50
NAMES = ("B02", "B03", "B04", "B08")
NORTH_UP = (604980, 10, 0, 5478120, 0, -10)
_TURN = math.radians(-20)
ROTATED = (
    *(604980, 10 * math.cos(_TURN), 10 * math.sin(_TURN)),
    *(5478120, 10 * math.sin(_TURN), -10 * math.cos(_TURN)),
)
SOUTH_UP = (604980, 10, 0, 5478120 - 10 * HEIGHT, 0, 10)


def raster(grid=NORTH_UP, epsg=32632, names=NAMES):
    """Four bands in memory."""
    made = gdal.GetDriverByName("MEM").Create("", WIDTH, HEIGHT, len(names), gdal.GDT_UInt16)
    if grid:
        made.SetGeoTransform(grid)
    if epsg:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
        made.SetProjection(reference.ExportToWkt())
    made.SetMetadata({"PROCESSING_LEVEL": "L2A", "BOA_ADD_OFFSET": "0"})
    for band, name in enumerate(names, 1):
        row = bytes((900 + 40 * band + 7 * column) % 256 for column in range(WIDTH))
        made.GetRasterBand(band).WriteRaster(0, 0, WIDTH, HEIGHT, row * HEIGHT, buf_type=gdal.GDT_Byte)
        made.GetRasterBand(band).SetDescription(name)
    return made


def save(path, **options):
    gdal.Translate(str(path), raster(**options))
    return path


def layer_of(source, name="scene"):
    layer = QgsRasterLayer(str(source), name, "gdal")
    assert layer.isValid(), source
    return QgsProject.instance().addMapLayer(layer)


@pytest.fixture
def ask(client, qgis_new_project):
    """What `inspect` says of a layer: (its answer or None, its sentence or None)."""

    def ask(layer, **options):
        given = {"level": "l2a", "offset": 0, "scale": 0.0001}
        request = EmbedRequest(layer, EmbedOptions(**given, **options))
        job, ends = client.submit("inspect", request.arguments), []
        job.finished.connect(lambda result: ends.append((result, None)))
        job.failed.connect(lambda _kind, message: ends.append((None, message)))
        wait_until(lambda: ends)
        return ends[0]

    return ask


@pytest.fixture
def refusal(client, qgis_new_project):
    """What Processing says before it begins to embed a layer."""
    provider = Provider(lambda: client)
    QgsApplication.processingRegistry().addProvider(provider)

    def refusal(layer, **parameters):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        given = {"SCENE": layer.id(), "OUTPUT": "TEMPORARY_OUTPUT", **parameters}
        return provider.algorithm("embed").create().checkParameterValues(given, context)[1]

    yield refusal
    QgsApplication.processingRegistry().removeProvider(provider)


# --- what can be opened -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["colon", "gpkg", "netcdf", "zip", "threads", "vrt"])
def test_what_gdal_opens_by_name_the_worker_opens_too(ask, refusal, tmp_path, origin):
    folder = tmp_path / "Äcker 12:30"
    folder.mkdir()
    if origin == "gpkg":
        for index, name in enumerate(("first", "second")):
            options = [f"RASTER_TABLE={name}", *(["APPEND_SUBDATASET=YES"] if index else [])]
            gdal.Translate(str(tmp_path / "r.gpkg"), raster(), format="GPKG", outputType=1, creationOptions=options)
        source = f"GPKG:{tmp_path / 'r.gpkg'}:second"
    elif origin == "netcdf":
        gdal.Translate(str(tmp_path / "my cube.nc"), raster(), format="netCDF", bandList=[1])
        source = f'NETCDF:"{tmp_path / "my cube.nc"}":Band1'
    elif origin == "zip":
        with zipfile.ZipFile(folder / "z.zip", "w") as archive:
            archive.write(save(tmp_path / "t.tif"), "in/t.tif")
        source = f"/vsizip/{folder / 'z.zip'}/in/t.tif"
    elif origin == "vrt":
        save(folder / "t.tif")
        gdal.Translate(str(folder / "t.vrt"), str(folder / "t.tif"), format="VRT")
        source = folder / "t.vrt"
    else:
        source = save(folder / "t.tif")
    layer = layer_of(source)
    if origin == "threads":  # as QGIS 3.26 and later write it
        layer.source = lambda: f"{source}|option:NUM_THREADS=2"
    assert why_not_readable(layer) == "" and why_not_placed(layer) == ""
    bands = {"gpkg": (*NAMES[:3], "-"), "netcdf": NAMES[:1]}.get(origin, NAMES)
    found, sentence = ask(layer, bands=bands)
    if origin in ("gpkg", "netcdf"):
        assert "at least" in sentence or "bands" in sentence  # it was opened: what lacks is bands
    else:
        assert (found["width"], found["height"]) == (WIDTH, HEIGHT), sentence
        assert refusal(layer) == ""


def test_what_only_qgis_has_is_refused_in_one_sentence_everywhere(refusal, qgis_new_project, tmp_path):
    gdal.Translate("/vsimem/scratch.tif", raster())
    gone = save(tmp_path / "gone.tif")
    overview = layer_of(save(tmp_path / "o.tif"), "overview")
    overview_source = f"{overview.source()}|option:OVERVIEW_LEVEL=0"
    tiles = QgsRasterLayer("type=xyz&url=http://127.0.0.1/{z}/{x}/{y}.png", "tiles", "wms")
    layers = {
        "service or database (wms)": QgsProject.instance().addMapLayer(tiles),
        "in QGIS' memory only": layer_of("/vsimem/scratch.tif"),
        "not a raster file on this computer": layer_of(gone),
    }
    gone.unlink()
    for part, layer in layers.items():
        sentence = why_not_readable(layer)
        assert part in sentence and sentence.endswith("save it as a GeoTIFF (Export, Save As) and take that.")
        assert refusal(layer) == sentence
        with pytest.raises(RequestError, match="GeoTIFF"):
            EmbedRequest(layer, EmbedOptions())
    overview.source = lambda: overview_source
    assert "in a way of its own (OVERVIEW_LEVEL=0)" in why_not_readable(overview)
    gdal.Unlink("/vsimem/scratch.tif")


# --- where it lies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grid", [ROTATED, SOUTH_UP, NORTH_UP], ids=["rotated", "south up", "north up"])
def test_what_the_map_shows_is_embedded_whole(ask, tmp_path, grid):
    """QGIS shows a rotated raster through a copy with other rows and columns; the file's own count."""
    layer = layer_of(save(tmp_path / "s.tif", grid=grid))
    if grid is ROTATED:
        assert (layer.width(), layer.height()) != (WIDTH, HEIGHT)
    middle = [grid[0] + 30 * grid[1] + 25 * grid[2], grid[3] + 30 * grid[4] + 25 * grid[5]]
    view = QgsRectangle(middle[0] - 80, middle[1] - 70, middle[0] + 80, middle[1] + 70)
    for crs in ("EPSG:32632", "EPSG:4326", "EPSG:3857"):
        there = QgsCoordinateReferenceSystem(crs)
        to_map = QgsCoordinateTransform(layer.crs(), there, QgsProject.instance())
        found, sentence = ask(layer, area=View(to_map.transformBoundingBox(view), there))
        assert sentence is None
        left, bottom, right, top = found["bounds"]
        assert QgsRectangle(left - 0.01, bottom - 0.01, right + 0.01, top + 0.01).contains(view)
        assert found["pixels"] <= 600
    assert ask(layer)[0]["pixels"] == WIDTH * HEIGHT


def test_the_crs_of_the_layer_is_sent_when_the_file_has_none(ask, refusal, tmp_path):
    layer = layer_of(save(tmp_path / "s.tif", epsg=None))
    layer.setCrs(QgsCoordinateReferenceSystem())
    assert "has no coordinate reference system; set it" in refusal(layer)
    with pytest.raises(RequestError, match="has no coordinate reference system; set it"):
        EmbedRequest(layer, EmbedOptions())
    assert refusal(layer, CRS="EPSG:32632") == ""
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    found, sentence = ask(layer)
    assert sentence is None and "32632" in found["crs"]
    assert any("as given: WGS 84 / UTM zone 32N" in each for each in found["evidence"])
    assert refusal(layer) == "" and "leave it blank" in refusal(layer, CRS="EPSG:32633")


def test_a_layer_that_was_moved_in_qgis_is_not_embedded_elsewhere(refusal, tmp_path, qgis_new_project):
    layer = layer_of(save(tmp_path / "s.tif"))
    assert crs_to_send(layer) is None
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    assert "by its file and in EPSG:32633" in refusal(layer)
    with pytest.raises(RequestError, match="by its file and in EPSG:32633"):
        EmbedRequest(layer, EmbedOptions())


def test_points_of_reference_are_no_grid(ask, tmp_path):
    made = raster(epsg=None, grid=None)
    corners = [(c, r, 604980 + 10 * c, 5478120 - 10 * r) for c in (0, WIDTH) for r in (0, HEIGHT)]
    points = [gdal.GCP(x, y, 0, column, row) for column, row, x, y in corners]
    gdal.Translate(str(tmp_path / "g.tif"), made, GCPs=points, outputSRS="EPSG:32632")
    assert "ground control points only" in ask(layer_of(tmp_path / "g.tif"))[1]


def test_the_place_of_a_file_may_stand_beside_it(ask, tmp_path):
    bare = save(tmp_path / "bare.tif", epsg=None, grid=None)
    aux = shutil.copy(bare, tmp_path / "aux.tif")
    opened = gdal.Open(str(aux))  # read only: what is said of it goes beside it
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32632)
    opened.SetProjection(reference.ExportToWkt())
    opened.SetGeoTransform(NORTH_UP)
    del opened
    world = shutil.copy(bare, tmp_path / "world.tif")
    (tmp_path / "world.tfw").write_text("10\n0\n0\n-10\n604985\n5478115\n")
    placed = layer_of(world)
    placed.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    for layer in (layer_of(aux), placed):
        found, sentence = ask(layer)
        assert sentence is None and found["bounds"] == [604980, 5478120 - 10 * HEIGHT, 604980 + 10 * WIDTH, 5478120]


# --- systems of the user's own ------------------------------------------------------------------------------------


@pytest.fixture
def local_grid(qgis_app):
    crs = QgsCoordinateReferenceSystem.fromProj(
        "+proj=tmerc +lat_0=49 +lon_0=10.4 +k=1 +x_0=50000 +y_0=10000 +ellps=GRS80 +units=m +no_defs"
    )
    QgsApplication.createDatabase()
    crs.saveAsUserCrs("Local grid")
    assert crs.authid().startswith("USER:")
    return crs


def test_a_system_of_the_users_own_goes_as_wkt(ask, local_grid, tmp_path):
    """For samples, for the map, for polygons and for a layer whose file has none."""
    samples = QgsVectorLayer("Polygon?field=class:string", "local", "memory")
    samples.setCrs(local_grid)
    shape = QgsGeometry.fromRect(QgsRectangle(50000, 10000, 50200, 10200))
    feature = QgsFeature(samples.fields())
    feature.setGeometry(shape)
    feature.setAttributes(["water"])
    samples.dataProvider().addFeatures([feature])
    sent = collect(samples, "class", [SampleClass(1, "water", "#0072b2")])["crs"]
    assert sent == wkt(local_grid) and sent.startswith(("PROJCRS", "BOUNDCRS"))
    (measure,) = measured(samples, "class", {}).values()
    assert measure[1] == pytest.approx(40_000, rel=1e-3)
    layer = layer_of(save(tmp_path / "s.tif"))
    to_local = QgsCoordinateTransform(layer.crs(), local_grid, QgsProject.instance())
    box = to_local.transformBoundingBox(QgsRectangle(605080, 5477820, 605280, 5477920))
    found, sentence = ask(layer, area=View(box, local_grid))
    assert sentence is None and found["pixels"] < 500
    area = QgsVectorLayer("Polygon", "area", "memory")
    area.setCrs(local_grid)
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(box))
    area.dataProvider().addFeatures([feature])
    inside, sentence = ask(layer, area=area)
    assert sentence is None and 200 <= inside["pixels"] <= found["pixels"]
    bare = layer_of(save(tmp_path / "bare.tif", epsg=None, grid=(50000, 10, 0, 10000, 0, -10)))
    bare.setCrs(local_grid)
    found, sentence = ask(bare)
    assert sentence is None and found["width"] == WIDTH


@pytest.mark.parametrize("epsg", [3857, 4326, 32632])
def test_samples_are_measured_on_the_ellipsoid_in_any_system(epsg, qgis_new_project):
    utm = QgsCoordinateReferenceSystem("EPSG:32632")
    crs = QgsCoordinateReferenceSystem(f"EPSG:{epsg}")
    shape = QgsGeometry.fromRect(QgsRectangle(500000, 5477000, 501000, 5478000))
    shape.transform(QgsCoordinateTransform(utm, crs, QgsProject.instance()))
    samples = QgsVectorLayer(f"Polygon?crs=EPSG:{epsg}&field=class:string", "s", "memory")
    feature = QgsFeature(samples.fields())
    feature.setGeometry(shape)
    feature.setAttributes(["water"])
    samples.dataProvider().addFeatures([feature])
    (measure,) = measured(samples, "class", {}).values()
    assert measure[1] == pytest.approx(1e6 / 0.9996**2, rel=1e-4)


def test_a_click_is_on_its_pixel_in_any_turn_of_the_longitude(tmp_path, qgis_new_project):
    layer = layer_of(save(tmp_path / "s.tif", grid=(179.9, 0.01, 0, -16, 0, -0.01), epsg=4326))
    degrees, web = layer.crs(), QgsCoordinateReferenceSystem("EPSG:3857")
    for x in (180.105, -179.895, 540.105):
        assert place_on(layer, QgsPointXY(x, -16.105), degrees).x() == pytest.approx(180.105)
    beyond = 20037508.3428 * 180.105 / 180
    for x in (beyond, beyond - 2 * 20037508.3428):
        assert place_on(layer, QgsPointXY(x, -1818000), web).x() == pytest.approx(180.105, abs=1e-6)


def test_polygons_without_a_system_are_told(tmp_path, qgis_new_project):
    layer = layer_of(save(tmp_path / "s.tif"))
    area = QgsVectorLayer("Polygon", "area", "memory")
    area.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(RequestError, match="“area” has no coordinate reference system; set it"):
        EmbedRequest(layer, EmbedOptions(area=area))


def embedding_of(path, grid):
    """A layer of a raster with the STAC item that an embedding has beside it."""
    a, b, c, d, e, f = (grid[index] for index in (1, 2, 0, 4, 5, 3))
    told = {"proj:shape": [HEIGHT, WIDTH], "proj:transform": [a, b, c, d, e, f, 0, 0, 1]}
    path.with_suffix(".stac.json").write_text(json.dumps({"properties": told}))
    return layer_of(save(path, grid=grid))


@pytest.mark.usefixtures("qgis_new_project")
def test_squares_and_footprints_follow_the_pixels_of_a_rotated_raster(tmp_path):
    layer = embedding_of(tmp_path / "rotated.tif", ROTATED)
    assert (layer.width(), layer.height()) != (WIDTH, HEIGHT), "QGIS shows a copy of another size"
    grid = grid_of(layer)
    assert (grid.columns, grid.rows) == (WIDTH, HEIGHT)
    x0, a, b, y0, d, e = ROTATED
    place = QgsPointXY(x0 + 20.5 * a + 30.5 * b, y0 + 20.5 * d + 30.5 * e)
    shape = square(layer, place, 3)
    corners = {(round((v.x()), 3), round(v.y(), 3)) for v in shape.vertices()}
    wanted = {(x0 + i * a + j * b, y0 + i * d + j * e) for i in (19, 22) for j in (29, 32)}
    assert corners == {(round(x, 3), round(y, 3)) for x, y in wanted}
    assert square(layer, QgsPointXY(x0 + 0.5 * a + 0.5 * b, y0 + 0.5 * d + 0.5 * e), 3).area() == pytest.approx(400)
    extent = layer.extent()
    assert not grid.holds(QgsPointXY(extent.xMinimum(), extent.yMaximum())), "a corner that QGIS' copy has"

    drawn = layer_of(save(tmp_path / "map.tif", grid=ROTATED), "map")
    mark(drawn, "map", layer)
    pixel = footprint(drawn, place)
    assert pixel.area() == pytest.approx(100) and pixel.contains(place)
    assert shape.contains(pixel.centroid()) and len(list(pixel.vertices())) == 5
    assert pixel.boundingBox().width() > 12, "it is turned"


@pytest.mark.usefixtures("qgis_new_project")
def test_an_item_of_another_raster_moves_no_square(tmp_path):
    layer = embedding_of(tmp_path / "rotated.tif", ROTATED)
    north_up = save(tmp_path / "north_up.tif")
    shutil.copy(tmp_path / "rotated.stac.json", tmp_path / "north_up.stac.json")
    shown = layer_of(north_up)
    assert grid_of(shown).transform[1] == 0 and (grid_of(shown).columns, grid_of(shown).rows) == (WIDTH, HEIGHT)
    (tmp_path / "rotated.stac.json").write_text("[]")
    assert grid_of(layer).transform[1] == 0
