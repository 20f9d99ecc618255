"""Maps: what GDAL, QGIS and we read back is what was written; maps of others open too."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from defusedxml import ElementTree
from rasterio.crs import CRS

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.maps.class_map import ClassMap, check_map, new_map
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.raster.grid import Grid, Window

GRID = Grid(300, 700, Affine(10, 0, 5e5, 0, -10, 58e5), CRS.from_epsg(32630))
LEGEND = Legend((MapClass(1, "water", (0, 114, 178)), MapClass(4, 'Wald <"alt"> & Öd', (0, 158, 115))))


def draw(path: Path, unknown: bool = False) -> np.ndarray:
    values = np.zeros(GRID.shape, np.uint8)
    values[:, 10:300], values[50:, 300:] = 1, 4
    with new_map(path, LEGEND, GRID, tags={"model_id": "x"}, unknown=unknown) as dataset:
        dataset.write(values, 1)
    return values


def test_our_map_reads_back(tmp_path: Path) -> None:
    values = draw(tmp_path / "map é.tif", unknown=True)
    opened = ClassMap.open(tmp_path / "map é.tif")
    assert opened.legend == LEGEND and opened.grid == GRID and opened.nodata == 0
    assert opened.tags["product"] == "map" and opened.tags["model_id"] == "x"
    assert (opened.read(Window(40, 280, 20, 40)) == values[40:60, 280:320]).all()
    back = np.full_like(values, 9)
    for window, part in opened.blocks():
        back[window.slices] = part
    assert (back == values).all()


def test_other_software_sees_colours_names_and_style(tmp_path: Path) -> None:
    draw(tmp_path / "map.tif", unknown=True)
    with rasterio.open(tmp_path / "map.tif") as dataset:
        assert dataset.colorinterp[0].name == "palette"
        assert dataset.colormap(1)[4] == (0, 158, 115, 255) and dataset.colormap(1)[0][3] == 0
        assert dataset.nodata == 0 and dataset.overviews(1)
    names = ElementTree.parse(tmp_path / "map.tif.aux.xml").findall(".//Category")
    assert [n.text for n in names[:5]] == [None, "water", None, None, 'Wald <"alt"> & Öd']
    assert len(names) == 256 and names[255].text == "unknown"
    style = ElementTree.parse(tmp_path / "map.qml").findall(".//rasterrenderer[@type='paletted']//paletteEntry")
    assert [(e.get("value"), e.get("color"), e.get("label")) for e in style] == [
        ("1", "#0072b2", "water"),
        ("4", "#009e73", 'Wald <"alt"> & Öd'),
        ("255", "#404040", "unknown"),
    ]


def test_a_failing_run_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with new_map(tmp_path / "map.tif", LEGEND, GRID, tags={}):
            raise MMEarthError("stop")

    with pytest.raises(MMEarthError, match="stop"):
        fail()
    with (
        pytest.raises(MMEarthError, match="1 … 254"),
        new_map(tmp_path / "map.tif", Legend((MapClass(300, "x", (0, 0, 0)),)), GRID, tags={}),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_style_of_another_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "map.qml").write_text("the samples' style")
    with pytest.raises(MMEarthError, match=r"map\.qml"):
        check_map(tmp_path / "map.tif")
    assert check_map(tmp_path / "map.tif", overwrite=True) == tmp_path / "map.tif"


def write_foreign(path: Path, values: np.ndarray, nodata: float | None = None, colormap: dict | None = None) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype,
        crs=GRID.crs, transform=GRID.transform, nodata=nodata,
    ) as dataset:  # fmt: skip
        if colormap:
            dataset.write_colormap(1, colormap)
        dataset.write(values, 1)


def test_a_foreign_map_is_named_by_its_values(tmp_path: Path) -> None:
    write_foreign(tmp_path / "corine.tif", np.array([[111, 523, -5], [111, 0, 523]], np.int16), nodata=-5)
    opened = ClassMap.open(tmp_path / "corine.tif")
    assert opened.nodata == -5
    assert [(c.value, c.name) for c in opened.legend.classes] == [(0, "0"), (111, "111"), (523, "523")]


def test_a_foreign_colour_table_is_used(tmp_path: Path) -> None:
    write_foreign(tmp_path / "m.tif", np.array([[10, 20]], np.uint8), colormap={10: (1, 2, 3, 255), 20: (4, 5, 6, 255)})
    assert [c.colour for c in ClassMap.open(tmp_path / "m.tif").legend.classes] == [(1, 2, 3), (4, 5, 6)]


def test_foreign_names_come_from_category_names_or_the_attribute_table(tmp_path: Path) -> None:
    write_foreign(tmp_path / "c.tif", np.array([[0, 1, 2]], np.uint8), nodata=0)
    (tmp_path / "c.tif.aux.xml").write_text(
        "<PAMDataset><PAMRasterBand band='1'><CategoryNames><Category>none</Category><Category>sea</Category>"
        "<Category>land</Category></CategoryNames></PAMRasterBand></PAMDataset>"
    )
    assert ClassMap.open(tmp_path / "c.tif").legend.names == ("sea", "land")
    write_foreign(tmp_path / "r.tif", np.array([[3, 9]], np.uint8))
    fields = "".join(
        f"<FieldDefn index='{i}'><Name>{n}</Name><Type>0</Type><Usage>{u}</Usage></FieldDefn>"
        for i, (n, u) in enumerate([("Value", 5), ("Count", 1), ("Class", 2), ("R", 6), ("G", 7), ("B", 8)])
    )
    rows = "<Row index='0'><F>3</F><F>1</F><F>town</F><F>9</F><F>8</F><F>7</F></Row>"
    (tmp_path / "r.tif.aux.xml").write_text(
        f"<PAMDataset><PAMRasterBand band='1'><GDALRasterAttributeTable>{fields}{rows}"
        "</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"
    )
    assert ClassMap.open(tmp_path / "r.tif").legend.classes[0] == MapClass(3, "town", (9, 8, 7))
    assert ClassMap.open(tmp_path / "r.tif").legend.names == ("town", "9")  # has a pixel, though no name


@pytest.mark.parametrize("case", ["missing", "text", "float", "legend", "value", "xml"])
def test_unusable_maps_are_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tif"
    if case == "text":
        path.write_text("no raster")
    if case == "float":
        write_foreign(path, np.full((3, 3), 0.25, np.float32))
    if case == "legend":
        draw(path)
        with rasterio.open(path, "r+") as dataset:
            dataset.update_tags(ns="MMEARTH", legend=json.dumps([1]))
    if case == "value":
        draw(path)
        with rasterio.open(path, "r+") as dataset:
            dataset.update_tags(ns="MMEARTH", legend=json.dumps([{"value": 2**63, "name": "a", "colour": "#000000"}]))
    if case == "xml":
        write_foreign(path, np.zeros((3, 3), np.uint8))
        path.with_name("bad.tif.aux.xml").write_text("<a>")
    with pytest.raises(MMEarthError, match=r"bad\.tif") as error:
        ClassMap.open(path)
    assert not isinstance(error.value, EnvironmentFailure)


def named(path: Path, *names: str) -> None:
    """Category names beside a raster, of the values 0, 1, …"""
    texts = "".join(f"<Category>{name}</Category>" for name in names)
    path.with_name(path.name + ".aux.xml").write_text(
        f"<PAMDataset><PAMRasterBand band='1'><CategoryNames>{texts}</CategoryNames></PAMRasterBand></PAMDataset>"
    )


def classes_of(path: Path) -> tuple[dict[int, str], set[int]]:
    """The legend of a map, and the values its blocks hold beside no class."""
    opened = ClassMap.open(path)
    seen = {int(v) for _, block in opened.blocks() for v in np.unique(block) if v != opened.nodata}
    return {c.value: c.name for c in opened.legend.classes}, seen


@pytest.mark.parametrize(
    ("values", "names", "expected", "told"),
    [
        # What fills a map where others have names is no class.
        (np.array([[0, 1, 2, 255]], np.uint8), ("", "sea", "land"), {1: "sea", 2: "land"}, "value 0 has no name"),
        (np.array([[-1, 1, 2, 2]], np.int16), ("", "sea", "land"), {1: "sea", 2: "land"}, "value -1 has no name"),
        # What is called so is none; what has a name of its own, or no name among others, is a class.
        (np.array([[0, 1, 2, 2]], np.uint8), ("Unclassified", "sea", "No data"), {1: "sea"}, "called 'Unclassified'"),
        (np.array([[0, 1, 7, 7]], np.uint8), ("sea", "land"), {0: "sea", 1: "land", 7: "7"}, ""),
        (np.array([[1, 2, 2, 2]], np.uint8), ("", "sea", "sea"), {1: "sea (1)", 2: "sea (2)"}, ""),
        # Without any names 0 may be a class, which is in doubt where there are several others; −1 is none.
        (np.array([[0, 1, 1, 0]], np.uint8), (), {0: "0", 1: "1"}, ""),
        (np.array([[0, 1, 2, 3]], np.uint8), (), {0: "0", 1: "1", 2: "2", 3: "3"}, "gdal_edit.py -a_nodata 0"),
        (np.array([[-1, 0, 300, 300]], np.int16), (), {0: "0", 300: "300"}, "value -1 is below zero"),
        # Whole numbers in a float raster are classes.
        (np.array([[np.nan, 1, 2, -9999]], np.float32), (), {1: "1", 2: "2"}, "value -9999"),
        (np.array([[np.inf, 10, 95, 1e30]], np.float64), (), {10: "10", 95: "95"}, "value 1e+30 is too large"),
        (np.array([[-3.4028234663852886e38, 1, 2, 2]], np.float32), (), {1: "1", 2: "2"}, "1 pixel left out"),
    ],
)
def test_one_rule_says_what_is_no_class(
    tmp_path: Path, values: np.ndarray, names: tuple[str, ...], expected: dict[int, str], told: str
) -> None:
    write_foreign(tmp_path / "m.tif", values)
    if names:
        named(tmp_path / "m.tif", *names)
    assert classes_of(tmp_path / "m.tif") == (expected, set(expected) & set(values[np.isfinite(values)].tolist()))
    assert told in " ".join(ClassMap.open(tmp_path / "m.tif").messages)
    assert bool(told) == bool(ClassMap.open(tmp_path / "m.tif").messages)


def test_measurements_are_no_classes(tmp_path: Path) -> None:
    write_foreign(tmp_path / "p.tif", np.array([[0.5, 1]], np.float32))
    with pytest.raises(MMEarthError, match=r"decimal numbers such as 0\.5"):
        ClassMap.open(tmp_path / "p.tif")
    write_foreign(tmp_path / "s.tif", np.array([[1, 200]], np.uint8))
    with rasterio.open(tmp_path / "s.tif", "r+") as dataset:
        dataset.scales = (1 / 255,)
    with pytest.raises(MMEarthError, match="with a scale"):
        ClassMap.open(tmp_path / "s.tif")


@pytest.mark.parametrize(
    "cells",
    ["<F>three</F><F>town</F>", "<F>nan</F><F>town</F>", "<F>3</F>", "<F>1.5</F><F>a</F>", f"<F>{2**63}</F><F>a</F>"],
)
def test_an_attribute_table_that_makes_no_sense_is_told(tmp_path: Path, cells: str) -> None:
    write_foreign(tmp_path / "r.tif", np.array([[3, 9]], np.uint8))
    fields = "".join(f"<FieldDefn index='{i}'><Usage>{usage}</Usage></FieldDefn>" for i, usage in enumerate((5, 2)))
    (tmp_path / "r.tif.aux.xml").write_text(
        f"<PAMDataset><PAMRasterBand band='1'><GDALRasterAttributeTable>{fields}<Row index='0'>{cells}</Row>"
        "</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"
    )
    with pytest.raises(MMEarthError, match=r"r\.tif\.aux\.xml: .*attribute table"):
        ClassMap.open(tmp_path / "r.tif")


def test_control_characters_in_a_name_reach_no_file(tmp_path: Path) -> None:
    legend = Legend((MapClass(1, "se\x1b[31ma\x00", (0, 0, 0)),))
    with new_map(tmp_path / "m.tif", legend, GRID, tags={}) as dataset:
        dataset.write(np.ones(GRID.shape, np.uint8), 1)
    assert ElementTree.parse(tmp_path / "m.tif.aux.xml").findall(".//Category")[1].text == "se [31ma"
    assert ElementTree.parse(tmp_path / "m.qml").find(".//paletteEntry").get("label") == "se [31ma"
    with pytest.raises(ValueError, match="no name that can be printed"):
        MapClass(1, "\x07", (0, 0, 0))


def test_a_class_called_unknown_is_not_value_255(tmp_path: Path) -> None:
    legend = Legend.numbered(["Unknown", "sea"])
    with new_map(tmp_path / "m.tif", legend, GRID, tags={}, unknown=True) as dataset:
        dataset.write(np.ones(GRID.shape, np.uint8), 1)
    labels = [e.get("label") for e in ElementTree.parse(tmp_path / "m.qml").findall(".//paletteEntry")]
    assert labels == ["Unknown", "sea", "unknown (255)"]


def test_sums_of_decimals_are_whole_numbers(tmp_path: Path) -> None:
    values = np.array([[1, 2], [2, 1]], np.float32) * np.float32(1 + 3e-7)
    write_foreign(tmp_path / "m.tif", values)
    class_map = ClassMap.open(tmp_path / "m.tif")
    assert class_map.legend.values == (1, 2)
    assert class_map.read(class_map.grid.window).tolist() == [[1, 2], [2, 1]]
