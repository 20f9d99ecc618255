"""Cards: what somebody says of an embedding that nothing else tells, and what is told when it cannot be."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from foreign_embeddings import Fields, square_law, write_card, write_raster

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.sources.elsewhere.recognition import foreign_embedding

WHO = {"name": "Lab", "version": "2", "nodata": None, "unit_norm": False}
WINDOW = Window(0, 0, 60, 60)


@pytest.fixture(scope="module")
def vectors():
    return Fields.drawn(bands=48, height=60, width=60).vectors


def decoded(path):
    embedding = foreign_embedding(path)
    with embedding.reader() as reader:
        stored = reader.read(WINDOW)
    return embedding, embedding.decode(stored), embedding.valid(stored)


def test_every_law_is_decoded_as_it_says(tmp_path, vectors):
    scales = [0.002 + 0.0001 * band for band in range(48)]
    factors = np.array(scales)[:, None, None]
    forms = {
        "float": (vectors.astype(np.float64), {"law": "float"}),
        "linear": (np.rint(vectors / 0.01 + 128).astype(np.uint8), {"law": "linear", "scale": 0.01, "offset": -1.28}),
        "bands": (np.rint(vectors / factors).astype(np.int16), {"law": "linear", "scale": scales}),
        "square": (square_law(vectors), {"law": "square", "scale": 1 / 127.5, "unit_norm": True}),
    }
    for name, (stored, told) in forms.items():
        path = write_raster(tmp_path / f"{name}.tif", stored, [""] * 48)
        write_card(path, **(WHO | told))
        embedding, values, there = decoded(path)
        assert np.abs(values - vectors).max() < 0.012 and there.all(), name
        assert embedding.identity == "Lab/2/48 bands" and embedding.bands[:2] == ("band 1", "band 2")
        if embedding.linear is not None:
            scale, offset = embedding.linear
            with embedding.reader() as reader:
                again = reader.read(WINDOW) * scale[:, None, None] + offset[:, None, None]
            assert np.allclose(again, values, atol=1e-6), name


def test_a_pixel_without_data_in_one_band_has_no_embedding(tmp_path, vectors):
    stored = np.rint(vectors * 100 + 128).astype(np.uint8)
    stored[5, 10, 10] = 255
    path = write_raster(tmp_path / "e.tif", stored, [""] * 48)
    write_card(path, **(WHO | {"law": "linear", "scale": 0.01, "nodata": 255}))
    _, _, there = decoded(path)
    assert not there[10, 10] and there.sum() == there.size - 1


def test_the_card_of_the_documentation_is_one(tmp_path, vectors):
    page = Path(__file__).parents[3] / "docs" / "embeddings-elsewhere.md"
    shown = json.loads(re.search(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[1])
    path = write_raster(tmp_path / "lab.tif", np.rint(vectors / 0.0078).astype(np.int8), [""] * 48, nodata=-128)
    write_card(path, **shown)
    embedding, values, _ = decoded(path)
    assert np.abs(values - vectors).max() < 0.004 and embedding.facts["attribution"] == shown["attribution"]


@pytest.mark.parametrize("nodata", [-9999.0, np.nan, np.inf])
def test_floats_without_data_are_dropped(tmp_path, vectors, nodata):
    stored = vectors.copy()
    stored[:, 10, 10] = nodata
    path = write_raster(tmp_path / "e.tif", stored, [""] * 48, nodata=nodata if np.isfinite(nodata) else None)
    write_card(path, **(WHO | {"law": "float"}))
    _, values, there = decoded(path)
    assert not there[10, 10] and there.sum() == there.size - 1 and np.isfinite(values).all()


def test_without_a_card_nothing_is_guessed_and_the_card_that_is_shown_works(tmp_path, vectors):
    path = write_raster(tmp_path / "e.tif", vectors, [""] * 48)
    with pytest.raises(
        MMEarthError, match=r"has 48 bands, and nothing says whose embedding it is\. .*e\.card\.json"
    ) as told:
        foreign_embedding(path)
    shown = re.search(r"\{.*\}", str(told.value))[0]
    write_card(path, **json.loads(shown))
    _, values, _ = decoded(path)
    assert np.array_equal(values, vectors)


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"law": "linear"}, 'law is "linear", which needs a scale'),
        ({"law": "float", "scale": 2.0}, 'law is "float", which has no scale'),
        ({"law": "square", "scale": [1.0, 2.0]}, "one scale and no offset"),
        ({"law": "linear", "scale": [1.0, 2.0]}, "scale has 2 numbers for 48 bands"),
        ({"law": "linear", "scale": 0.0}, "scale: it must be a number other than 0"),
        ({"law": "cubic"}, "law: expected float or linear or square"),
        ({"law": "float"}, 'law is "float", but .* holds int8'),
        ({"law": "linear", "scale": 1.0, "nodata": 300}, "no pixel of int8 can be 300"),
        ({"law": "linear", "scale": 1.0, "nodata": 5}, "says that 5 means no data, .* says -128"),
        ({"law": "linear", "scale": 1.0, "bands": ["a", "b"]}, "names 2 bands"),
        ({"law": "linear", "scale": 1 / 127.5, "unit_norm": True}, r"length 2\..*Correct the law in .*e\.card\.json"),
        ({"law": "linear", "scale": 1.0, "nome": "x"}, "there is no 'nome'; did you mean 'name'"),
    ],
    ids=str,
)
def test_a_card_that_does_not_fit_is_told(tmp_path, vectors, card, told):
    path = write_raster(tmp_path / "e.tif", square_law(vectors), [""] * 48, nodata=-128)
    write_card(path, **(WHO | card))
    with pytest.raises(MMEarthError, match=told):
        foreign_embedding(path)


@pytest.mark.parametrize("missing", ["name", "version", "law", "nodata", "unit_norm"])
def test_what_decides_a_map_must_be_said(tmp_path, vectors, missing):
    path = write_raster(tmp_path / "e.tif", vectors, [""] * 48)
    card = WHO | {"law": "float"}
    card.pop(missing)
    write_card(path, **card)
    with pytest.raises(MMEarthError, match=rf"e\.card\.json, {missing}: it is needed here"):
        foreign_embedding(path)


def test_a_raster_without_a_place_is_refused(tmp_path, vectors):
    path = write_raster(tmp_path / "e.tif", vectors, [""] * 48, crs=None)
    write_card(path, **(WHO | {"law": "float"}))
    with pytest.raises(MMEarthError, match="no coordinate reference system"):
        foreign_embedding(path)
