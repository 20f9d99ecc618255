"""Tasks of torchgeo-bench are read by the right bands and in the right unit, or refused."""

from dataclasses import replace

import bench_tasks
import geobench_folders as folders
import pytest
from bench_tasks import SPECS, Spec

from mmearth_core.adapters.bench_bands import channels_of
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.geobench_facts import TASKS

#: Those whose labels are all in dispute where it is not known whose they are.
UNTELLABLE = {"m-so2sat"}


def of_labels(bands: tuple[str, ...], unit: float = 1.0) -> list[Spec]:
    """Channels labelled in the order of GEO-Bench 1.0, which are `bands`."""
    means = [folders.MEANS[each] / unit for each in bands]
    return [Spec("s2", "any", label, mean, 3 * mean) for label, mean in zip(folders.SENTINEL2, means, strict=False)]


@pytest.mark.parametrize("name", bench_tasks.BANDS)
def test_every_task_is_read_by_its_own_bands(name: str) -> None:
    found = channels_of(SPECS[name], SPECS)
    assert found.task == name
    assert found.bands == bench_tasks.expected(name)
    assert found.unit == (10_000 if name in bench_tasks.IN_REFLECTANCE else 1)


@pytest.mark.parametrize("name", bench_tasks.REFUSED)
def test_bands_that_cannot_be_what_they_are_called_are_refused(name: str) -> None:
    with pytest.raises(MMEarthError, match=bench_tasks.REFUSED[name]):
        channels_of(SPECS[name], SPECS)
    with pytest.raises(MMEarthError, match=bench_tasks.REFUSED[name]):  # by the whole task, whatever is chosen of it
        channels_of([each for each in SPECS[name] if each.sensor == "s2"][:3], SPECS)


@pytest.mark.parametrize("name", bench_tasks.BANDS)
def test_a_band_that_is_chosen_is_what_it_is_in_the_whole_task(name: str) -> None:
    whole = {channel: band for band, channel in bench_tasks.expected(name).items()}
    for channel, each in enumerate(SPECS[name]):
        if channel in whole:
            assert channels_of([each], SPECS).bands == {whole[channel]: 0}
        elif each.sensor == "s2":
            with pytest.raises(MMEarthError, match="no band of Sentinel-2 that is known"):
                channels_of([each], SPECS)
    chosen = [channel for channel in reversed(range(len(SPECS[name]))) if channel in whole]
    found = channels_of([SPECS[name][channel] for channel in chosen], SPECS)
    assert [*found.bands] == [whole[channel] for channel in chosen]


@pytest.mark.parametrize("name", bench_tasks.BANDS)
def test_a_task_that_is_not_known_is_told_by_its_statistics_or_refused(name: str) -> None:
    if name in UNTELLABLE:
        with pytest.raises(MMEarthError, match="add this band"):
            channels_of(SPECS[name], {})
    else:
        assert channels_of(SPECS[name], {}).bands == bench_tasks.expected(name)


@pytest.mark.parametrize("name", ["m-cashew-plant", "m-SA-crop-type"])
def test_tasks_of_geobench_that_are_not_among_the_librarys_keep_their_labels(name: str) -> None:
    """Both have the twelve bands of level 2A, and a layer of clouds."""
    specs = [each for each in SPECS["m-bigearthnet"] if each.sensor == "s2"]
    specs = [replace(each, mean=1.1 * each.mean) for each in specs]
    clouds = Spec("s2", "clouds", "Cloud Probability", 3, 100)
    for tasks in ({}, {name: (*specs, clouds)}):
        found = channels_of([*specs, clouds], {**SPECS, **tasks})
        assert found.bands == bench_tasks.expected("m-bigearthnet")
        assert found.level == (TASKS[name].level if tasks else None)


def test_labels_that_are_wrong_are_put_right_in_either_unit() -> None:
    right = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
    for unit in (1.0, 10_000.0):
        assert [*channels_of(of_labels(folders.EUROSAT, unit), {}).bands] == list(folders.EUROSAT)
        assert [*channels_of(of_labels(folders.BRICKS, unit), {}).bands] == list(folders.BRICKS[:10])
        found = channels_of(of_labels(right, unit), {})
        assert [*found.bands] == list(right) and found.unit == unit


def test_chosen_bands_of_a_task_that_is_not_known_are_refused_where_labels_may_be_wrong() -> None:
    bricks = of_labels(folders.BRICKS)
    assert channels_of(bricks[1:4], {}).bands == {"B02": 0, "B03": 1, "B04": 2}  # no task has these wrong
    with pytest.raises(MMEarthError, match="lacks '09 - Water vapour'"):
        channels_of(bricks[:9], {})
    with pytest.raises(MMEarthError, match="lacks '12 - SWIR'"):
        channels_of(bricks[:12], {})


def test_names_without_a_label_are_read_and_codes_outrank_words() -> None:
    radar = Spec("sar", "vh", "01 - VH.Real", 0, 1)
    assert channels_of([radar, Spec("s2", "nir", "of others", 2000, 9000)], {}).bands == {"B08": 1}
    assert channels_of([radar, Spec("s2", "nir", "B8A", 2000, 9000)], {}).bands == {"B8A": 1}
    with pytest.raises(MMEarthError, match="no band of Sentinel-2; leave it out"):
        channels_of([radar], {})
    with pytest.raises(MMEarthError, match="two channels that are called B08"):
        channels_of([Spec("s2", "nir", "B08", 2000, 9000), Spec("s2", "nir", "of others", 2000, 9000)], {})


@pytest.mark.parametrize(
    ("mean", "highest", "words"),
    [(12, 60, "neither reflectance nor"), (120, 255, "pictures of 8 bits"), (20_000, 65_535, "neither reflectance")],
)
def test_other_units_are_refused(mean: float, highest: float, words: str) -> None:
    with pytest.raises(MMEarthError, match=words):
        channels_of([Spec("s2", f"b0{number}", f"B0{number}", mean, highest) for number in (2, 3, 4, 8)], {})


def test_one_band_in_another_unit_than_the_others_is_refused() -> None:
    specs = [Spec("s2", f"b0{number}", f"B0{number}", 1000, 9000) for number in (2, 3, 4)]
    with pytest.raises(MMEarthError, match="as its B08"):
        channels_of([*specs, Spec("s2", "b08", "B08", 0.2, 1)], {})


def test_the_level_is_known_of_known_tasks() -> None:
    levels = {name: channels_of(SPECS[name], SPECS).level for name in bench_tasks.BANDS}
    assert {name for name, level in levels.items() if level == "l1c"} == {"m-eurosat", "m-so2sat", "eurosat", "so2sat"}
    assert {name for name, level in levels.items() if level == "l2a"} == {"m-bigearthnet", "m-brick-kiln"}
