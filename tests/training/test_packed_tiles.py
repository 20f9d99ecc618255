"""Packed tiles come back pixel by pixel, and what is none of them is told as such."""

from pathlib import Path

import numpy as np
import pytest
from packing import packed

from training.packed_tiles import load, unpacked


def test_a_tile_written_by_hand() -> None:
    """5 7 / 4 9 has the differences 5 2 / −1 3."""
    stored = np.zeros((1, 2, 1, 2, 2), np.uint8)
    stored[0, 0, 0] = [[10, 4], [1, 6]]
    assert unpacked(stored).tolist() == [[[[5, 7], [4, 9]]]]
    stored[0, :, 0] = 0
    stored[0, :, 0, 0, 0] = 600 % 256, 600 // 256
    assert unpacked(stored).tolist() == [[[[300, 300], [300, 300]]]]


def test_pixels_come_back_whatever_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tiles = rng.integers(0, 2**16, (3, 12, 8, 8), dtype=np.uint16)
    site = rng.integers(0, 2**16, (2, 12, 5, 7), dtype=np.uint16)
    np.savez(tmp_path / "a.npz", xz=packed(tiles), xz_7=packed(site), lat=np.ones(3))
    found = load(tmp_path / "a.npz")
    assert sorted(found) == ["lat", "x", "x_7"]
    assert np.array_equal(found["x"], tiles) and np.array_equal(found["x_7"], site)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.ones(3))
    with pytest.raises(ValueError, match="holds no packed tiles"):
        load(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", xz=np.ones((3, 2, 4)))
    with pytest.raises(ValueError, match=r"xz is float64 \(3, 2, 4\)"):
        load(tmp_path / "a.npz")
    (tmp_path / "a.npz").write_text("text")
    with pytest.raises(ValueError, match=r"no \.npz of packed tiles"):
        load(tmp_path / "a.npz")


@pytest.mark.realdata
def test_real_tiles_look_like_land(realdata: Path) -> None:
    found = load(realdata / "sundarbans_l2a.npz")
    infrared = found["x"][:, found["order"].tolist().index("B08")].astype(float)
    assert found["x"].shape == (42, 12, 64, 64) and 1500 < np.median(infrared) < 3500
    assert np.corrcoef(infrared[:, :, 1:].ravel(), infrared[:, :, :-1].ravel())[0, 1] > 0.6
