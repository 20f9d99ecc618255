"""Accuracy and areas that go into a report: checked against published examples and against the formulas written out
by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmearth_core.accuracy.estimators import Accuracy, Estimate, Share, agreement, error_matrix, estimate

# Olofsson et al. (2014), section 5 and table 8: deforestation, forest gain, stable forest, stable non-forest; Landsat
# pixels.
OLOFSSON = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
OLOFSSON_HA = np.array([200_000, 150_000, 3_200_000, 6_450_000]) * 0.09


def units(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(map class, reference class) of every unit of an error matrix."""
    rows, columns = np.indices(counts.shape)
    return np.repeat(rows.ravel(), counts.ravel()), np.repeat(columns.ravel(), counts.ravel())


def assess(counts: np.ndarray, sizes: np.ndarray) -> Accuracy:
    mapped, reference = units(counts)
    size_of = dict(enumerate(map(float, sizes)))
    return estimate(mapped=mapped, reference=reference, stratum=mapped, sizes=size_of, classes=range(len(counts)))


def by_hand(n: np.ndarray, sizes: np.ndarray) -> dict[str, list[float]]:
    """Eqs. 4–11 of Olofsson et al. (2014), sum by sum."""
    q, total = len(n), sum(sizes)
    w = [size / total for size in sizes]
    row = [sum(n[i]) for i in range(q)]
    p = [[w[i] * n[i][j] / row[i] for j in range(q)] for i in range(q)]
    u = [n[i][i] / row[i] for i in range(q)]
    column = [sum(p[i][j] for i in range(q)) for j in range(q)]
    producers = [p[j][j] / column[j] for j in range(q)]
    se_producers = []
    for j in range(q):
        pixels = total * column[j]
        own = sizes[j] ** 2 * (1 - producers[j]) ** 2 * u[j] * (1 - u[j]) / (row[j] - 1)
        others = sum(
            sizes[i] ** 2 * n[i][j] / row[i] * (1 - n[i][j] / row[i]) / (row[i] - 1) for i in range(q) if i != j
        )
        se_producers.append(((own + producers[j] ** 2 * others) / pixels**2) ** 0.5)
    se_area = [total * sum((w[i] * p[i][j] - p[i][j] ** 2) / (row[i] - 1) for i in range(q)) ** 0.5 for j in range(q)]
    return {
        "overall": [sum(p[i][i] for i in range(q))],
        "se_overall": [sum(w[i] ** 2 * u[i] * (1 - u[i]) / (row[i] - 1) for i in range(q)) ** 0.5],
        "users": u,
        "se_users": [(u[i] * (1 - u[i]) / (row[i] - 1)) ** 0.5 for i in range(q)],
        "producers": producers,
        "se_producers": se_producers,
        "areas": [total * c for c in column],
        "se_areas": se_area,
    }


def values(estimates: tuple[Estimate, ...]) -> list[float | None]:
    return [e.value for e in estimates]


def errors(estimates: tuple[Estimate, ...]) -> list[float | None]:
    return [e.standard_error for e in estimates]


def assert_equals_formulas(accuracy: Accuracy, counts: np.ndarray, sizes: np.ndarray) -> None:
    expected = by_hand(counts.tolist(), sizes.tolist())
    got = {
        "overall": [accuracy.overall.value],
        "se_overall": [accuracy.overall.standard_error],
        "users": values(accuracy.users),
        "se_users": errors(accuracy.users),
        "producers": values(accuracy.producers),
        "se_producers": errors(accuracy.producers),
        "areas": values(accuracy.areas),
        "se_areas": errors(accuracy.areas),
    }
    for name, numbers in expected.items():
        # A variance of exactly 0 comes out of the sums as rounding noise: compare on the scale of the quantity.
        scale = max(abs(v) for v in expected[name.removeprefix("se_")])
        assert got[name] == pytest.approx(numbers, rel=1e-9, abs=1e-7 * scale), name


def test_published_figures_of_olofsson_2014():
    accuracy = assess(OLOFSSON, OLOFSSON_HA)
    assert f"{accuracy.overall.value:.2f} ± {1.96 * accuracy.overall.standard_error:.2f}" == "0.95 ± 0.02"
    users = [f"{e.value:.2f} ± {1.96 * e.standard_error:.2f}" for e in accuracy.users]
    assert users == ["0.88 ± 0.07", "0.73 ± 0.10", "0.93 ± 0.04", "0.96 ± 0.02"]
    assert [f"{e.value:.2f}" for e in accuracy.producers] == ["0.75", "0.85", "0.93", "0.96"]
    assert f"{1.96 * accuracy.producers[0].standard_error:.2f}" == "0.21"
    assert round(accuracy.areas[0].value) == 21_158
    assert round(1.96 * accuracy.areas[0].standard_error) == 6_158
    assert accuracy.covered == pytest.approx(900_000)


