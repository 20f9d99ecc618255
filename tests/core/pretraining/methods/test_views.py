"""What a masked method sees of a tile: all modalities turned alike, changes of the input that spare the targets."""

import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from taught_tiles import block_means

pytest.importorskip("torch")

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, teacher
from mmearth_core.pretraining.methods import views as views_module
from mmearth_core.pretraining.methods.seeing import LooksConfig
from mmearth_core.pretraining.methods.views import ONLY_10M, WITHOUT_60M, MaskedView
from mmearth_core.sentinel2 import ENCODER_BANDS, fill_matrix
from mmearth_core.tiles.statistics import DatasetStatistics

SENTINEL2 = (MODALITIES["sentinel2"],)
PLAIN = {"flips": False, "jitter": False, "band_drop": 0.0}


def make_sample(side: int = 64) -> dict[str, np.ndarray]:
    """Every pixel modality holds the number of its pixel, so that a view tells where each of its pixels is from."""
    number = np.arange(side * side, dtype=np.float32).reshape(side, side)
    sample: dict[str, np.ndarray] = {}
    for modality in MODALITIES.values():
        if modality.level == "image":
            sample[modality.name] = (
                np.array(3) if modality.kind == "classes" else np.arange(modality.outputs, dtype=np.float32)
            )
        elif modality.kind == "classes":
            sample[modality.name] = number.astype(np.int64)
        else:
            sample[modality.name] = np.broadcast_to(number, (modality.outputs, side, side)).copy()
    return sample


def test_nineteen_of_forty_nine_patches_stay_visible():
    view = MaskedView(SENTINEL2, **PLAIN)
    assert view.visible(0.6) == 19
    masks = [view(make_sample(), np.random.default_rng(seed))["masked"] for seed in range(200)]
    assert {int(mask.sum()) for mask in masks} == {30}
    assert masks[0].shape == (7, 7) and masks[0].dtype == np.bool_
    # Every patch is hidden about equally often.
    assert np.abs(np.mean(masks, 0) - 30 / 49).max() < 0.15
    assert MaskedView(SENTINEL2, crop=112, patch=16).visible(0.6) == 19


@pytest.mark.parametrize(
    ("side", "ratio", "visible"), [(5, 0.8, 5), (10, 0.9, 10), (10, 0.7, 30), (7, 0.6, 19), (7, 0.75, 12), (4, 0.0, 16)]
)
def test_no_visible_patch_is_lost_to_rounding(side: int, ratio: float, visible: int):
    """A fifth of 25 patches was 4."""
    assert MaskedView(SENTINEL2, crop=8 * side, mask_ratios=(ratio,)).visible(ratio) == visible


