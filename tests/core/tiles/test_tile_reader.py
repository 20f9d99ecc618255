"""Reading tiles: both versions of the published layout, from many processes, and a clear word about a bad file."""

import json
import multiprocessing
import pickle
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import write_synthetic_tiles
from mmearth_core.tiles.writer import METADATA


@pytest.fixture
def copy(invented_tiles: Path, tmp_path: Path) -> Path:
    """A copy of a dataset that a test may spoil; its folder."""
    return Path(shutil.copytree(invented_tiles, tmp_path / "invented"))


#: Metadata with texts of variable length.
VARIABLE = np.dtype([("tile_id", h5py.string_dtype()), ("S2_type", h5py.string_dtype())])


def rewrite(folder: Path, name: str, array: np.ndarray | None) -> None:
    """Replace a dataset of the HDF5 file, or remove it."""
    with h5py.File(folder / "invented.h5", "r+") as file:
        del file[name]
        if array is not None:
            file[name] = array


def test_a_folder_and_its_file_are_the_same_dataset(invented_tiles: Path) -> None:
    by_folder, by_file = TileFile(invented_tiles), TileFile(invented_tiles / "invented.h5")
    assert by_folder.path == by_file.path
    assert (len(by_folder), by_folder.size) == (40, 24)
    assert list(by_folder.modalities.items()) == list(MODALITIES.items())
    assert {by_folder.level(index) for index in range(40)} == {"l1c", "l2a"} == set(by_folder.levels.tolist())


def test_a_file_without_radar_works(tmp_path: Path) -> None:
    file = TileFile(write_synthetic_tiles(tmp_path / "set", 3, size=16, modalities=["sentinel2", "lat"]))
    assert tuple(file.modalities) == ("sentinel2", "lat")
    assert file.read(2, ["lat"])["lat"].shape == (2,)
    with pytest.raises(MMEarthError, match="has no sentinel1; choose of sentinel2, lat"):
        file.read(0, ["sentinel1"])


def test_places_are_found_by_name_whatever_the_order_of_the_file(copy: Path) -> None:
    expected = TileFile(copy).lonlat
    path = copy / "invented_tile_info.json"
    entries = json.loads(path.read_text())
    names = list(entries)
    del entries[names[3]]["lat"], entries[names[3]]["lon"]
    shuffled = {name: entries[name] for name in [*reversed(names[1:])]} | {"not a tile": {"lat": 1, "lon": 1}}
    path.write_text(json.dumps(shuffled))
    found = TileFile(copy).lonlat
    assert np.isnan(found[[0, 3]]).all()  # one has no entry, one no place in it
    rest = [index for index in range(40) if index not in (0, 3)]
    assert np.array_equal(found[rest], expected[rest])


def test_names_with_letters_as_in_v0_and_levels_in_capitals_are_read(copy: Path) -> None:
    metadata = np.zeros(40, METADATA)
    metadata["tile_id"] = [f"mfwsnsasfmf_{number}".encode() for number in range(40)]
    metadata["S2_type"] = [b"L1C", b"l2a"] * 20
    rewrite(copy, "metadata", metadata)
    info = {f"mfwsnsasfmf_{number}": {"lat": number, "lon": -number, "extra": [1, {"a": "}"}]} for number in range(40)}
    (copy / "invented_tile_info.json").write_text(json.dumps(info, indent=1))
    file = TileFile(copy)
    assert file.names[39] == "mfwsnsasfmf_39" and file.level(0) == "l1c" and file.level(1) == "l2a"
    assert file.lonlat[39].tolist() == [-39, 39]


