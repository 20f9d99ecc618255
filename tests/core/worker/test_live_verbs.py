"""What the live verbs hold between requests: the embedding or set used last, as long as its files are the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyogrio
import pyproj
import pytest
import rasterio
import shapely

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.growing.growth import Seed
from mmearth_core.labelling.live import DrawnSamples, LiveSet, View
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.placing import holds
from mmearth_core.worker import live_verbs
from mmearth_core.worker.live_verbs import LiveVerbs


@pytest.fixture
def held(scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[[], LiveSet], list[str]]:
    """(what is held of a working set in `tmp_path`, the sets that were read for it so far)."""
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_bytes(scene.path.read_bytes())
    write_set(tmp_path, ["a.tif", "b.tif"])
    read: list[str] = []
    reading = live_verbs.working_set_of
    monkeypatch.setattr(live_verbs, "working_set_of", lambda path: read.append(path) or reading(path))
    verbs = LiveVerbs()
    return (lambda: verbs._embedding(str(tmp_path / "set.json"))), read


def write_set(folder: Path, names: list[str]) -> None:
    dated = [{"embedding": name, "date": f"2020-0{n}-01"} for n, name in enumerate(names, 1)]
    if len(dated) == 2:
        del dated[1]["date"]
        item = {"properties": {"datetime": "2020-02-01T00:00:00Z"}}
        (folder / "b.stac.json").write_text(json.dumps(item))
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": dated}]}
    (folder / "set.json").write_text(json.dumps(content))


def test_a_set_is_read_once_while_its_files_stay(held: Any) -> None:
    ask, read = held
    first = ask()
    assert ask() is first and ask() is first and len(read) == 1


def test_a_change_of_set_embedding_or_date_is_seen(held: Any, tmp_path: Path) -> None:
    ask, _ = held
    before = ask()
    item = tmp_path / "b.stac.json"
    item.write_text(item.read_text().replace("2020-02", "2020-07"))
    dated = ask()
    assert dated is not before and [slot.day for slot in dated.places[0].stack.slots] == [1, 183]
    (tmp_path / "a.tif").write_bytes((tmp_path / "b.tif").read_bytes())
    replaced = ask()
    assert replaced is not dated
    write_set(tmp_path, ["b.tif"])
    assert len(ask().places[0].stack.images) == 1


@pytest.fixture
def places(scene: Any, few_samples: Path, make_scene: Any, tmp_path: Path) -> tuple[Path, DrawnSamples, Any]:
    """(a working set of a place on two dates and of one in another zone, samples on the first, the other's raster)."""
    other = make_scene(tmp_path / "east.tif", seed=7, crs="EPSG:32631")
    make_scene(tmp_path / "west_b.tif", seed=3)
    (tmp_path / "west_a.tif").write_bytes(scene.path.read_bytes())
    west = [{"embedding": f"west_{each}.tif", "date": f"2020-0{n}-01"} for n, each in ((4, "a"), (7, "b"))]
    listed = [
        {"name": "west", "embeddings": west},
        {"name": "east", "embeddings": [{"embedding": "east.tif", "date": "2020-04-02"}]},
    ]
    content = {"format": "mmearth-working-set", "format_version": 1, "places": listed}
    (tmp_path / "set.json").write_text(json.dumps(content))
    meta, fids, wkb, columns = pyogrio.raw.read(few_samples, columns=["class"], return_fids=True)
    rows = [[int(f), c, bytes(w).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)]
    return tmp_path / "set.json", DrawnSamples.from_json({"crs": meta["crs"], "features": rows}), other.raster


def test_live_verbs_work_on_places_of_several_systems(places: Any, tmp_path: Path) -> None:
    path, drawn, east = places
    verbs, said = LiveVerbs(), {"cancel": CancelToken(), "embedding": str(path)}
    view = View(east.grid.bounds, 999, 999, "EPSG:32631")
    seen = verbs.preview(samples=drawn, view=view, output=str(tmp_path / "v.tif"), smooth="none", **said)
    with rasterio.open(seen.path) as dataset:
        assert dataset.crs == east.grid.crs and dataset.shape == east.grid.shape
    # The pixel is of the western place, the view of the eastern one.
    at = {"at": (501_505.0, 5_799_505.0), "output": str(tmp_path / "s.tif"), "view": view}
    found = verbs.similar_preview(**at, at_crs="EPSG:32630", **said)
    with rasterio.open(found["path"]) as dataset:
        assert dataset.crs == east.grid.crs and dataset.read(1).max() > 200
    middle = tuple(east.grid.transform * (225.5, 165.5))
    grown = verbs.grow_region(seeds=(Seed(*middle),), seeds_crs="EPSG:32631", view=view, **said)
    assert pyproj.CRS(grown.crs).to_epsg() == 32631 and shapely.from_wkb(grown.shape).covers(shapely.Point(middle))
    bounds = {"bounds": east.grid.bounds, "bounds_crs": "EPSG:32631", "progress": Silent()}
    suggested = verbs.suggest_samples(samples=drawn, n=3, **bounds, **said)
    assert len(suggested["points"]) == 3 and pyproj.CRS(suggested["crs"]).to_epsg() == 4326
    to_east = pyproj.Transformer.from_crs(4326, 32631, always_xy=True)
    assert all(holds(east.grid, to_east.transform(each["x"], each["y"])) for each in suggested["points"])
    everywhere = verbs.suggest_samples(samples=drawn, n=600, progress=Silent(), **said)["points"]
    on_east = [holds(east.grid, to_east.transform(each["x"], each["y"])) for each in everywhere]
    assert any(on_east) and not all(on_east)


def test_dates_together_are_previewed_validated_and_fitted_alike(places: Any, tmp_path: Path) -> None:
    path, drawn, _ = places
    verbs, said = LiveVerbs(), {"cancel": CancelToken(), "embedding": str(path), "samples": drawn, "dates": "together"}
    view = View((500_000, 5_797_000, 504_200, 5_800_000), 999, 999, "EPSG:32630")
    seen = verbs.preview(view=view, output=str(tmp_path / "v.tif"), **said)
    made = verbs.fit_samples(output=str(tmp_path / "m.json"), progress=Silent(), **said)
    assert [member.slots for member in load_probe(made.path).members] == [(0, 1)]
    west = json.loads(path.read_text()) | {"places": json.loads(path.read_text())["places"][:1]}
    (tmp_path / "west.json").write_text(json.dumps(west))
    classify(embedding=tmp_path / "west.json", model=made.path, output=tmp_path / "m.tif")
    with rasterio.open(seen.path) as one, rasterio.open(tmp_path / "m.tif") as other:
        assert (one.read(1) == other.read(1)).all()
    assert verbs.validate(progress=Silent(), **said)["interval95"]
    assert verbs.compare_classes(**said).told_on is None
    assert "several places" in (verbs.compare_classes(**said).no_spectra or "")
    assert verbs.compare_classes(**(said | {"dates": "vote"})).told_on is not None


def test_a_place_that_lacks_a_date_of_one_model_is_told_to_have_no_map(places: Any, tmp_path: Path) -> None:
    path, drawn, east = places
    said = {"cancel": CancelToken(), "embedding": str(path), "samples": drawn, "output": str(tmp_path / "v.tif")}
    view = View(east.grid.bounds, 99, 99, "EPSG:32631")
    seen = LiveVerbs().preview(view=view, dates="together", **said)
    assert any("no map of east: it has no image for 1 July" in each for each in seen.messages)
    assert not any("no map of" in each for each in LiveVerbs().preview(view=view, **said).messages)


def test_what_a_map_would_lack_is_told_before_anything_is_embedded(
    places: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, drawn, east = places
    verbs, said = LiveVerbs(), {"cancel": CancelToken(), "embedding": str(path), "samples": drawn}
    for dates in ("vote", "together"):
        verbs.fit_samples(output=str(tmp_path / f"{dates}.json"), dates=dates, progress=Silent(), **said)
    ask = {"cancel": CancelToken(), "probe": str(tmp_path / "vote.json")}

    def of_a_scene(raster: Any, day: str | None, probe: str = "vote") -> list[str]:
        taken = None if day is None else datetime.fromisoformat(day)
        job = SimpleNamespace(raster=raster, source=SimpleNamespace(name="scene.zip", datetime=taken))
        monkeypatch.setattr(live_verbs, "inspect", lambda **_: SimpleNamespace(job=job))
        found: list[str] = verbs.mappable(**ask | {"probe": str(tmp_path / f"{probe}.json")}, scene="s")["messages"]
        return found

    assert (
        verbs.mappable(**ask, embedding=str(path))["messages"][-1] == "east has no image for 1 July: that does not vote"
    )
    assert "scene.zip has no image for 1 April: that does not vote" in of_a_scene(east, "2023-06-30T10:00:00")
    for raster, day, probe, why in (
        (east, None, "vote", r"scene\.zip has no date"),
        (east, "2023-11-30T10:00:00", "vote", "within 45 days"),
        (east, "2023-06-30T10:00:00", "together", "sees its dates together"),
        (replace(east, model_id="other"), "2023-06-30T10:00:00", "vote", "the probe was fitted on"),
    ):
        with pytest.raises(MMEarthError, match=why):
            of_a_scene(raster, day, probe)
    with pytest.raises(MMEarthError, match="Neither"):
        verbs.mappable(**ask)


def test_who_asks_for_the_same_validation_is_answered_at_once(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path, drawn, _ = places
    verbs, asked = LiveVerbs(), []
    real = live_verbs.cross_validate
    monkeypatch.setattr(live_verbs, "cross_validate", lambda *a, **b: asked.append(b["together"]) or real(*a, **b))
    said = {"cancel": CancelToken(), "progress": Silent(), "embedding": str(path), "samples": drawn}
    first = verbs.validate(**said)
    assert verbs.validate(**said) is first and asked == [False]
    verbs.validate(**said, dates="together")
    verbs.validate(**said, dates="together", block=200)
    write = json.loads(path.read_text())
    path.write_text(json.dumps(write | {"places": write["places"][:1]}))  # another set now
    assert verbs.validate(**said, dates="together", block=200) is not first and asked == [False, True, True, True]
