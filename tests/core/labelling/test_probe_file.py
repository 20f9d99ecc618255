"""Probe files: what is loaded is what was saved; anything else is refused with one sentence that names the file."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.probe_file import load_probe, save_probe
from mmearth_core.labelling.samples import read_samples
from mmearth_core.progress import CancelToken
from mmearth_core.sources.unlabelled import draw_unlabelled


@pytest.fixture(scope="module")
def probe(scene: Any, sample_file: Path) -> Probe:
    others = draw_unlabelled([scene.stack], cancel=CancelToken())
    return fit_probe(read_samples(scene.stack, sample_file, cancel=CancelToken()), unlabelled=others)


def test_round_trip(probe: Probe, tmp_path: Path) -> None:
    save_probe(tmp_path / "m.json", probe, validation={"accuracy": 0.9})
    back = load_probe(tmp_path / "m.json")
    for name in ("columns", "layers", "strengths", "legend", "training"):
        assert getattr(back, name) == getattr(probe, name)
    (kept,), (member,) = back.members, probe.members
    for name in ("coefficients", "intercept", "centre"):
        assert (getattr(kept, name) == getattr(member, name)).all()
    assert (kept.slots, kept.scale) == (member.slots, member.scale)
    assert all((a == b).all() for a, b in zip(kept.folded, member.folded, strict=True))
    assert (kept.reach.quantiles == member.reach.quantiles).all()
    assert (back.shift == probe.shift).all() and back.shift.any()
    for name in ("pixels", "blocks", "seed", "digest", "clarity", "temper"):
        assert getattr(back.unlabelled, name) == getattr(probe.unlabelled, name)
    content = json.loads((tmp_path / "m.json").read_text())
    assert content["software"].startswith("mmearth ") and content["validation"] == {"accuracy": 0.9}


def test_a_file_of_the_first_version_is_read(probe: Probe, tmp_path: Path) -> None:
    save_probe(tmp_path / "m.json", probe)
    content = json.loads((tmp_path / "m.json").read_text())
    (slot,), (member,) = content.pop("slots"), content.pop("members")
    model = {"name": slot["name"], "id": slot["identity"], "scales": [0.1] * 64, "offsets": [0.0] * 64}
    old = content | {name: member[name] for name in ("scale", "centre", "intercept", "coefficients", "reach")}
    del old["layers"], old["training"]["layers"], old["training"]["places"], old["unlabelled"]
    (tmp_path / "m.json").write_text(json.dumps(old | {"format_version": 1, "model": model}))
    back = load_probe(tmp_path / "m.json")
    assert (back.members[0].coefficients == probe.members[0].coefficients).all() and back.columns == probe.columns
    (tmp_path / "m.json").write_text(json.dumps({"format": "mmearth-probe", "format_version": 1}))
    with pytest.raises(MMEarthError, match="is damaged"):
        load_probe(tmp_path / "m.json")


def test_a_file_of_the_second_version_is_read(probe: Probe, tmp_path: Path) -> None:
    save_probe(tmp_path / "m.json", replace(probe, unlabelled=None))
    content = json.loads((tmp_path / "m.json").read_text())
    del content["unlabelled"]
    (tmp_path / "m.json").write_text(json.dumps(content | {"format_version": 2}))
    back = load_probe(tmp_path / "m.json")
    assert back.unlabelled is None and not back.shift.any()
    assert (back.members[0].coefficients == probe.members[0].coefficients).all()


def change(path: list[str | int], value: Any) -> Callable[[Any], None]:
    def apply(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        if value is KeyError:
            del content[path[-1]]
        else:
            content[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (change(["format"], "other"), "is not a probe"),
        (change(["format_version"], 99), "probe format 99"),
        (change(["unlabelled", "shares"], [1.0]), "unlabelled.shares has not the shape"),
        (change(["unlabelled", "shares", 0], 0), "unlabelled.shares: it must be shares of one"),
        (change(["unlabelled", "shares", 0], 2), "unlabelled.shares: it must be shares of one"),
        (change(["unlabelled", "temper"], "much"), "unlabelled.temper: expected a number"),
        (change(["members", 0, "coefficients"], KeyError), "coefficients: it is needed here; fit the probe again"),
        (change(["members", 0, "coefficients", 0], [1.0]), "coefficients: .* inhomogeneous"),
        (change(["members", 0, "coefficients", 0, 0], "1"), "coefficients: it must hold numbers"),
        (change(["members", 0, "coefficients", 0, 0], None), "coefficients: it must hold numbers"),
        (change(["members", 0, "coefficients", 0, 0], float("nan")), "not finite"),
        (change(["members", 0, "intercept"], [1.0]), "intercept has not the shape"),
        (change(["members", 0, "scale"], 0), "scale: it must be positive"),
        (change(["members", 0, "scale"], True), "scale: expected a number, found true"),
        (change(["members", 0, "centre"], {}), "centre: it must hold numbers"),
        (change(["classes"], []), "must have two classes"),
        (change(["classes", 0, "value"], 0), "values 1"),
        (change(["classes", 0, "name"], "grass"), "unique"),
        (change(["slots", 0], []), "slots.*expected names with values"),
        (change(["slots", 0, "identity"], 5), "identity: expected a text, found 5"),
        (change(["members", 0, "centre"], [1.0]), "has not the shape"),
        (change(["members", 0, "reach", "quantiles"], [1.0]), "reach.quantiles has not the shape"),
        (change(["training", "pixels"], -1), "training.pixels: it must not be negative"),
    ],
)
def test_a_damaged_file_is_refused(damage: Any, sentence: str, probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    save_probe(path, probe)
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))
    with pytest.raises(MMEarthError, match=sentence) as error:
        load_probe(path)
    assert "bad.json" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": "mmearth-probe"}']
)
def test_what_is_no_probe_is_refused(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(text)
    with pytest.raises(MMEarthError, match=r"bad\.json"):
        load_probe(path)
    with pytest.raises(MMEarthError, match="does not exist"):
        load_probe(tmp_path / "absent.json")


def test_a_probe_holds_nothing_that_is_not_a_number(probe: Probe) -> None:
    (member,) = probe.members
    assert np.isfinite(member.coefficients).all() and np.isfinite(member.reach.quantiles).all()
