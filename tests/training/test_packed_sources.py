"""Packed files as tiles of the starter: balanced, at their place or at none, with what they lack told as missing."""

from pathlib import Path

import numpy as np
import pytest
from packed_imagery import packed

from mmearth_core.modalities import MODALITIES, SENTINEL2_STORED, target
from mmearth_core.tiles.reader import TileFile
from training.scenes_from_arrays import L2A
from training.starter.make_tiles import make_tiles
from training.starter.places import MARGIN_KM, Area, may_be_used, split_by_place
from training.starter.sources import balance
from training.starter.sources import packed as packed_sources
from training.starter.sources.packed import PACKED, source
from training.starter.sources.provenance import PIXELS, PROVENANCE, belongs, licences, per_source

KM = 1 / 111.2


def save(path: Path, pixels: np.ndarray, lonlat: np.ndarray, *, bands: tuple[str, ...] = L2A, **more: object) -> None:
    """A packed file; `more` may replace the dates and add other layers."""
    count = len(pixels)
    lon, lat = np.asarray(lonlat, np.float32).T
    usual = {"date": ["2020-06-01"] * count, "level": ["L2A"] * count, "offset": np.zeros(count, np.int16)}
    np.savez(path, xz=packed(pixels), order=L2A, bands=bands, lon=lon, lat=lat, **usual | more)


def noise(count: int, seed: int = 0) -> np.ndarray:
    """Tiles that all look different."""
    rng = np.random.default_rng(seed)
    means = rng.uniform(300, 3000, (count, 12, 1, 1))
    return (means * rng.uniform(0.9, 1.1, (count, 12, 64, 64))).astype(np.uint16)


def test_the_most_different_come_first_and_near_copies_not_at_all() -> None:
    looks = np.array([[0.0], [1.0], [1.05], [-3.0], [0.02]])
    assert balance.farthest(looks, most=9) == [0, 3, 2, 1, 4]
    assert balance.farthest(looks, most=9, apart=0.1) == [0, 3, 2]
    assert balance.farthest(looks, most=2) == [0, 3]
    assert balance.farthest(looks[:0], most=2) == []


def test_no_place_and_no_source_outweighs(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = np.random.default_rng(0).normal(size=(60, 4))
    places = ["series"] * 30 + [f"place {number}" for number in range(30)]
    kept = balance.balanced(looks, places)
    assert sum(number < 30 for number in kept) == balance.DATES and len(kept) == balance.DATES + 30
    assert kept == sorted(kept)
    monkeypatch.setattr(balance, "MOST", 20)
    assert len(balance.balanced(looks, places)) <= 20
    copies = np.repeat(looks[:3], 5, axis=0)
    assert len(balance.balanced(copies, range(15))) == 3


def test_the_look_of_an_image_is_that_of_its_known_pixels() -> None:
    pixels = noise(1)[0]
    half = pixels.copy()
    half[:, :32] = 0
    assert np.abs(balance.look(half) - balance.look(pixels)).max() < 0.1


def test_what_may_be_learned_from_stays_away_from_what_is_judged() -> None:
    places = np.random.default_rng(0).uniform([-10, 35], [30, 60], (3000, 2))
    learned, held = split_by_place(places)
    used = may_be_used(places, judged=())
    assert used[held].all() and 0.8 < used[learned].mean() < 1
    stretch = np.cos(np.radians(places[:, 1]))
    for index in learned[used[learned]][:300]:
        across = (places[held, 0] - places[index, 0]) * stretch[index]
        assert np.hypot(across, places[held, 1] - places[index, 1]).min() > 0.97 * MARGIN_KM * KM
    area = Area("judged", 10, 50, 11, 51)
    spots = np.array([[10.5, 50.5], [10.5, 51 + (MARGIN_KM - 1) * KM], [10.5, 51 + (MARGIN_KM + 1) * KM], [np.nan, 50]])
    alone = may_be_used(spots, judged=())
    assert may_be_used(spots, judged=(area,)).tolist() == [False, False, alone[2], True]
    assert not may_be_used(np.array([[-4.05, 52.4]])).any()  # Aberystwyth


def test_tiles_of_packed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packed_sources._PIXEL, "sundarbans_l2a", 20.0)
    pixels = noise(4)
    pixels[0, :, :2] = 0  # no value
    pixels[1, L2A.index("B09")] = 0  # measured, over dark water
    known = np.array([[89.1, 22.2], [89.2, 22.3], [89.3, 22.2], [89.3, 22.3]])
    save(tmp_path / "sundarbans_l2a.npz", pixels, known, date=["2020-01-27", "2020-01", "2020", ""])
    save(tmp_path / "europe_l2a_unplaced.npz", noise(2, 1), np.full((2, 2), np.nan))
    fewer = noise(1, 2)
    fewer[:, [L2A.index("B01"), L2A.index("B09")]] = 0
    ten = tuple(band for band in L2A if band not in ("B01", "B09"))
    beside = {
        "s1_db": np.full((1, 2, 64, 64), -9, np.float16),
        "dem": np.full((1, 64, 64), 40, np.int16),
        "landcover": np.full((1, 64, 64), 13, np.uint8),
    }
    save(tmp_path / "worldcereal_belgium_series_l2a.npz", fewer, np.array([[3.02, 50.8]]), bands=ten, **beside)
    result = make_tiles(
        tmp_path, tmp_path / "tiles", sources=[PACKED[name] for name in ("sundarbans", "europe", "belgium")]
    )
    assert result.tiles == 7
    file = TileFile(tmp_path / "tiles")
    number = {str(name).removesuffix("_0_0"): index for index, name in enumerate(file.names)}
    read = {name: file.read(index, file.modalities) for name, index in number.items()}
    placed = number["sundarbans_l2a-0000"]
    np.testing.assert_allclose(file.lonlat[placed], known[0], atol=1e-3)
    stored = read["sundarbans_l2a-0000"]["sentinel2"]
    assert (stored[:, :2] == 0).all() and np.array_equal(stored[1, 2:], pixels[0, 1, 2:])
    dark = read["sundarbans_l2a-0001"]["sentinel2"]
    assert (dark[SENTINEL2_STORED.index("B09")] == 1).all() and np.array_equal(dark[1], pixels[1, 1])
    months = [np.isfinite(read[f"sundarbans_l2a-000{index}"]["month"]).all() for index in range(4)]
    assert months == [True, True, False, False]
    assert np.isnan(file.lonlat[number["europe_l2a_unplaced-0001"]]).all()
    assert np.isnan(read["europe_l2a_unplaced-0001"]["lat"]).all()
    belgium = read["worldcereal_belgium_series_l2a-0000"]
    assert (belgium["sentinel1"][:2] == -9).all() and (belgium["aster"][0] == 40).all()
    assert (belgium["dynamic_world"] == 3).all()  # grass
    learned = target(MODALITIES["sentinel2"], belgium["sentinel2"], np.zeros(12, np.float32), np.ones(12, np.float32))
    assert np.isnan(learned).all(axis=(1, 2)).sum() == 2
    assert "| **all** | 7 | 7 | " in per_source(file)
    assert "rbngz/submission_dataset @ 2955356a | none stated |" in licences(file) and PIXELS in licences(file)


