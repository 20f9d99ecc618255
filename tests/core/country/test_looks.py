"""Several looks at a place: planned, embedded by one worker, and voting in one map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyarrow")

import rasterio
import shapely
from affine import Affine
from embedded_fields import write_vector
from land import write_land
from rasterio.crs import CRS

from mmearth_core.country.chips import Chips, over_looks
from mmearth_core.country.collecting import collect
from mmearth_core.country.plan_file import read_plan
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run, shard_of
from mmearth_core.embedding.engine import embed
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.fitting import fit
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.raster.grid import Grid
from mmearth_core.sources.embedding import open_embedding

SIDE = 160
HERE = Grid(SIDE, SIDE, Affine(10, 0, 500_000, 0, -10, 5_200_000), CRS.from_epsg(32632))
DAYS = {"a": "2023-07-01", "b": "2023-07-21", "c": "2023-12-20"}


def scene(folder: Path, name: str, *, empty: bool = False) -> Path:
    """The same land on another day, with grain of its own; where it is `empty`, without its right part."""
    path = write_land(
        folder / f"{name}.tif", HERE, day=DAYS[name], empty=(slice(None), slice(110, None)) if empty else ()
    )
    with rasterio.open(path, "r+") as dataset:
        values = dataset.read().astype(int)
        grain = np.random.default_rng(ord(name)).normal(0, 250, values.shape)
        dataset.write(np.where(values > 0, np.clip(values + grain, 150, 9000), 0).astype(np.uint16))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three looks, the third in winter, the second not at all of the place; a probe that is sure of nothing."""
    folder = tmp_path_factory.mktemp("looks")
    (folder / "scenes").mkdir()
    for name in DAYS:
        scene(folder / "scenes", name, empty=name == "b")
        embed(scene=folder / "scenes" / f"{name}.tif", output=folder / f"{name}.tif")
    rng = np.random.default_rng(3)
    boxes = [shapely.box(x - 60, y - 60, x + 60, y + 60) for x, y in (HERE.transform * at for at in _spots())]
    labels = [f"crop {each}" for each in rng.integers(3, size=len(boxes))]
    write_vector(folder / "samples.gpkg", boxes, {"class": labels}, crs="EPSG:32632")
    fit(embeddings=[folder / "a.tif"], samples=[folder / "samples.gpkg"], output=folder / "probe.json")
    plan(scenes=[folder / "scenes"], best_of=3, output=folder / "plan.parquet")
    return folder


def _spots() -> list[tuple[int, int]]:
    return [(col, row) for row in range(10, SIDE, 20) for col in range(10, SIDE, 20)]


def ask(made: Path, output: Path, **options: Any) -> Any:
    asked = {"steps": "embed,classify", "probe": made / "probe.json", "smooth": "none", "workers": 1, **options}
    return run(plan=made / "plan.parquet", output=output, **asked)


def votes(made: Path, *names: str) -> np.ndarray:
    """Class values by hand: the logarithms of the probabilities of some looks added, where each has data."""
    probe, total = load_probe(made / "probe.json"), 0.0
    for name in names:
        image = open_embedding(made / f"{name}.tif")
        with image.reader() as reader:
            stored = reader.read(image.grid.window)
        scores = probe.scores(image.decode(stored).reshape(64, -1).T).astype(float)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        total = total + np.where(image.valid(stored).reshape(-1, 1), logs, 0)
    return np.array(probe.legend.values)[np.argmax(total, axis=1)].reshape(SIDE, SIDE)


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def item(output: Path, name: str) -> dict[str, Any]:
    return json.loads((output / "items" / f"{name}.json").read_text())


def test_looks_of_a_place_are_planned_and_done_together(made: Path) -> None:
    planned = read_plan(made / "plan.parquet")
    assert [(row.id, row.look, row.place) for row in planned.rows] == [
        ("a", 1, "a"), ("c-look2", 2, "a"), ("b-look3", 3, "a"),
    ]  # fmt: skip
    assert [[row.id for row in rows] for rows in planned.places] == [["a", "c-look2", "b-look3"]]
    assert len(shard_of(planned, "0/2")) == 3 and not shard_of(planned, "1/2")