def test_olofsson_example_equals_the_formulas_written_out():
    assert_equals_formulas(assess(OLOFSSON, OLOFSSON_HA), OLOFSSON, OLOFSSON_HA)


@settings(max_examples=60)
@given(
    counts=st.integers(2, 4).flatmap(
        lambda q: st.lists(st.lists(st.integers(0, 30), min_size=q, max_size=q), min_size=q, max_size=q)
    ),
    seed=st.integers(0, 1000),
)
def test_any_error_matrix_equals_the_formulas(counts, seed):
    matrix = np.array(counts) + np.eye(len(counts), dtype=int) * 2  # every class found at least twice
    sizes = np.random.default_rng(seed).uniform(1, 1e6, len(matrix))
    assert_equals_formulas(assess(matrix, sizes), matrix, sizes)


def test_published_figures_where_strata_are_not_the_map_classes():
    """Stehman (2014), table 2: ten units in each of four strata."""
    s, m = "A" * 10 + "B" * 10 + "C" * 10 + "D" * 10, "AAAAAAABBB" + "ABBBBBBBBB" + "BBCCCCCCBB" + "D" * 10
    r = "AAAAACBABC" + "ABBBBBAABB" + "CCCCCDDBBA" + "DDDDDDDCCB"
    stratum, mapped, reference = ([ord(letter) for letter in text] for text in (s, m, r))
    sizes = dict(zip(map(ord, "ABCD"), (0.4, 0.3, 0.2, 0.1), strict=True))
    accuracy = estimate(mapped=mapped, reference=reference, stratum=stratum, sizes=sizes, classes=[*map(ord, "ABCD")])

    def pair(e: Estimate) -> tuple[float, float]:
        return round(e.value, 3), round(e.standard_error, 3)

    assert pair(accuracy.overall) == (0.63, 0.085)
    assert pair(accuracy.areas[0]) == (0.35, 0.082)
    assert pair(accuracy.areas[2]) == (0.2, 0.064)
    assert pair(accuracy.users[1]) == (0.574, 0.125)
    assert pair(accuracy.producers[1]) == (0.794, 0.117)
    assert accuracy.proportions[1, 2] == pytest.approx(0.08)


def test_simple_random_sampling_is_one_stratum():
    mapped, reference = units(np.array([[30, 10], [5, 55]]))
    accuracy = estimate(mapped=mapped, reference=reference, stratum=np.zeros(100), sizes={0: 1000.0}, classes=[0, 1])
    assert accuracy.overall.value == pytest.approx(0.85)
    assert accuracy.overall.standard_error == pytest.approx((0.85 * 0.15 / 99) ** 0.5)
    assert values(accuracy.areas) == pytest.approx([350, 650])
    assert values(accuracy.users) == pytest.approx([0.75, 55 / 60])


#: A map of three classes, one of them rare: shares of its area, and what each is on the ground.
SHARES, GROUND = np.array([0.7, 0.25, 0.05]), np.array([[0.97, 0.02, 0.01], [0.1, 0.88, 0.02], [0.05, 0.05, 0.9]])


@pytest.mark.parametrize("units_of", [(30, 20, 10), (50, 50, 50)])
def test_few_points_are_not_taken_for_certainty(units_of):
    """± 1.96 standard errors would fail here: they are 0 where all points of a class agree."""
    rng = np.random.default_rng(5)
    areas = SHARES @ GROUND
    right = SHARES * GROUND.diagonal()
    truth = [right.sum(), *areas, *GROUND.diagonal(), *(right / areas)]
    mapped = np.repeat([0, 1, 2], units_of)
    found = []
    for _ in range(200):
        reference = np.concatenate([rng.choice(3, n, p=p) for n, p in zip(units_of, GROUND, strict=True)])
        of = estimate(
            mapped=mapped, reference=reference, stratum=mapped, sizes=dict(enumerate(SHARES)), classes=[0, 1, 2]
        )
        told = [of.overall, *of.areas, *of.users, *of.producers]
        found.append(
            [e.interval is None or e.interval[0] <= t <= e.interval[1] for e, t in zip(told, truth, strict=True)]
        )
        for each in told:
            if each.interval is not None:
                low, high = each.interval
                assert (
                    0 <= low <= each.value + 1e-12 and each.value <= high + 1e-12 and high <= 1 + 1e-12 and low < high
                )
    assert np.mean(found, axis=0).min() > 0.87 and np.mean(found) > 0.93


