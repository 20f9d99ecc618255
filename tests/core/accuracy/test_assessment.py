"""The accuracy report: right numbers for a real sample, honest silence for anything else, a sentence for bad input."""

import json

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.estimators import estimate
from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.maps.class_map import new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid

TRANSFORM = Affine(10, 0, 500_000, 0, -10, 5_800_000)
NAMES = ("water", "forest", "town")


def write_map(path, values, *, names=NAMES, crs=32630, transform=TRANSFORM, unknown=False):
    grid = Grid(*values.shape, transform, CRS.from_epsg(crs))
    with new_map(path, Legend.numbered(names), grid, tags={}, unknown=unknown) as dataset:
        dataset.write(values.astype(np.uint8), 1)
    return path


def centre(row, col, transform=TRANSFORM):
    return shapely.Point(*(transform * (col + 0.5, row + 0.5)))


def box(row, col, row_end, col_end):
    return shapely.box(*(TRANSFORM * (col, row_end)), *(TRANSFORM * (col_end, row)))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A truth of three classes and a map of it that errs in a tenth of the pixels, with a no-data edge."""
    rng = np.random.default_rng(8)
    truth = np.ones((300, 400), int)
    truth[:, 150:] = 2
    truth[200:260, 300:380] = 3
    mapped = np.where(rng.random(truth.shape) < 0.1, rng.integers(1, 4, truth.shape), truth)
    mapped[:, :5] = 0
    return write_map(tmp_path_factory.mktemp("world") / "map.tif", mapped), mapped, truth


def label(points, truth, output):
    """What an interpreter does: fill the class of each point of a sample from the truth."""
    meta, _, geometry, columns = pyogrio.raw.read(points)
    fields = dict(zip(meta["fields"], columns, strict=True))
    cols, rows = np.asarray(~TRANSFORM * shapely.get_coordinates(shapely.from_wkb(geometry)).T).astype(int)
    fields["class"] = np.array([NAMES[code - 1] for code in truth[rows, cols]], object)
    pyogrio.raw.write(output, geometry, list(fields.values()), list(fields), geometry_type="Point", crs=meta["crs"])
    return output


@pytest.fixture(scope="module")
def reference(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    path, _, truth = world
    drawn = sample(map=path, output=folder / "points.gpkg", n=600, seed=2).path
    return label(drawn, truth, folder / "labelled.gpkg")


def test_sample_and_assess_find_the_true_areas_and_accuracy(world, reference):
    path, mapped, truth = world
    report = assess(map=path, reference=reference)
    valid = mapped > 0
    correct = (mapped == truth)[valid].mean()
    low, high = report.overall.interval
    assert low <= correct <= high and high - low < 0.08
    for c in report.classes:
        assert c.mapped_ha == pytest.approx((mapped == c.value).sum() / 100)
        low, high = c.estimated_ha.interval
        assert low <= (truth[valid] == c.value).sum() / 100 <= high
    assert report.covered_ha == pytest.approx(valid.sum() / 100)
    assert sum(c.estimated_ha.value for c in report.classes) == pytest.approx(report.covered_ha)
    assert report.units == 600
    assert report.warnings == ()


def test_the_reference_is_read_once(world, reference, monkeypatch):
    read, asked = pyogrio.raw.read, []
    monkeypatch.setattr(pyogrio.raw, "read", lambda *args, **options: asked.append(options) or read(*args, **options))
    assess(map=world[0], reference=reference)
    assert [sorted(each["columns"]) for each in asked] == [["class", "map_digest", "stratum", "stratum_ha"]]


def test_printed_report_and_json_tell_the_same(world, reference, tmp_path):
    report = assess(map=world[0], reference=reference, output=tmp_path / "report.json")
    saved = json.loads((tmp_path / "report.json").read_text())
    assert saved == report.as_dict()
    overall = saved["overall_accuracy"]
    assert overall["low95"] == pytest.approx(overall["value"] - 1.96 * overall["standard_error"], abs=0.01)
    assert np.array(saved["error_matrix"]["counts"]).sum() == 600
    assert np.array(saved["error_matrix"]["proportions"]).sum() == pytest.approx(1)
    text = str(report)
    assert f"{100 * overall['value']:.1f} % ({100 * overall['low95']:.1f}–{100 * overall['high95']:.1f})" in text
    assert all(name in text for name in NAMES)
    assert "600 reference points" in text


def test_plain_points_are_weighted_by_the_map_and_say_what_they_assume(world, tmp_path, write_vector):
    path, mapped, truth = world
    rng = np.random.default_rng(0)
    rows, cols = rng.integers(0, 300, 250), rng.integers(5, 400, 250)
    points = write_vector(
        tmp_path / "random.geojson",
        [centre(r, c) for r, c in zip(rows, cols, strict=True)],
        {"code": truth[rows, cols].tolist()},
        driver="GeoJSON",
    )
    report = assess(map=path, reference=points, field="code")
    expected = estimate(
        mapped=mapped[rows, cols],
        reference=truth[rows, cols],
        stratum=mapped[rows, cols],
        sizes={v: (mapped == v).sum() / 100 for v in (1, 2, 3)},
        classes=[1, 2, 3],
    )
    assert report.overall == expected.overall
    assert tuple(c.estimated_ha for c in report.classes) == expected.areas
    assert "no sampling design" in report.warnings[0]


def test_a_better_map_is_judged_with_the_strata_of_the_first(world, reference, tmp_path):
    _, mapped, truth = world
    better = write_map(tmp_path / "better.tif", np.where(mapped > 0, truth, 0))
    report = assess(map=better, reference=reference)
    assert report.overall.value == 1.0
    assert any("another map" in warning for warning in report.warnings)
    for c in report.classes:
        low, high = c.estimated_ha.interval
        assert low <= (truth[mapped > 0] == c.value).sum() / 100 <= high


def test_points_added_by_hand_to_a_sample_are_left_out(world, reference, tmp_path):
    path, _, _ = world
    meta, _, geometry, columns = pyogrio.raw.read(reference)
    fields = dict(zip(meta["fields"], columns, strict=True))
    extra = {name: np.append(column.astype(object), None) for name, column in fields.items()}
    extra["class"][-1] = "town"
    extra["stratum"], extra["stratum_ha"] = (
        np.append(fields[name].astype(float), np.nan) for name in ("stratum", "stratum_ha")
    )
    kept = ("class", "stratum", "stratum_ha", "map_digest")
    geometry = np.append(geometry, shapely.to_wkb(centre(10, 10)))
    pyogrio.raw.write(
        tmp_path / "more.gpkg", geometry, [extra[k] for k in kept], list(kept), geometry_type="Point", crs=meta["crs"]
    )
    report = assess(map=path, reference=tmp_path / "more.gpkg")
    assert report.units == 600
    assert report.overall == assess(map=path, reference=reference).overall
    assert any("not of the random sample" in warning for warning in report.warnings)


def test_points_outside_on_nodata_or_without_class_are_counted(world, tmp_path, write_vector):
    places = [(10, 10), (20, 20), (10, 300), (20, 310), (210, 310), (215, 315), (10, 2), (10, 500), (-1, 10), (50, 50)]
    classes = ["water", "water", "forest", "forest", "town", "town", "water", "water", "water", None]
    spots = [*(centre(*place) for place in places), shapely.Point()]
    points = write_vector(tmp_path / "p.gpkg", spots, {"class": [*classes, "water"]})
    report = assess(map=world[0], reference=points)
    assert report.units == 6
    text = str(report)
    assert "3 of 11 points left out: outside the map." in text, "one of them has no coordinates"
    assert "1 of 11 points left out: no-data on the map." in text
    assert "1 of 11 points left out: without a class; the figures hold only" in text


def test_multipoints_and_other_coordinate_systems_are_the_same_points(world, tmp_path, write_vector):
    places = [(10, 10), (20, 20), (10, 300), (210, 310)]
    points = [centre(*place) for place in places]
    to_wgs84 = rasterio.warp.transform_geom("EPSG:32630", "EPSG:4326", [shapely.geometry.mapping(p) for p in points])
    multi = [
        shapely.MultiPoint([shapely.geometry.shape(g) for g in to_wgs84[:2]]),
        *map(shapely.geometry.shape, to_wgs84[2:]),
    ]
    path = write_vector(tmp_path / "multi.gpkg", multi, {"class": ["Water", "FOREST", "town"]}, crs="EPSG:4326")
    report = assess(map=world[0], reference=path)
    assert report.counts.sum() == 4
    assert report.counts[:, 0].sum() == 2  # letter case does not matter


def test_classes_with_no_or_one_point_are_named_and_their_intervals_are_wide(world, tmp_path, write_vector):
    _, mapped, _ = world
    rows, cols = np.nonzero(mapped == 1)
    places = [*zip(rows[:20], cols[:20], strict=True), tuple(np.argwhere(mapped == 2)[0])]
    points = write_vector(tmp_path / "few.gpkg", [centre(*p) for p in places], {"class": ["water"] * 20 + ["forest"]})
    report = assess(map=world[0], reference=points)
    assert report.overall.value == 1.0 and report.overall.standard_error is None
    assert any("No reference point in the mapped class 'town'" in w for w in report.warnings)
    assert any("Only one reference point in 'forest'" in w for w in report.warnings)
    assert report.covered_ha == pytest.approx(((mapped == 1) | (mapped == 2)).sum() / 100)
    forest = report.as_dict()["classes"][1]["users_accuracy"]
    assert forest["too_few"] and forest["high95"] - forest["low95"] > 0.5
    assert "100.0 (too few)" in str(report)


def test_polygons_yield_agreement_without_intervals_or_areas(world, tmp_path, write_vector):
    path, mapped, _ = world
    areas = [(10, 0, 60, 100), (100, 250, 150, 290), (140, 270, 190, 320), (220, 310, 230, 320)]
    classes = ["water", "forest", "town", "town"]
    shapes = [*(box(*area) for area in areas), box(0, 900, 5, 905)]
    polygons = write_vector(tmp_path / "p.gpkg", shapes, {"class": [*classes, "water"]})
    report = assess(map=path, reference=polygons)
    claims = np.zeros((3, *mapped.shape), bool)
    for (row, col, row_end, col_end), name in zip(areas, classes, strict=True):
        claims[NAMES.index(name), row:row_end, col:col_end] = True
    once = (claims.sum(0) == 1) & (mapped > 0)
    expected = [[(once & (mapped == m) & claims[r]).sum() for r in range(3)] for m in (1, 2, 3)]
    assert report.counts.tolist() == expected
    assert report.unit == "pixels"
    assert report.overall.value == pytest.approx(np.trace(expected) / np.sum(expected))
    assert report.overall.standard_error is None and report.covered_ha is None
    assert all(c.estimated_ha is None for c in report.classes)
    text = str(report)
    assert "no random sample" in text and "95 %" not in text and "estimated" not in text
    assert "200 pixels left out: in polygons of different classes" in text
    assert "250 pixels left out: no-data on the map." in text
    assert "1 of 5 polygons left out: outside the map." in text


def test_geographic_maps_are_measured_on_the_ellipsoid(tmp_path, write_vector):
    transform = Affine(0.001, 0, 10, 0, -0.001, 60)
    path = write_map(tmp_path / "map.tif", np.ones((100, 100)), names=("sea",), crs=4326, transform=transform)
    points = write_vector(
        tmp_path / "p.gpkg",
        [centre(5, 5, transform), centre(9, 9, transform)],
        {"class": ["sea", "sea"]},
        crs="EPSG:4326",
    )
    # One degree at 60° N is about 111.4 km by 55.8 km; the map is a tenth of each.
    assert assess(map=path, reference=points).covered_ha == pytest.approx(11.14 * 5.58 * 100, rel=0.01)


def test_unknown_pixels_count_as_wrong_and_it_is_said(tmp_path, write_vector):
    values = np.ones((10, 10))
    values[5:] = 255
    path = write_map(tmp_path / "map.tif", values, names=("sea",), unknown=True)
    points = write_vector(tmp_path / "p.gpkg", [centre(r, 3) for r in (1, 2, 7, 8)], {"class": ["sea"] * 4})
    report = assess(map=path, reference=points)
    assert report.overall.value == 0.5
    assert [c.name for c in report.classes] == ["sea", "unknown"]
    assert any("counts as wrong" in warning for warning in report.warnings)


def test_bad_input_is_told_in_one_sentence_and_leaves_nothing(world, tmp_path, write_vector):
    path = world[0]
    good = write_vector(tmp_path / "good.gpkg", [centre(9, 9)], {"class": ["water"], "size": [1.5]})
    strange = write_vector(tmp_path / "strange.gpkg", [centre(9, 9)] * 3, {"class": ["water", "swamp", "lava"]})
    far = write_vector(tmp_path / "far.gpkg", [shapely.Point(0, 0)] * 2, {"class": ["water"] * 2})
    blank = write_vector(tmp_path / "blank.gpkg", [centre(9, 9), None], {"class": [None, "water"]})
    unlabelled = sample(map=path, output=tmp_path / "unlabelled.gpkg", n=20).path
    nothing = write_vector(tmp_path / "nothing.gpkg", [None], {"class": ["water"]}, geometry_type="Point")
    output = tmp_path / "report.json"
    for reference, options, sentence in (
        (strange, {}, r"does not know: lava, swamp;.*water, forest, town"),
        (far, {}, r"None of the 2 features .*far\.gpkg"),
        (blank, {}, r"None of the . features"),
        (nothing, {}, "no geometry"),
        (unlabelled, {}, "The field 'class' of .*unlabelled.gpkg is empty"),
        (good, {"field": "kind"}, "no field 'kind'"),
        (good, {"field": "size"}, "decimal numbers"),
        (tmp_path / "absent.gpkg", {}, "does not exist"),
        (good, {"output": tmp_path / "no" / "report.json"}, "does not exist"),
    ):
        with pytest.raises(MMEarthError, match=sentence) as caught:
            assess(**{"map": path, "reference": reference, "output": output, **options})
        assert "\n" not in str(caught.value)
        assert not output.exists()


def test_cancel_is_honoured(world, reference):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        assess(map=world[0], reference=reference, cancel=token)


def test_a_stratum_that_the_map_has_not_is_of_no_sample(world, reference, tmp_path):
    meta, _, geometry, columns = pyogrio.raw.read(reference)
    fields = dict(zip(meta["fields"], columns, strict=True))
    fields["stratum"][:2] = 77
    damaged = tmp_path / "damaged.gpkg"
    pyogrio.raw.write(damaged, geometry, list(fields.values()), list(fields), geometry_type="Point", crs=meta["crs"])
    report = assess(map=world[0], reference=damaged)
    assert report.units == 598 and any(
        "2 of 600 points left out: not of the random sample" in each for each in report.warnings
    )


def test_a_class_called_unknown_keeps_its_points_and_its_area(tmp_path, write_vector):
    values = np.ones((10, 10))
    values[3:], values[8:] = 2, 255
    path = write_map(tmp_path / "map.tif", values, names=("sea", "Unknown"), unknown=True)
    rows = (1, 2, 4, 5, 9)
    points = write_vector(
        tmp_path / "p.gpkg",
        [centre(r, 3) for r in rows],
        {"class": ["sea", "sea", "unknown", "Unknown", "unknown (255)"]},
    )
    report = assess(map=path, reference=points)
    assert [(c.name, c.users.value) for c in report.classes[:2]] == [("sea", 1.0), ("Unknown", 1.0)]
    assert report.units == 4 and any("'unknown (255)', which is no class" in each for each in report.warnings)


def test_a_map_of_another_program_is_assessed_without_its_unnamed_zero(tmp_path, write_vector):
    values = np.repeat(np.array([[0, 1, 2]], np.uint8), 10, axis=0)
    with rasterio.open(
        tmp_path / "m.tif", "w", driver="GTiff", height=10, width=3, count=1, dtype="uint8", crs="EPSG:32630",
        transform=TRANSFORM,
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    (tmp_path / "m.tif.aux.xml").write_text(
        "<PAMDataset><PAMRasterBand band='1'><CategoryNames><Category/><Category>sea</Category>"
        "<Category>land</Category></CategoryNames></PAMRasterBand></PAMDataset>"
    )
    points = write_vector(
        tmp_path / "p.gpkg", [centre(r, c) for r in (1, 5) for c in (0, 1, 2)], {"class": ["sea", "sea", "land"] * 2}
    )
    report = assess(map=tmp_path / "m.tif", reference=points)
    assert report.overall.value == 1.0 and [c.name for c in report.classes] == ["sea", "land"]
    assert any("10 pixels left out: value 0 has no name" in each and "(33.3 %)" in each for each in report.warnings)


def test_codes_of_a_reference_are_those_that_the_classes_are_called_by(tmp_path, write_vector):
    values = np.repeat(np.array([[1, 2, 3]]), 10, axis=0)
    coded = write_map(tmp_path / "coded.tif", values, names=("1", "0", "forest"))
    shapes = [centre(5, 0), centre(5, 1), centre(5, 2)]
    points = write_vector(tmp_path / "p.gpkg", shapes, {"class": ["01", "00", "3.0"]})
    assert assess(map=coded, reference=points).overall.value == 1.0
    # Value 2 is class 0: a class 2 of the reference is none of this map's.
    write_vector(tmp_path / "q.gpkg", shapes, {"class": [1, 2, 3]})
    with pytest.raises(MMEarthError, match=r"does not know: 2; .*empty the field where there is none"):
        assess(map=coded, reference=tmp_path / "q.gpkg")


def test_points_that_are_there_twice_count_once_and_torn_ones_not_at_all(tmp_path, write_vector):
    path = write_map(tmp_path / "map.tif", np.repeat(np.array([[1, 2]]), 10, axis=0), names=("sea", "land"))
    once = [centre(1, 0), centre(2, 0), centre(3, 1), centre(4, 1)]
    points = write_vector(
        tmp_path / "p.gpkg",
        [*once, *once, centre(6, 1), centre(6, 1), centre(1, 0)],
        {"class": [*["sea", "sea", "land", "land"] * 2, "sea", "land", None]},
    )
    report = assess(map=path, reference=points)
    assert report.units == 4 and report.overall.value == 1.0
    assert "4 of 11 points left out: there twice with one class." in report.warnings
    assert "2 of 11 points left out: of several classes at one position." in report.warnings
