"""Likeness of encodings beside likeness of land cover: on held-out tiles, between places, and said to be circular."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.encoder.loading import save_model
from mmearth_core.errors import MMEarthError
from mmearth_core.tiles.holdout import split
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import write_synthetic_tiles
from training.cover_similarity import Judged, control, encodings, judged_tiles, main, rank_correlation

SPLIT = {"share": 0.5, "block_degrees": 1.0, "seed": 8}


def judged_of(counts: np.ndarray, place: list[int]) -> Judged:
    number = len(counts)
    dn = np.zeros((number, 12, 8, 8), np.float32)
    return Judged(dn, np.ones((number, 8, 8), bool), ("l2a",) * number, counts, np.array(place))


def test_similarity_is_that_of_covers_between_places() -> None:
    """Encodings that are the covers' shares order pairs as S does; those of one place do not count."""
    rng = np.random.default_rng(0)
    counts = np.zeros((6, 9), np.int64)
    counts[:, :3] = rng.multinomial(64, [0.5, 0.3, 0.2], 6)
    judged = judged_of(counts, [0, 0, 1, 1, 2, 3])
    assert judged.pairs.sum() == 15 - 2 and not judged.pairs[0, 1] and not judged.pairs[3, 2]
    unit = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    np.testing.assert_allclose(judged.similarity("fraction"), unit @ unit.T, rtol=1e-5)
    # The mean is taken away of encodings: with all opposites among them they have none.
    both = judged_of(np.eye(9, dtype=np.int64)[[0, 0, 1, 1]] * 64, [0, 1, 2, 3])
    assert rank_correlation(np.array([[1.0, 0], [1, 0], [-1, 0], [-1, 0]]), both, "multihot") == pytest.approx(1)
    assert rank_correlation(np.array([[1.0, 0], [-1, 0], [1, 0], [-1, 0]]), both, "multihot") < 0


def test_judged_are_the_tiles_that_were_held_out_and_have_covers(tmp_path: Path) -> None:
    tiles = TileFile(write_synthetic_tiles(tmp_path / "tiles", 24, size=16, seed=1, dates=2))
    judged = judged_tiles(tiles, **SPLIT)
    _, held = split(tiles.lonlat, share=0.5, block_degrees=1.0, seed=8)
    labelled = [(tiles.read(tile, ["dynamic_world"])["dynamic_world"] > 0).sum() for tile in held.tolist()]
    assert 0 < len(judged.place) <= len(held) and set(judged.place) <= set(tiles.places.number[held])
    assert (2 * judged.counts.sum(1) >= 16 * 16).all() and judged.counts.sum() <= sum(labelled)
    # What a place shows on another date is no pair, and all of it enters an encoder as embedding does.
    assert not judged.pairs[judged.place[:, None] == judged.place].any()
    assert encodings(control(0), judged).shape == (len(judged.place), 320)
    bare = TileFile(write_synthetic_tiles(tmp_path / "bare", 4, size=16, modalities=["sentinel2"]))
    with pytest.raises(MMEarthError, match="has no dynamic_world"):
        judged_tiles(bare, **SPLIT)
    with pytest.raises(MMEarthError, match="too few tiles"):
        judged_tiles(TileFile(write_synthetic_tiles(tmp_path / "few", 3, size=16)), **SPLIT)


def test_what_is_told_says_how_much_there_was_and_that_it_is_circular(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_synthetic_tiles(tmp_path / "tiles", 24, size=16, seed=1, dates=2)
    encoder = control(5)
    assert encoder.header is not None
    files = [tmp_path / f"{name}.safetensors" for name in ("one", "two")]
    for file in files:
        save_model(file, encoder, None, encoder.header)
    asked = ["--tiles", str(tmp_path / "tiles"), "--hold-out", "0.5"]
    main([str(files[0]), f"twice={files[0]},{files[1]}", *asked])
    told = capsys.readouterr().out
    rows = {line.split("|")[1].strip(): line for line in told.splitlines() if line.startswith("| ")}
    assert list(rows)[1:] == ["one", "twice", "random encoder", "band means"] and "circular" in next(iter(rows))
    assert "± 0.000 (2)" in rows["twice"] and "(3)" in rows["random encoder"]
    assert "places that were held out" in told and told.count("S > 0.99 in") == 2 and "Circular for" in told
    with pytest.raises(SystemExit, match="does not exist"):
        main([str(files[0]), "--tiles", str(tmp_path / "nowhere")])
