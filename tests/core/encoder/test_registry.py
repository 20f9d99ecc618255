"""Names of models: a wrong name is answered with the right one, a missing file with the command that brings it."""

import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mmearth_core.encoder import weights
from mmearth_core.encoder.download import sha256_of
from mmearth_core.encoder.registry import MODELS, find, local_file, weights_folder
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.progress import Silent

OFFICIAL = [model for model in MODELS if not model.packaged]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_all_names_are_distinct_and_there_are_eleven_official_checkpoints() -> None:
    names = [name.lower() for model in MODELS for name in (model.name, *model.aliases)]
    assert len(names) == len(set(names))
    assert len(OFFICIAL) == 11


@pytest.mark.parametrize("model", OFFICIAL, ids=lambda model: model.name)
def test_an_entry_agrees_with_the_folder_its_authors_chose(model) -> None:
    folder = model.aliases[0]
    crop, patch = folder.replace("_", "-").split("-")[-2:]
    assert model.url == f"https://sid.erda.dk/share_redirect/g23YOnaaTp/{folder}/checkpoint-199.pth"
    assert (model.crop, model.patch) == (int(crop), int(patch))
    assert f"_{model.size}_" in folder
    assert (model.loss == "unweighted") == ("unweighted" in folder)
    assert model.licence
    assert model.citation
    assert model.architecture.in_channels == (3 if "rgb" in folder or "imagenet" in folder else 12)
    assert (model.architecture.stem == "original") == ("imagenet" in folder)


def test_an_alias_and_another_case_name_the_same_model() -> None:
    model = find("MMEARTH-atto-p8-ALL")
    assert model is find("pt-all_mod_atto_1M_64_uncertainty_56-8")
    assert find("default").name == "starter-atto-p8"


def test_a_mistyped_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(MMEarthError, match=r"did you mean mmearth-tiny-p8-all\?.*weights list"):
        find("mmearth-tiny-p8")


def test_a_file_wins_over_a_name_and_a_missing_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("default").write_bytes(b"")
    assert local_file("default") == Path("default")
    with pytest.raises(MMEarthError, match=r"model.onnx does not exist"):
        local_file("model.onnx")
    with pytest.raises(MMEarthError, match=r"my.* does not exist"):
        local_file(Path("my") / "model")


def test_what_is_missing_is_answered_with_the_command_that_brings_it() -> None:
    model = find("mmearth-atto-p8-all")
    with pytest.raises(MMEarthError, match="mmearth weights fetch mmearth-atto-p8-all"):
        local_file(model.name)
    model.file(".pth").parent.mkdir(parents=True)
    model.file(".pth").touch()
    assert local_file(model.name) == model.file(".pth")
    with pytest.raises(MMEarthError, match="mmearth weights convert mmearth-atto-p8-all --calibrate"):
        local_file(model.name, suffixes=(".onnx",))
    model.file(".onnx").touch()
    assert local_file(model.name, suffixes=(".onnx",)) == model.file(".onnx")


def test_models_are_kept_where_the_user_says(own_home: Path) -> None:
    assert weights_folder() == own_home / "weights"


def test_the_list_says_what_is_here() -> None:
    find("mmearth-atto-p8-s2").file(".pth").parent.mkdir(parents=True)
    find("mmearth-atto-p8-s2").file(".pth").touch()
    lines = {line.split("  ")[0]: line for line in str(weights.weights_list()).splitlines()}
    assert "fetched" in lines["mmearth-atto-p8-s2"]
    assert "fetched" not in lines["mmearth-atto-p8-all"]
    states = {model["name"]: model["state"] for model in weights.weights_list().as_dict()["models"]}
    assert states["mmearth-atto-p8-s2"] == "fetched"


def checkpoint(path: Path, *, seed: int = 0, megabytes: int = 13) -> None:
    """A zip archive as large as a checkpoint, with the entry torch's have."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", bytes([seed]) * megabytes * 1_000_000)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that takes the place of the server's; torch counts as absent."""
    source = tmp_path / "published.pth"
    checkpoint(source)

    def serve(*, target, sha256, check, **_: object) -> str:
        check(source)
        digest = sha256_of(source)
        if sha256 not in (None, digest):
            raise MMEarthError("wrong sha256")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        return digest

    monkeypatch.setattr(weights, "download", serve)
    monkeypatch.setattr(weights, "_torch_is_here", lambda: False)
    return source