def test_all_modalities_show_the_same_pixels_whatever_the_crop_and_turn():
    view = MaskedView(tuple(MODALITIES.values()), flips=True, jitter=False, band_drop=0.0)
    sample = make_sample()
    corners = set()
    for seed in range(60):
        views = view(sample, np.random.default_rng(seed))
        pixels = views["image"][0]
        for name, modality in MODALITIES.items():
            if modality.level == "pixel":
                assert (views[name] == pixels).all(), name
                assert views[name].shape[-2:] == (56, 56) and views[name].flags.c_contiguous
                assert views[name].dtype == (np.int64 if modality.kind == "classes" else np.float32)
            else:
                assert np.array_equal(views[name], sample[name])
        steps = (pixels[0, 1] - pixels[0, 0], pixels[1, 0] - pixels[0, 0])
        corners.add((*map(float, steps),))
        rows, columns = np.unique(pixels // 64), np.unique(pixels % 64)
        assert len(rows) == len(columns) == 56 and rows[-1] - rows[0] == columns[-1] - columns[0] == 55
    assert len(corners) == 8


def test_a_teacher_is_cropped_and_turned_with_the_image():
    """Each cell holds the means of the image under it before; it must do so after."""
    teachers = tuple(teacher(f"teacher_{stride}", "float32", stride=stride, scale=[1.0] * 12) for stride in (4, 6))
    view = MaskedView((*SENTINEL2, *teachers), crop=24, **PLAIN | {"flips": True})
    rng = np.random.default_rng(0)
    image = rng.normal(size=(12, 60, 60)).astype(np.float32)
    sample = {"sentinel2": image} | {each.name: block_means(image, each.stride) for each in teachers}
    looks = set()
    for seed in range(80):
        views = view(sample, np.random.default_rng(seed))
        for each in teachers:
            cells = 24 // each.stride
            assert views[each.name].shape == (12, cells, cells) and views[each.name].flags.c_contiguous
            np.testing.assert_allclose(views[each.name], block_means(views["sentinel2"], each.stride), atol=1e-6)
        looks.add(views["sentinel2"].tobytes())
    assert len(looks) > 45, "of 4 × 4 corners at multiples of 12, with eight turns of each"


def test_a_second_look_has_no_teacher_and_begins_anywhere():
    view = MaskedView((*SENTINEL2, teacher("teacher_x", "int8", stride=8, scale=[1.0])), crop=24, second=True, **PLAIN)
    sample = make_sample() | {"teacher_x": np.zeros((1, 8, 8), np.float32)}
    corners = {
        tuple(int(views[name][0, 0, 0]) for name in ("image", "image_again"))
        for seed in range(60)
        for views in [view(sample, np.random.default_rng(seed))]
    }
    assert all(first // 64 % 8 == first % 64 % 8 == 0 for first, _ in corners)


def test_a_crop_is_made_of_whole_cells():
    with pytest.raises(MMEarthError, match=r"crop of 56 px is not made of whole cells of 16 px \(teacher_x\)"):
        MaskedView((teacher("teacher_x", "int8", stride=16, scale=[1.0]),))


def test_a_view_is_a_function_of_the_tile_and_the_seed_in_any_process():
    view = MaskedView(tuple(MODALITIES.values()), jitter=True, band_drop=0.5)
    again = pickle.loads(pickle.dumps(view))  # noqa: S301 - what a loader's worker does
    for seed in range(10):
        one, two = (v(make_sample(), np.random.default_rng(seed)) for v in (view, again))
        assert one.keys() == two.keys() == {"image", "masked", *MODALITIES}
        assert all(np.array_equal(one[name], two[name], equal_nan=name != "masked") for name in one)


def test_invalid_pixels_are_zero_in_the_input_and_without_value_in_the_target():
    sample = make_sample(56)
    sample["sentinel2"][:, :, :9] = np.nan
    for settings in (PLAIN, PLAIN | {"band_drop": 1.0}, PLAIN | {"jitter": True}):
        views = MaskedView(SENTINEL2, **settings)(sample, np.random.default_rng(0))
        assert (views["image"][:, :, :9] == 0).all()
        assert np.isfinite(views["image"]).all() and (views["image"][:, :, 9:] != 0).any()
        assert np.array_equal(views["sentinel2"], sample["sentinel2"], equal_nan=True)


def test_bands_that_a_tile_lacks_are_filled_and_nothing_to_predict():
    """They were shown as the mean of the training data."""
    sample = make_sample(56)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 56, 56)).astype(np.float32)
    lacking = [ENCODER_BANDS.index(band) for band in ("B8A", "B12")]
    sample["sentinel2"][lacking] = np.nan
    present = [band for band in ENCODER_BANDS if band not in ("B8A", "B12")]
    matrix = fill_matrix(present=present, wanted=ENCODER_BANDS)
    views = MaskedView(SENTINEL2, **PLAIN)(sample, np.random.default_rng(0))
    expected = np.tensordot(matrix, np.delete(sample["sentinel2"], lacking, axis=0), 1)
    np.testing.assert_allclose(views["image"], expected, atol=1e-5)
    assert np.isnan(views["sentinel2"]).all(axis=(1, 2)).nonzero()[0].tolist() == lacking
    view = MaskedView(SENTINEL2, second=True, **PLAIN | {"band_drop": 1.0})
    for seed in range(20):
        views = view(sample, np.random.default_rng(seed))
        for image in (views["image"], views["image_again"]):
            assert np.isfinite(image).all() and image[ENCODER_BANDS.index("B8A")].any()


