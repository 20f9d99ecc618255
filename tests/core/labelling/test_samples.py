"""Samples: exactly the pixels an analyst meant, a stated outcome for every awkward feature, the same in any order."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.class_values import alike_names, code_of, moved_codes, values_of
from mmearth_core.labelling.samples import Samples, merge_samples, read_samples
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.progress import CancelToken

Writer = Callable[..., Path]


def box(scene: Any, col0: float, row0: float, col1: float, row1: float) -> shapely.Polygon:
    """A rectangle given in pixel coordinates."""
    t = scene.raster.grid.transform
    return shapely.Polygon([t * c for c in ((col0, row0), (col1, row0), (col1, row1), (col0, row1))])


def at(scene: Any, col: float, row: float) -> shapely.Point:
    return shapely.Point(scene.raster.grid.transform * (col, row))


def pixels(samples: Samples, name: str) -> set[tuple[int, int]]:
    label = samples.legend.names.index(name)
    return {(int(r), int(c)) for r, c in samples.position[samples.label == label]}


def block(rows: range, cols: range) -> set[tuple[int, int]]:
    return {(r, c) for r in rows for c in cols}


def test_values_are_those_of_the_raster_and_labels_those_of_the_field(scene: Any, sample_file: Path) -> None:
    samples = read_samples(scene.stack, sample_file, cancel=CancelToken())
    with scene.raster.reader() as reader:
        dn = reader.read(scene.raster.grid.window)
    rows, cols = samples.position.T
    assert (samples.values == scene.raster.decode(dn[:, rows, cols]).T).all()
    assert samples.legend.names == ("forest", "grass", "urban", "water")
    names = np.array(["-", "water", "forest", "grass", "urban"])[scene.truth[rows, cols]]
    assert (names == np.array(samples.legend.names)[samples.label]).all()
    assert (samples.group_labels[samples.group] == samples.label).all()
    assert len(samples.groups) == 24 and all(g.taken == 100 and g.covered == 576 for g in samples.groups)
    raster = scene.raster
    assert np.allclose(samples.values[5], dn[:, rows[5], cols[5]] * np.array(raster.scales) + raster.offsets, atol=1e-5)


@pytest.mark.parametrize("name", ["s.gpkg", "s.geojson", "s.shp", "s é.fgb"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32631"])
def test_any_format_and_crs_gives_the_same_pixels(
    name: str, crs: str, scene: Any, sample_file: Path, tmp_path: Path, write_vector: Writer
) -> None:
    shapes, names = scene.fields(6)
    transform = pyproj.Transformer.from_crs("EPSG:32630", crs, always_xy=True).transform
    moved = [shapely.transform(s, lambda xy: np.column_stack(transform(*xy.T))) for s in shapes]
    path = write_vector(tmp_path / name, moved, {"class": names}, crs=crs, geometry_type="Polygon")
    there, here = (
        read_samples(scene.stack, path, cap=10_000, cancel=CancelToken()),
        read_samples(scene.stack, sample_file, cap=10_000, cancel=CancelToken()),
    )
    assert all(len(pixels(there, n) ^ pixels(here, n)) <= 2 for n in there.legend.names)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corners=st.lists(st.tuples(st.floats(-40, 460), st.floats(-40, 340)), min_size=3, max_size=8, unique=True),
)
def test_a_polygon_has_the_pixels_whose_centre_it_holds(
    corners: list[tuple[float, float]], scene: Any, tmp_path_factory: Any, write_vector: Writer
) -> None:
    outline = shapely.MultiPoint(corners).convex_hull
    if outline.area < 50:
        return
    t = scene.raster.grid.transform
    shape = shapely.Polygon([t * c for c in outline.exterior.coords])
    path = tmp_path_factory.mktemp("p") / "p.gpkg"
    write_vector(path, [shape, at(scene, 419.5, 299.5)], {"class": ["a", "b"]})
    expected = rasterize([outline], (300, 420)).astype(bool) & (scene.truth > 0)
    expected[299, 419] = False
    rows, cols = np.indices(expected.shape)
    told = shapely.distance(outline.exterior, shapely.points(cols + 0.5, rows + 0.5)) > 1e-6  # not on the outline
    if not expected.any():
        return
    got = np.zeros_like(expected)
    samples = read_samples(scene.stack, path, cap=10**6, cancel=CancelToken())
    rows, cols = samples.position[samples.label == samples.legend.names.index("a")].T
    got[rows, cols] = True
    assert not ((got != expected) & told).any()


def test_points_lines_and_slivers(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    t = scene.raster.grid.transform
    path = write_vector(
        tmp_path / "s.gpkg",
        [
            at(scene, 100.99, 200.01),
            shapely.MultiPoint([at(scene, 5.5, 290.5), at(scene, 420.0, 290.5)]),  # the second is just outside
            shapely.LineString([t * (300.5, 100.5), t * (303.5, 100.5)]),
            shapely.LineString([t * (330.2, 120.6), t * (333.8, 121.7)]),
            box(scene, 310.6, 100.6, 310.9, 100.9),  # holds no centre
            box(scene, 320, 110.6, 324, 110.9),
            shapely.GeometryCollection([at(scene, 350.5, 110.5), box(scene, 352, 110, 354, 111)]),
        ],
        {"class": ["point", "points", "line", "slope", "dot", "sliver", "mixed"]},
    )
    samples = read_samples(scene.stack, path, cancel=CancelToken())
    assert pixels(samples, "point") == {(200, 100)}
    assert pixels(samples, "points") == {(290, 5)}
    assert pixels(samples, "line") == block(range(100, 101), range(300, 304))
    assert pixels(samples, "slope") == {(120, 330), (120, 331), (121, 331), (121, 332), (121, 333)}
    assert pixels(samples, "dot") == {(100, 310)}
    assert len(pixels(samples, "sliver")) == 1 and pixels(samples, "sliver") < block(range(110, 111), range(320, 324))
    assert pixels(samples, "mixed") == {(110, 350), (110, 352), (110, 353)}
    assert "2 polygons smaller than a pixel" in " ".join(samples.messages)


def test_every_awkward_feature_has_its_outcome(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    bow_tie = [scene.raster.grid.transform * c for c in ((300, 100), (310, 110), (310, 100), (300, 110))]
    path = write_vector(
        tmp_path / "s.gpkg",
        [
            box(scene, 100, 100, 110, 110),  # a
            box(scene, 105, 100, 115, 110),  # b overlaps half of it
            box(scene, 200, 100, 204, 104),  # c
            box(scene, 202, 100, 206, 104),  # c again, overlapping itself
            box(scene, 45, 100, 55, 30),  # a: partly on the no-data corner (rows < 40, columns < 50)
            shapely.Polygon(bow_tie),
            None,
            shapely.Polygon(),
            box(scene, 1000, 1000, 1010, 1010),
            box(scene, 150, 150, 160, 160),
            box(scene, 150, 170, 160, 180),
            box(scene, 5, 5, 10, 10),  # wholly on no-data: class e vanishes
            box(scene, 415, 200, 425, 203),  # half outside
        ],
        {"class": ["a", "b", "c", "c", "a", "d", "a", "a", "a", None, "  ", "e", "f"]},
    )
    samples = read_samples(scene.stack, path, cap=10_000, cancel=CancelToken())
    assert samples.legend.names == ("a", "b", "c", "d", "f")
    assert pixels(samples, "b") == block(range(100, 110), range(110, 115))
    assert pixels(samples, "c") == block(range(100, 104), range(200, 206))
    lower = block(range(30, 100), range(45, 55)) - block(range(40), range(50))
    assert pixels(samples, "a") == block(range(100, 110), range(100, 105)) | lower
    assert 40 <= len(pixels(samples, "d")) <= 60  # both halves of the bow tie
    assert pixels(samples, "f") == block(range(200, 203), range(415, 420))
    assert len(samples.position) == len({tuple(p) for p in samples.position.tolist()})
    told = " ".join(samples.messages)
    for sentence in (
        "2 features left out: without a class",
        "2 features left out: without a geometry",
        "1 feature with an invalid outline repaired",
        "1 feature left out: outside the embedding",
        "50 pixels left out: claimed by two classes",
        "8 pixels covered twice by a class: used once",
        "75 pixels left out: without an embedding",
        "1 feature left out: no usable pixel",
        "no usable pixel of e",
    ):
        assert sentence in told


def test_the_draw_depends_on_each_polygon_only(
    scene: Any, sample_file: Path, tmp_path: Path, write_vector: Writer
) -> None:
    shapes, names = scene.fields(6)
    order = np.random.default_rng(1).permutation(len(shapes))
    rotated = [shapely.Polygon(np.roll(np.array(s.exterior.coords)[:-1], 1, axis=0)) for s in shapes]
    shuffled = write_vector(
        tmp_path / "shuffled.gpkg", [rotated[i] for i in order], {"class": [names[i] for i in order]}
    )
    one, two = (
        read_samples(scene.stack, sample_file, cancel=CancelToken()),
        read_samples(scene.stack, shuffled, cancel=CancelToken()),
    )
    assert one.digest == two.digest
    assert (one.position == two.position).all() and (one.label == two.label).all()
    fewer = write_vector(tmp_path / "fewer.gpkg", shapes[:9], {"class": names[:9]})
    for name in {*names[:9]}:
        assert pixels(read_samples(scene.stack, fewer, cancel=CancelToken()), name) <= pixels(one, name)
    assert read_samples(scene.stack, sample_file, seed=1, cancel=CancelToken()).digest != one.digest


def test_the_draw_is_spread_evenly_over_blocks(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    path = write_vector(
        tmp_path / "s.gpkg", [box(scene, 56, 100, 420, 300), at(scene, 5.5, 290.5)], {"class": ["a", "b"]}
    )
    position = read_samples(scene.stack, path, cap=2000, cancel=CancelToken()).position
    left = (position[:, 1] < 256).mean()
    assert abs(left - 200 / 364) < 0.05


def test_integer_classes_keep_their_value(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    shapes, names = scene.fields(2)
    codes = [{"water": 80, "forest": 10, "grass": 30, "urban": 50}[n] for n in names]
    path = write_vector(tmp_path / "i.gpkg", shapes, {"code": codes})
    assert read_samples(scene.stack, path, field="code", cancel=CancelToken()).legend.values == (10, 30, 50, 80)
    decimals = write_vector(tmp_path / "f.gpkg", shapes, {"code": [*map(float, codes[:-1]), float("nan")]})
    samples = read_samples(scene.stack, decimals, field="code", cancel=CancelToken())
    assert samples.legend.values == (10, 30, 50, 80) and "1 feature left out: without a class" in samples.messages[0]
    large = write_vector(tmp_path / "l.gpkg", shapes, {"code": [c + 1000 for c in codes]})
    legend = read_samples(scene.stack, large, field="code", cancel=CancelToken()).legend
    assert legend.names == ("1010", "1030", "1050", "1080") and legend.values == (1, 2, 3, 4)


QML = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis><renderer-v2 type="categorizedSymbol" attr="{field}"><categories>
<category symbol="0" value="{a}" label="Open water"/><category symbol="1" value="{b}" label="Woods"/>
</categories><symbols>
<symbol name="0"><layer><Option type="Map"><Option name="color" value="1,2,3,255,rgb:0,0,0"/></Option></layer></symbol>
<symbol name="1"><layer><prop k="color" v="4,5,6,255"/></layer></symbol>
</symbols></renderer-v2></qgis>"""


