"""What an embedding left out is told in words."""

from qgis_plugin.core.embed.ground import ground_text

NOTHING = dict.fromkeys(("dark", "incomplete", "no_data", "masked", "fill", "excluded", "cloud", "outside"), 0)


def test_what_was_left_out_is_told_by_its_cause() -> None:
    counts = NOTHING | {"pixels": 1000, "ground": 600, "fill": 300, "excluded": 100, "incomplete": 30}
    text = ground_text({"ground": counts})
    assert all(f"{share}\xa0%" in text for share in (40, 30, 10))
    assert "In 3\xa0% of the pixels a band is missing" in text
    assert "dark" not in text
    little = NOTHING | {"pixels": 100_000, "ground": 99_999, "no_data": 1}
    assert ground_text({"ground": little}) == "< 0.1\xa0% of the pixels are left out (no-data)."


def test_where_all_is_ground_nothing_is_told() -> None:
    assert ground_text({"ground": NOTHING | {"pixels": 9, "ground": 9}}) == ""
    assert ground_text({}) == ""
