"""Change: what two maps say pixel by pixel, in hectares; like with like; and an interval that holds the truth."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from embedded_fields import NAMES, make_scene, write_vector

from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling import streaming
from mmearth_core.labelling.changing.change import ChangeResult, change
from mmearth_core.labelling.changing.change_classes import change_classes
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.tidying import tidy
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window

SIZE = {"height": 180, "width": 210, "bands": 24}
#: What was built on meanwhile: everything there becomes urban.
BUILT = (slice(60, 120), slice(90, 150))


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        found: np.ndarray = dataset.read()
    return found


def write(path: Path, like: EmbeddingRaster, grid: Grid, dn: np.ndarray, **other: Any) -> Path:
    with new_embedding(replace(like, path=path, grid=grid, **other)) as dataset:
        dataset.write(dn)
    return path


class Place:
    """Two dates of fields: of the first the truth is `was`, of the second `became`."""

    def __init__(self, folder: Path) -> None:
        scene = make_scene(folder / "before.tif", **SIZE)
        self.folder, self.before, self.raster, self.was = folder, scene.path, scene.raster, scene.truth
        self.became = self.was.copy()
        self.became[BUILT] = NAMES.index("urban") + 1
        self.became[self.was == 0] = 0
        self.dn = read(self.before)
        self.later = self.another_date()
        self.after = write(folder / "after.tif", scene.raster, scene.raster.grid, self.later)
        shapes, names = scene.fields(4)
        samples = write_vector(folder / "samples.gpkg", list(shapes), {"class": list(names)})
        self.model = folder / "model.json"
        fit(embeddings=[self.before], samples=[samples], output=self.model)

    def another_date(self, noise: float = 25) -> np.ndarray:
        centres = np.random.default_rng(99).normal(128, 22, (len(NAMES), SIZE["bands"]))
        values = centres[np.maximum(self.became, 1) - 1]
        values = values + np.random.default_rng(3).normal(0, noise, values.shape)
        dn = np.moveaxis(np.clip(np.rint(values), 1, 255).astype(np.uint8), -1, 0)
        dn[:, self.became == 0] = 0
        return dn

    def change(self, output: Path, **options: Any) -> ChangeResult:
        return change(**{"before": self.before, "after": self.after, "model": self.model, "output": output, **options})

    def set_of(self, path: Path, *dated: tuple[Path, str]) -> Path:
        for each, _ in dated:
            if each.parent != path.parent:
                shutil.copy(each, path.parent)
        named = [{"embedding": each.name, "date": day} for each, day in dated]
        content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": named}]}
        path.write_text(json.dumps(content))
        return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"))


def names_of(path: Path, values: np.ndarray) -> np.ndarray:
    table = np.full(256, "", object)
    opened = ClassMap.open(path)
    table[255] = opened.unknown
    for each in opened.legend.classes:
        table[each.value] = each.name
    named: np.ndarray = table[values]
    return named


def two_maps(place: Place, folder: Path, **options: Any) -> list[np.ndarray]:
    found = []
    for name in ("before", "after"):
        classify(embedding=getattr(place, name), model=place.model, output=folder / f"{name}.tif", **options)
        found.append(names_of(folder / f"{name}.tif", read(folder / f"{name}.tif")[0]))
    return found


@pytest.mark.parametrize("smooth", ["none", "edges"])
def test_the_map_says_what_two_maps_say(
    place: Place, tmp_path: Path, smooth: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, became = two_maps(place, tmp_path, smooth=smooth)
    monkeypatch.setattr(streaming, "BLOCK", 32)  # many blocks, which must not show
    monkeypatch.setattr(streaming, "WINDOW_NUMBERS", 1)
    result = place.change(tmp_path / "c.tif", matrix=tmp_path / "m.csv", smooth=smooth)
    land = was != ""
    expected = np.where(was == became, "no change", was + " → " + became)
    found = names_of(tmp_path / "c.tif", read(tmp_path / "c.tif")[0])
    assert (found[land] == expected[land]).all() and (found[~land] == "").all()
    hectares = {one: {two: ((was == one) & (became == two)).sum() * 0.01 for two in NAMES} for one in NAMES}
    for one in NAMES:
        assert result.hectares[one] == pytest.approx(hectares[one])
    assert result.changed_ha == pytest.approx((expected[land] != "no change").sum() * 0.01)
    assert result.unchanged_ha + result.changed_ha == pytest.approx(land.sum() * 0.01)
    assert list(result.changes.values()) == sorted(result.changes.values(), reverse=True)
    with (tmp_path / "m.csv").open(newline="") as file:
        header, *rows = list(csv.reader(file))
    table = {row[0]: dict(zip(header[1:], map(float, row[1:]), strict=True)) for row in rows}
    assert table == {one: pytest.approx(result.hectares[one]) for one in table} and set(table) == set(NAMES)


def test_a_change_has_the_colour_of_what_the_land_is_now(place: Place, tmp_path: Path) -> None:
    place.change(tmp_path / "c.tif")
    classify(embedding=place.before, model=place.model, output=tmp_path / "map.tif")
    colours = {each.name: each.colour for each in ClassMap.open(tmp_path / "map.tif").legend.classes}
    classes = ClassMap.open(tmp_path / "c.tif").legend.classes
    assert classes[0].name == "no change" and min(classes[0].colour) > 200
    changes = [each for each in classes if " → " in each.name]
    assert "urban" in changes[0].name and changes
    assert all(each.colour == colours[each.name.split(" → ")[1]] for each in changes)
    assert "→ urban" in (tmp_path / "c.qml").read_text(encoding="utf-8")
    with rasterio.open(tmp_path / "c.tif") as dataset:
        assert dataset.colormap(1)[2] == (*changes[0].colour, 255)


def test_what_is_not_sure_is_no_change_and_says_so(place: Place, tmp_path: Path) -> None:
    was, became = two_maps(place, tmp_path, smooth="none")
    probability = []
    for name in ("before", "after"):
        out = {"output": tmp_path / "x.tif", "confidence": tmp_path / f"p-{name}.tif", "overwrite": True}
        classify(embedding=getattr(place, name), model=place.model, smooth="none", **out)
        probability.append((read(tmp_path / f"p-{name}.tif")[0] - 1.0) / 255)  # at least so probable
    least = np.minimum(*probability)
    result = place.change(tmp_path / "c.tif", smooth="none", sure=0.97)
    found = names_of(tmp_path / "c.tif", read(tmp_path / "c.tif")[0])
    differs = was != became
    assert ((found == "unsure") == (differs & (least < 0.97))).all()
    assert 0 < (found == "unsure").sum() < differs.sum()
    assert (found[~differs & (was != "")] == "no change").all()
    assert result.unsure_ha == pytest.approx((found == "unsure").sum() * 0.01)
    total = result.changed_ha + result.unchanged_ha + result.unsure_ha
    assert total == pytest.approx((was != "").sum() * 0.01)
    tidied = tidy(map=tmp_path / "c.tif", output=tmp_path / "t.tif", min_area=["0.05"])
    assert ClassMap.open(tidied.path).unknown == "unsure"
    for wrong in (0.0, 1.0):
        with pytest.raises(MMEarthError, match="is no probability to be sure at"):
            place.change(tmp_path / "n.tif", sure=wrong)


def test_the_sample_tells_how_much_changed(place: Place, tmp_path: Path) -> None:
    """Strata are no change and the changes; the interval holds the truth, which the map overstates."""
    place.change(tmp_path / "c.tif", smooth="none", most=4)
    sample(map=tmp_path / "c.tif", output=tmp_path / "points.gpkg", n=400, min_per_class=25)
    meta, _, geometry, fields = pyogrio.raw.read(tmp_path / "points.gpkg")
    named = dict(zip(meta["fields"], fields, strict=True))
    assert min(np.unique(named["stratum"], return_counts=True)[1]) >= 25
    xy = shapely.get_coordinates(shapely.from_wkb(geometry))
    cols, rows = np.floor(np.array(~place.raster.grid.transform * xy.T)).astype(int)
    truth = np.array(["-", *NAMES])
    one, two = truth[place.was[rows, cols]], truth[place.became[rows, cols]]
    mapped = set(ClassMap.open(tmp_path / "c.tif").legend.names)
    said = [f"{a} → {b}" if a != b else "no change" for a, b in zip(one, two, strict=True)]
    named["class"] = np.array([name if name in mapped else "other change" for name in said], object)
    points = [shapely.Point(each) for each in xy]
    labelled = write_vector(tmp_path / "labelled.gpkg", points, {name: list(each) for name, each in named.items()})
    report = assess(map=tmp_path / "c.tif", reference=labelled)
    by_name = {each.name: each for each in report.classes}
    same = by_name["no change"]
    changed = ((place.was != place.became) & (place.was > 0)).sum() * 0.01
    unchanged = (place.was > 0).sum() * 0.01 - changed
    low, high = same.estimated_ha.interval
    assert low < unchanged < high and high - low < 50
    assert report.covered_ha == pytest.approx((place.was > 0).sum() * 0.01)
    mapped_change = report.covered_ha - same.mapped_ha
    assert mapped_change > changed  # errors of both dates add up


def test_few_changes_keep_a_value_and_the_matrix_has_all(place: Place, tmp_path: Path) -> None:
    every = place.change(tmp_path / "all.tif", smooth="none")
    few = place.change(tmp_path / "few.tif", smooth="none", most=2)
    assert [*few.changes][:2] == [*every.changes][:2] and [*few.changes][2:] == ["other change"]
    assert few.hectares == every.hectares and few.changed_ha == pytest.approx(every.changed_ha)
    assert any("'other change'" in message for message in few.messages)
    values = read(tmp_path / "few.tif")[0]
    assert (values == 254).sum() * 0.01 == pytest.approx(few.changes["other change"])


def test_more_changes_than_values_are_pooled() -> None:
    legend = Legend.numbered([f"c{number}" for number in range(40)])
    area = np.random.default_rng(0).uniform(1, 2, (40, 40))
    found = change_classes(legend, area)
    assert found.pooled == 40 * 39 - 252 and found.legend.values == tuple(range(1, 255))
    assert (np.diag(found.values) == 1).all() and area[found.values == 2] == (area - 9 * np.eye(40)).max()
    two = change_classes(Legend.numbered(["a", "b"]), np.ones((2, 2)))
    assert two.legend.names == ("no change", "a → b", "b → a")
    with pytest.raises(MMEarthError, match="rename the classes"):
        change_classes(Legend.numbered(["a → b", "c", "a", "b → c"]), np.ones((4, 4)))


def test_distance_is_the_cosine_of_the_two(place: Place, tmp_path: Path) -> None:
    place.change(tmp_path / "c.tif", distance=tmp_path / "d.tif")
    one, two = (place.raster.decode(dn).astype(float) for dn in (place.dn, place.later))
    cosine = (one * two).sum(axis=0) / np.linalg.norm(one, axis=0) / np.linalg.norm(two, axis=0)
    with rasterio.open(tmp_path / "d.tif") as dataset:
        found, scale, offset = dataset.read(1), dataset.scales[0], dataset.offsets[0]
    land = place.was > 0
    assert (found[~land] == 0).all() and (found[land] > 0).all()
    assert np.abs(found * scale + offset - (1 - cosine))[land].max() <= scale / 2 + 1e-5
    changed = place.was != place.became
    assert (found * scale)[changed].mean() > (found * scale)[land & ~changed].mean() + 0.2
    assert (tmp_path / "d.qml").is_file()


def test_only_the_common_area_is_compared(place: Place, tmp_path: Path) -> None:
    """After is a shifted crop of the same pixels, with a cloud: it is copied, and the cloud is no-data, counted."""
    area = Window(-20, 30, 140, 300)
    inside = area.intersection(place.raster.grid.window)
    dn = np.zeros((SIZE["bands"], area.height, area.width), np.uint8)
    dn[:, inside.relative_to(area).slices[0], inside.relative_to(area).slices[1]] = place.later[:, *inside.slices]
    dn[:, 60:70, 40:60] = 0
    after = write(tmp_path / "shifted.tif", place.raster, place.raster.grid.crop(area), dn)
    whole = place.change(tmp_path / "whole.tif", smooth="none")
    part = place.change(tmp_path / "part.tif", after=after, smooth="none")
    opened = ClassMap.open(tmp_path / "part.tif")
    assert opened.grid == place.raster.grid.crop(inside)
    expected = names_of(whole.path, read(whole.path)[0][inside.slices]).copy()
    cloud = np.zeros(expected.shape, bool)
    cloud[40:50, 40:60] = True
    assert cloud[dn[0][inside.relative_to(area).slices] == 0].any()
    lost = int((cloud & (expected != "")).sum())
    expected[cloud] = ""
    assert (names_of(part.path, read(part.path)[0]) == expected).all()
    told = " ".join(part.messages)
    share = 100 * inside.pixels / place.raster.grid.pixels
    assert f"{share:.1f} % of the first" in told and f"{lost} with an embedding before only" in told


def test_other_pixels_take_the_nearest_and_are_told(place: Place, tmp_path: Path) -> None:
    grid = place.raster.grid
    half = replace(grid, transform=grid.transform * grid.transform.translation(0.4, 0.0))
    after = write(tmp_path / "half.tif", place.raster, half, place.later)
    result = place.change(tmp_path / "c.tif", after=after, smooth="none")
    assert any("takes the nearest" in message for message in result.messages)
    whole = place.change(tmp_path / "w.tif", smooth="none")
    assert (read(result.path)[0] == read(whole.path)[0]).mean() > 0.99


def test_images_vote_only_where_both_sides_have_them(place: Place, tmp_path: Path) -> None:
    """A cloud on one of two dates leaves the other date to decide, on both sides."""
    days = ("2020-05-01", "2020-08-01")
    clouded = place.later.copy()
    clouded[:, :90] = 0
    cloudy = write(tmp_path / "cloudy.tif", place.raster, place.raster.grid, clouded)
    second = write(tmp_path / "second.tif", place.raster, place.raster.grid, place.dn[::-1].copy())
    third = write(tmp_path / "third.tif", place.raster, place.raster.grid, place.later[::-1].copy())
    before = place.set_of(tmp_path / "before.json", (place.before, days[0]), (second, days[1]))
    after = place.set_of(tmp_path / "after.json", (cloudy, "2024-05-03"), (third, "2024-08-03"))
    model = tmp_path / "model.json"
    fit(embeddings=[before], samples=[place.folder / "samples.gpkg"], output=model)
    place.change(tmp_path / "c.tif", before=before, after=after, model=model, smooth="none")
    found = names_of(tmp_path / "c.tif", read(tmp_path / "c.tif")[0])
    rows = np.zeros(found.shape, bool)
    rows[:90] = True
    # There, both sides are classified by August alone.
    only = [
        place.set_of(tmp_path / "b2.json", (second, days[1])),
        place.set_of(tmp_path / "a2.json", (third, "2024-08-03")),
    ]
    place.change(tmp_path / "c2.tif", before=only[0], after=only[1], model=model, smooth="none")
    august = names_of(tmp_path / "c2.tif", read(tmp_path / "c2.tif")[0])
    assert (found[rows] == august[rows]).all() and (found[~rows] != august[~rows]).any()
    # And an August of one side only does not vote at all.
    may = place.set_of(tmp_path / "a1.json", (place.after, "2024-05-03"))
    place.change(tmp_path / "c3.tif", before=before, after=may, model=model, smooth="none")
    one_may = place.set_of(tmp_path / "b1.json", (place.before, days[0]))
    place.change(tmp_path / "c4.tif", before=one_may, after=may, model=model, smooth="none")
    assert (read(tmp_path / "c3.tif") == read(tmp_path / "c4.tif")).all()
    with pytest.raises(MMEarthError, match="no image for the same time of the year"):
        place.change(tmp_path / "c5.tif", before=only[0], after=may, model=model)


def test_other_seasons_are_told(place: Place, tmp_path: Path) -> None:
    before = place.set_of(tmp_path / "b.json", (place.before, "2020-05-01"))
    after = place.set_of(tmp_path / "a.json", (place.after, "2024-10-01"))
    result = place.change(tmp_path / "c.tif", before=before, after=after)
    assert any("1 May" in said and "1 October" in said and "season" in said for said in result.messages)
    assert str(result).count("season") >= 1
    with pytest.raises(MMEarthError, match="give the earlier one first"):
        place.change(tmp_path / "d.tif", before=after, after=before)


def test_other_levels_are_told(place: Place, tmp_path: Path) -> None:
    one, other = (
        write(tmp_path / f"{level}.tif", place.raster, place.raster.grid, dn, provenance={"level": level})
        for level, dn in (("l1c", place.dn), ("l2a", place.later))
    )
    result = place.change(tmp_path / "c.tif", before=one, after=other)
    assert any("of level l1c" in said and "of l2a" in said for said in result.messages)
    assert len(place.change(tmp_path / "d.tif").messages) == len(result.messages) - 1


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("other model", r"different models: .*synthetic \(a{12}\).*another \(b{12}\)"),
        ("model of another", r"by model another \(b{12}\), the probe was fitted on model synthetic"),
        ("same", "are the same image"),
        ("elsewhere", "do not overlap"),
        ("no probe", "absent.json does not exist"),
        ("exists", "exists already"),
        ("input", "is an input"),
        ("one name", "Two outputs have one name"),
        ("most", "choose a number from 1"),
        ("cancel", "Cancelled"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    place: Place, tmp_path: Path, make_scene: Callable[..., Any], case: str, sentence: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    options: dict[str, Any] = {"output": out / "c.tif", "distance": out / "d.tif", "matrix": out / "m.csv"}
    other = {"model_id": "b" * 64, "model_name": "another"}
    if case == "other model":
        options["after"] = make_scene(tmp_path / "other.tif", **SIZE, **other).path
    elif case == "model of another":
        options["before"] = make_scene(tmp_path / "one.tif", **SIZE, **other).path
        options["after"] = make_scene(tmp_path / "two.tif", seed=1, **SIZE, **other).path
    elif case == "same":
        options["after"] = place.before
    elif case == "elsewhere":
        options["after"] = make_scene(tmp_path / "far.tif", shift=90_000, **SIZE).path
    elif case == "no probe":
        options["model"] = tmp_path / "absent.json"
    elif case == "exists":
        options["matrix"] = tmp_path / "m.csv"
        options["matrix"].write_text("mine")
    elif case == "input":
        options |= {"distance": place.after, "overwrite": True}
    elif case == "one name":
        options["distance"] = out / "c.tiff"
    elif case == "most":
        options["most"] = 0
    elif case == "cancel":
        options["cancel"] = CancelToken()
        options["cancel"].cancel()
    before = read(place.after)
    with pytest.raises(Cancelled if case == "cancel" else MMEarthError, match=sentence) as error:
        place.change(**options)
    assert "\n" not in str(error.value)
    assert not list(out.iterdir()) and (read(place.after) == before).all()
