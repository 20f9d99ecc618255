"""Sizes, strides and reach of an encoder: what tiles and chips are cut by."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.encoder.architecture import SIZES, Architecture

architectures = st.builds(
    Architecture,
    size=st.sampled_from(list(SIZES)),
    patch=st.sampled_from([8, 16, 32]),
    in_channels=st.sampled_from([3, 12]),
    stem=st.sampled_from(["mp_mae", "original"]),
)


@pytest.mark.parametrize(("patch", "stem", "halo"), [(8, "mp_mae", 160), (8, "original", 160), (16, "mp_mae", 320)])
def test_the_exact_halo_of_the_atto_encoder(patch, stem, halo):
    assert Architecture("atto", patch, 12, stem).exact_halo == halo


@given(architectures)
def test_the_exact_halo_holds_every_block_in_whole_patches(architecture):
    patch = architecture.patch
    reach = sum(3 * d * s for d, s in zip(architecture.depths, architecture.strides, strict=True))
    assert architecture.exact_halo % patch == 0
    assert reach + 2 * patch <= architecture.exact_halo <= reach + 3 * patch + 1


@given(architectures)
def test_strides_double_up_to_the_patch(architecture):
    strides = architecture.strides
    assert strides[3] == architecture.patch and all(b == 2 * a for a, b in itertools.pairwise(strides))


def test_what_is_unknown_is_refused():
    with pytest.raises(ValueError, match="known: atto"):
        Architecture("giant", 8, 12)
    with pytest.raises(ValueError, match="8, 16 or 32, not 4"):
        Architecture("atto", 4, 12)