def test_colours_come_from_the_style_beside_or_inside(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    shapes, names = scene.fields(1)
    path = write_vector(tmp_path / "s.gpkg", shapes, {"class": names})
    (tmp_path / "s.qml").write_text(QML.format(field="class", a="water", b="forest"))
    colours = {c.name: c.colour for c in read_samples(scene.stack, path, cancel=CancelToken()).legend.classes}
    assert colours["water"] == (1, 2, 3) and colours["forest"] == (4, 5, 6)
    assert len(set(colours.values())) == 4
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_name, styleQML, useAsDefault, update_time)"
        )
        style = QML.format(field="class", a="grass", b="urban")
        db.execute("INSERT INTO layer_styles VALUES (1, 's', ?, 1, '2024')", (style,))
        db.commit()
    colours = {c.name: c.colour for c in read_samples(scene.stack, path, cancel=CancelToken()).legend.classes}
    assert colours["grass"] == (1, 2, 3) and colours["urban"] == (4, 5, 6)


def test_labels_of_the_style_name_integer_classes(scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    shapes, names = scene.fields(1)
    path = write_vector(tmp_path / "s.gpkg", shapes, {"code": [80 if n == "water" else 10 for n in names]})
    (tmp_path / "s.qml").write_text(QML.format(field="code", a="80", b="10"))
    legend = read_samples(scene.stack, path, field="code", cancel=CancelToken()).legend
    assert [(c.value, c.name, c.colour) for c in legend.classes] == [
        (10, "Woods", (4, 5, 6)),
        (80, "Open water", (1, 2, 3)),
    ]


@pytest.mark.parametrize("text", ["<qgis", "", "<qgis/>", QML.format(field="other", a="water", b="forest")])
def test_a_style_that_does_not_fit_is_ignored(text: str, scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    shapes, names = scene.fields(1)
    path = write_vector(tmp_path / "s.gpkg", shapes, {"class": names})
    (tmp_path / "s.qml").write_text(text)
    legend = read_samples(scene.stack, path, cancel=CancelToken()).legend
    assert [each.colour for each in legend.classes if each.name == "water"] == [(0, 114, 178)]


def test_merged_samples_share_classes_by_name(
    scene: Any, make_scene: Callable[..., Any], tmp_path: Path, write_vector: Writer
) -> None:
    other = make_scene(tmp_path / "b.tif", seed=3)
    parts = []
    for i, (s, skip) in enumerate(((scene, "water"), (other, "forest"))):
        shapes, names = s.fields(2)
        chosen = [(g, n) for g, n in zip(shapes, names, strict=True) if n != skip]
        path = write_vector(tmp_path / f"{i}.gpkg", [g for g, _ in chosen], {"class": [n for _, n in chosen]})
        parts.append(read_samples(s.stack, path, cancel=CancelToken()))
    merged = merge_samples(parts)
    assert sorted(merged.legend.names) == ["forest", "grass", "urban", "water"]
    assert len(set(merged.legend.values)) == 4
    assert len(merged.groups) == 12 and len(merged) == len(parts[0]) + len(parts[1])
    assert (merged.group_labels[merged.group] == merged.label).all()
    names = np.array(merged.legend.names)[merged.label]
    before = np.concatenate([np.array(p.legend.names)[p.label] for p in parts])
    assert (names == before).all()


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("missing", "does not exist"),
        ("raster", "is an embedding raster, and a vector file is wanted"),
        ("field", r"no field 'class'; it has kind"),
        ("crs", "no coordinate system"),
        ("elsewhere", r"another place \(lon 7.* than .*lon -3"),
        ("decimals", "decimal numbers"),
        ("dates", "neither text nor integers"),
        ("blank", "no feature with both"),
        ("layers", r"several layers \(one, two\)"),
        ("layer", "no layer 'x'"),
        ("nodata", "no sample covers a valid pixel"),
    ],
)
def test_unusable_samples_are_refused_in_one_sentence(
    case: str, sentence: str, scene: Any, tmp_path: Path, write_vector: Writer
) -> None:
    path, shape = tmp_path / "s.gpkg", [box(scene, 100, 100, 110, 110)]
    layer = "x" if case == "layer" else None
    if case == "raster":
        path = scene.path
    elif case == "field":
        write_vector(path, shape, {"kind": ["a"]})
    elif case == "crs":
        write_vector(path, shape, {"class": ["a"]}, crs=None)
    elif case == "elsewhere":
        write_vector(path, [shapely.box(7, 50, 7.1, 50.1)], {"class": ["a"]}, crs="EPSG:4326")
    elif case == "decimals":
        write_vector(path, shape, {"class": [1.5]})
    elif case == "dates":
        path = tmp_path / "s.gpkg"
        write_vector(path, shape, {"class": [np.datetime64("2024-01-01", "ms")]})
    elif case == "blank":
        write_vector(path, shape, {"class": [None]})
    elif case == "layers":
        write_vector(path, shape, {"class": ["a"]}, layer="one")
        write_vector(path, shape, {"class": ["a"]}, layer="two", append=True)
    elif case == "layer":
        write_vector(path, shape, {"class": ["a"]})
    elif case == "nodata":
        write_vector(path, [box(scene, 5, 5, 10, 10)], {"class": ["a"]})
    with pytest.raises(MMEarthError, match=sentence) as error:
        read_samples(scene.stack, path, layer=layer, cancel=CancelToken())
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("names", "values", "told"),
    [
        (["0", "1"], {"0": 2, "1": 1}, "0 is value 2"),
        (["-1", "3", "300"], {"-1": 4, "3": 3, "300": 5}, "-1 is value 4, 300 is value 5"),
        (["01", "07"], {"01": 1, "07": 7}, ""),
        (["1.0", "254"], {"1.0": 1, "254": 254}, ""),
        (["1", "01"], {"01": 1, "1": 2}, "1 is value 2"),
        (["0", "254"], {"0": 1, "254": 254}, "0 is value 1"),
        (["forest", "2"], {"2": 2, "forest": 1}, ""),
        (["b", "a"], {"a": 1, "b": 2}, ""),
    ],
)
def test_codes_are_values_where_a_map_can_hold_them(names: list[str], values: dict[str, int], told: str) -> None:
    codes = {name: code_of(name) for name in names}
    assert values_of(codes) == values
    legend = Legend(tuple(MapClass(value, name, (0, 0, 0)) for name, value in values.items()))
    said = moved_codes(legend, {name: code for name, code in codes.items() if code is not None})
    assert bool(said) == bool(told) and told in "".join(said)
    with pytest.raises(MMEarthError, match="There are 255 classes, a map holds 254"):
        values_of({f"c{i}": None for i in range(255)})


