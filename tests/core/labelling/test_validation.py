"""Validation: no pixel is tested by a probe that saw its polygon; numbers are right; ignorance is admitted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from embedded_fields import NAMES, write_vector
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling import validation as module
from mmearth_core.labelling.places import find_places
from mmearth_core.labelling.probe import REGULARISATION
from mmearth_core.labelling.samples import Group, Samples, merge_samples, read_samples
from mmearth_core.labelling.validation import (
    CANDIDATES,
    Validation,
    Verdict,
    by_feature,
    choose_strengths,
    cross_validate,
    place_folds,
)
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.unlabelled import Unlabelled
from mmearth_core.vectors.nearness import Neighbourhoods


def make_samples(polygons: list[int], size: int = 20, effect: float = 0.0, seed: int = 0) -> Samples:
    """`polygons[k]` polygons of class k; classes cannot be learned, polygons very well when `effect` is large."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(polygons)), polygons)
    group = np.repeat(np.arange(len(labels)), size)
    values = 128 + rng.normal(0, effect, (len(labels), 16))[group] + rng.normal(0, 5, (len(group), 16))
    return Samples(
        values=(np.clip(values, 1, 255) * 0.05 - 6).astype(np.float32),
        label=labels[group],
        group=group,
        position=np.zeros((len(group), 2), np.intp),
        legend=Legend.numbered([f"class {k}" for k in range(len(polygons))]),
        groups=tuple(Group(Path("s.gpkg"), i, int(k), size, size) for i, k in enumerate(labels)),
        shapes=shapely.points(np.arange(len(labels)) * 0.01, 0.0),  # 1.1 km apart
        pixel_size=10.0,
        sight=640.0,
        codes={},
        messages=(),
        columns=Columns((Slot("m", "m", 16),)),
    )


def test_pixels_of_a_polygon_never_help_to_predict_it() -> None:
    # Polygons are unmistakable and classes meaningless: mixing pixels of a polygon would give nearly 100 %.
    validation = cross_validate(make_samples([12, 12], effect=40), progress=Silent(), cancel=CancelToken())
    assert validation.accuracy < 0.75
    assert not validation.leave_one_out and validation.folds == 10


def test_no_label_enters_by_pixels_without_one() -> None:
    # All unlabelled pixels are those of the samples: the worst that could be drawn. Classes are meaningless, so a probe
    # that knew a label of what it is tested on would be better than chance.
    samples = make_samples([12, 12], effect=40)
    others = Unlabelled(samples.values, blocks=1, seed=0)
    validation = cross_validate(samples, unlabelled=others, progress=Silent(), cancel=CancelToken())
    assert validation.accuracy < 0.75


def test_every_fold_learns_from_the_pixels_the_map_learns_from(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    fitted = module.fit_probe
    monkeypatch.setattr(module, "fit_probe", lambda *a, **k: seen.append(k.get("unlabelled")) or fitted(*a, **k))
    samples = make_samples([4, 4])
    others = Unlabelled(samples.values[:50], blocks=1, seed=0)
    validation = cross_validate(samples, unlabelled=others, progress=Silent(), cancel=CancelToken())
    assert seen == [others] * validation.folds


def test_training_and_test_share_no_polygon(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[set[int], set[int]]] = []
    original = module._splits

    def spy(samples: Samples, fold: np.ndarray, folds: int) -> Any:
        for train, test in original(samples, fold, folds):
            seen.append((set(train.group), set(test.group)))
            yield train, test

    monkeypatch.setattr(module, "_splits", spy)
    cross_validate(make_samples([4, 5, 3, 1]), progress=Silent(), cancel=CancelToken())
    assert seen and all(not train & test for train, test in seen)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(2, 10), st.integers(0, 5))
def test_every_polygon_is_tested_once_and_no_class_leaves_training(polygons: list[int], folds: int, seed: int) -> None:
    samples = make_samples(polygons, size=1)
    fold = place_folds(find_places(samples).of_class(samples), folds, seed)
    labels = samples.group_labels
    for label, count in enumerate(polygons):
        mine = fold[labels == label]
        assert (mine == -1).all() if count == 1 else ((mine >= 0) & (mine < folds)).all()
        assert count == 1 or all((mine != number).any() for number in range(folds))
    tested = np.bincount(fold[fold >= 0], minlength=folds)
    assert tested.max() - tested.min() <= 1


