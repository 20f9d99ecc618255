"""The figures of merit of the methods come from runs that were made, each once."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.pretraining.methods.building import build_method
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import write_synthetic_tiles
from training.method_merits import (
    ARMS,
    CROP,
    JUDGES,
    SIZE,
    Patches,
    config_of,
    cover_f1,
    cover_f1_other_season,
    lines_of,
    main,
    patch_table,
    seasons,
)


@pytest.mark.parametrize("method", ARMS)
def test_each_arm_is_trained_and_judged_once(method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "merits.jsonl"
    asked = [method, "-o", str(path), "--seeds", "1", "--steps", "1", "--tiles", "16"]
    first = next(iter(ARMS[method]))
    ghost = {"method": method, "arm": first, "seed": 0, "steps": 1, "tiles": 16, "canopy_r2": 0.25}
    path.write_text(json.dumps(ghost) + "\n", encoding="utf-8")
    assert main(asked) == 0
    lines = lines_of(path)
    assert [line["arm"] for line in lines] == list(ARMS[method]), "what was there is not made again"
    figures = lines[-1].keys() - (ghost.keys() - {"canopy_r2"})
    assert figures and all(math.isfinite(lines[-1][name]) for name in figures)
    assert main(["table", str(path)]) == 0
    table = capsys.readouterr().out
    assert "canopy_r2" in table and all(name in table for name in figures)


def test_every_arm_has_a_judge() -> None:
    assert ARMS.keys() == JUDGES.keys()


def test_patches_know_their_tile_and_their_place(tmp_path: Path) -> None:
    """Batches come in an order by lot: dates of one place would else stand on both sides of what is judged."""
    path = write_synthetic_tiles(tmp_path / "tiles", 16, size=SIZE, gaps=False, dates=4)
    tiles = TileFile(path)
    found = patch_table(build_method(config_of("a2_mae", path.parent, 0, 1, ())), tiles, "esa_worldcover")
    assert sorted(set(found.tile.tolist())) == list(range(16))
    for tile in range(16):
        stored = tiles.read(tile, ["esa_worldcover"])["esa_worldcover"][0] // 10 - 1
        crops = np.lib.stride_tricks.sliding_window_view(stored, (CROP, CROP)).reshape(-1, CROP * CROP)
        seen = np.bincount(found.values[found.tile == tile].ravel(), minlength=11)
        assert any(np.array_equal(np.bincount(crop, minlength=11), seen) for crop in crops)
    same = tiles.places.number[found.tile]
    assert len({*zip(same.tolist(), found.place.tolist(), strict=True)}) == 4 and found.place[0] == 0


def test_a_cover_is_told_in_a_season_that_was_not_learned_from() -> None:
    """A feature that means the opposite in another season tells half on all dates, and nothing on a date not seen."""
    rng = np.random.default_rng(0)
    tile = np.repeat(np.arange(40), 10)
    covers, season = rng.integers(0, 2, 400), np.arange(40) % 2
    steady, turning = ((2.0 * covers - 1) * each for each in (1, 1 - 2 * season[tile]))

    def patches(feature: np.ndarray) -> Patches:
        return Patches(feature[:, None], np.repeat(covers[:, None], 4, axis=1), tile, tile // 4)

    assert cover_f1(patches(steady)) == cover_f1_other_season(patches(steady), season) == 1
    assert 0.3 < cover_f1(patches(turning)) < 0.7 and cover_f1_other_season(patches(turning), season) == 0


def test_a_season_is_that_of_the_hemisphere() -> None:
    class Tiles:
        lonlat = np.array([[0.0, 50.0]] * 4 + [[0.0, -50.0]] * 2)
        dates = np.array(["2018-12-01", "2019-02-28", "2019-03-01", "2019-08-31", "2018-12-01", "2019-08-31"], "M8[D]")
        days = (dates - np.datetime64("2000-01-01")).astype(float)

    assert seasons(Tiles()).tolist() == [0, 0, 1, 2, 2, 0]
