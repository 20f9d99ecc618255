"""Fit: one call from embeddings and polygons to a probe file and a report; bad input leaves nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.fitting import fit
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.progress import Silent


def test_it_writes_a_probe_and_reports(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    result = fit(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "model.json")
    probe = load_probe(tmp_path / "model.json")
    assert probe.legend == result.model.legend and probe.training.polygons == 24
    text = str(result)
    assert "4 classes from 2400 pixels of 24 samples, on model synthetic (aaaaaaaaaaaa)" in text
    assert "Overall accuracy" in text and "pixels labelled as" in text


def test_the_same_input_gives_the_same_file(scene: Any, few_samples: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        fit(embeddings=[scene.path], samples=[few_samples], output=tmp_path / name, seed=4)
    assert (tmp_path / "one").read_text() == (tmp_path / "two").read_text()


def test_what_pixels_without_a_label_told_is_written_and_can_be_left(
    scene: Any, few_samples: Path, tmp_path: Path
) -> None:
    def fitted(name: str, **options: Any) -> Any:
        return fit(embeddings=[scene.path], samples=[few_samples], output=tmp_path / name, **options)

    usual = fitted("usual.json")
    assert "2000 pixels without a label of 4 blocks helped; they seem to be " in str(usual)
    learned = usual.as_dict()["probe"]["unlabelled"]
    assert learned["pixels"] == 2000 and sum(learned["shares"]) == pytest.approx(1)
    assert json.loads((tmp_path / "usual.json").read_text())["unlabelled"] == learned
    alike = fitted("alike.json", prior="none", unlabelled=500)
    assert "500 pixels without a label of 4 blocks helped.\n" in str(alike)
    assert alike.as_dict()["probe"]["unlabelled"]["shares"] is None
    alone = fitted("alone.json", unlabelled=0)
    assert "without a label" not in str(alone) and alone.model.unlabelled is None
    for one, other in ((usual, alike), (usual, alone), (alike, alone)):
        told = [each.model.members[0].intercept + each.model.shift for each in (one, other)]
        assert not np.allclose(*told, atol=1e-4)
    with pytest.raises(MMEarthError, match="unlabelled=.* is no number of pixels"):
        fitted("none.json", unlabelled=-5)


def test_two_scenes_teach_one_probe(
    scene: Any, make_scene: Callable[..., Any], write_vector: Callable[..., Path], tmp_path: Path
) -> None:
    other = make_scene(tmp_path / "b.tif", seed=3, crs="EPSG:32631")
    paths = []
    for name, each, wanted, crs in (
        ("a.gpkg", scene, {"water", "forest"}, "EPSG:32630"),
        ("b.gpkg", other, {"grass", "urban"}, "EPSG:32631"),
    ):
        pairs = [(g, n) for g, n in zip(*each.fields(2), strict=True) if n in wanted]
        paths.append(write_vector(tmp_path / name, [g for g, _ in pairs], {"class": [n for _, n in pairs]}, crs=crs))
    result = fit(embeddings=[scene.path, other.path], samples=paths, output=tmp_path / "model.json")
    assert set(result.model.legend.names) == {"water", "forest", "grass", "urban"}
    assert result.validation.accuracy > 0.95


def test_what_was_left_out_is_told(scene: Any, write_vector: Callable[..., Path], tmp_path: Path) -> None:
    shapes, names = scene.fields(2)
    path = write_vector(tmp_path / "s.gpkg", [*shapes, None], {"class": [*names, "water"]})
    told: list[str] = []

    class Listener(Silent):
        def message(self, text: str) -> None:
            told.append(text)

    result = fit(embeddings=[scene.path], samples=[path], output=tmp_path / "m.json", progress=Listener())
    sentence = "s.gpkg: 1 feature left out: without a geometry"
    assert result.messages == (sentence,)
    assert [*told, *str(result).splitlines()].count(sentence) == 1


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("one class", r"s\.gpkg.* one class only \(water\)"),
        ("count", "There are 1 embedding and 2 files"),
        ("models", r"different models: .*emb\.tif by model synthetic \(aaaa.*b\.tif by model starter \(bbbb"),
        ("not an embedding", "is a vector file, and an embedding raster is wanted"),
        ("exists", "exists already"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    case: str,
    sentence: str,
    scene: Any,
    sample_file: Path,
    make_scene: Callable[..., Any],
    write_vector: Callable[..., Path],
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    arguments: dict[str, Any] = {"embeddings": [scene.path], "samples": [sample_file], "output": out / "m.json"}
    if case == "one class":
        pairs = [(g, n) for g, n in zip(*scene.fields(2), strict=True) if n == "water"]
        file = write_vector(tmp_path / "s.gpkg", [g for g, _ in pairs], {"class": [n for _, n in pairs]})
        arguments["samples"] = [file]
    elif case == "count":
        arguments["samples"] *= 2
    elif case == "models":
        other = make_scene(tmp_path / "b.tif", height=20, width=20, model_id="b" * 64, model_name="starter")
        arguments |= {"embeddings": [scene.path, other.path], "samples": [sample_file] * 2}
    elif case == "not an embedding":
        arguments["embeddings"] = [sample_file]
    elif case == "exists":
        (out / "m.json").write_text("mine")
    with pytest.raises(MMEarthError, match=sentence) as error:
        fit(**arguments)
    assert "\n" not in str(error.value)
    assert [p.read_text() for p in out.iterdir()] == (["mine"] if case == "exists" else [])


def test_the_result_as_json_is_readable(scene: Any, few_samples: Path, tmp_path: Path) -> None:
    result = fit(embeddings=[scene.path], samples=[few_samples], output=tmp_path / "m.json")
    content = result.as_dict()
    assert len(json.dumps(content)) < 2000  # no coefficients
    assert content["probe"]["classes"] == {str(c.value): c.name for c in result.model.legend.classes}
    assert set(content["validation"]["f1"]) == set(result.model.legend.names)


def test_a_seed_below_zero_is_refused(scene: Any, few_samples: Path, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="choose 0 …"):
        fit(embeddings=[scene.path], samples=[few_samples], output=tmp_path / "m.json", seed=-1)