def test_codes_of_several_files_keep_their_values(scene: Any, tmp_path: Path, write_vector: Any) -> None:
    shapes, names = scene.fields(4)
    codes = [{"water": 7, "forest": 0, "grass": 30, "urban": 0}[n] for n in names]
    halves = [
        read_samples(
            scene.stack,
            write_vector(tmp_path / f"{part}.gpkg", shapes[part::2], {"class": codes[part::2]}),
            cancel=CancelToken(),
        )
        for part in (0, 1)
    ]
    merged = merge_samples(halves)
    assert {c.name: c.value for c in merged.legend.classes} == {"7": 7, "30": 30, "0": 31}
    assert "0 is value 31" in moved_codes(merged.legend, merged.codes)[0]


@pytest.mark.parametrize("name", ["NA", "n/a", "No Data", "no_data", "(Unclassified)", "<Null>"])
def test_a_class_that_is_called_none_is_refused(name: str, scene: Any, tmp_path: Path, write_vector: Writer) -> None:
    path = write_vector(tmp_path / "s.gpkg", [box(scene, 100, 100, 110, 110)] * 2, {"class": ["a", name]})
    with pytest.raises(MMEarthError, match="which means that they have none; empty the class field"):
        read_samples(scene.stack, path, cancel=CancelToken())


def test_names_that_are_nearly_one_are_told() -> None:
    assert alike_names(["Forest", "crop", "other", "no data yet", "1", "-1", "10"]) == ()
    (numbers,) = alike_names(["7", "07", "1", "01", "10"])
    assert "'01' and '1'" in numbers and "'07' and '7'" in numbers and "10" not in numbers
    (told,) = alike_names(["Forest", "forest", "bare soil", "bare_soil", "crop"])
    assert "'Forest' and 'forest', 'bare soil' and 'bare_soil';" in told


def test_values_that_are_taken_are_given_to_nobody_else_and_a_map_may_be_full() -> None:
    assert values_of({"3": 3, "4": 4}, taken=[3]) == {"4": 4, "3": 5}
    assert len(values_of({f"c{i}": None for i in range(253)}, taken=[7])) == 253
