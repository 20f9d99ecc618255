"""Google's Satellite Embedding: its files and Earth Engine's exports, and what is told when their law does not hold."""

from pathlib import Path

import numpy as np
import pytest
from foreign_embeddings import HOLE, Fields, square_law, write_alphaearth, write_earth_engine, write_raster

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.sources.elsewhere.recognition import foreign_embedding

NAMES = [f"A{band:02d}" for band in range(64)]


@pytest.fixture(scope="module")
def fields() -> Fields:
    return Fields.drawn()


def whole(path: Path):
    embedding = foreign_embedding(path)
    with embedding.reader() as reader:
        stored = reader.read(embedding.grid.window)
    return embedding, stored


@pytest.mark.parametrize("options", [{}, {"south_up": True}, {"cog": True}], ids=str)
def test_whole_numbers_are_taken_by_the_square_law_and_right_side_up(tmp_path, fields, options):
    embedding, stored = whole(write_alphaearth(tmp_path / "e.tif", fields, **options))
    assert embedding.block == ((128, 128) if "cog" in options else (64, 64))
    assert stored.dtype == np.int8 and embedding.unit_norm and embedding.linear is None
    assert embedding.bands == tuple(NAMES) and embedding.grid.transform.e == -10
    there = embedding.valid(stored)
    assert not there[: HOLE[0], : HOLE[1]].any() and there.sum() == there.size - HOLE[0] * HOLE[1]
    values = embedding.decode(stored)
    assert np.abs(values - fields.vectors)[:, there].max() < 0.008
    assert np.abs(np.linalg.norm(values, axis=0)[there] - 1).max() < 0.02


@pytest.mark.parametrize("south_up", [False, True])
def test_a_window_is_that_of_the_whole(tmp_path, fields, south_up):
    embedding, stored = whole(write_alphaearth(tmp_path / "e.tif", fields, south_up=south_up))
    window = Window(33, 20, 50, 71)
    with embedding.reader() as reader:
        assert np.array_equal(reader.read(window), stored[:, 33:83, 20:91])
        small = reader.read(window, (25, 36))
    assert small.shape == (64, 25, 36)
    assert set(np.unique(small)) <= set(np.unique(stored))


@pytest.mark.parametrize("masked", [np.nan, 0.0])
def test_exports_of_earth_engine_are_the_same_embedding(tmp_path, fields, masked):
    embedding, stored = whole(write_earth_engine(tmp_path / "export.tif", fields, masked=masked))
    assert stored.dtype == np.float32
    there = embedding.valid(stored)
    assert there.sum() == there.size - HOLE[0] * HOLE[1] and not np.isnan(stored).any()
    assert np.array_equal(embedding.decode(stored)[:, there], fields.vectors[:, there])
    other, _ = whole(write_alphaearth(tmp_path / "e.tif", fields))
    assert embedding.identity == other.identity and embedding.name == other.name


def test_a_vector_that_begins_with_zero_is_no_hole(tmp_path, fields):
    vectors = fields.vectors.copy()
    vectors[0, 100:110] = 0
    embedding, stored = whole(write_earth_engine(tmp_path / "e.tif", Fields(vectors, fields.truth)))
    assert embedding.valid(stored)[100:110].all()


def test_bands_are_found_by_name(tmp_path, fields):
    order = np.random.default_rng(3).permutation(64)
    path = write_raster(tmp_path / "e.tif", square_law(fields.vectors)[order], [NAMES[i] for i in order])
    embedding, stored = whole(path)
    assert embedding.bands == tuple(NAMES) and np.array_equal(stored, square_law(fields.vectors))


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (lambda vectors: np.rint(vectors * 127.5).clip(-127, 127).astype(np.int8), "stored / 127.5"),
        (lambda vectors: square_law(vectors).astype(np.float32), r"sign\(stored\)"),
    ],
    ids=["linear", "square law in floats"],
)
def test_another_law_is_noticed_and_named(tmp_path, fields, stored, told):
    path = write_raster(tmp_path / "e.tif", stored(fields.vectors), NAMES)
    with pytest.raises(MMEarthError, match=rf"e.tif .*length .* on average; {told}.*would give length 1.*e.card.json"):
        foreign_embedding(path)


def test_linear_decoding_of_the_square_law_is_no_small_error(fields):
    """What the check of lengths is for: a mean length of about 2.5, not 1."""
    linear = square_law(fields.vectors).astype(np.float32) / 127.5
    assert np.linalg.norm(linear, axis=0).mean() > 2


def test_a_length_is_looked_at_where_there_is_little_to_see(tmp_path, fields):
    """Without overviews the sample is of windows; most of this raster is empty."""
    stored = np.rint(fields.vectors * 127.5).clip(-127, 127).astype(np.int8)
    stored[:, :, 2:] = -128
    stored[:, 40:] = -128
    path = write_raster(tmp_path / "e.tif", stored, NAMES)
    with pytest.raises(MMEarthError, match="length"):
        foreign_embedding(path)


def test_some_bands_alone_are_no_satellite_embedding(tmp_path, fields):
    path = write_raster(tmp_path / "e.tif", square_law(fields.vectors)[:40], NAMES[:40])
    with pytest.raises(MMEarthError, match=r"has 40 bands, and nothing says whose .*e\.card\.json"):
        foreign_embedding(path)
    assert foreign_embedding(write_raster(tmp_path / "three.tif", square_law(fields.vectors)[:3], NAMES[:3])) is None
