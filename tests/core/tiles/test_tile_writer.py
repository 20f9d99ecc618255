"""Writing tiles: the published layout exactly, whole or not at all, and an interrupted build goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.modalities import MODALITIES, SENTINEL2_QUALITY, valid
from mmearth_core.progress import Silent
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import make_tile
from mmearth_core.tiles.writer import TileWriter

SIZE = 16


def tile(number: int):
    return make_tile(np.random.default_rng(number), size=SIZE)


class Messages(Silent):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def message(self, text: str) -> None:
        self.texts.append(text)


def test_what_is_written_is_read_back_to_the_bit(tmp_path: Path) -> None:
    tiles = [tile(number) for number in range(5)]
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        for number, (raw, info) in enumerate(tiles):
            writer.append(f"mfwsnsasfmf_{number}", raw, info)
        assert writer.finish() == tmp_path / "set" / "set.h5"
    file = TileFile(tmp_path / "set")
    assert file.names.tolist() == [f"mfwsnsasfmf_{number}" for number in range(5)]
    assert file.levels.tolist() == [info["S2_type"] for _, info in tiles]
    assert np.array_equal(file.lonlat, [(info["lon"], info["lat"]) for _, info in tiles])
    for number, (raw, _) in enumerate(tiles):
        found = file.read(number, MODALITIES)
        for name in MODALITIES:
            assert found[name].dtype == raw[name].dtype
            assert np.array_equal(found[name], raw[name], equal_nan=raw[name].dtype.kind == "f"), name


def test_the_layout_is_the_published_one(tmp_path: Path) -> None:
    with TileWriter(tmp_path / "set", SIZE, [*MODALITIES, *SENTINEL2_QUALITY]) as writer:
        for number in range(3):
            writer.append(str(number), *tile(number))
        writer.finish()
    assert {each.name for each in (tmp_path / "set").iterdir()} == {
        "set.h5", "set_band_stats.json", "set_splits.json", "set_tile_info.json",
    }  # fmt: skip
    with h5py.File(tmp_path / "set" / "set.h5") as file:
        assert set(file) == {*MODALITIES, *SENTINEL2_QUALITY, "metadata"}
        assert file["metadata"].dtype == np.dtype([("tile_id", "S100"), ("S2_type", "S10")])
        assert (file["sentinel2"].shape, file["sentinel2"].dtype) == ((3, 13, SIZE, SIZE), np.uint16)
        assert (file["canopy_height_eth"].dtype, file["aster"].dtype) == (np.int8, np.int16)
        assert (file["eco_region"].shape, file["eco_region"].dtype) == ((3, 846), np.uint16)
        for name in MODALITIES:
            assert file[name].chunks == (1, *file[name].shape[1:]) and file[name].compression == "gzip"
        assert (file["sentinel2_scl"][0] == 255).all() and (file["sentinel2_cloudmask"][0] == 65535).all()
    splits = json.loads((tmp_path / "set" / "set_splits.json").read_text())
    assert splits == {"train": [0, 1, 2], "val": [], "test": []}
    info = json.loads((tmp_path / "set" / "set_tile_info.json").read_text())
    assert list(info) == ["0", "1", "2"]
    assert {"S2_DATE", "S2_type", "CRS", "lat", "lon", "NO_DATA", "BANDS"} <= set(info["0"])
    assert info["0"]["BANDS"]["sentinel2"][6:11] == ["B7", "B8A", "B8", "B9", "B10"]
    for file in (tmp_path / "set").iterdir():
        assert str(tmp_path).encode() not in file.read_bytes()


def test_band_stats_are_those_of_the_valid_values(tmp_path: Path) -> None:
    tiles = [tile(number) for number in range(40)]
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        for number, (raw, info) in enumerate(tiles):
            writer.append(str(number), raw, info)
        writer.finish()
    stats = json.loads((tmp_path / "set" / "set_band_stats.json").read_text())
    assert set(stats) == {
        "sentinel2_l1c", "sentinel2_l2a", "sentinel1", "aster", "canopy_height_eth", "era5", "lat", "lon", "month",
    }  # fmt: skip
    for key, entry in stats.items():
        name = key.removesuffix("_l1c").removesuffix("_l2a")
        of = [raw[name] for raw, info in tiles if not key.startswith("sentinel2") or key.endswith(info["S2_type"])]
        for channel in range(MODALITIES[name].stored):
            values = np.concatenate([each[channel][valid(MODALITIES[name], each)[channel]].ravel() for each in of])
            got = [entry[what][channel] for what in ("mean", "std", "min", "max")]
            if len(values):
                values = values.astype(np.float64)
                assert got == pytest.approx([values.mean(), values.std(), values.min(), values.max()], rel=1e-9)
            else:  # HH and HV of Sentinel-1
                assert key == "sentinel1" and got == [0, 1, None, None]


def test_a_modality_that_a_tile_lacks_is_written_as_missing(tmp_path: Path) -> None:
    raw, info = tile(0)
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        writer.append("0", {"sentinel2": raw["sentinel2"]}, info)
        writer.finish()
    found = TileFile(tmp_path / "set").read(0, MODALITIES)
    for name, modality in MODALITIES.items():
        if name != "sentinel2":
            assert np.array_equal(found[name], modality.missing(SIZE), equal_nan=modality.dtype == "float32")


KILLED = """
import sys
from mmearth_core.tiles.synthetic import make_tile
from mmearth_core.tiles.writer import TileWriter
import numpy as np
with TileWriter(sys.argv[1], 16, ["sentinel2", "aster"]) as writer:
    for number in range(1000):
        if str(number) not in writer:
            raw, info = make_tile(np.random.default_rng(number), size=16)
            writer.append(str(number), {name: raw[name] for name in ("sentinel2", "aster")}, info)
        print(number, flush=True)
