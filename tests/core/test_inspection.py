"""`info` says what a file is, whatever it is that the tool reads or makes."""

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import info


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
