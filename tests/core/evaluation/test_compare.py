"""The comparison of encoders: what it is judged on was kept from pretraining, and the report says who is ahead."""

import json
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyogrio
import pytest
import shapely
from packed_imagery import write_all

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation import baselines, logistic
from mmearth_core.evaluation.protocol import evaluate
from mmearth_core.sentinel2 import ENCODER_BANDS
from training import compare, comparison
from training.judges import aberystwyth, eurosat, land_cover_sites
from training.scenes_from_arrays import L1C, Place, write
from training.starter.places import split_by_place
from training.summary import read_trainings, summary

MODEL = "starter-atto-p8"


def held_out_places(count: int, held: bool) -> np.ndarray:
    """(count, 2) places in degrees that are all held out, or none of them."""
    lonlat = np.random.default_rng(0).uniform((-10, 36), (30, 60), (2000, 2))
    side = split_by_place(lonlat)[1 if held else 0]
    return lonlat[side[:count]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Development imagery in small: 24 tiles of three classes, a scene with 12 polygons, one held-out site of two,
    and what is judged over dates."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    write_all(folder)
    spectra = rng.uniform(500, 4000, (3, 13))
    label = np.arange(24) % 3
    tiles = rng.normal(spectra[label][:, :, None, None], 150, (24, 13, 64, 64)).clip(1)
    np.savez(
        folder / "eurosat_ms_dev.npz",
        x=tiles.astype(np.uint16),
        label=np.array(["crop", "forest", "lake"])[label],
        lonlat=np.concatenate([held_out_places(12, held=True), held_out_places(12, held=False)]).astype(np.float32),
        bands=np.array(L1C),
    )
    fields = np.arange(16).reshape(4, 4) % 3
    truth = np.kron(fields, np.ones((32, 32), int))
    scene = np.moveaxis(rng.normal(spectra[truth][..., :12], 150), 2, 0).clip(1)
    write(folder / "aberystwyth_s2_20210527.tif", scene, "L2A", 0, Place(32630, 500_000, 5_800_000))
    corners = [(row, col) for row in range(4) for col in range(4)][:12]
    polygons = [
        shapely.box(500_080 + 320 * c, 5_799_920 - 320 * r - 160, 500_240 + 320 * c, 5_799_920 - 320 * r)
        for r, c in corners
    ]
    pyogrio.raw.write(
        folder / "aberystwyth_samples.gpkg",
        shapely.to_wkb(np.array(polygons, object)),
        [np.array([f"class {fields[at]}" for at in corners], object)],
        ["class"],
        geometry_type="Polygon",
        crs="EPSG:32630",
    )
    cover = np.kron(rng.permutation(16).reshape(4, 4) % 3 + 1, np.ones((32, 32), int)).astype(np.uint8)
    sites = np.moveaxis(rng.normal(spectra[cover - 1][..., :12], 150), 2, 0).clip(1).astype(np.int16)
    np.savez(
        folder / "terramind_sites.npz",
        id=np.array(["kept", "held"]),
        lonlat=np.concatenate([held_out_places(1, held=False), held_out_places(1, held=True)]),
        S2L2A=np.stack([sites, sites]),
        LULC=np.stack([cover, cover])[:, None],
    )
    return folder


def test_no_tile_that_is_tested_was_pretrained_on(data: Path) -> None:
    tiles = eurosat(data)
    with np.load(data / "eurosat_ms_dev.npz") as arrays:
        pretrained = split_by_place(arrays["lonlat"])[0]
        assert not tiles.task.held_out[pretrained].any()
        assert tiles.task.held_out.sum() == 12
        # Bands are matched by name: B8A comes before B08 for the encoder.
        assert np.array_equal(tiles.dn[:, ENCODER_BANDS.index("B8A")], arrays["x"][:, L1C.index("B8A")])


def test_tiles_that_were_all_pretrained_on_judge_nothing(data: Path, tmp_path: Path) -> None:
    """One of their places used to be called held out."""
    with np.load(data / "eurosat_ms_dev.npz") as arrays:
        np.savez(tmp_path / "eurosat_ms_dev.npz", **{**arrays, "lonlat": held_out_places(24, held=False)})
    with pytest.raises(MMEarthError, match=r"eurosat_ms_dev\.npz has no tile at a place that is kept from pretraining"):
        eurosat(tmp_path)


def test_what_a_published_network_says_of_the_tiles_is_judged_on_the_same_draws(data: Path, tmp_path: Path) -> None:
    assert not eurosat(data).of_published()
    (tmp_path / "eurosat_ms_dev.npz").write_bytes((data / "eurosat_ms_dev.npz").read_bytes())
    tokens = np.random.default_rng(0).integers(-100, 100, (24, 128, 8, 8)).astype(np.int8)
    scale = np.linspace(0.5, 2, 128, dtype=np.float32)
    np.savez(tmp_path / "teacher_galileo_nano.npz", tokens_eurosat_ms_dev=tokens, scale=scale)
    tiles = eurosat(tmp_path)
    ((name, features),) = tiles.of_published().items()
    assert name == "Galileo-Nano" and set(features) == set(tiles.tasks)
    assert np.allclose(features["EuroSAT, mean"], tokens.mean((2, 3)) * scale, atol=1e-3)


@pytest.mark.realdata
def test_every_class_of_the_real_tiles_is_tested(realdata: Path) -> None:
    task = eurosat(realdata).task
    assert np.bincount(task.label[task.held_out]).min() >= 4


def test_labelled_pixels_are_those_of_their_polygons(data: Path) -> None:
    pixels = aberystwyth(data)
    assert pixels.task.classes == ("class 0", "class 1", "class 2")
    assert np.bincount(pixels.task.group).tolist() == [100] * 12  # of 256 each
    fields = np.arange(16).reshape(4, 4) % 3
    assert np.array_equal(pixels.task.label, fields[pixels.rows // 32, pixels.cols // 32])
    expected = [pixels.dn[:, row, col] for row, col in zip(pixels.rows, pixels.cols, strict=True)]
    assert np.array_equal(pixels.at(pixels.dn), expected)


def test_only_sites_held_out_are_judged_on(data: Path, tmp_path: Path) -> None:
    (site,) = land_cover_sites(data, tmp_path)
    assert site.task.name == "Site held"
    assert site.task.classes == ("water", "trees", "flooded vegetation")
    assert np.bincount(site.task.label).tolist() == [300] * 3
    assert site.level == "l2a"


@pytest.fixture
def small(monkeypatch) -> None:
    """Few trees and draws, one number of labels, and the strength of a penalty is assumed, not chosen."""
    monkeypatch.setattr(baselines, "TREES", 3)
    monkeypatch.setattr(logistic, "ENOUGH", 1000)
    monkeypatch.setattr(compare, "FEWEST_DRAWS", 2)
    monkeypatch.setattr(compare, "evaluate", partial(evaluate, counts=(10,)))


@pytest.mark.usefixtures("small")
def test_the_report_says_who_is_ahead(data: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    report = tmp_path / "report.md"
    options = ["--data", str(data), "-o", str(report), "--seeds", "2", "--random", MODEL]
    monkeypatch.setattr(sys, "argv", ["compare", MODEL, *options])
    compare.main()
    text = report.read_text(encoding="utf-8")
    for method in (
        "raw bands, random forest",
        "raw bands 5×5, logistic",
        "whitened bands 5×5, mean of logistic and LDA",
        "random encoder, kNN-5",
        f"{MODEL}, kNN-5",
    ):
        assert text.count(f"| {method} | ") == 6, method  # two metrics of three kinds
    assert f"| {MODEL}, best probe − best of bands | " in text
    assert f"| {MODEL}, logistic − random encoder, logistic | +0.000" in text
    for kind in ("tiles", "polygons", "pixels"):
        assert f"(report-{kind}.svg)" in text and (tmp_path / f"report-{kind}.svg").is_file()
    assert summary(read_trainings(report.with_suffix(".jsonl"))) in text
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    tasks = {kind: {each["task"] for each in table["results"]} for kind, table in found["kinds"].items()}
    assert tasks == {
        "tiles": {"EuroSAT, mean", "EuroSAT, mean + spread"},
        "polygons": {"Aberystwyth", "Belgium over dates"},
        "pixels": {
            "Site held",
            "Bark beetle damage (tuned)",
            "Bark beetle damage, both dates (tuned)",
            "Forest type over dates (tuned)",
        },
    }
    # Plain surfaces: every probe tells them apart with ten labels, so nothing was mixed up on the way. Damage is one of
    # several, which are as small as four pixels: for planes and single pixels only.
    for each in (each for table in found["kinds"].values() for each in table["results"]):
        if each["task"].startswith(("EuroSAT", "Aber", "Site")):
            assert each["method"].endswith(("forest", "each standardised")) or np.mean(each["accuracy"][0]) > 0.9, each
        elif each["method"] == "raw bands, logistic":
            assert np.mean(each["accuracy"][0]) > 0.8, each
    assert {each["series"] for each in found["found_again"]} == {"Catalonia (tuned)"}
    assert np.mean(next(each["accuracy"] for each in found["found_again"] if each["method"] == MODEL)) == 1
    assert MODEL in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_trainings_are_averaged_and_the_reported_half_is_its_own(data: Path, tmp_path: Path, monkeypatch) -> None:
    other = {"encoded": 0}

    def noisy(judge, model, folder):  # noqa: ARG001
        other["encoded"] += 1
        rng = np.random.default_rng(int(model))
        return {name: rng.normal(size=(len(task), 3)) for name, task in judge.tasks.items()}

    monkeypatch.setattr(compare, "encoded", noisy)
    monkeypatch.setattr(
        compare, "open_backend", lambda model, _: SimpleNamespace(header=SimpleNamespace(model_id=model))
    )
    monkeypatch.setattr(
        "training.dated_judges.Series.of_backend", lambda _, model: np.full((3, 4, 2), int(model.header.model_id))
    )
    models = {"two": ["1", "2"], "one": ["1"]}
    found = compare.compare(models, data, halves=["reported"], seeds=2, say=lambda _: None)
    assert set(found.tables) == {"pixels"}
    assert all(task.endswith("(reported)") for table in found.tables.values() for task in table.tasks)
    table = found.trainings["pixels"]
    assert table.methods == tuple(f"two, {probe}" for probe in compare.PROBES)
    key = ("two, logistic", "Bark beetle damage (reported)")
    assert table.scores[key].macro_f1.shape == (1, 2)
    assert table.scores[key].macro_f1.mean() == pytest.approx(found.tables["pixels"].scores[key].macro_f1.mean())
    first = found.tables["pixels"].scores["one, logistic", key[1]].macro_f1.mean(axis=1)
    assert table.scores[key].macro_f1[:, 0] == pytest.approx(first)
    assert found.found_again["two", "Catalonia (reported)"].shape == (2, 6)
    text = comparison.report(found, list(models), [], dict.fromkeys(comparison.KINDS, "picture.svg"))
    assert text.count("| two, logistic | ") == 3  # two metrics and the trainings
    assert text.count("| two (2) | ") == 1 and text.count("| two | ") == 1  # the summary, and places found again
    assert {(each.label, each.name) for each in found.each} >= {("two", "1"), ("two", "2"), ("one", "1")}
    of_one = next(each for each in found.each if each.label == "one")
    told = next(each for each in of_one.judged if (each.task, each.probe) == (key[1], "logistic"))
    assert (told.kind, told.half, told.counts) == ("pixels", "reported", [10])
    assert told.macro_f1 == pytest.approx(first, abs=1e-5)
    assert of_one.found_again["Catalonia (reported)"] == pytest.approx(
        found.found_again["one", "Catalonia (reported)"].mean(), abs=1e-5
    )

    # Kept scores are the same, and made once; of another number of draws or other imagery they are others.
    again = partial(compare.compare, models, data, halves=["reported"], kept=tmp_path / "kept", say=lambda _: None)
    times = []
    for seeds in (2, 2, 3):
        before = other["encoded"]
        kept = again(seeds=seeds)
        times.append(other["encoded"] - before)
        if seeds == 2:
            for key, scores in kept.tables["pixels"].scores.items():
                np.testing.assert_array_equal(scores.macro_f1, found.tables["pixels"].scores[key].macro_f1)
            np.testing.assert_array_equal(
                kept.found_again["two", "Catalonia (reported)"], found.found_again["two", "Catalonia (reported)"]
            )
    assert times == [2, 0, 2], "training 1 is in both models and judged once"
    (data / "note.txt").write_text("other imagery")
    again(seeds=2)
    assert other["encoded"] - before == 4
    (data / "note.txt").unlink()


def test_a_label_may_stand_for_several_trainings() -> None:
    found = compare.models_of(["ours=a.onnx,b.onnx", "models/other.onnx", MODEL])
    assert found == {"ours": ["a.onnx", "b.onnx"], "other": ["models/other.onnx"], MODEL: [MODEL]}
    with pytest.raises(MMEarthError, match="Two models have the name other"):
        compare.models_of(["a/other.onnx", "b/other.onnx"])
    with pytest.raises(MMEarthError, match="a model without a file"):
        compare.models_of(["ours=a.onnx,"])


def test_models_are_compared_with_the_first() -> None:
    found = comparison.pairs(["ours", "other"])
    assert ("ours, kNN-5", "other, kNN-5") in found
    assert ("ours, best probe", "best of bands") in found
    assert not [pair for pair in found if pair[0].startswith("other")]


def test_a_model_that_is_not_there_stops_before_the_work(data: Path, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="nowhere"):
        compare.compare({"nowhere": [str(tmp_path / "nowhere.onnx")]}, data)