def test_dropped_bands_are_filled_as_embed_fills_them_and_the_target_keeps_them():
    sample = make_sample(56)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 56, 56)).astype(np.float32)
    view = MaskedView(SENTINEL2, flips=False, jitter=False, band_drop=1.0)
    seen = set()
    for seed in range(80):
        views = view(sample, np.random.default_rng(seed))
        assert np.array_equal(views["sentinel2"], sample["sentinel2"])
        present = tuple(
            b for i, b in enumerate(ENCODER_BANDS) if np.array_equal(views["image"][i], sample["sentinel2"][i])
        )
        assert 4 <= len(present) < 12
        donors = np.stack([sample["sentinel2"][ENCODER_BANDS.index(band)] for band in present])
        expected = np.tensordot(fill_matrix(present=present, wanted=ENCODER_BANDS), donors, 1)
        np.testing.assert_allclose(views["image"], expected, atol=1e-5)
        seen.add(present)
    assert {WITHOUT_60M, ONLY_10M} <= seen and len(seen) > 15


def test_a_probability_of_dropped_bands_is_kept():
    view = MaskedView(SENTINEL2, flips=False, jitter=False, band_drop=0.3)
    sample = make_sample(56)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 56, 56)).astype(np.float32)
    dropped = [
        not np.array_equal(view(sample, np.random.default_rng(seed))["image"], sample["sentinel2"])
        for seed in range(300)
    ]
    assert 0.22 < np.mean(dropped) < 0.38


def test_jitter_is_a_common_gain_with_little_noise_on_the_input_only():
    sample = make_sample(56)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 56, 56)).astype(np.float32)
    view = MaskedView(SENTINEL2, flips=False, jitter=True, band_drop=0.0)
    gains = []
    for seed in range(30):
        views = view(sample, np.random.default_rng(seed))
        assert np.array_equal(views["sentinel2"], sample["sentinel2"])
        fits = [np.polyfit(sample["sentinel2"][b].ravel(), views["image"][b].ravel(), 1) for b in range(12)]
        slopes = np.array([fit[0] for fit in fits])
        assert np.ptp(slopes) < 0.005
        noise = views["image"] - np.stack([f[0] * b + f[1] for f, b in zip(fits, sample["sentinel2"], strict=True)])
        assert 0 < noise.std() < 0.03
        gains.append(slopes.mean())
    assert 0.02 < np.std(gains) < 0.1 and abs(np.mean(gains) - 1) < 0.05