def wilson(hits: int, units: int) -> tuple[float, float]:
    """Where the share differs by 1.96 of its own standard errors from the one found: the roots of a quadratic."""
    found, z = hits / units, 1.96
    ends = np.roots([1 + z**2 / units, -(2 * found + z**2 / units), found**2])
    return min(ends), max(ends)


def test_one_random_sample_has_the_interval_of_wilson():
    mapped, reference = units(np.array([[8, 2], [3, 7]]))
    of_classes = assess(np.array([[8, 2], [3, 7]]), np.array([100.0, 300.0]))
    assert of_classes.users[0].interval == pytest.approx(wilson(8, 10))
    alone = estimate(mapped=mapped, reference=reference, stratum=np.zeros(20), sizes={0: 50.0}, classes=[0, 1])
    assert alone.overall.interval == pytest.approx(wilson(15, 20))
    assert alone.areas[0].interval == pytest.approx([50 * end for end in wilson(11, 20)])


#: Two maps: the strata are of the first. Shares of pixels: classes of the first, of the second, of the ground.
ALIKE = np.zeros((3, 3, 3))
ALIKE[0, 0], ALIKE[1, 1], ALIKE[2, 2] = [0.04, 0.001, 0], [0.01, 0.5, 0.02], [0.002, 0.02, 0.3]
ALIKE[1, 0], ALIKE[0, 1], ALIKE[1, 2], ALIKE[2, 1] = (
    [0.002, 0.003, 0],
    [0.002, 0.003, 0],
    [0, 0.01, 0.04],
    [0, 0.03, 0.017],
)
#: And such that most of what the second calls by the rare class lies, wrongly, in a large stratum.
ASTRAY = ALIKE.copy()
ASTRAY[1, 0] = [0.001, 0.05, 0]


@pytest.mark.parametrize("shares", [ALIKE, ASTRAY])
def test_strata_of_another_map_leave_users_accuracies_no_absurd_doubt(shares):
    """49 of 50 points of a class were told as 57 to 100 %, as if any stratum might hide more of it, though the map says
    how much of it there is."""
    shares = shares / shares.sum()
    rng = np.random.default_rng(7)
    strata, mapped_shares = shares.sum((1, 2)), shares.sum((0, 2))
    truth = np.einsum("sii->i", shares) / mapped_shares
    found, widths = [], []
    for _ in range(250):
        drawn = [rng.choice(9, n, p=(shares[at] / shares[at].sum()).ravel()) for at, n in enumerate((40, 60, 50))]
        cells, stratum = np.concatenate(drawn), np.repeat([0, 1, 2], (40, 60, 50))
        of = estimate(
            mapped=cells // 3, reference=cells % 3, stratum=stratum, sizes=dict(enumerate(strata)), classes=[0, 1, 2],
            mapped_sizes=dict(enumerate(mapped_shares)),
        )  # fmt: skip
        found.append([low <= t <= high for (low, high), t in zip((e.interval for e in of.users), truth, strict=True)])
        widths.append([high - low for low, high in (e.interval for e in of.users)])
    assert np.mean(found, axis=0).min() > 0.9
    if shares[1, 0, 1] < 0.01:
        assert np.median(widths, axis=0)[0] < 0.3


def test_points_that_all_agree_leave_doubt_where_the_land_is():
    """Fifty of fifty: the small class may still be hidden in the large one, of which few points are known."""
    accuracy = assess(np.array([[50, 0], [0, 50]]), np.array([10.0, 990.0]))
    assert [e.standard_error for e in (*accuracy.users, *accuracy.producers)] == [0] * 4
    assert accuracy.users[0].interval == pytest.approx((0.9287, 1), abs=1e-4)
    low, high = accuracy.areas[0].interval
    assert low == pytest.approx(10 * 0.9287, abs=0.01) and high == pytest.approx(10 + 990 * 0.0713, abs=0.1)
    assert accuracy.producers[0].interval[0] == pytest.approx(10 / high, abs=0.01)
    assert accuracy.producers[0].too_few and not accuracy.producers[1].too_few


