"""What a map was made of is told by its tags, those of older maps too."""

import datetime

import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.origins import Origin, origin_tags, origins_of, without_origins

DAY = datetime.date(2020, 5, 2)


def test_tags_tell_every_image_once() -> None:
    first, second = Origin("starter", "a" * 64, DAY, "d" * 64), Origin("AlphaEarth", "alphaearth/v1")
    tags = origin_tags([first, second, first])
    assert origins_of(tags, "map.tif") == (first, second)
    assert without_origins(tags | {"smooth": "edges", "model_id": "old"}) == {"smooth": "edges"}


def test_older_maps_tell_one_and_others_nothing() -> None:
    assert origins_of({"model_name": "starter", "model_id": "a" * 64}, "m.tif") == (Origin("starter", "a" * 64),)
    assert origins_of({"model_id": "a"}, "m.tif")[0].identity == "a"
    assert origins_of({"smooth": "none"}, "m.tif") == ()


@pytest.mark.parametrize("text", ["{", "[1]", '[{"name": "a"}]', '[{"name": "a", "identity": "b", "date": "May"}]'])
def test_damaged_tags_are_told(text: str) -> None:
    with pytest.raises(MMEarthError, match=r"made_of.* of m\.tif"):
        origins_of({"made_of": text}, "m.tif")