def test_cloudy_images_of_a_series_are_left_out(tmp_path: Path) -> None:
    pixels = (noise(1) * np.linspace(1, 1.1, 6)[:, None, None, None]).astype(np.uint16)
    pixels[4] += 3000
    save(tmp_path / "sundarbans_l2a.npz", pixels, np.full((6, 2), 22.0))
    (tmp_path / "scenes").mkdir()
    names = [entry["name"] for entry in source("sundarbans_l2a")(tmp_path, tmp_path / "scenes")]
    assert len(names) == 5 and "sundarbans_l2a-0004" not in names


def test_every_tile_is_of_a_source_with_a_provenance() -> None:
    assert len({prefix for each in PROVENANCE for prefix in each.prefixes}) == sum(len(p.prefixes) for p in PROVENANCE)
    with pytest.raises(ValueError, match="elsewhere-1 is of no source"):
        belongs(np.array(["eurosat-Forest_1_0_0", "elsewhere-1"]))


@pytest.mark.realdata
def test_real_series_are_tiles_of_one_place_at_several_dates(realdata: Path, tmp_path: Path) -> None:
    result = make_tiles(realdata, tmp_path / "tiles", sources=[PACKED["belgium"], PACKED["pilbara"]])
    file = TileFile(tmp_path / "tiles")
    names, lonlat = file.names, file.lonlat
    belgian = np.char.startswith(names, "worldcereal")
    assert belgian.sum() == balance.DATES and result.coverage["sentinel1"].tiles == balance.DATES
    assert len(np.unique(lonlat[belgian].round(4), axis=0)) == 1
    before, after = (np.char.startswith(names, f"pilbara_l2a_{day}") for day in ("20181201", "20190105"))
    assert np.array_equal(lonlat[before], lonlat[after]) and before.sum() == after.sum() > 10
    burnt = file.read(int(np.flatnonzero(after)[0]), ["sentinel2"])["sentinel2"]
    assert [SENTINEL2_STORED[i] for i in np.flatnonzero(~burnt.any(axis=(1, 2)))] == ["B8A", "B10", "B12"]
    assert set(belongs(names)) == {12, 15}