def test_a_real_scene_validates_well_and_reads_well(scene: Any, sample_file: Path) -> None:
    validation = cross_validate(
        read_samples(scene.stack, sample_file, cancel=CancelToken()), progress=Silent(), cancel=CancelToken()
    )
    assert validation.accuracy > 0.97 and validation.interval[0] > 0.7
    assert validation.pixels.sum() == 2400 and validation.shares.sum() == pytest.approx(12)
    assert (validation.pixels.sum(axis=0) == 600).all()  # columns are what was labelled
    text = str(validation)
    lines = text.splitlines()
    assert "12 places of 24 samples, each left out in turn; samples within 320 m" in lines[0]
    assert "95 % interval" in lines[1]
    rows = [line for line in lines if line.split()[:1] and line.split()[0] in validation.legend.names]
    assert len(rows) == 4 and len({len(row) for row in rows}) == 1
    assert max(map(len, lines[:-1])) <= 120
    assert "sees 640 m around a pixel, farther than the 320 m" in lines[-1]


def test_the_numbers_are_those_of_the_predictions() -> None:
    # Two classes; three polygons of `a`, one of them of 1000 px and all wrong; two of `b`, all right.
    validation = Validation(
        legend=Legend.numbered(["a", "b"]),
        pixels=np.array([[20, 0], [1000, 20]]),
        shares=np.array([[2.0, 0.0], [1.0, 2.0]]),
        places=np.array([3, 2]),
        tested=np.array([3, 2]),
        trials=5,
        samples=5,
        block=640,
        sight=640,
        folds=5,
        leave_one_out=True,
        verdicts=(),
    )
    assert validation.accuracy == pytest.approx(0.8)
    assert validation.pixel_accuracy == pytest.approx(40 / 1040)
    assert validation.f1 == pytest.approx([4 / 5, 4 / 5])
    assert validation.interval == pytest.approx((0.3755, 0.9638), abs=1e-4)


def test_a_class_with_one_polygon_is_said_to_be_unknown() -> None:
    validation = cross_validate(make_samples([4, 4, 1]), progress=Silent(), cancel=CancelToken())
    assert validation.leave_one_out and validation.folds == 8
    assert validation.unvalidated == ("class 2",) and np.isnan(validation.f1[2])
    assert validation.pixels[:, 2].sum() == 0
    text = str(validation)
    assert "Cannot be validated (no second place): class 2" in text and "?" in text
    assert "Too few places to know more than roughly: class 0 (4), class 1 (4)" in text
    assert validation.as_dict()["f1"]["class 2"] is None


def test_nothing_can_be_validated_with_one_polygon_each() -> None:
    validation = cross_validate(make_samples([1, 1, 1]), progress=Silent(), cancel=CancelToken())
    assert "impossible" in str(validation)
    assert validation.as_dict()["accuracy"] is None


def test_a_mislabelled_polygon_is_pointed_at(scene: Any, sample_file: Path) -> None:
    samples = read_samples(scene.stack, sample_file, cancel=CancelToken())
    wrong = next(i for i, g in enumerate(samples.groups) if samples.legend.names[g.label] == "water")
    urban = samples.legend.names.index("urban")
    groups = tuple(replace(g, label=urban) if i == wrong else g for i, g in enumerate(samples.groups))
    label = np.where(samples.group == wrong, urban, samples.label)
    validation = cross_validate(replace(samples, groups=groups, label=label), progress=Silent(), cancel=CancelToken())
    first = validation.doubts[0]
    assert first.group.fid == samples.groups[wrong].fid and first.predicted == "water"
    assert f"Look at feature {first.group.fid} of samples.gpkg, labelled urban: " in str(validation)
    told = {each["fid"]: each for each in by_feature(samples, validation)}
    assert set(told) == {group.fid for group in samples.groups}
    assert told[first.group.fid]["predicted"] == "water" and told[first.group.fid]["share_right"] < 0.5
    assert sum(each["pixels"] for each in told.values()) == sum(group.covered for group in samples.groups)
    assert sum(each["share_right"] > 0.5 for each in told.values()) > len(told) / 2