def test_an_entry_is_read_whole_wherever_a_block_ends(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = TileFile(copy).lonlat
    for block in (1, 7, 1000):
        monkeypatch.setattr("mmearth_core.tiles.tile_info._BLOCK", block)
        assert np.array_equal(TileFile(copy).lonlat, expected)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"0": {"lat": 1}', '{"0": 3}', '{"0" {}}', '{"0": {}, }', "\udcff"])
def test_a_damaged_tile_info_is_named(copy: Path, text: str) -> None:
    (copy / "invented_tile_info.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(MMEarthError, match=r"invented_tile_info\.json is not a JSON object"):
        _ = TileFile(copy).lonlat


def test_without_tile_info_tiles_are_read_but_have_no_place(copy: Path) -> None:
    (copy / "invented_tile_info.json").unlink()
    file = TileFile(copy)
    assert file.read(0, ["sentinel2"])["sentinel2"].any()
    with pytest.raises(MMEarthError, match=r"invented_tile_info\.json is missing, which tells where"):
        _ = file.lonlat


def test_the_tile_info_of_another_dataset_is_refused(copy: Path) -> None:
    (copy / "invented_tile_info.json").write_text('{"elsewhere": {"lat": 1, "lon": 1}}')
    with pytest.raises(MMEarthError, match="belongs to another dataset"):
        _ = TileFile(copy).lonlat


def test_a_path_without_tiles_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=r"nowhere does not exist"):
        TileFile(tmp_path / "nowhere")
    with pytest.raises(MMEarthError, match=r"holds no \.h5 files"):
        TileFile(tmp_path)
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(MMEarthError, match=r"text\.h5 cannot be opened"):
        TileFile(tmp_path)


def test_a_file_that_was_cut_off_is_refused(copy: Path) -> None:
    path = copy / "invented.h5"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(MMEarthError, match=r"invented\.h5 cannot be opened .*get the file again"):
        TileFile(copy)


def test_a_damaged_tile_is_named_and_its_neighbours_are_read(copy: Path) -> None:
    with h5py.File(copy / "invented.h5") as file:
        where = file["sentinel2"].id.get_chunk_info_by_coord((5, 0, 0, 0))
    with (copy / "invented.h5").open("r+b") as file:
        file.seek(where.byte_offset)
        file.write(b"\xff" * (where.size // 2))
    tiles = TileFile(copy)
    with pytest.raises(MMEarthError, match="sentinel2 of tile 5 cannot be read"):
        tiles.read(5, ["sentinel2"])
    assert tiles.read(4, ["sentinel2"])["sentinel2"].any() and tiles.read(6, ["sentinel2"])["sentinel2"].any()


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("sentinel2", None, "lacks sentinel2 or metadata"),
        ("metadata", None, "lacks sentinel2 or metadata"),
        ("sentinel2", np.zeros((40, 12, 24, 24), np.uint16), r"sentinel2 is uint16 of shape \(40, 12, 24, 24\)"),
        ("sentinel2", np.zeros((40, 13, 24, 8), np.uint16), "sentinel2 is uint16 of shape"),
        ("sentinel1", np.zeros((39, 8, 24, 24), np.float32), "sentinel1 is float32 of shape"),
        ("aster", np.zeros((40, 2, 24, 24), np.float32), "aster is float32.*not int16"),
        ("era5", np.zeros((40, 4), np.float32), "era5 is float32 of shape"),
        ("metadata", np.zeros(39, METADATA), "metadata does not hold"),
        ("metadata", np.zeros(40, METADATA), "S2_type of tile 0 is '', not l1c or l2a"),
        ("sentinel2", np.zeros((0, 13, 24, 24), np.uint16), "holds no tile"),
        ("metadata", np.zeros(40, [("tile_id", "i8"), ("S2_type", "S10")]), "metadata does not hold.*of fixed length"),
        ("metadata", np.array([("0", "l2a")] * 40, VARIABLE), "metadata does not hold.*of fixed length"),
        ("metadata", np.zeros(40), "metadata does not hold"),
    ],
)
def test_another_layout_is_refused_with_what_differs(copy: Path, name: str, array, says: str) -> None:
    rewrite(copy, name, array)
    with pytest.raises(MMEarthError, match=rf"invented\.h5.*{says}"):
        TileFile(copy)


@pytest.mark.parametrize(
    ("name", "says"),
    [("metadata", "lacks sentinel2 or metadata"), ("sentinel2", "lacks sentinel2 or"), ("aster", "aster is a group")],
)
def test_a_group_in_place_of_an_array_is_refused(copy: Path, name: str, says: str) -> None:
    rewrite(copy, name, None)
    with h5py.File(copy / "invented.h5", "r+") as file:
        file.create_group(name)
    with pytest.raises(MMEarthError, match=rf"invented\.h5.*{says}"):
        TileFile(copy)


def test_tiles_smaller_than_the_crop_are_refused(invented_tiles: Path) -> None:
    TileFile(invented_tiles).require(24)
    with pytest.raises(MMEarthError, match="have 24 pixels a side, the crop has 56"):
        TileFile(invented_tiles).require(56)


def total(file: TileFile) -> int:
    return sum(int(file.read(index, ["sentinel2"])["sentinel2"].sum()) for index in range(len(file)))


def report(file: TileFile, opened: list[int], queue) -> None:
    opened.clear()
    queue.put(([total(file) for _ in range(5)], opened))


def test_children_of_a_fork_read_by_their_own_handle_beside_their_parent(
    invented_tiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    original = h5py.File

    def opening(*arguments, **options):
        opened.append(1)
        return original(*arguments, **options)

    monkeypatch.setattr("h5py.File", opening)
    file = TileFile(invented_tiles)
    expected = total(file)  # leaves it open
    processes = multiprocessing.get_context("fork")
    queue = processes.SimpleQueue()
    children = [processes.Process(target=report, args=(file, opened, queue)) for _ in range(2)]
    for child in children:
        child.start()
    while any(child.is_alive() for child in children):
        assert total(file) == expected
    assert [queue.get() for _ in children] == [([expected] * 5, [1])] * 2
    assert len(opened) == 2  # to see what it holds, and to read


def test_a_pickled_file_is_small_and_reads_the_same(invented_tiles: Path) -> None:
    file = TileFile(invented_tiles)
    expected = total(file), file.lonlat
    packed = pickle.dumps(file)
    assert len(packed) < 2000
    again = pickle.loads(packed)  # noqa: S301
    assert total(again) == expected[0] and np.array_equal(again.lonlat, expected[1])
