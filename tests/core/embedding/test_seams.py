"""`weights check`: whether an encoder's tiles join is found out by computing the same places in different tiles."""

import json
from pathlib import Path

import pytest

pytest.importorskip("onnx")

from foreign_networks import convolutions, far_sighted, normed, ramped, with_card

from mmearth_core.cli.command import main
from mmearth_core.embedding.seams.check import weights_check
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.progress import CancelToken


def largest(check, halo: int) -> float:
    return next(row.largest for row in check.rows if row.halo == halo)


def test_a_network_that_sees_so_far_needs_that_halo(scene, tmp_path: Path):
    near = weights_check(model=with_card(convolutions(tmp_path / "near.onnx")), scene=scene)
    assert near.halo == 8 and near.safe and largest(near, 4) > 10 and largest(near, 8) < 0.01
    assert near.worst[0] == largest(near, 0) and near.places == 3 and near.pixels > 50_000
    assert near.verdict.startswith("Safe to tile with a halo of 8 px and more")
    far = weights_check(model=with_card(far_sighted(tmp_path / "far.onnx"), halo=4), scene=scene)
    assert far.halo == 12 and largest(far, 11) > 1 and largest(far, 12) < 0.01
    assert "Its own halo of 4 px is too small" in far.verdict and "`halo=12`" in far.verdict


@pytest.mark.parametrize("side", [None, 64])
def test_a_norm_over_the_tile_is_not_safe_with_any_halo(scene, tmp_path, side):
    tied = with_card(normed(tmp_path / "tied.onnx", side=side), tile_dependent=True)
    check = weights_check(model=tied, scene=scene)
    assert check.halo is None and not check.safe and all(row.largest > 1 for row in check.rows)
    assert check.verdict.startswith("Not safe to tile")
    unknown = weights_check(model=with_card(tied, tile_dependent=False), scene=scene)
    assert unknown.halo is None and "It depends on the tile, or needs more context" in unknown.verdict


def test_a_place_in_the_tile_that_matters_is_found(scene, tmp_path):
    check = weights_check(model=with_card(ramped(tmp_path / "ramped.onnx")), scene=scene, places=1)
    assert check.halo is None and min(row.largest for row in check.rows) > 1


def test_what_is_cheaper_is_told(scene, tmp_path):
    rows = weights_check(model=with_card(convolutions(tmp_path / "m.onnx")), scene=scene, places=1).rows
    costs = [row.seconds_per_km2 for row in rows]
    assert costs == sorted(costs) and costs[0] > 0
    at = next(row for row in rows if row.halo == 24)
    assert at.seconds_per_km2 == pytest.approx(costs[0] * (64 / 16) ** 2)


def test_ours_are_measured_too(make_scene):
    check = weights_check(model="default", scene=make_scene(200, 200), places=1)
    figures = [row.largest for row in check.rows]
    assert figures == sorted(figures, reverse=True) and figures[0] > 50 > figures[-1]
    assert check.side == 128 and check.stated_halo == 80


def test_the_command_prints_a_table_or_json(scene, tmp_path, capsys):
    words = ["weights", "check", str(with_card(convolutions(tmp_path / "m.onnx"))), "--scene", str(scene)]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "differences in quantisation steps" in shown and "Safe to tile with a halo of 8 px" in shown
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])["result"]
    assert result["safe"] is True and result["halo"] == 8 and result["rows"][0]["largest"] > 1


def test_what_cannot_be_measured_is_told(scene, make_scene, tmp_path):
    model = with_card(convolutions(tmp_path / "m.onnx", side=64))
    with pytest.raises(MMEarthError, match=r"too few to lay tiles of 64 .*give one of 96 pixels"):
        weights_check(model=model, scene=make_scene(95, 200))
    weights_check(model=model, scene=make_scene(96, 96), places=1)
    with pytest.raises(MMEarthError, match="places=0 measures nothing"):
        weights_check(model=model, scene=scene, places=0)
    with pytest.raises(MMEarthError, match="knows l1c scenes"):
        weights_check(model=with_card(model, level="l1c"), scene=scene)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        weights_check(model=with_card(model), scene=scene, cancel=token)