def test_parts_of_a_feature_are_told_as_one_and_a_place_that_is_never_left_out_has_no_verdict() -> None:
    groups = (
        Group(Path("s.gpkg"), 7, 0, 10, 90, 1),
        Group(Path("s.gpkg"), 7, 0, 10, 10, 2),
        Group(Path("s"), 8, 1, 5, 5),
    )
    verdicts = (Verdict(groups[0], "a", "b", 0.25), Verdict(groups[1], "a", "a", 1.0))
    samples = replace(make_samples([1, 1]), groups=groups)
    validation = cross_validate(make_samples([1, 1]), progress=Silent(), cancel=CancelToken())
    assert by_feature(samples, replace(validation, verdicts=verdicts)) == [
        {"fid": 7, "pixels": 100, "predicted": "b", "share_right": pytest.approx(0.325)},
        {"fid": 8, "pixels": 5, "predicted": None, "share_right": None},
    ]


def test_regularisation_is_chosen_when_there_are_enough_places() -> None:
    def chosen(polygons: list[int], effect: float = 0.0) -> float:
        samples = make_samples(polygons, effect=effect)
        return choose_strengths(samples, find_places(samples), cancel=CancelToken()).regularisation

    assert chosen([2, 2, 2]) == REGULARISATION
    # Meaningless classes and unmistakable polygons: the strongest penalty loses least.
    assert chosen([8, 8], effect=40) == CANDIDATES[0]


def test_it_is_repeatable_and_can_be_cancelled() -> None:
    samples = make_samples([6, 6], effect=10)
    one, two = (cross_validate(samples, seed=3, progress=Silent(), cancel=CancelToken()) for _ in range(2))
    assert (one.pixels == two.pixels).all()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        cross_validate(samples, progress=Silent(), cancel=token)


def grouped(shapes: list[shapely.Geometry], labels: list[int], sight: float = 640.0) -> Samples:
    """Samples with these outlines (metres in UTM 32) and classes."""
    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform
    placed = shapely.transform(np.array(shapes, object), lambda xy: np.column_stack(to_degrees(*xy.T)))
    made = make_samples([len(labels)])
    groups = tuple(replace(g, label=k) for g, k in zip(made.groups, labels, strict=True))
    legend = Legend.numbered([f"class {k}" for k in range(max(labels) + 1)])
    label = np.array(labels, np.intp)[made.group]
    return replace(made, groups=groups, label=label, legend=legend, shapes=placed, sight=sight)


def box(x: float, y: float, side: float = 100.0) -> shapely.Geometry:
    return shapely.box(500_000 + x, 5_000_000 + y, 500_000 + x + side, 5_000_000 + y + side)


def test_samples_that_share_ground_or_sight_are_one_place() -> None:
    shapes = [
        box(0, 0),
        box(3, -2),  # the same, drawn again with moved edges
        box(100, 0),  # beside it, of another class
        shapely.Point(500_050, 5_000_700),  # 600 m north of the first
        box(0, 5000),
        box(5000, 0),
        shapely.LineString([(505_000, 5_000_050), (509_000, 5_000_050)]),  # crosses the last one
        shapely.MultiPoint([(509_300, 5_000_050)]),  # 300 m from the line's end
    ]
    samples = grouped(shapes, [0, 0, 1, 0, 1, 0, 0, 1])
    assert find_places(samples, 640).of_group.tolist() == [0, 0, 0, 0, 1, 2, 2, 2]
    assert find_places(samples, 0).of_group.tolist() == [0, 0, 0, 1, 2, 3, 3, 4]
    with pytest.raises(MMEarthError, match="block=-1 is no distance"):
        find_places(samples, -1)


def test_places_do_not_depend_on_the_side_of_the_antimeridian() -> None:
    samples = replace(grouped([box(0, 0), box(0, 0)], [0, 1]), shapes=shapely.points([[179.999, 10], [-179.999, 10]]))
    assert find_places(samples, 300).of_group.tolist() == [0, 0]
    assert find_places(samples, 100).of_group.tolist() == [0, 1]


