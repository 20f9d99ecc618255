"""Missing bands and normalisation: does the encoder see the right numbers?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import (
    ENCODER_BANDS,
    check_bands,
    fill_matrix,
    fills,
    normalise,
    statistics,
)


def test_missing_bands_are_filled_as_the_design_says() -> None:
    ten = tuple(b for b in ENCODER_BANDS if b not in {"B01", "B09"})
    assert fills(present=ten, wanted=ENCODER_BANDS) == ("B01 = B02", "B09 = 0.89 B8A + 0.11 B11")
    four = ("B02", "B03", "B04", "B08")
    report = dict(text.split(" = ") for text in fills(present=four, wanted=ENCODER_BANDS))
    assert report["B05"] == "0.77 B04 + 0.23 B08"
    assert report["B8A"] == report["B09"] == "B08"
    assert report["B11"] == report["B12"] == "mean of the training data"
    assert "B11 = B12" in fills(present=(*four, "B12"), wanted=ENCODER_BANDS)


@given(st.sets(st.sampled_from(ENCODER_BANDS), min_size=4).map(lambda s: tuple(b for b in ENCODER_BANDS if b in s)))
def test_filling_never_leaves_the_range_of_its_donors(present: tuple[str, ...]) -> None:
    matrix = fill_matrix(present=present, wanted=ENCODER_BANDS)
    assert (matrix >= 0).all()
    sums = matrix.sum(1)
    no_swir = not {"B11", "B12"} & set(present)
    for name, row, total in zip(ENCODER_BANDS, matrix, sums, strict=True):
        assert total == pytest.approx(0 if no_swir and name in {"B11", "B12"} else 1)
        if name in present:
            assert row[present.index(name)] == 1


def test_too_few_bands_are_refused_or_warned_about() -> None:
    with pytest.raises(MMEarthError, match=r"x.tif has 3 of the bands this model uses \(B02, B03, B04\), at least 4"):
        check_bands(present=("B02", "B03", "B04"), wanted=ENCODER_BANDS, source="x.tif")
    assert "Only 4 of 12" in check_bands(present=("B02", "B03", "B04", "B08"), wanted=ENCODER_BANDS)[0]
    assert check_bands(present=ENCODER_BANDS[1:], wanted=ENCODER_BANDS) == ()
    with pytest.raises(MMEarthError, match="at least 3"):
        check_bands(present=("B02", "B04"), wanted=("B02", "B03", "B04"))


def test_normalise_is_z_score_then_fill_and_invalid_pixels_are_zero() -> None:
    present = ("B02", "B8A", "B11")
    mean, std = statistics(level="l1c")
    dn = np.random.default_rng(0).uniform(1, 5000, (3, 5, 4)).astype(np.float32)
    valid = np.ones((5, 4), bool)
    valid[2, 1] = False
    out = normalise(dn, valid, present=present, wanted=ENCODER_BANDS, mean=mean, std=std)
    index = {name: i for i, name in enumerate(ENCODER_BANDS)}
    for name, band in zip(present, dn, strict=True):
        expected = np.where(valid, (band - mean[index[name]]) / std[index[name]], 0)
        np.testing.assert_allclose(out[index[name]], expected, rtol=1e-6)
    np.testing.assert_array_equal(out[index["B01"]], out[index["B02"]])
    share = (945.1 - 864.7) / (1613.7 - 864.7)
    b09 = (1 - share) * out[index["B8A"]] + share * out[index["B11"]]
    np.testing.assert_allclose(out[index["B09"]], b09, rtol=1e-5)
    assert (out[:, 2, 1] == 0).all()


def test_statistics_follow_the_names_not_the_positions() -> None:
    """MMEarth stores B8A before B08; the two statistics must not be swapped."""
    mean, _ = statistics(level="l1c", wanted=("B08", "B8A"))
    np.testing.assert_allclose(mean, [2620.4846, 2907.5097])
    assert ENCODER_BANDS.index("B8A") == ENCODER_BANDS.index("B08") - 1
