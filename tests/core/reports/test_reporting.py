"""The verb `report`: what does not belong to the map is refused, not shown."""

from pathlib import Path
from typing import Any

import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.reports.reporting import report


@pytest.fixture(scope="module")
def made(scene: Any, few_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    fit(embeddings=[scene.path], samples=[few_samples], output=folder / "m.json")
    classify(
        embedding=scene.path, model=folder / "m.json", output=folder / "map.tif", confidence=folder / "conf.tif"
    )  # fmt: skip
    return folder


def test_confidence_and_embedding_of_the_map_are_shown(scene: Any, made: Path, tmp_path: Path) -> None:
    path = report(
        map=made / "map.tif", output=tmp_path / "r.html", embedding=scene.path, confidence=made / "conf.tif"
    ).path
    assert "Confidence" in path.read_text(encoding="utf-8")


def test_confidence_and_embedding_from_elsewhere_are_refused(made: Path, make_scene: Any, tmp_path: Path) -> None:
    other = make_scene(tmp_path / "other.tif", shift=1000)
    classify(embedding=other.path, model=made / "m.json", output=tmp_path / "map.tif", confidence=tmp_path / "conf.tif")
    wrong = {"confidence": tmp_path / "conf.tif", "embedding": other.path}
    for argument, path in wrong.items():
        with pytest.raises(MMEarthError, match=rf"{path.name} .*not on the grid of .*map\.tif"):
            report(map=made / "map.tif", output=tmp_path / "r.html", **{argument: path})
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(MMEarthError, match=r"text\.tif cannot be read as a raster"):
        report(map=made / "map.tif", output=tmp_path / "r.html", confidence=tmp_path / "text.tif")
    with pytest.raises(MMEarthError, match=r"absent\.tif"):
        report(map=made / "map.tif", output=tmp_path / "r.html", confidence=tmp_path / "absent.tif")
    assert not (tmp_path / "r.html").exists()


def test_an_embedding_of_another_model_is_not_the_one_the_map_was_made_of(
    made: Path, make_scene: Any, tmp_path: Path
) -> None:
    other = make_scene(tmp_path / "other.tif", model_id="b" * 64)
    with pytest.raises(MMEarthError, match="was made of an embedding by another model"):
        report(map=made / "map.tif", output=tmp_path / "r.html", embedding=other.path)
