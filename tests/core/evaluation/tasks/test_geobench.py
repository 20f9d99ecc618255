"""GEO-Bench's folders: bands are what they are and not what they are labelled, labels are read and nothing is run."""

import datetime
import json
import os
import pickle
from pathlib import Path

import geobench_folders as folders
import h5py
import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.opcodes import number_or_array, plain_values
from mmearth_core.evaluation.tasks.opening import open_task

ALL = np.arange(4)


def test_eurosat_has_its_bands_put_right_by_name(tmp_path: Path) -> None:
    task = open_task(folders.write_folder(tmp_path, "m-eurosat"))
    assert (task.target, task.level, task.shape, len(task.classes)) == ("class", "l1c", (64, 64), 10)
    assert dict(zip(task.bands, range(13), strict=True)).keys() == set(folders.EUROSAT)
    images = task.images(np.arange(16))
    for band, mean in zip(task.bands, images.mean(axis=(0, 2, 3)), strict=True):
        assert mean == pytest.approx(1.5 * folders.MEANS[band], rel=0.1)
    assert task.statistics is not None
    assert task.statistics.mean == pytest.approx(images.mean(axis=(0, 2, 3)), rel=1e-3)
    assert "12 - SWIR" not in task.notes[0] and "B12 is B8A" in task.notes[0]
    assert task.labels(ALL).tolist() == [0, 1, 0, 1]


def test_files_whose_labels_were_put_right_by_others_are_read_as_labelled(tmp_path: Path) -> None:
    right = [folders.SENTINEL2[each] for each in (*range(8), 9, 10, 11, 12, 8)]
    task = open_task(folders.write_folder(tmp_path, stored_as=right))
    means = dict(zip(task.bands, task.images(np.arange(16)).mean(axis=(0, 2, 3)), strict=True))
    assert means["B10"] < 30 and means["B8A"] == pytest.approx(1.5 * 2600, rel=0.1)
    assert "labelled rightly" in task.notes[0]


def test_files_that_are_neither_are_refused(tmp_path: Path) -> None:
    odd = [each if each != "B10" else "B09" for each in folders.EUROSAT]
    with pytest.raises(MMEarthError, match="neither as published nor as they are labelled"):
        open_task(folders.write_folder(tmp_path, bands=odd))


def test_brick_kilns_have_ten_bands_and_a_picture_that_is_left_out(tmp_path: Path) -> None:
    task = open_task(folders.write_folder(tmp_path, "m-brick-kiln", bands=folders.BRICKS))
    assert task.bands == folders.BRICKS[:10]
    assert "3 bands of a picture left out" in task.notes[0]
    assert task.images(ALL[:1]).shape == (1, 10, 64, 64)