def test_the_first_download_pins_what_later_ones_must_be(published: Path) -> None:
    first = weights.weights_fetch(model="mmearth-atto-p8-all")
    assert first.path.is_file()
    assert "mmearth weights convert mmearth-atto-p8-all" in str(first)
    assert json.loads((weights_folder() / "pinned.json").read_text())["mmearth-atto-p8-all"] == first.sha256
    first.path.unlink()
    checkpoint(published, seed=1)
    with pytest.raises(MMEarthError, match="wrong sha256"):
        weights.weights_fetch(model="mmearth-atto-p8-all")


def test_the_first_download_says_its_digest_and_may_be_asked_for_one(published: Path) -> None:
    class Said(Silent):
        def __init__(self) -> None:
            self.texts: list[str] = []

        def message(self, text: str) -> None:
            self.texts.append(text)

    digest, name = sha256_of(published), "mmearth-atto-p8-all"
    for wrong, said in (("0" * 64, "wrong sha256"), ("abc", "64 hexadecimal digits")):
        with pytest.raises(MMEarthError, match=said):
            weights.weights_fetch(model=name, sha256=wrong)
    assert not (weights_folder() / "pinned.json").exists()
    said = Said()
    weights.weights_fetch(model=name, progress=said)
    assert any(digest in text and "compare it" in text for text in said.texts)
    with pytest.raises(MMEarthError, match=f"wanted is {'0' * 64}"):
        weights.weights_fetch(model=name, sha256="0" * 64)
    assert weights.weights_fetch(model=name, sha256=digest.upper()).sha256 == digest


def test_a_file_put_there_by_hand_is_checked_pinned_and_watched(published: Path) -> None:  # noqa: ARG001
    path = find("mmearth-atto-p8-all").file(".pth")
    checkpoint(path)
    found = weights.weights_fetch(model="mmearth-atto-p8-all")
    checkpoint(path, seed=1)
    with pytest.raises(MMEarthError, match=f"changed since.*{found.sha256}"):
        weights.weights_fetch(model="mmearth-atto-p8-all")


def test_a_web_page_or_a_damaged_archive_is_no_checkpoint(published: Path) -> None:
    published.write_text("<html>Share link expired</html>")
    with pytest.raises(MMEarthError, match="31 bytes, too few for the atto encoder"):
        weights.weights_fetch(model="mmearth-atto-p8-all")
    published.write_bytes(b"<html>" * 3_000_000)
    with pytest.raises(MMEarthError, match="not a checkpoint of torch"):
        weights.weights_fetch(model="mmearth-atto-p8-all")
    checkpoint(published)
    whole = bytearray(published.read_bytes())
    whole[5_000_000] ^= 1
    published.write_bytes(whole)
    with pytest.raises(MMEarthError, match="damaged"):
        weights.weights_fetch(model="mmearth-atto-p8-all")


def test_the_packaged_model_needs_no_fetching() -> None:
    with pytest.raises(MMEarthError, match="part of the package"):
        weights.weights_fetch(model="default")


def test_who_fetches_what_is_fetched_waits_and_pins_of_others_stay(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second fetch downloads nothing more; a model that is pinned meanwhile stays pinned."""
    serve, served = weights.download, []

    def slow(*, target: Path, **given: Any) -> str:
        served.append(target)
        time.sleep(0.5)
        write_json(weights_folder() / "pinned.json", {"mmearth-tiny-p8-all": "0" * 64})
        return serve(target=target, **given)

    monkeypatch.setattr(weights, "download", slow)
    with ThreadPoolExecutor(2) as pool:
        fetches = [pool.submit(weights.weights_fetch, model="mmearth-atto-p8-all") for _ in range(2)]
        one, other = (each.result() for each in fetches)
    assert one == other and len(served) == 1
    pinned = json.loads((weights_folder() / "pinned.json").read_text())
    assert pinned == {"mmearth-atto-p8-all": sha256_of(published), "mmearth-tiny-p8-all": "0" * 64}
    assert not list(weights_folder().glob("*.lock"))