def test_intervals_cover_the_truth_as_often_as_they_promise():
    rng = np.random.default_rng(3)
    truth = [rng.random(size) < share for size, share in ((4_000, 0.1), (16_000, 0.8))]
    total = sum(int(part.sum()) for part in truth)
    covered = 0
    for _ in range(400):
        reference = np.concatenate([part[rng.choice(len(part), 60, replace=False)] for part in truth])
        mapped = np.repeat([0, 1], 60)
        area = estimate(
            mapped=mapped, reference=reference, stratum=mapped, sizes={0: 4_000.0, 1: 16_000.0}, classes=[0, 1]
        ).areas[1]
        low, high = area.interval
        covered += low <= total <= high
    assert 0.91 <= covered / 400 <= 0.98


def test_stratum_with_one_unit_has_an_estimate_and_a_wide_interval():
    accuracy = assess(np.array([[1, 0], [2, 18]]), np.array([100.0, 900.0]))
    assert accuracy.single == (0,)
    assert (accuracy.overall.value, accuracy.overall.standard_error) == (pytest.approx(0.1 + 0.9 * 0.9), None)
    assert (accuracy.users[0].value, accuracy.users[0].standard_error) == (1.0, None)
    assert accuracy.users[0].interval == pytest.approx((0.2065, 1), abs=1e-4) and accuracy.users[0].too_few
    assert accuracy.users[1].standard_error == pytest.approx((0.9 * 0.1 / 19) ** 0.5)
    assert errors(accuracy.areas) == [None, None]


def test_stratum_without_a_unit_is_left_out_and_named():
    accuracy = assess(np.array([[0, 0, 0], [0, 8, 2], [0, 1, 9]]), np.array([500.0, 300.0, 700.0]))
    assert accuracy.unsampled == (0,)
    assert accuracy.covered == 1000.0
    assert accuracy.overall.value == pytest.approx(0.3 * 0.8 + 0.7 * 0.9)
    assert sum(values(accuracy.areas)) == pytest.approx(1000.0)
    assert accuracy.users[0].value is None
    assert accuracy.producers[0].value is None


def test_reference_class_that_the_map_lacks_gets_an_area():
    counts = np.array([[8, 0, 2], [0, 10, 0], [0, 0, 0]])
    mapped, reference = units(counts)
    accuracy = estimate(mapped=mapped, reference=reference, stratum=mapped, sizes={0: 50.0, 1: 50.0}, classes=[0, 1, 2])
    assert accuracy.areas[2].value == pytest.approx(10.0)
    assert accuracy.producers[2].value == 0.0
    assert accuracy.users[2].value is None


def test_map_class_never_found_has_area_zero_and_no_producers_accuracy():
    accuracy = assess(np.array([[0, 5], [0, 20]]), np.array([10.0, 90.0]))
    assert (accuracy.areas[0].value, accuracy.areas[0].interval[0]) == (0, 0) and accuracy.areas[0].interval[1] > 10
    assert (accuracy.users[0].value, accuracy.users[0].interval[0]) == (0, 0)
    assert accuracy.producers[0] == Share(None, None)


def test_order_of_units_and_classes_does_not_matter():
    mapped, reference = units(OLOFSSON)
    order = np.random.default_rng(0).permutation(len(mapped))
    sizes = dict(enumerate(OLOFSSON_HA))
    shuffled = estimate(
        mapped=mapped[order], reference=reference[order], stratum=mapped[order], sizes=sizes, classes=[3, 1, 0, 2]
    )
    straight = assess(OLOFSSON, OLOFSSON_HA)
    assert values(shuffled.areas) == pytest.approx([straight.areas[i].value for i in (3, 1, 0, 2)])
    assert shuffled.counts[0, 2] == OLOFSSON[3, 0]


def test_agreement_is_plain_counting_without_intervals():
    overall, users, producers = agreement(np.array([[6, 2, 0], [0, 2, 0], [0, 0, 0]]))
    assert overall == Share(0.8, None)
    assert values(users) == [0.75, 1.0, None]
    assert values(producers) == [1.0, 0.5, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mapped": [1, 1]},
        {"mapped": [], "reference": [], "stratum": []},
        {"sizes": {1: 5.0}},
        {"sizes": {1: 5.0, 2: 0.0}},
        {"classes": [1]},
        {"classes": [1, 2, 2]},
    ],
)
def test_inconsistent_arrays_are_refused(wrong):
    good = {"mapped": [1, 2, 2], "reference": [1, 2, 1], "stratum": [1, 2, 2], "sizes": {1: 5.0, 2: 5.0}}
    with pytest.raises(ValueError):
        estimate(**{**good, "classes": [1, 2], **wrong})


def test_error_matrix_has_the_map_in_rows():
    assert error_matrix([7, 7, 9], [7, 9, 9], [7, 9]).tolist() == [[1, 1], [0, 1]]