def test_three_bands_are_blue_green_red():
    sample = make_sample(56)
    sample["sentinel2"] += 10000 * np.arange(12, dtype=np.float32)[:, None, None]
    views = MaskedView(SENTINEL2, inputs="rgb", **PLAIN | {"band_drop": 1.0})(sample, np.random.default_rng(0))
    assert views["image"].shape == (3, 56, 56) and views["sentinel2"].shape == (12, 56, 56)
    assert [int(channel.min()) // 10000 for channel in views["image"]] == [1, 2, 3]


@pytest.mark.parametrize("settings", [PLAIN, {"flips": True, "jitter": True, "band_drop": 0.5}])
def test_a_second_look_leaves_the_first_as_it_is(settings):
    alone, both = (MaskedView(tuple(MODALITIES.values()), second=second, **settings) for second in (False, True))
    for seed in range(10):
        one, two = (view(make_sample(), np.random.default_rng(seed)) for view in (alone, both))
        assert two.keys() - one.keys() == {"image_again", "masked_again"}
        assert all(np.array_equal(one[name], two[name], equal_nan=name != "masked") for name in one)


@pytest.mark.parametrize("flips", [True, False])
def test_a_second_look_is_another_crop_turn_and_mask_of_the_same_tile_with_jitter(flips):
    view = MaskedView(SENTINEL2, crop=16, flips=flips, jitter=False, band_drop=0.0, second=True)
    sample = make_sample(19)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 19, 19)).astype(np.float32)
    ways = {}
    for row, column, turns, mirrored in np.ndindex(4, 4, 4, 2):
        turned = np.rot90(sample["sentinel2"][:, row : row + 16, column : column + 16], turns, (1, 2))
        ways[row, column, turns, mirrored] = turned[..., ::-1] if mirrored else turned
    firsts, seconds, gains = [], [], set()
    for seed in range(30):
        views = view(sample, np.random.default_rng(seed))
        assert views["image_again"].shape == views["image"].shape and views["image_again"].dtype == np.float32
        assert views["masked_again"].sum() == views["masked"].sum() == 3
        likeness = {way: np.corrcoef(image.ravel(), views["image_again"].ravel())[0, 1] for way, image in ways.items()}
        best = max(likeness, key=likeness.__getitem__)
        assert likeness[best] > 0.99
        gains.add(float((views["image_again"] * ways[best]).mean() / np.square(ways[best]).mean()))
        firsts.append(
            (*next(way for way in ways if np.array_equal(ways[way], views["image"])), views["masked"].tolist())
        )
        seconds.append((*best, views["masked_again"].tolist()))
    assert len(gains) == 30 and 0.02 < np.std(list(gains)) < 0.1
    turned = {(turns, mirrored) for _, _, turns, mirrored, _ in seconds}
    assert len(turned) == 8 if flips else turned == {(0, 0)}
    for part in (0, 1, *([2, 3] if flips else []), 4):
        assert any(one[part] != two[part] for one, two in zip(firsts, seconds, strict=True)), part


def test_a_second_look_lacks_bands_of_its_own():
    sample = make_sample(56)
    sample["sentinel2"] = np.random.default_rng(0).normal(size=(12, 56, 56)).astype(np.float32)
    present = []
    for band_drop in (0.0, 1.0):
        view = MaskedView(SENTINEL2, flips=False, jitter=False, band_drop=band_drop, second=True)
        for seed in range(20):
            views = view(sample, np.random.default_rng(seed))
            ranks = [np.linalg.matrix_rank(views[name].reshape(12, -1)) for name in ("image", "image_again")]
            assert all(rank < 12 if band_drop else rank == 12 for rank in ranks)
            present.append(ranks)
    assert any(first != second for first, second in present)