"""


def test_a_killed_build_goes_on_after_its_last_whole_tile(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "set")], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if int(line) >= 5:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait()
    assert not (tmp_path / "set" / "set.h5").exists()
    with TileWriter(tmp_path / "set", SIZE, ["sentinel2", "aster"]) as writer:
        assert len(writer) >= 6 and "5" in writer
        whole = len(writer)
    partial = tmp_path / "set" / "set.partial"
    with partial.open("r+b") as file:  # as if it had been killed inside the last record
        file.truncate(partial.stat().st_size - 7)
    with TileWriter(tmp_path / "set", SIZE, ["sentinel2", "aster"]) as writer:
        assert len(writer) == whole - 1 and str(whole - 1) not in writer
        for number in range(whole - 1, whole + 2):
            raw, info = tile(number)
            writer.append(str(number), {name: raw[name] for name in ("sentinel2", "aster")}, info)
        writer.finish()
    file = TileFile(tmp_path / "set")
    assert file.names.tolist() == [str(number) for number in range(whole + 2)]
    for number in range(whole + 2):
        assert np.array_equal(file.read(number, ["sentinel2"])["sentinel2"], tile(number)[0]["sentinel2"])
    assert not partial.exists()


def test_an_interrupted_build_writes_the_same_bytes_as_an_uninterrupted_one(tmp_path: Path) -> None:
    for name, stops in (("whole", ()), ("stopped", (1, 4))):
        writer = TileWriter(tmp_path / name / "set", SIZE, MODALITIES)
        for number in range(6):
            if number in stops:
                writer.close()
                writer = TileWriter(tmp_path / name / "set", SIZE, MODALITIES)
            writer.append(str(number), *tile(number))
        writer.finish()
    files = {path.name: path.read_bytes() for path in (tmp_path / "whole" / "set").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "stopped" / "set").iterdir()} == files
    assert "set_band_stats.json" in files


def test_a_damaged_record_and_what_follows_it_do_not_count(tmp_path: Path) -> None:
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        for number in range(4):
            writer.append(str(number), *tile(number))
    partial = tmp_path / "set" / "set.partial"
    content = bytearray(partial.read_bytes())
    content[len(content) // 2] ^= 255
    partial.write_bytes(content)
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        kept = len(writer)
        assert 0 < kept < 4 and "0" in writer
        writer.append(str(kept), *tile(kept))  # takes the place of the damaged one
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        assert len(writer) == kept + 1
    with partial.open("ab") as file:  # garbage that claims to be an endless record
        file.write(b"\x10\0\0\0" + b"\xff" * 40)
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        assert len(writer) == kept + 1


def test_tiles_made_in_another_way_are_made_again_and_that_is_said(tmp_path: Path) -> None:
    with TileWriter(tmp_path / "set", SIZE, MODALITIES, specification={"stride": (1, 2)}) as writer:
        writer.append("0", *tile(0))
    messages = Messages()
    with TileWriter(tmp_path / "set", SIZE, MODALITIES, specification={"stride": (1, 2)}, progress=messages) as writer:
        assert "0" in writer and not messages.texts
    with TileWriter(tmp_path / "set", SIZE, MODALITIES, specification={"stride": 3}, progress=messages) as writer:
        assert len(writer) == 0 and "made again" in messages.texts[0]


def test_a_finish_that_fails_leaves_no_dataset_and_can_be_repeated(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path / "set", SIZE, MODALITIES)
    writer.append("0", *tile(0))
    (tmp_path / "set" / "set_splits.json").mkdir()
    with pytest.raises(EnvironmentFailure, match="set_splits.json"):
        writer.finish()
    writer.close()
    assert not (tmp_path / "set" / "set.h5").exists() and not (tmp_path / "set" / "set_tile_info.json").exists()
    (tmp_path / "set" / "set_splits.json").rmdir()
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as again:
        assert again.finish().exists()


def test_an_existing_dataset_is_never_overwritten(invented_tiles: Path) -> None:
    before = (invented_tiles / "invented.h5").read_bytes()
    with pytest.raises(MMEarthError, match=r"invented\.h5 exists already"):
        TileWriter(invented_tiles, SIZE, MODALITIES)
    assert (invented_tiles / "invented.h5").read_bytes() == before


def test_no_tile_is_no_dataset(tmp_path: Path) -> None:
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        with pytest.raises(MMEarthError, match="no tile"):
            writer.finish()
        writer.discard()
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sentinel2": np.zeros((12, SIZE, SIZE), np.uint16)}, r"sentinel2 is uint16 of shape \(12, 16, 16\)"),
        ({"aster": np.zeros((2, SIZE, SIZE), np.float32)}, "aster is float32.*give int16"),
        ({"elevation": np.zeros((2, SIZE, SIZE))}, "elevation"),
    ],
)
def test_an_array_that_does_not_fit_is_refused_with_the_tile_s_name(tmp_path: Path, change, says) -> None:
    raw, info = tile(0)
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        with pytest.raises(MMEarthError, match=f"Tile wales_7.*{says}"):
            writer.append("wales_7", raw | change, info)
        assert len(writer) == 0


def test_a_tile_needs_a_name_a_level_and_an_image(tmp_path: Path) -> None:
    raw, info = tile(0)
    with TileWriter(tmp_path / "set", SIZE, MODALITIES) as writer:
        for name in ("", "x" * 101, "ä" * 51):
            with pytest.raises(MMEarthError, match="Tile id"):
                writer.append(name, raw, info)
        with pytest.raises(MMEarthError, match="give l1c or l2a"):
            writer.append("0", raw, info | {"S2_type": "L3"})
        with pytest.raises(MMEarthError, match="give it sentinel2"):
            writer.append("0", {"aster": raw["aster"]}, info)
        with pytest.raises(MMEarthError, match="not for JSON"):
            writer.append("0", raw, info | {"lat": float("nan")})
        writer.append("0", raw, info)
        with pytest.raises(MMEarthError, match="there twice"):
            writer.append("0", raw, info)
