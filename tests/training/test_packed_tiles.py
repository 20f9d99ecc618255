"""The packed development imagery: pixels come back as they were, and what is no such file is told as such."""

from pathlib import Path

import numpy as np
import pytest
from packed_imagery import packed

from mmearth_core.errors import MMEarthError
from training.packed_tiles import read_packed, unpacked


def test_a_tile_written_by_hand() -> None:
    # 5 7 / 4 9: differences of columns after those of rows are 5 2 / −1 3, which become 10 4 / 1 6.
    stored = np.zeros((1, 2, 1, 2, 2), np.uint8)
    stored[0, 0, 0] = [[10, 4], [1, 6]]
    assert unpacked(stored).tolist() == [[[[5, 7], [4, 9]]]]
    # The high byte counts 256: 300 is stored as 600.
    stored[0, :, 0] = [[[600 % 256, 0], [0, 0]], [[600 // 256, 0], [0, 0]]]
    assert unpacked(stored).tolist() == [[[[300, 300], [300, 300]]]]


def test_pixels_come_back_whatever_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tiles = rng.integers(0, 2**16, (3, 12, 64, 64), dtype=np.uint16)
    sites = {"a": rng.integers(0, 9000, (2, 12, 33, 40), dtype=np.uint16), "b": np.zeros((2, 12, 5, 5), np.uint16)}
    path = tmp_path / "tiles.npz"
    np.savez(path, xz=packed(tiles), lat=[1.0], **{f"xz_{name}": packed(each) for name, each in sites.items()})
    found = read_packed(path)
    assert set(found) == {"x", "x_a", "x_b", "lat"}
    assert found["x"].dtype == np.uint16
    assert np.array_equal(found["x"], tiles)
    assert all(np.array_equal(found[f"x_{name}"], each) for name, each in sites.items())


def test_a_file_that_is_none_of_these_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="does not exist"):
        read_packed(tmp_path / "nothing.npz")
    path = tmp_path / "text.npz"
    path.write_text("no archive", encoding="utf-8")
    with pytest.raises(MMEarthError, match="Cannot read the packed tiles"):
        read_packed(path)
    np.savez(path, x=np.zeros(3))
    with pytest.raises(MMEarthError, match="has no packed pixels"):
        read_packed(path)
    np.savez(path, xz=np.zeros((3, 12, 64, 64), np.uint8))
    with pytest.raises(MMEarthError, match=r"expected uint8 \(N, 2, bands, H, W\)"):
        read_packed(path)


@pytest.mark.realdata
def test_the_real_series_looks_like_reflectance(realdata: Path) -> None:
    found = read_packed(realdata / "worldcereal_belgium_series_l2a.npz")
    dn = found["x"]
    assert dn.shape == (47, 12, 64, 64)
    measured = np.isin(found["order"], found["bands"])
    assert (dn[:, ~measured] == 0).all() and (dn[:, measured] > 0).all()
    assert dn.max() < 20_000
    # Neighbouring pixels agree: wrongly summed differences would not.
    infrared = dn[:, found["order"].tolist().index("B08")].astype(float)
    assert np.corrcoef(infrared[..., 1:].ravel(), infrared[..., :-1].ravel())[0, 1] > 0.9