def test_the_block_shrinks_rather_than_leaving_no_places() -> None:
    row = [box(400 * i, 0) for i in range(12)]  # gaps of 300 m
    near = find_places(grouped(row, [0, 1] * 6))
    assert near.block == 160 and len(set(near.of_group)) == 12
    far = find_places(grouped([box(2000 * i, 0) for i in range(12)], [0, 1] * 6))
    assert far.block == far.sight == 640 and len(set(far.of_group)) == 12


@given(st.integers(2, 12), st.integers(2, 12), st.integers(0, 99))
def test_no_class_leaves_training_when_places_have_several(classes: int, folds: int, seed: int) -> None:
    table = np.random.default_rng(seed).random((14, classes)) < 0.3
    fold = place_folds(table, folds, seed)
    for number in range(folds):
        assert table[(fold != number)].any(axis=0)[table.any(axis=0)].all()


def test_two_dates_of_the_same_samples_are_no_more_places_than_one(scene: Any, sample_file: Path) -> None:
    once = read_samples(scene.stack, sample_file, cancel=CancelToken())
    one, two = (
        cross_validate(samples, progress=Silent(), cancel=CancelToken())
        for samples in (once, merge_samples([once, once]))
    )
    assert two.trials == one.trials and two.samples == 2 * one.samples
    assert two.interval == pytest.approx(one.interval, abs=0.02)


def test_parts_that_stand_apart_are_samples_of_their_own(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    shapes, names = scene.fields(6)
    whole = [shapely.MultiPolygon([s for s, n in zip(shapes, names, strict=True) if n == each]) for each in NAMES]
    path = write_vector(tmp_path / "dissolved.gpkg", whole, {"class": list(NAMES)})
    apart = read_samples(scene.stack, sample_file, cancel=CancelToken())
    dissolved = read_samples(scene.stack, path, cancel=CancelToken())
    assert len(dissolved.groups) == len(apart.groups) == 24 and len(dissolved) == len(apart)
    assert str(dissolved.groups[1]) == f"feature {dissolved.groups[1].fid}, part 2"
    one, two = (cross_validate(each, progress=Silent(), cancel=CancelToken()) for each in (apart, dissolved))
    assert one.trials == two.trials == 12


def test_a_class_beside_one_of_a_single_place_is_not_left_out() -> None:
    # Class 1 is in one place only, together with class 0: that place always trains.
    shapes = [box(0, 0), box(150, 0), box(5000, 0), box(9000, 0)]
    validation = cross_validate(grouped(shapes, [0, 1, 0, 0]), block=640, progress=Silent(), cancel=CancelToken())
    assert validation.places.tolist() == [3, 1] and validation.tested.tolist() == [2, 0] and validation.trials == 2


def test_what_is_nowhere_is_near_to_nothing() -> None:
    shapes = [shapely.Point(10, 50), shapely.Point(np.inf, 50), shapely.Point(), shapely.Point(10, 50.0001)]
    assert Neighbourhoods(np.array(shapes, object)).within(100).tolist() == [0, 1, 2, 0]


def test_fields_wall_to_wall_are_tested_in_squares() -> None:
    fields = [box(300 * col, 300 * row, 300) for row in range(12) for col in range(12)]
    samples = grouped(fields, [(row + col) % 3 for row in range(12) for col in range(12)])
    places = find_places(samples)
    assert places.square == 640 and places.block == 0 and 25 <= places.of_group.max() + 1 <= 49
    twice = grouped(fields * 2, [*samples.group_labels] * 2)
    assert (find_places(twice).of_group[:144] == find_places(twice).of_group[144:]).all()  # a copy is of its field
    validation = cross_validate(samples, progress=Silent(), cancel=CancelToken())
    assert not validation.independent and validation.validated.all()
    assert "samples in a square of 640 m count as one place" in str(validation)
    assert "across the borders of squares: the figures may be too good" in str(validation)
    assert not find_places(grouped(fields[:2], [0, 1])).square  # nothing to test is nothing to test
