"""Classes compared: distances that mean what they say, honest with few samples, and odd samples found."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyogrio
import pytest
from affine import Affine
from rasterio.crs import CRS

from mmearth_core import separability
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.comparing import spectra
from mmearth_core.labelling.comparing.comparison import FEWEST_PIXELS, Comparison, OddSample, compare, spread
from mmearth_core.labelling.comparing.gaussians import (
    Gaussians,
    _bhattacharyya,
    _log_density,
    _loose,
    _Normal,
    _squared,
    _weights,
    unlike,
)
from mmearth_core.labelling.comparing.separability import SeparabilityResult, _table, band_names
from mmearth_core.labelling.comparing.spectra import image_of, spectra_under
from mmearth_core.labelling.live import DrawnSamples
from mmearth_core.labelling.samples import ALIKE, Samples, read_samples
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.references import trust_named_in
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.stack import stacks_of
from mmearth_core.worker.live_verbs import LiveVerbs

BANDS = tuple(f"E{number:02d}" for number in range(64))


@pytest.fixture
def samples(scene: Any, sample_file: Path) -> Samples:
    return read_samples(scene.stack, sample_file, cancel=CancelToken())


def relabelled(samples: Samples, groups: set[int], name: str) -> Samples:
    """Some groups in a class of another name."""
    names = list(samples.legend.names)
    legend = samples.legend
    if name not in names:
        legend = Legend((*legend.classes, MapClass(99, name, (1, 2, 3))))
    index = list(legend.names).index(name)
    moved = [replace(g, label=index) if n in groups else g for n, g in enumerate(samples.groups)]
    label = np.where(np.isin(samples.group, list(groups)), index, samples.label)
    return replace(samples, legend=legend, label=label, groups=tuple(moved))


def test_the_distance_of_known_distributions_is_that_of_the_formula() -> None:
    many = 1e12
    one = _Normal(np.zeros(2), np.eye(2), many, 9)
    other = _Normal(np.array([2.0, 0.0]), np.diag([1.0, 4.0]), many, 9)
    # B = 1/8 d' S^-1 d + 1/2 ln(|S| / sqrt(|S1| |S2|)), S = diag(1, 2.5)
    assert _bhattacharyya(one, other) == pytest.approx(4 / 8 + 0.5 * np.log(2.5 / 2))
    assert _bhattacharyya(one, one) == pytest.approx(0)


def test_of_the_distance_of_means_what_chance_makes_is_taken_off() -> None:
    one, other = (_Normal(np.array([x, 0.0]), np.eye(2), 10, 9) for x in (0.0, 2.0))
    assert _bhattacharyya(one, other) == pytest.approx((4 - 2 * 0.2) / 8)


def single_pixels(places: Any) -> Any:
    """Samples of one pixel each, all of one class."""
    count = len(places)
    groups = [SimpleNamespace(label=0)] * count
    return SimpleNamespace(label=np.zeros(count, int), group=np.arange(count), groups=groups, legend=range(1))


def test_pixels_of_a_sample_tell_less_than_as_many_samples_and_a_spread_is_without_bias() -> None:
    together = SimpleNamespace(group=np.array([0, 1, 1, 1]), groups=[None, None])
    assert _weights(together).tolist() == pytest.approx([1, *[1 / (1 + 2 * ALIKE)] * 3])
    places = np.array([[0.0], [3.0], [6.0]])
    found = _loose(single_pixels(places), places, np.ones(3), 0)
    assert found is not None and found.covariance == pytest.approx(9) and found.samples == 3


def test_how_far_a_place_is_from_a_class_counts_how_well_its_mean_is_known() -> None:
    narrow, wide = (_Normal(np.zeros(2), scale * np.eye(2), 4, 4) for scale in (1, 9))
    assert _squared(np.array([1.0, 0.0]), narrow) == pytest.approx(1 / 1.25)
    assert _log_density(np.zeros(2), narrow) > _log_density(np.zeros(2), wide)


def test_a_sample_far_from_all_others_of_the_only_class_is_odd_though_it_widens_it() -> None:
    rng = np.random.default_rng(0)
    near = rng.normal(0, 1, (200, 2))
    places = np.concatenate([near, [[30, 0], [0, 45]]])
    found = unlike([Gaussians.of(single_pixels(places), places)], [0] * len(places))
    assert [each.group for each in found[:2]] == [201, 200] and all(each.nearest == 0 for each in found)
    # Of few, it would hide itself if it had a say in how its class spreads.
    few = np.concatenate([near[:8], [[60, 0]]])
    [odd] = unlike([Gaussians.of(single_pixels(few), few)], [0] * 9)
    assert odd.group == 8


def test_a_distance_is_in_standard_deviations_of_one_direction() -> None:
    places = np.random.default_rng(0).normal(0, 1, (400, 4))
    places[0] = 10
    found = unlike([Gaussians.of(single_pixels(places), places)], [0] * 400)
    assert found[0].group == 0 and found[0].distance == pytest.approx(9, abs=1.5)


def test_a_spread_is_told_from_the_fewest_pixels_on() -> None:
    values = np.arange(2.0 * FEWEST_PIXELS - 1)[:, None]
    label = np.repeat([0, 1], [FEWEST_PIXELS, FEWEST_PIXELS - 1])
    found = spread(values, label, 2, ("E00",))
    assert found.middle[0, 0] == np.median(values[:FEWEST_PIXELS]) and np.isnan(found.middle[1, 0])


def test_the_table_in_words_says_each_pair_once_and_bands_of_several_dates_have_their_date(samples: Samples) -> None:
    found = compare(samples, bands=BANDS)
    assert isinstance(found, Comparison)
    text = str(SeparabilityResult(replace(found, odd=(), messages=())))
    count = len(found.classes)
    assert sum(row.count(".") for row in text.splitlines()[2:]) == count * (count - 1) // 2

    def named(*slots: Slot) -> tuple[str, ...]:
        return band_names(SimpleNamespace(columns=SimpleNamespace(slots=slots)), None)  # type: ignore[arg-type]

    assert named(Slot("m", "a", 2)) == ("E00", "E01")
    assert len(set(named(Slot("m", "a", 2, 100), Slot("m", "a", 2, 200)))) == 4


def test_different_classes_are_apart_and_halves_of_one_class_are_not(samples: Samples) -> None:
    found = compare(samples, bands=BANDS)
    off = ~np.eye(len(found.classes), dtype=bool)
    assert np.isnan(found.separability[~off]).all() and found.separability[off].min() > 1.8
    np.testing.assert_array_equal(found.separability[off], found.separability.T[off])
    water = [n for n, g in enumerate(samples.groups) if samples.legend.names[g.label] == "water"]
    halved = compare(relabelled(samples, set(water[::2]), "water too"), bands=BANDS)
    names = [each.name for each in halved.classes]
    same = halved.separability[names.index("water"), names.index("water too")]
    assert same < 1 < found.separability[off].min()


def test_a_class_of_one_sample_is_too_few(samples: Samples) -> None:
    lone = next(n for n, g in enumerate(samples.groups))
    found = compare(relabelled(samples, {lone}, "lone"), bands=BANDS)
    names = [each.name for each in found.classes]
    assert np.isnan(found.separability[names.index("lone")]).all()
    assert found.samples[names.index("lone")] == 1


def test_a_sample_with_the_label_of_another_class_is_odd(samples: Samples) -> None:
    wrong = next(n for n, g in enumerate(samples.groups) if samples.legend.names[g.label] == "water")
    fid = samples.groups[wrong].fid
    assert fid not in [each.fid for each in compare(samples, bands=BANDS).odd]
    found = compare(relabelled(samples, {wrong}, "forest"), bands=BANDS).odd
    assert (fid, "forest", "water") in [(each.fid, each.label, each.nearest) for each in found]


def test_distances_do_not_ask_in_which_units_bands_are(samples: Samples) -> None:
    values = samples.values.astype(np.float64)
    one, other = (Gaussians.of(samples, each).separability() for each in (values, values * 7 - 3))
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_spreads_are_quantiles_of_the_pixels(samples: Samples) -> None:
    found = compare(samples, bands=BANDS).embedding
    mine = samples.values[samples.label == 1]
    np.testing.assert_allclose(found.middle[1], np.median(mine, axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.low[1], np.quantile(mine, 0.1, axis=0), rtol=1e-5)
    assert (found.low <= found.middle).all() and (found.middle <= found.high).all() and len(found.bands) == 64


def test_the_table_is_written_and_one_class_is_refused(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    result = separability(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "t.csv")
    rows = list(csv.reader((tmp_path / "t.csv").open()))
    names = [each.name for each in result.comparison.classes]
    assert rows[0] == ["class", *names, "samples", "pixels"] and [row[0] for row in rows[1:]] == names
    assert rows[1][1] == "" and 0 <= float(rows[1][2]) <= 2
    assert "Jeffries-Matusita" in str(result) and names[1] in str(result)
    meta, _, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"])
    columns[0][:] = "all the same"
    pyogrio.raw.write(
        tmp_path / "one.gpkg", wkb, columns, meta["fields"], geometry_type="Polygon", crs=meta["crs"]
    )  # fmt: skip
    with pytest.raises(MMEarthError, match="one class only"):
        separability(embeddings=[scene.path], samples=[tmp_path / "one.gpkg"])


def test_the_worker_says_why_there_are_no_spectra(scene: Any, sample_file: Path) -> None:
    meta, fids, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"], return_fids=True)
    rows = [[int(f), c, bytes(w).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)]
    drawn = DrawnSamples.from_json({"crs": meta["crs"], "features": rows})
    asked = {"cancel": CancelToken(), "embedding": str(scene.path), "samples": drawn}
    found = LiveVerbs().compare_classes(**asked)
    assert found.spectra is None and found.no_spectra is None, "no scene was given"
    found = LiveVerbs().compare_classes(**asked, scene="nowhere.tif")
    assert found.spectra is None and "nowhere.tif does not exist" in (found.no_spectra or "")
    assert found.embedding.bands[0] == "E00" and np.isfinite(found.embedding.middle).all()


def test_spectra_are_taken_under_the_pixels_of_the_samples_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    crs = CRS.from_epsg(32630)
    dn = np.stack([np.add.outer(1000 * np.arange(6), np.arange(9)) + band for band in (0, 100_000)]).astype(np.float32)

    class Scene:
        grid, bands = Grid(6, 9, Affine(10, 0, 0, 0, -10, 0), crs), ("B08", "B02")

        @contextmanager
        def reader(self) -> Iterator[Any]:
            valid = np.ones((6, 9), bool)
            valid[2, 3] = False
            yield SimpleNamespace(read=lambda window: (dn[:, *window.slices], valid[window.slices]))

    monkeypatch.setattr(spectra, "open_scene", lambda *_, **__: Scene())
    # The embedding begins two columns east and one row south of the scene's corner; row 5 of it is below the scene.
    grid = Grid(6, 9, Affine(10, 0, 20, 0, -10, -10), crs)
    where = np.array([[0, 3]] * 5 + [[5, 0], [1, 1], [0, 8]])
    under: Any = SimpleNamespace(position=where, label=np.zeros(len(where), int), legend=range(1))
    stack: Any = SimpleNamespace(grid=grid)
    found = spectra_under(under, stack, "scene.tif", image=None, cancel=CancelToken())
    assert found.bands == ("B02", "B08") and list(found.wavelengths or ()) == sorted(found.wavelengths or ())
    for each in (found.low, found.middle, found.high):
        np.testing.assert_allclose(each, [[10.1005, 0.1005]], rtol=1e-6)
    stack.grid = Grid(6, 9, grid.transform, CRS.from_epsg(32631))
    with pytest.raises(MMEarthError, match="coordinate system"):
        spectra_under(under, stack, "scene.tif", image=None, cancel=CancelToken())


def test_words_and_table_name_what_is_odd_and_count_samples_before_pixels(samples: Samples) -> None:
    found = compare(samples, bands=BANDS)
    odd = (OddSample(7, 0, "water", "water", 4.0), OddSample(8, 2, "water", "forest", 3.0))
    text = str(SeparabilityResult(replace(found, odd=odd)))
    assert "Feature 7 (water): unlike the others, 4.0" in text and "Feature 8, part 2 (water): more like forest" in text
    rows = list(csv.DictReader(_table(found).splitlines()))
    assert [int(row["samples"]) for row in rows] == list(found.samples)
    assert [int(row["pixels"]) for row in rows] == list(found.pixels) != list(found.samples)


def dated(samples: Samples, *clouds: np.ndarray, layers: tuple[str, ...] = ()) -> Samples:
    """The samples on several dates with noise of their own, without an embedding under the clouds of each."""
    [slot] = samples.columns.slots
    values = [
        samples.values + np.random.default_rng(n).normal(0, 0.1, samples.values.shape) for n in range(len(clouds))
    ]
    for mine, cloud in zip(values, clouds, strict=True):
        mine[cloud] = np.nan
    extra = np.zeros((len(samples), len(layers)))
    slots = tuple(replace(slot, day=100 + 50 * n) for n in range(len(clouds)))
    columns = Columns(slots, layers)
    return replace(samples, values=np.concatenate([*values, extra], axis=1).astype(np.float32), columns=columns)


def of_class(samples: Samples, name: str) -> np.ndarray:
    return np.asarray(samples.label == samples.legend.names.index(name))


def one_date(samples: Samples, index: int) -> Samples:
    """What a probe of one date learns from."""
    columns = samples.columns
    alone = replace(
        samples, values=samples.values[:, columns.of_slot(index)], columns=Columns(columns.slots[index:][:1])
    )
    return alone.subset(np.isfinite(alone.values).all(axis=1))


def test_dates_that_vote_are_compared_each_by_itself_and_the_best_counts(samples: Samples) -> None:
    every_other = samples.group % 2 == 1
    two = dated(samples, every_other, np.zeros(len(samples), bool))
    names = band_names(two, None)
    found, alone = compare(two, bands=names), [compare(one_date(two, n), bands=BANDS) for n in (0, 1)]
    assert found.pixels == alone[1].pixels != alone[0].pixels, "a cloud on one date hides no pixel"
    np.testing.assert_allclose(found.separability, np.fmax(*(each.separability for each in alone)))
    assert found.told_on is not None
    for row, told in enumerate(found.told_on):
        for column, date in enumerate(told):
            pair = [each.separability[row, column] for each in alone]
            assert date == (None if row == column else str(two.columns.slots[int(np.argmax(pair))]))
    np.testing.assert_allclose(found.embedding.middle[:, 64:], alone[1].embedding.middle, rtol=1e-5)
    np.testing.assert_allclose(found.embedding.middle[:, :64], alone[0].embedding.middle, rtol=1e-5)


def test_dates_in_one_probe_are_compared_together_where_all_are_clear(samples: Samples) -> None:
    clouds = samples.group % 2 == 1
    two = dated(samples, clouds, np.zeros(len(samples), bool))
    found = compare(two, bands=band_names(two, None), dates="together")
    assert sum(found.pixels) == int((~clouds).sum()) and found.told_on is None
    whole = two.subset(~clouds)
    expected = Gaussians.of(whole, whole.values.astype(np.float64)).separability()
    np.testing.assert_allclose(found.separability, expected)
    assert f"{int(clouds.sum())} pixels left out: without an embedding on every date" in found.messages


def test_a_sample_that_is_odd_on_one_date_is_told_with_it(samples: Samples) -> None:
    two = dated(samples, *2 * [np.zeros(len(samples), bool)])
    names = band_names(two, None)
    before = {each.fid for each in compare(two, bands=names).odd}
    wrong = next(n for n, g in enumerate(samples.groups) if g.fid not in before)
    values = two.values.copy()
    values[np.ix_(two.group == wrong, range(64, 128))] += 40 * values[:, 64:].std()
    odd = {each.fid: each for each in compare(replace(two, values=values), bands=names).odd}
    assert odd[samples.groups[wrong].fid].date == str(two.columns.slots[1])
    text = str(SeparabilityResult(compare(replace(two, values=values), bands=names)))
    assert f"standard deviations off on {two.columns.slots[1]}." in text and "Each date votes" in text


def test_a_date_that_no_probe_learns_from_is_neither_shown_nor_counted(samples: Samples) -> None:
    first = samples.legend.names[0]
    two = dated(samples, np.zeros(len(samples), bool), ~of_class(samples, first), layers=("height",))
    found = compare(two, bands=band_names(two, None))
    assert found.embedding.bands == tuple(f"{name}, {two.columns.slots[0]}" for name in BANDS)
    np.testing.assert_allclose(found.separability, compare(one_date(two, 0), bands=BANDS).separability)
    said = " ".join(found.messages)
    assert f"{two.columns.slots[1]} left out: fewer than two classes have a clear sample there" in said
    assert "without layers (height)" in said and found.told_on is None


def test_what_no_map_can_be_made_of_is_compared_and_said(samples: Samples) -> None:
    first = of_class(samples, samples.legend.names[0])
    two = dated(samples, first, ~first)  # one class is clear on a date of its own
    found = compare(two, bands=band_names(two, None))
    assert any("no map can be made" in each for each in found.messages)
    with pytest.raises(MMEarthError, match="or let them vote"):
        compare(two, bands=band_names(two, None), dates="together")


def test_the_worker_compares_all_dates_and_places_of_a_set(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    (tmp_path / "later.tif").write_bytes(Path(scene.path).read_bytes())
    paths = (str(scene.path), str(tmp_path / "later.tif"))
    images = [{"embedding": path, "date": day} for path, day in zip(paths, ("2020-04-10", "2020-07-12"), strict=True)]
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": images}]}
    (tmp_path / "set.json").write_text(json.dumps(content))
    trust_named_in({"embedding": str(tmp_path / "set.json")})
    meta, fids, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"], return_fids=True)
    rows = [[int(f), c, bytes(w).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)]
    drawn = DrawnSamples.from_json({"crs": meta["crs"], "features": rows})
    asked = {"cancel": CancelToken(), "embedding": str(tmp_path / "set.json"), "samples": drawn}
    vote, together = (LiveVerbs().compare_classes(**asked, dates=each) for each in ("vote", "together"))
    assert vote.told_on is not None and together.told_on is None and len(vote.embedding.bands) == 128
    # Spectra are of one date: that of the embedding the scene is told to be of.
    [stack] = stacks_of(tmp_path / "set.json")
    image, said = image_of(stack, "scene.tif", paths[1])
    assert image is stack.images[1] and said == ["the spectra are those of 12 July alone"]
    with pytest.raises(MMEarthError, match=r"none of the dates is told to be made of scene\.tif"):
        image_of(stack, "scene.tif", None)


@pytest.mark.realdata
def test_spectra_are_reflectances_of_the_scene(realdata: Path, tmp_path: Path) -> None:
    from mmearth_core import embed

    scene = realdata / "aberystwyth_s2_20210527.tif"
    embed(scene=scene, output=tmp_path / "e.tif", window=(250, 550, 330, 330))
    [stack] = stacks_of(tmp_path / "e.tif")
    samples = read_samples(stack, realdata / "aberystwyth_samples.gpkg", cancel=CancelToken())
    found = spectra_under(samples, stack, scene, image=stack.images[0], cancel=CancelToken())
    assert found.wavelengths == tuple(sorted(found.wavelengths or ())) and found.bands[0] == "B02"
    names = list(samples.legend.names)
    red, infrared = found.bands.index("B04"), found.bands.index("B08")
    plants = {"forest", "grass"} & set(names)
    assert plants
    for name in plants:
        spectrum = found.middle[names.index(name)]
        assert spectrum[red] < 0.06 and 0.25 < spectrum[infrared] < 0.7, "plants are dark in red, bright beyond"