@pytest.fixture
def unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks without jitter."""
    monkeypatch.setattr(views_module, "jittered", lambda image, _levels, _rng: image)


ALL_LOOKS = LooksConfig(dates=0.5, scale=2.0)


def test_looks_that_differ_more_leave_the_first_as_it_is():
    usual = MaskedView(tuple(MODALITIES.values()), jitter=True, crop=24, second=True)
    more = replace(usual, looks=ALL_LOOKS, paired=True, places=True)
    for seed in range(20):
        sample = make_sample(40)
        beside = {"sentinel2_other": sample["sentinel2"][:, ::-1].copy(), "place": np.array(7)}
        one, two = usual(sample, np.random.default_rng(seed)), more(sample | beside, np.random.default_rng(seed))
        assert two.keys() - one.keys() == {"cells", "place"}
        for name in one.keys() - {"image_again", "masked_again"}:
            assert np.array_equal(one[name], two[name], equal_nan=name != "masked"), name
        assert two["place"] == 7 and two["place"].dtype == np.int64
        assert two["image_again"].shape == (12, 24, 24) and two["image_again"].dtype == np.float32
        assert two["cells"].shape == (3, 3) and two["cells"].dtype == np.int64


def test_a_look_at_another_image_asks_for_it_only_where_there_are_two_looks():
    looks = LooksConfig(dates=0.4)
    assert MaskedView(SENTINEL2, second=True, looks=looks).other_images == 0.4
    assert MaskedView(SENTINEL2, second=True).other_images == 0
    assert MaskedView(SENTINEL2, looks=looks).other_images == 0


def test_the_second_look_is_at_the_other_image_where_there_is_one(unchanged):  # noqa: ARG001
    view = MaskedView(SENTINEL2, crop=16, second=True, looks=LooksConfig(dates=1.0), **PLAIN)
    sample = make_sample(19)
    other = sample["sentinel2"] + 1000
    other[ENCODER_BANDS.index("B12")] = np.nan
    for seed in range(10):
        alone, both = (
            view(each, np.random.default_rng(seed)) for each in (sample, sample | {"sentinel2_other": other})
        )
        assert np.array_equal(both["image"], alone["image"])
        assert np.array_equal(both["sentinel2"], alone["sentinel2"]), "the targets are of the tile itself"
        # The missing band is filled of its neighbours, which are all alike here.
        np.testing.assert_allclose(both["image_again"][:11], alone["image_again"][:11] + 1000)
        assert np.isfinite(both["image_again"]).all()


def test_haze_comes_with_its_probability_on_each_look_and_not_in_the_targets(unchanged):  # noqa: ARG001
    view = MaskedView(SENTINEL2, crop=16, second=True, haze=0.3, **PLAIN)
    sample, hazed = make_sample(16), np.zeros((2, 2), int)
    for seed in range(300):
        views = view(sample, np.random.default_rng(seed))
        assert np.array_equal(views["sentinel2"], sample["sentinel2"])
        first, second = (int(not np.array_equal(views[name], sample["sentinel2"])) for name in ("image", "image_again"))
        hazed[first, second] += 1
    assert 0.22 < hazed[1].sum() / 300 < 0.38 and 0.22 < hazed[:, 1].sum() / 300 < 0.38
    assert 0.04 < hazed[1, 1] / 300 < 0.15, "each look draws its own"


def test_each_look_draws_one_of_several_shares_of_hidden_patches():
    view = MaskedView(SENTINEL2, crop=32, mask_ratios=(0.0, 0.25, 0.75), second=True, **PLAIN)
    hidden = [
        [int(view(make_sample(32), np.random.default_rng(seed))[name].sum()) for name in ("masked", "masked_again")]
        for seed in range(300)
    ]
    shares = np.array([[np.mean(np.array(hidden)[:, look] == count) for count in (0, 4, 12)] for look in (0, 1)])
    np.testing.assert_allclose(shares, 1 / 3, atol=0.1)
    assert np.mean([first == second for first, second in hidden]) < 0.45


def test_haze_is_that_of_the_statistics_the_tiles_are_normalised_by(monkeypatch: pytest.MonkeyPatch):
    """Dark ground, for which haze is an offset, of at most 0.08 in reflectance in the blue band."""
    mean, std = np.linspace(400, 900, 12, dtype=np.float32), np.linspace(300, 800, 12, dtype=np.float32)
    numbers = DatasetStatistics({"sentinel2_l2a": (mean, std)})
    monkeypatch.setattr(views_module, "hazy", partial(views_module.hazy, gain=0.0))
    view = MaskedView(SENTINEL2, crop=16, haze=1.0, **PLAIN)
    sample = make_sample(16)
    sample["sentinel2"] = np.broadcast_to((-mean / std)[:, None, None], (12, 16, 16)).copy()
    blue = []
    for seed in range(100):
        again = view.with_statistics(numbers)(sample, np.random.default_rng(seed))["image"]
        blue.append((again * std[:, None, None] + mean[:, None, None])[1].mean())
    assert 0 <= min(blue) < 50 and 750 < max(blue) <= 800.1


def test_a_look_may_show_up_to_so_many_times_the_ground_or_parts_of_it(unchanged):  # noqa: ARG001
    view = MaskedView(SENTINEL2, crop=16, second=True, looks=LooksConfig(scale=2.0), **PLAIN)
    extents = []
    for side in (64, 20):
        columns = np.broadcast_to(np.arange(side, dtype=np.float32), (12, side, side)).copy()
        sample = make_sample(side) | {"sentinel2": columns}
        for seed in range(300):
            views = view(sample, np.random.default_rng(seed))
            assert np.ptp(views["image"]) == 15
            step = np.diff(views["image_again"][0, 0, 4:12]).mean()  # what lies between the middles of two pixels
            extents.append(step * 16)
    wide, narrow = np.array(extents[:300]), np.array(extents[300:])
    assert 7.8 < wide.min() < 9 and 29 < wide.max() < 32.5
    own = np.isclose(wide, 16, atol=0.4)
    assert 0.45 < own.mean() < 0.65
    assert abs((wide[~own] > 16).mean() - 0.5) < 0.12, "as often coarser as finer"
    assert 19 < narrow.max() < 20.5


def coordinates(side: int) -> dict[str, np.ndarray]:
    """A tile whose bands are row and column by turns."""
    return {"sentinel2": np.stack([*np.mgrid[:side, :side].astype(np.float32)] * 6)}


@pytest.mark.parametrize("flips", [True, False])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_cells_tell_which_patches_show_the_same_ground(unchanged, flips: bool, scale: float):  # noqa: ARG001
    looks = LooksConfig(scale=scale)
    view = MaskedView(SENTINEL2, "s2", 24, 8, flips=flips, band_drop=0.0, second=True, looks=looks, paired=True)
    together = elsewhere = 0
    for seed in range(100):
        views = view(coordinates(44), np.random.default_rng(seed))
        ours, theirs = (
            views[name][:2].reshape(2, 3, 8, 3, 8).mean((2, 4)).reshape(2, 9) for name in ("image_again", "image")
        )
        apart = np.abs(ours[:, :, None] - theirs[:, None]).max(0)  # pixels between the middles of patches
        for patch, cell in enumerate(views["cells"].ravel()):
            if cell >= 0:
                # Middles are told from pixels to a fraction of one.
                assert apart[patch, cell] < apart[patch].min() + 0.3
                assert apart[patch, cell] < (0.01 if scale == 1 else 6)
            else:
                assert apart[patch].min() > (7.99 if scale == 1 else 2)
        together, elsewhere = together + (views["cells"] >= 0).sum(), elsewhere + (views["cells"] < 0).sum()
    assert together > 200 and elsewhere > 50


def test_a_second_crop_lies_whole_patches_from_the_first_where_patches_are_compared(unchanged):  # noqa: ARG001
    view = MaskedView(SENTINEL2, "s2", 16, 8, second=True, paired=True, **PLAIN)
    offsets = set()
    for seed in range(200):
        views = view(coordinates(45), np.random.default_rng(seed))
        offsets.add(tuple((views["image_again"] - views["image"])[:2, 0, 0].astype(int).tolist()))
    assert {offset % 8 for pair in offsets for offset in pair} == {0}
    assert {down for down, _ in offsets} >= {-16, -8, 0, 8, 16} and len(offsets) > 20


def test_unusable_settings_and_tiles_are_named():
    with pytest.raises(MMEarthError, match="tiles of 40 × 40 px are too small for a crop of 56 px"):
        MaskedView(SENTINEL2)(make_sample(40), np.random.default_rng(0))
    with pytest.raises(MMEarthError, match="60 px is not made of whole patches of 8 px"):
        MaskedView(SENTINEL2, crop=60)
    with pytest.raises(MMEarthError, match=r"mask_ratio of 0\.99 leaves no patch"):
        MaskedView(SENTINEL2, mask_ratios=(0.99,))
