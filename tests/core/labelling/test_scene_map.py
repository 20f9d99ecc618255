"""A map straight from a scene: that of embed and classify, resumable, small on disk, and refused where it would lie."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from embedded_fields import write_vector

from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.running.journal import TileJournal
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.classifying.map_files import ClassifyResult
from mmearth_core.labelling.classifying.scene_map import classify_scene
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.origins import history_of
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.reports.language import Language

#: Four tiles of most of the scene, and many small ones.
LARGE, SMALL = {"tile": 192, "halo": "exact"}, {"tile": 96, "halo": 16}


@pytest.fixture(scope="module")
def embedding(calibration_scene: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return embed(scene=calibration_scene, output=tmp_path_factory.mktemp("emb") / "emb.tif", **LARGE).output


@pytest.fixture(scope="module")
def samples(calibration_scene: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fields of the scene, six spectra in turns, as polygons of three classes."""
    with rasterio.open(calibration_scene) as dataset:
        corners = [
            (dataset.transform * (43 * col + 6, 29 * row + 4), dataset.transform * (43 * col + 36, 29 * row + 24))
            for row in range(12)
            for col in range(3, 8)
        ]
    names = [f"class {(row * 5 + col * 3) % 6 // 2}" for row in range(12) for col in range(3, 8)]
    boxes = [shapely.box(*first, *last) for first, last in corners]
    return write_vector(tmp_path_factory.mktemp("fields") / "fields.gpkg", boxes, {"class": names})


@pytest.fixture(scope="module")
def model(embedding: Path, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("probe") / "model.json"
    fit(embeddings=[embedding], samples=[samples], output=path)
    return path


def read(path: Path | None) -> np.ndarray:
    assert path is not None
    with rasterio.open(path) as dataset:
        data: np.ndarray = dataset.read()
    return data


def test_it_is_the_map_of_embed_and_classify(
    calibration_scene: Path, embedding: Path, model: Path, tmp_path: Path
) -> None:
    """With the exact context, everywhere; pixels at whose numbers another shape of tile rounds otherwise are few."""
    options = {"model": model, "unknown": 0.05, "smooth": "strong"}
    two = classify(embedding=embedding, output=tmp_path / "two.tif", confidence=tmp_path / "two_c.tif", **options)
    one = classify_scene(
        scene=calibration_scene, output=tmp_path / "one.tif", confidence=tmp_path / "one_c.tif", **options, **LARGE
    )
    assert (read(one.path) != read(two.path)).mean() < 1e-4
    assert np.abs(read(one.confidence).astype(int) - read(two.confidence)).mean() < 0.01
    assert set(np.unique(read(one.path))) == {0, 1, 2, 3, 255}
    assert one.pixels.keys() == two.pixels.keys() and one.nodata == two.nodata and one.unknown > 0
    first, second = ClassMap.open(one.path), ClassMap.open(two.path)
    assert first.grid == second.grid and first.legend == second.legend and first.origins == second.origins
    unlike = {name for name in first.tags | second.tags if first.tags.get(name) != second.tags.get(name)}
    assert unlike == {"history", "job"}
    [step] = history_of(first.tags, one.path)
    assert step.told["scene"] == "scene.tif"
    assert "Szene scene.tif; Modell model.json" in Language("de").told(str(step))
    assert "scène scene.tif" in Language("fr").told(str(step))
    assert {path.suffix for path in tmp_path.iterdir()} == {".tif", ".qml", ".xml"}


def test_tiles_do_not_show(calibration_scene: Path, model: Path, tmp_path: Path) -> None:
    """With the context of the model's own, tiles give nearly the map of the whole; also at their borders, where the
    smoothing looks into the next tile."""
    whole, parts = (
        classify_scene(
            scene=calibration_scene, model=model, output=tmp_path / f"{tile}.tif",
            confidence=tmp_path / f"{tile}_c.tif", smooth="strong", tile=tile, halo=88,
        )
        for tile in (384, 128)
    )  # fmt: skip
    assert (read(whole.path) != read(parts.path)).mean() < 2e-3
    apart = np.abs(read(whole.confidence).astype(int) - read(parts.confidence)).mean(axis=0)
    near = np.zeros(apart.shape, bool)
    for border in (128, 256):
        near[border - 3 : border + 3] = near[:, border - 3 : border + 3] = True
    assert apart[near].mean() < 0.05  # 3.9 where the smoothing ends with its tile


def test_a_part_of_a_scene(calibration_scene: Path, model: Path, tmp_path: Path) -> None:
    with rasterio.open(calibration_scene) as dataset:
        ring = shapely.Polygon([dataset.transform * each for each in [(100, 20), (300, 60), (180, 250)]])
    area = write_vector(tmp_path / "area.gpkg", [ring], {"name": ["here"]})
    both = {"scene": calibration_scene, "aoi": area, **LARGE}
    emb = embed(output=tmp_path / "emb.tif", **both).output
    two = classify(embedding=emb, model=model, output=tmp_path / "two.tif", smooth="none")
    one = classify_scene(model=model, output=tmp_path / "one.tif", smooth="none", **both)
    assert ClassMap.open(one.path).grid == ClassMap.open(two.path).grid
    assert (read(one.path) != read(two.path)).sum() <= 2
    assert 0 < one.nodata == two.nodata


class Cancelling(Silent):
    """Cancels after some steps of progress; keeps what it is told."""

    def __init__(self, after: int = -1) -> None:
        self.token, self.left, self.told = CancelToken(), after, list[str]()

    def advance(self, amount: int) -> None:
        self.left -= amount > 0
        if self.left == 0:
            self.token.cancel()

    def message(self, text: str) -> None:
        self.told.append(text)


def test_what_was_done_is_gone_on_with_and_takes_little_disk(
    calibration_scene: Path, model: Path, tmp_path: Path
) -> None:
    def mapped(name: str, listener: Cancelling, **options: Any) -> ClassifyResult:
        return classify_scene(
            scene=calibration_scene, model=model, output=tmp_path / f"{name}.tif",
            confidence=tmp_path / f"{name}_c.tif", progress=listener, cancel=listener.token, **SMALL, **options,
        )  # fmt: skip

    expected = mapped("expected", Cancelling())
    listener = Cancelling(8)
    with pytest.raises(Cancelled, match=r"of 16 tiles kept in .*map\.tif\.partial; run the same command again"):
        mapped("map", listener)
    kept = TileJournal.folder_of(tmp_path / "map.tif")
    tiles = list(kept.glob("*.tile"))
    assert len(tiles) >= 4 and not (tmp_path / "map.tif").exists() and not (tmp_path / "map_c.tif").exists()
    assert sum(each.stat().st_size for each in tiles) < 4 * 96 * 96 * len(tiles)

    listener = Cancelling()
    found = mapped("map", listener)
    assert any("of the tiles are done already" in text for text in listener.told)
    assert read(found.path).tobytes() == read(expected.path).tobytes() and found.pixels == expected.pixels
    assert read(found.confidence).tobytes() == read(expected.confidence).tobytes()
    assert not kept.exists()

    listener = Cancelling()
    state = found.path.stat()
    again = mapped("map", listener)
    assert any("is this very map already" in text for text in listener.told)
    assert again.pixels == found.pixels and again.hectares == found.hectares and again.unknown == found.unknown
    assert found.path.stat().st_mtime_ns == state.st_mtime_ns
    for changed in ({"smooth": "none"}, {"unknown": 0.1}):
        with pytest.raises(MMEarthError, match=r"map\.tif exists already, and is not the map of this scene with these"):
            mapped("map", Cancelling(), **changed)

    with pytest.raises(Cancelled):
        mapped("other", Cancelling(1))
    listener = Cancelling(1)
    with pytest.raises(Cancelled):
        mapped("other", listener, smooth="none")
    assert any("starting afresh" in text for text in listener.told)


def test_a_probe_that_asks_for_more_than_the_scene_is_refused_before_the_work(
    calibration_scene: Path, model: Path, tmp_path: Path
) -> None:
    content = json.loads(model.read_text())
    content["slots"][0] |= {"identity": "a" * 64, "name": "another"}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content))
    with pytest.raises(
        MMEarthError, match=r"embedded by model starter.*fitted on embeddings by model another \(aaaa.*with encoder="
    ):
        classify_scene(scene=calibration_scene, model=other, output=tmp_path / "map.tif")
    assert [each.name for each in tmp_path.iterdir()] == ["other.json"]


