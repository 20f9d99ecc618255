"""A probe on the numbers a file stores says what it says of the values they mean, whatever law connects them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.probe import Member, Probe, fit_probe
from mmearth_core.labelling.samples import read_samples
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window
from mmearth_core.sources.stack import Pixels
from mmearth_core.sources.unlabelled import draw_unlabelled


@dataclass(frozen=True)
class Law:
    """Of an embedding as `PixelProbe` knows it: stored floats, NaN for none, that `decode` squares."""

    linear = None
    bands = tuple(f"E{band:02d}" for band in range(64))

    def valid(self, stored: np.ndarray) -> np.ndarray:
        return ~np.isnan(stored[0])

    def decode(self, stored: np.ndarray) -> np.ndarray:
        return (np.sign(stored) * np.square(stored)).astype(np.float32)


@pytest.fixture(scope="module")
def probe(scene: Any, sample_file: Any) -> Probe:
    return fit_probe(read_samples(scene.stack, sample_file, cancel=CancelToken()))


def test_another_law_gives_the_same_map(scene: Any, probe: Probe) -> None:
    with scene.raster.reader() as reader:
        dn = reader.read(scene.raster.grid.window)
    values = scene.raster.decode(dn)
    roots = np.where(scene.raster.valid(dn), np.sign(values) * np.sqrt(np.abs(values)), np.nan).astype(np.float32)
    law: Any = Law()
    valid, none = law.valid(roots), np.zeros((0, *dn.shape[1:]), np.float32)
    other = replace(scene.stack, images=(law,))
    ours = classify_block(PixelProbe(probe, scene.stack), scene.pixels(dn), unknown=0.02, confidence=True)
    theirs = classify_block(PixelProbe(probe, other), Pixels((roots,), (valid,), none), unknown=0.02, confidence=True)
    assert (ours[0] == theirs[0]).mean() > 0.9999 and (theirs[0] == 0).any()
    assert np.abs(ours[1].astype(int) - theirs[1]).max() <= 1


def test_no_guide_is_made_that_no_smoothing_asks_for(scene: Any, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_: Member) -> Any:
        raise AssertionError("a guide is made")

    pixels = scene.pixels(np.full((64, 8, 8), 128, np.uint8))
    monkeypatch.setattr(Member, "guide", property(asked))
    on_pixels = PixelProbe(probe, scene.stack)
    classify_block(on_pixels, pixels, smooth="none")
    with pytest.raises(AssertionError, match="a guide"):
        classify_block(on_pixels, pixels, smooth="edges")


@pytest.mark.parametrize("dates", [1, 2])
def test_class_shares_are_added_once_however_many_members_vote(dates: int, scene: Any, sample_file: Any) -> None:
    slots = tuple(replace(scene.stack.slots[0], day=day) for day in (100, 200)[:dates])
    stack = replace(scene.stack, images=scene.stack.images * dates, slots=slots)
    others = draw_unlabelled([stack], cancel=CancelToken())
    assert others is not None
    probe = fit_probe(read_samples(stack, sample_file, cancel=CancelToken()), unlabelled=others)
    plain = replace(probe, unlabelled=None)
    assert len(probe.members) == dates and probe.shift.any()
    with stack.reader() as reader:
        pixels = reader.read(Window(0, 0, 20, 200)).flat
    values = stack.values(pixels)
    there = pixels.anywhere
    for each in (probe, plain):
        scores = PixelProbe(each, stack).scorer().score(pixels)[:, : pixels.shape[0]].T
        assert np.allclose(scores[there], each.scores(values)[there], atol=2e-3)
    assert np.allclose(probe.scores(values) - plain.scores(values), probe.shift, atol=1e-4)
