"""`info` says what a file is, whatever it is that the tool reads or makes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import Description, info
from mmearth_core.raster.references import trust
from mmearth_core.sources.working_set import DatedEmbedding, PlaceOfWork, SampleLayer, WorkingSet, write_working_set


@pytest.mark.parametrize("name", ["s.gpkg", "s.geojson", "s.shp"])
def test_a_vector_file_is_described_by_its_layers(tmp_path: Path, name: str) -> None:
    squares = shapely.to_wkb(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 4, 3)]))
    names = np.array(["water", "crops"], object)
    pyogrio.raw.write(tmp_path / name, squares, [names], ["class"], geometry_type="Polygon", crs="EPSG:4326")
    found = info(file=tmp_path / name)
    assert found.kind == "vector file"
    layer = found.facts["layers"]["s"]
    assert (layer["geometry"], layer["features"], layer["bounds"]) == ("Polygon", 2, [0, 0, 4, 3])
    assert "4326" in layer["crs"] or "WGS 84" in layer["crs"]
    assert any(field.startswith("class (") for field in layer["fields"])
    assert "layers.s.features" in str(found)


def test_stac_items_and_collections_are_described(tmp_path: Path) -> None:
    item = {"type": "Feature", "stac_version": "1.1.0", "id": "a", "bbox": [0, 0, 1, 1], "assets": {"embeddings": {}}}
    (tmp_path / "a.stac.json").write_text(json.dumps(item))
    found = info(file=tmp_path / "a.stac.json")
    assert (found.kind, found.facts["id"], found.facts["assets"]) == ("STAC item", "a", ["embeddings"])
    (tmp_path / "c.json").write_text(json.dumps({"type": "Collection", "stac_version": "1.1.0", "id": "c"}))
    assert info(file=tmp_path / "c.json").kind == "STAC collection"


def test_what_is_no_vector_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.gpkg").write_text("no")
    with pytest.raises(MMEarthError, match=r"s\.gpkg is no vector file that can be read"):
        info(file=tmp_path / "s.gpkg")


def test_a_report_of_accuracy_is_told_in_a_few_lines(tmp_path: Path) -> None:
    estimate = {"value": 0.871, "standard_error": 0.012, "low95": 0.847, "high95": 0.895}
    unknown = dict.fromkeys(estimate)
    water = {"name": "water", "value": 1, "users_accuracy": estimate, "producers_accuracy": unknown}
    written = {"map": "m.tif", "reference": "my points.gpkg", "unit": "points", "units": 200, "warnings": ["Few."]}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**written, "overall_accuracy": estimate, "classes": [water], "error_matrix": {}}))
    assert str(info(file=path)).splitlines() == [
        f"{path}: report of accuracy",
        "  map               m.tif",
        "  reference         my points.gpkg",
        "  overall accuracy  87.1 % (84.7–89.5)",
        "  compared          200 points",
        "  water             user's 87.1 % (84.7–89.5), producer's unknown",
        "  limits            Few.",
        "  next              mmearth report m.tif --reference 'my points.gpkg' -o PAGE.html",
    ]
    path.write_text(json.dumps({**written, "overall_accuracy": 3, "classes": [], "error_matrix": {}}))
    with pytest.raises(MMEarthError, match=r"a\.json is damaged, overall_accuracy: expected .* assess the map again"):
        info(file=path)


def test_a_working_set_is_told_by_its_places(tmp_path: Path, scene: Any, few_samples: Path) -> None:
    place = PlaceOfWork(
        (DatedEmbedding(str(scene.path), date(2021, 7, 12)),), "wales", samples=(SampleLayer(str(few_samples)),)
    )
    path = tmp_path / "set.json"
    write_working_set(path, WorkingSet((place,)), software="mmearth")
    told = str(info(file=path))
    assert f"{path}: working set" in told and "1 embedding (2021-07-12); samples few.gpkg" in told
    assert "allow that with --trust" in told and "next" not in told  # the files lie elsewhere
    trust(path)
    assert str(info(file=path)).endswith(f"next          mmearth fit {path} -o MODEL.json")


def test_what_there_is_nothing_to_tell_of_is_not_told_and_sentences_stay_sentences() -> None:
    facts = {"evidence": ["Bands by names: B02 B12.", "Scale 1."], "fills": [], "trained": True, "note": ""}
    assert str(Description("raster", "a.tif", facts)).splitlines() == [
        "a.tif: raster",
        "  evidence  Bands by names: B02 B12. Scale 1.",
        "  trained   yes",
    ]


def test_a_scene_without_names_is_told_how_embed_would_ask(tmp_path: Path) -> None:
    data = np.full((5, 8, 8), 900, "uint16")
    where = {"crs": "EPSG:32630", "transform": from_origin(4e5, 5e6, 10, 10)}
    with rasterio.open(tmp_path / "s.tif", "w", "GTiff", 8, 8, 5, dtype="uint16", **where) as made:
        made.write(data)
    assert "say what they are, in order, with --bands" in info(file=tmp_path / "s.tif").facts["as a scene"]
