"""torchgeo-bench itself scores our encoders: its own tasks, its own run. `make test-adapters` installs it."""

import csv
import subprocess
import sys
from pathlib import Path

import bench_tasks
import geobench_folders as folders
import numpy as np
import pytest

from mmearth_core.embedding.arrays import embed_array
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.geobench_facts import TASKS

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
pytest.importorskip("torchgeo_bench", reason="torchgeo-bench is not installed: make test-adapters")
from torchgeo_bench.datasets import get_bench_dataset_class, list_datasets  # noqa: E402 - where it is installed
from torchgeo_bench.segmentation_probe import SegmentationProbe  # noqa: E402

from mmearth_core.adapters.torchgeo_bench import MMEarthBenchModel  # noqa: E402

CONFIGURATION = """
_target_: mmearth_core.adapters.torchgeo_bench.MMEarthBenchModel
name: starter-atto-p8
model: starter-atto-p8
"""


def model_of(name: str, **settings: str) -> MMEarthBenchModel:
    return MMEarthBenchModel(get_bench_dataset_class(name).bands, **settings)


def of_sentinel2() -> set[str]:
    """The library's tasks that say they have its bands."""
    return {
        name for name in list_datasets() if any(each.sensor == "s2" for each in get_bench_dataset_class(name).bands)
    }


def test_the_tasks_that_are_tested_everywhere_are_the_librarys() -> None:
    assert of_sentinel2() - {"eurosat-spatial"} == set(bench_tasks.SPECS)
    for name, known in bench_tasks.SPECS.items():
        whole = get_bench_dataset_class(name).bands
        assert len(whole) == len(known)
        for one, other in zip(whole, known, strict=True):
            assert (one.sensor == "s2") == (other.sensor == "s2")
            if one.sensor == "s2":
                told = (one.name, one.source_name, one.mean, one.max)
                assert told == (other.name, other.source_name, other.mean, other.max)


@pytest.mark.parametrize("name", list_datasets())
def test_every_task_of_the_library_is_read_or_refused(name: str) -> None:
    same = "eurosat" if name == "eurosat-spatial" else name
    if same not in bench_tasks.BANDS:
        with pytest.raises(MMEarthError, match=bench_tasks.REFUSED.get(name, "no band of Sentinel-2")):
            model_of(name, level="l2a")
        return
    known = same in TASKS or same in {"eurosat", "so2sat"}
    model = model_of(name) if known else model_of(name, level="l2a")
    assert model.channels.bands == bench_tasks.expected(same)
    other = {"l1c": "l2a", "l2a": "l1c"}[model.level]
    if known:
        with pytest.raises(MMEarthError, match=f"are of level {model.level}, not {other}"):
            model_of(name, level=other)
    else:
        with pytest.raises(MMEarthError, match="is not known; say it"):
            model_of(name)


def test_too_few_bands_are_refused() -> None:
    task = get_bench_dataset_class("m-eurosat")()
    with pytest.raises(MMEarthError, match="set `dataset.bands=all`"):
        MMEarthBenchModel(task.select_band_specs(task.rgb_bands))


@pytest.mark.parametrize("name", ["m-eurosat", "m-so2sat", "m-brick-kiln", "m-bigearthnet"])
def test_what_it_gives_is_the_pooled_embedding_of_the_right_bands(name: str) -> None:
    rng = np.random.default_rng(0)
    bands, model = bench_tasks.expected(name), model_of(name)
    dn = rng.normal(2000, 300, (2, len(bands), 16, 16)).astype(np.float32)
    images = torch.full((2, len(bench_tasks.SPECS[name]), 16, 16), -7.0)
    for values, channel in zip(np.moveaxis(dn, 1, 0), bands.values(), strict=True):
        images[:, channel] = torch.from_numpy(values / model.channels.unit)
    with torch.inference_mode():
        found = model.to("cpu").eval()(images).numpy()
    assert found.shape == (2, 128)
    for row, image in zip(found, dn, strict=True):
        alone = embed_array(dn=image, bands=[*bands], level=model.level)
        assert row[:64] == pytest.approx(alone.mean(axis=(1, 2)), abs=1e-2)
        assert row[64:] == pytest.approx(alone.std(axis=(1, 2)), abs=1e-2)


def test_a_probe_of_pixels_reads_the_embedding_of_every_pixel() -> None:
    model = model_of("burn_scars", level="l2a")
    probe = SegmentationProbe(model, ["maps"], num_classes=3)
    images = torch.rand(2, 6, 32, 32) * 0.3
    assert probe(images).shape == (2, 3, 32, 32)
    maps = model.maps(model.normalize_inputs(images))
    assert probe.channels_list == [64] and maps.shape == (2, 64, 32, 32) and maps.std(dim=(2, 3)).min() > 0


@pytest.mark.parametrize("name", ["m-eurosat", "m-so2sat", "m-brick-kiln"])
def test_the_librarys_own_run_scores_it(name: str, tmp_path: Path) -> None:
    """The whole way: its command, its configuration, its reader of HDF5, its judges, on tiles that differ in shade."""
    specs, bands = bench_tasks.SPECS[name], {channel: band for band, channel in bench_tasks.expected(name).items()}
    labels = [each.source_name for each in get_bench_dataset_class(name).bands]
    folders.write_folder(
        *(tmp_path / "data/classification_v1.0", name),
        bands=[bands.get(channel, "") for channel in range(len(specs))],
        stored_as=labels,
        unit=TASKS[name].unit,
        count=32,
        side=TASKS[name].side,
    )
    configuration = tmp_path / "conf/model/mmearth.yaml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("torchgeo-bench")), "run", "--config-dir", "conf", "model=mmearth"]
    command += [f"dataset.names=[{name}]", "dataset.bands=all", "dataset.image_size=null", "dataset.num_workers=0"]
    command += ["dataset.normalization=identity", "device=cpu", "eval.bootstrap=5", "eval.c_range=[-2,2,3]"]
    done = subprocess.run(command, cwd=tmp_path, check=False, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "results/all_results.csv").open(encoding="utf-8") as file:
        rows = {row["method"]: row for row in csv.DictReader(file)}
    assert {"knn5", "linear"} <= set(rows)
    for row in rows.values():
        assert (row["dataset"], row["name"], row["feature_dim"]) == (name, "starter-atto-p8", "128")
        assert float(row["metric_value"]) == 1.0