def test_so2sat_is_reflectance_and_its_radar_is_left_out(tmp_path: Path) -> None:
    bands = ("radar", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
    stored = ("01 - VH.Real", *(folders.SENTINEL2[each] for each in (*range(1, 9), 11, 12)))
    task = open_task(folders.write_folder(tmp_path, "m-so2sat", side=32, bands=bands, stored_as=stored, unit=10_000))
    assert task.bands == bands[1:]
    assert task.images(np.arange(16)).mean(axis=(0, 2, 3))[0] == pytest.approx(1.5 * 1100, rel=0.1)


def test_numbers_of_another_unit_are_refused(tmp_path: Path) -> None:
    bands, stored = folders.EUROSAT[1:8], folders.SENTINEL2[1:8]
    with pytest.raises(MMEarthError, match=r"holds .* in reflectance × 10000, which no Sentinel-2 image has"):
        open_task(folders.write_folder(tmp_path, "m-so2sat", side=32, bands=bands, stored_as=stored))
    with pytest.raises(MMEarthError, match="in another unit than published"):
        open_task(folders.write_folder(tmp_path, "m-eurosat", unit=10_000))


def test_statistics_of_so2sat_may_be_in_reflectance_or_that_times_10000(tmp_path: Path) -> None:
    """Its tiles are reflectance; of its statistics both are told."""
    bands, stored = folders.EUROSAT[1:8], folders.SENTINEL2[1:8]
    folder = folders.write_folder(tmp_path, "m-so2sat", side=32, bands=bands, stored_as=stored, unit=10_000)
    published = open_task(folder)
    path = folder / "band_stats.json"
    table = {
        band: {name: 10_000 * each for name, each in told.items()}
        for band, told in json.loads(path.read_text()).items()
    }
    path.write_text(json.dumps(table))
    other = open_task(folder)
    assert published.statistics is not None and other.statistics is not None
    assert other.statistics.mean == pytest.approx(published.statistics.mean)
    assert other.statistics.std == pytest.approx(published.statistics.std)
    assert np.array_equal(other.images(ALL), published.images(ALL))


def test_crops_of_south_africa_are_bytes(tmp_path: Path) -> None:
    label = (np.indices((256, 256)).sum(axis=0) // 64 % 3).astype(np.int16)
    stored = (*(each for each in folders.SENTINEL2 if "Cirrus" not in each), "Cloud Probability")
    folder = folders.write_folder(
        tmp_path, "m-SA-crop-type", side=256, count=4, labels=[label] * 4, bands=(*folders.SENTINEL2_BANDS, "clouds"),
        stored_as=stored, unit=10_000 / 255, dtype="uint8",
    )  # fmt: skip
    assert json.loads((folder / "band_stats.json").read_text())["01 - Coastal aerosol"]["mean"] < 60
    task = open_task(folder)
    means = dict(zip(task.bands, task.images(ALL).mean(axis=(0, 2, 3)), strict=True))
    assert means["B8A"] == pytest.approx(2600 * 4 / 3, rel=0.1) and means["B01"] == pytest.approx(1350 * 4 / 3, rel=0.1)
    assert "are bytes" in task.notes[0]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", [np.array, list])
def test_bigearthnet_has_several_labels_a_tile_in_every_way_they_are_written(
    tmp_path: Path, protocol: int, kind: type
) -> None:
    label = np.arange(43) % 5 == 0
    folder = folders.write_folder(
        tmp_path, "m-bigearthnet", side=120, count=4, labels=[label] * 4, bands=folders.SENTINEL2_BANDS,
        stored_as=[name for name in folders.SENTINEL2 if "Cirrus" not in name],
    )  # fmt: skip
    tile = folder / "id_0000.hdf5"
    with h5py.File(tile) as file:
        bands = {name: file[name][()] for name in file}
    folders.write_tile(tile, bands, kind(label.astype(np.int64)), protocol=protocol)
    task = open_task(folder)
    assert task.target == "classes"
    assert task.labels(np.array([0])).dtype == bool
    assert task.labels(np.array([0]))[0].tolist() == label.tolist()


def test_fields_have_a_class_at_every_pixel_and_bands_of_a_date(tmp_path: Path) -> None:
    label = (np.indices((256, 256)).sum(axis=0) // 64 % 3).astype(np.int16)
    stored = (*(each for each in folders.SENTINEL2 if "Cirrus" not in each), "Cloud Probability")
    folder = folders.write_folder(
        tmp_path, "m-cashew-plant", side=256, count=4, labels=[label] * 4, stored_as=stored,
        bands=(*folders.SENTINEL2_BANDS, "clouds"), date=datetime.date(2019, 11, 5),
    )  # fmt: skip
    task = open_task(folder)
    assert (task.target, task.level, len(task.bands)) == ("pixels", "l2a", 12)
    assert np.array_equal(task.labels(np.array([1]))[0], label)


def test_parts_are_those_of_the_files(tmp_path: Path) -> None:
    folder = folders.write_folder(tmp_path)
    task = open_task(folder)
    half, whole = task.parts(0.5, 0), task.parts(1.0, 7)
    assert (len(half.train), len(whole.train), len(whole.valid), len(whole.test)) == (4, 8, 4, 4)
    assert not task.varies(0.5)
    told = json.loads((folder / "0.50x_train_partition.json").read_text())
    assert [f"id_{row:04d}" for row in half.train] == told["train"]
    with pytest.raises(MMEarthError, match=r"no partition of 0\.05 .* but of 0\.50, 1\.00"):
        task.parts(0.05, 0)


def test_a_tile_in_two_parts_is_refused(tmp_path: Path) -> None:
    folder = folders.write_folder(tmp_path)
    path = folder / "1.00x_train_partition.json"
    told = json.loads(path.read_text())
    told["test"].append(told["train"][0])
    path.write_text(json.dumps(told))
    with pytest.raises(MMEarthError, match="tiles in two parts"):
        open_task(folder).parts(1.0, 0)


@pytest.mark.parametrize("label", [10, -1, 1.5, "1", None, [0, 1]])
def test_a_label_that_is_none_of_the_task_is_refused(tmp_path: Path, label: object) -> None:
    folder = folders.write_folder(tmp_path)
    with h5py.File(folder / "id_0000.hdf5") as file:
        bands = {name: file[name][()] for name in file}
    folders.write_tile(folder / "id_0000.hdf5", bands, label)
    with pytest.raises(MMEarthError, match="label"):
        open_task(folder)


class Evil:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (self.path,)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    folder = folders.write_folder(tmp_path / "data")
    trap = tmp_path / "trap"
    with h5py.File(folder / "id_0000.hdf5") as file:
        bands = {name: file[name][()] for name in file}
    folders.write_tile(folder / "id_0000.hdf5", bands, Evil(str(trap)))
    with pytest.raises(MMEarthError, match="tells no label"):
        open_task(folder)
    assert not trap.exists()


@pytest.mark.parametrize(
    "value",
    [
        *(3, -70_000, 2**40, 1.5, True, np.int64(7), np.float32(0.5), np.bool_(True), np.uint8(3)),
        *(np.arange(5), np.array([[1, 2], [3, 4]], order="F"), np.zeros(0), [1, 0, 1], (1, 2)),
    ],
)
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_what_is_written_is_what_is_read(value: object, protocol: int) -> None:
    read = number_or_array(plain_values(pickle.dumps({"label": value}, protocol=protocol))["label"])
    assert np.array_equal(read, np.asarray(value))


@pytest.mark.parametrize(
    "content", [b"", b".", b"\x80\x04", b"\x80\x04.", b"(((", b"\x80\x04}(K\x01u.", b"\x80\x04K\x01K\x02s."]
)
def test_broken_instructions_are_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):
        plain_values(content)


def test_an_array_of_objects_is_no_number() -> None:
    with pytest.raises(ValueError, match="no numbers"):
        number_or_array(plain_values(pickle.dumps(np.array([{}], dtype=object))))


def test_a_folder_of_another_name_and_a_path_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="no task of GEO-Bench that is known here"):
        open_task(folders.write_folder(tmp_path, "m-forestnet"))
    with pytest.raises(MMEarthError, match="does not exist"):
        open_task(tmp_path / "nowhere")
    (tmp_path / "text.txt").write_text("nothing")
    with pytest.raises(MMEarthError, match="is no task"):
        open_task(tmp_path / "text.txt")