def test_looks_of_parts_lie_each_in_one_of_them(tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    big = Grid(300, 560, HERE.transform, HERE.crs)
    write_land(tmp_path / "scenes" / "a.tif", big)
    write_land(tmp_path / "scenes" / "b.tif", big, day="2023-07-09", empty=(slice(None), slice(400, None)))
    planned = plan(scenes=[tmp_path / "scenes"], best_of=2, split=256, output=tmp_path / "p.parquet")
    places = read_plan(planned.path).places
    assert len(places) == 6 and len({row.id for rows in places for row in rows}) == planned.scenes == 10
    for first, *others in places:
        assert first.place == first.id and first.look == 1
        for row in others:
            assert row.look == 2 and row.place == first.id
            assert row.geometry.difference(first.geometry.buffer(1e-7)).is_empty
            assert max(row.width, row.height) <= 256
    second = sum(row.own_km2 for rows in places for row in rows[1:])
    assert second == pytest.approx(3 * 4, abs=0.2)


def test_looks_vote_in_one_map_and_another_season_does_not(made: Path, tmp_path: Path) -> None:
    result = ask(made, tmp_path / "out")
    assert sorted(result.done) == ["a", "b-look3", "c-look2"] and not result.failed
    assert [each.name for each in (tmp_path / "out" / "maps").glob("*.tif")] == ["a.tif"]
    found, expected, alone = read(tmp_path / "out" / "maps" / "a.tif"), votes(made, "a", "b"), votes(made, "a")
    assert (found != expected).mean() < 1e-3, "equal but for roundings"
    assert (found != alone).mean() > 0.03 and (found[:, 110:] != alone[:, 110:]).mean() < 1e-3
    told = item(tmp_path / "out", "a")["properties"]
    assert told["mmearth:looks"] == ["a", "b-look3"] and "20 December" in "".join(told["mmearth:messages"])
    assert {name: set(item(tmp_path / "out", name)["assets"]) for name in ("a", "b-look3", "c-look2")} == {
        "a": {"maps", "confidence", "embeddings"}, "b-look3": {"embeddings"}, "c-look2": {"embeddings"},
    }  # fmt: skip
    whole = collect(output=tmp_path / "out")
    assert whole.mosaics["maps"] == ("maps-32632.vrt",) and not whole.missing
    assert sorted(whole.mosaics["embeddings"]) == [f"embeddings-32632{look}.vrt" for look in ("-look2", "-look3", "")]
    assert sum(whole.hectares.values()) == pytest.approx(SIDE**2 / 100)
    again = ask(made, tmp_path / "again", workers=2)
    assert len(again.done) == 3
    for name in ("maps/a.tif", "confidence/a.tif", "embeddings/c-look2.tif"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_look_that_cannot_be_used_does_not_vote_until_it_is_mended(made: Path, tmp_path: Path) -> None:
    source, output = made / "scenes" / "b.tif", tmp_path / "out"
    whole = source.read_bytes()
    source.write_bytes(whole[:20_000])
    try:
        result = ask(made, output)
        assert sorted(result.done) == ["a", "c-look2"] and list(result.failed) == ["b-look3"]
        alone = read(output / "maps" / "a.tif")
        assert (alone != votes(made, "a")).mean() < 1e-3
        assert item(output, "a")["properties"]["mmearth:looks"] == ["a"]
        before = (output / "maps" / "a.tif").stat().st_mtime_ns
        result = ask(made, output)
        assert result.there == ("a", "c-look2") and list(result.failed) == ["b-look3"] and not result.pixels
        assert (output / "maps" / "a.tif").stat().st_mtime_ns == before, "nothing new, so nothing is done again"
    finally:
        source.write_bytes(whole)
    result = ask(made, output)
    assert "b-look3" in result.done and not result.failed
    assert (read(output / "maps" / "a.tif") != votes(made, "a", "b")).mean() < 1e-3
    assert item(output, "a")["properties"]["mmearth:looks"] == ["a", "b-look3"]


def test_chips_of_looks_count_what_each_saw() -> None:
    def chips(columns: list[int], values: list[float], pixels: list[int]) -> Chips:
        zeros, whole = np.zeros(len(columns), np.int64), np.full(len(columns), 1024, np.int64)
        vectors = np.array([[each, -each] for each in values], np.float32)
        crs = np.full(len(columns), "EPSG:32632")
        return Chips("m", crs, np.array(columns), zeros, vectors, np.array(pixels, np.int64), whole)

    found = over_looks([chips([0, 1], [1.0, 2.0], [1024, 512]), chips([1, 2], [4.0, 8.0], [1024, 4])])
    assert (found.column.tolist(), found.pixels.tolist()) == ([0, 1, 2], [1024, 1536, 4])
    assert found.whole.tolist() == [1024, 2048, 1024]
    np.testing.assert_allclose(found.vectors[:, 0], [1, (2 * 512 + 4 * 1024) / 1536, 8])


def test_a_probe_that_sees_more_dates_together_than_there_are_looks_is_refused(made: Path, tmp_path: Path) -> None:
    content = json.loads((made / "probe.json").read_text())
    slot = content["slots"][0]
    member = content["members"][0]
    content["slots"] = [slot | {"day": day} for day in (10, 100, 190, 280)]
    member |= {"slots": [0, 1, 2, 3], "centre": member["centre"] * 4}
    member["coefficients"] = [each * 4 for each in member["coefficients"]]
    member["reach"]["centres"] = [each * 4 for each in member["reach"]["centres"]]
    (tmp_path / "four.json").write_text(json.dumps(content))
    with pytest.raises(MMEarthError, match="sees 4 dates together, and the plan has 3"):
        ask(made, tmp_path / "out", probe=tmp_path / "four.json")