def test_layers_are_for_working_sets(calibration_scene: Path, embedding: Path, samples: Path, tmp_path: Path) -> None:
    from mmearth_core import working_set

    heights, near = tmp_path / "heights.tif", tmp_path / "emb.tif"
    shutil.copy(embedding, near)
    with rasterio.open(embedding) as like, rasterio.open(
        heights, "w", driver="GTiff", count=1, dtype="float32", height=like.height, width=like.width,
        crs=like.crs, transform=like.transform,
    ) as dataset:  # fmt: skip
        dataset.write(np.random.default_rng(0).normal(100, 20, (1, like.height, like.width)).astype("float32"))
    made = working_set(embeddings=[near], layers=[heights], output=tmp_path / "s.json")
    fit(embeddings=[made.path], samples=[samples], output=tmp_path / "model.json")
    with pytest.raises(MMEarthError, match="The probe learned from heights too, which no scene has; embed the scene"):
        classify_scene(scene=calibration_scene, model=tmp_path / "model.json", output=tmp_path / "map.tif")
    assert not (tmp_path / "map.tif").exists()


def test_nothing_is_replaced_unasked_and_nothing_left_of_no_ground(
    calibration_scene: Path, model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "map.tif"
    options = {"scene": calibration_scene, "model": model, "output": output, **SMALL}
    with pytest.raises(MMEarthError, match="has no ground in the chosen area"):
        classify_scene(**options, window=(0, 0, 8, 8))
    assert list(tmp_path.iterdir()) == []
    output.write_text("somebody's")
    with pytest.raises(MMEarthError, match=r"map\.tif exists already"):
        classify_scene(**options)
    with pytest.raises(MMEarthError, match="named for both the map and its confidence"):
        classify_scene(**options, confidence=output, overwrite=True)
    with pytest.raises(MMEarthError, match="unknown=1 is no share"):
        classify_scene(**options, unknown=1, overwrite=True)
    assert output.read_text() == "somebody's"
