"""What a raster's numbers mean: a wrong guess spoils every map silently, so it is certain or refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, from_name, from_tags, level_in
from mmearth_core.raster.radiometry import Radiometry, decide
from mmearth_core.sentinel2 import BANDS

L2A = Metadata(levels=(Said("l2a", "the tag PROCESSING_LEVEL"),))
TWELVE = tuple(band for band in BANDS if band != "B10")


def surface(seed: int = 0) -> dict[str, np.ndarray]:
    """Reflectance × 10000 of water, forest and soil as L2A shows them."""
    rng = np.random.default_rng(seed)
    water = [200, 180, 150, 90, 70, 50, 45, 40, 40, 40, 20, 15]
    forest = [250, 300, 550, 350, 900, 2300, 2800, 2900, 3000, 3100, 1500, 700]
    soil = [700, 900, 1300, 1800, 2100, 2400, 2600, 2700, 2900, 3000, 3600, 3000]
    mix = np.repeat([water, forest, soil], [300, 1200, 700], axis=0) * rng.uniform(0.8, 1.2, (2200, 1))
    return {name: mix[:, i].astype(np.float32) for i, name in enumerate(TWELVE)}


def ask(samples: dict[str, np.ndarray], metadata: Metadata = L2A, dtype: str = "uint16", **given: Any) -> Radiometry:
    return decide(samples, metadata, source="scene.tif", dtype=dtype, **given)


def scaled(samples: dict[str, np.ndarray], factor: float, add: float = 0) -> dict[str, np.ndarray]:
    return {name: (values * factor + add).astype(np.float32) for name, values in samples.items()}


@pytest.mark.parametrize(
    ("factor", "dtype", "scale"),
    [(1, "uint16", 1e-4), (1, "int16", 1e-4), (1e-4, "float32", 1.0), (0.1, "uint16", 1e-3)],
)
def test_usual_encodings_of_reflectance_are_told_apart(factor: float, dtype: str, scale: float) -> None:
    decision = ask(scaled(surface(), factor), dtype=dtype)
    assert (decision.scale, decision.offset, decision.level) == (scale, 0, "l2a")
    assert len(decision.evidence) == 3


def test_percent_and_pictures_are_refused_with_what_to_pass() -> None:
    with pytest.raises(MMEarthError, match="pass scale="):
        ask(scaled(surface(), 0.01), dtype="float32")
    assert ask(scaled(surface(), 0.01), dtype="float32", scale=0.01).scale == 0.01
    with pytest.raises(MMEarthError, match="8-bit.*picture"):
        ask(scaled(surface(), 0.05), dtype="uint8")
    with pytest.raises(MMEarthError, match="scale="):
        ask({name: np.minimum(values * 255 / 3000, 255) for name, values in surface().items()})


@pytest.mark.parametrize(("factor", "words"), [(20, "above"), (0.0005, "no daylight")])
def test_nonsense_is_refused_even_with_a_scale(factor: float, words: str) -> None:
    with pytest.raises(MMEarthError, match=words):
        ask(scaled(surface(), factor), scale=1e-4)


def test_a_scale_that_makes_land_too_dark_is_told() -> None:
    dark = ask(surface(), scale=1e-5)
    assert any("open water at most" in text and "`scale`" in text for text in dark.warnings)
    assert not any("open water" in text for text in ask(surface(), scale=1e-4).warnings)


@pytest.mark.parametrize("factor", [6.5535, 3.2767])
def test_values_stretched_over_16_bits_are_asked_about(factor: float) -> None:
    """Vegetation brighter than white: Sentinel Hub writes reflectance × 65535, others × 32767."""
    with pytest.raises(MMEarthError, match=r"vegetation would have .* pass scale= \(0.0000152590 for"):
        ask(scaled(surface(), factor))
    said = Metadata(levels=L2A.levels, scales=(Said(1e-4, "the tag scale"),))
    with pytest.raises(MMEarthError, match="vegetation would have"):
        ask(scaled(surface(), factor), said)
    desert = {name: np.full(1000, 15000, np.float32) + np.arange(1000) for name in ("B02", "B03", "B04", "B08", "B12")}
    with pytest.raises(MMEarthError, match="in the short-wave infrared"):
        ask(desert)
    assert ask(scaled(surface(), factor), scale=1e-4 / factor).level == "l2a"


def test_files_of_the_copernicus_browser_are_read_in_their_own_unit() -> None:
    named = from_name("/d/2023-05-12-00_00_2023-05-12-23_59_Sentinel-2_L2A_B04_(Raw).tiff")
    assert ask(scaled(surface(), 6.5535), named).scale == 1 / 65535
    assert ask(surface(), named).scale == 1e-4
    assert ask(scaled(surface(), 1e-4), named, "float32").scale == 1
    for unclear in (scaled(surface(), 2.5), {name: values[:300] for name, values in surface().items()}):
        with pytest.raises(MMEarthError, match=r"Copernicus Browser, .* pass scale= \(0.0000152590, or 0.0001\)"):
            ask(unclear, named)


def test_offsets_are_told_in_the_numbers_of_the_metadata_with_the_reflectance_beside_them() -> None:
    """A STAC item says -0.1 and the XML of the same product -1000: one of them is told, whoever said it."""
    raw = scaled(surface(), 1, 1000)
    told = "-1000 (reflectance -0.1)"
    stated = Metadata(levels=L2A.levels, offsets=(Said(-1000.0, "the STAC item"),))
    given = ask(raw, offset=-1000)
    for evidence in (ask(raw, stated).evidence, given.evidence, ask(raw, L2A).evidence):
        assert [text for text in evidence if text.startswith(f"Offset {told}")], evidence
    assert any("but" in text and told in text for text in ask(surface(), stated).warnings)
    twice = replace(stated, offsets=(Said(-1000.0, "a"), Said(0.0, "b")))
    with pytest.raises(MMEarthError, match=re.escape(f"{told} by a, 0 by b")):
        ask(raw, twice)


@pytest.mark.parametrize("reflectance", [-0.1, -0.02])
def test_an_offset_in_reflectance_is_refused_with_the_number_that_is_meant(reflectance: float) -> None:
    with pytest.raises(MMEarthError, match=rf"pass offset={1e4 * reflectance:g}, as the product's metadata"):
        ask(surface(), offset=reflectance)


@pytest.mark.parametrize("offset", [1000, -1e7, -2600])
def test_a_stated_offset_that_no_product_has_is_asked_about(offset: float) -> None:
    """A sign turned round, or reflectance × 10000 where reflectance belongs."""
    with pytest.raises(MMEarthError, match=r"says offset .* which no product has; pass offset=-1000 or offset=0"):
        ask(scaled(surface(), 1, 1000), Metadata(levels=L2A.levels, offsets=(Said(offset, "the band offset"),)))


def test_offset_follows_the_values_when_they_are_certain() -> None:
    assert ask(surface()).offset == 0
    with_offset = ask(scaled(surface(), 1, 1000))
    assert with_offset.offset == -1000
    assert any("just above 1000" in text for text in with_offset.evidence)


def test_blurred_fill_is_no_evidence_of_the_offset() -> None:
    """A frame of 0 to 5 after lossy compression, beside values with +1000, would say that they have none."""
    with_offset = scaled(surface(), 1, 1000)
    frame = {name: np.arange(500, dtype=np.float32) % 6 for name in with_offset}
    both = {name: np.concatenate([with_offset[name], frame[name]]) for name in with_offset}
    stated = Metadata(levels=L2A.levels, offsets=(Said(-1000, "the band offset"),))
    for metadata in (L2A, stated):
        with pytest.raises(MMEarthError, match=r"18.5 % of the pixels are nearly 0 in every band.* offset=-1000 or"):
            ask(both, metadata)
    assert ask(both, offset=-1000).offset == -1000
    harmonised = {name: np.concatenate([values, frame[name]]) for name, values in surface().items()}
    assert ask(harmonised).offset == 0


def test_a_scene_without_dark_pixels_is_refused_rather_than_guessed() -> None:
    bright = {name: values + 1200 for name, values in surface().items()}
    with pytest.raises(MMEarthError, match="pass offset=-1000 if they do, offset=0 if not"):
        ask(bright)
    assert ask(bright, offset=0).offset == 0


def test_a_four_band_raster_with_offset_needs_its_baseline() -> None:
    four = {name: scaled(surface(), 1, 1000)[name] for name in ("B02", "B03", "B04", "B08")}
    with pytest.raises(MMEarthError, match="offset="):
        ask(four)
    known = L2A.merged(Metadata(baselines=(Said(5.09, "the tag PROCESSING_BASELINE"),)))
    assert ask(four, known).offset == -1000
    old = L2A.merged(Metadata(baselines=(Said(2.09, "the tag PROCESSING_BASELINE"),)))
    assert ask(four, old).offset == 0


def test_cirrus_band_shows_the_offset_alone() -> None:
    cloudy = {name: values + 3000 for name, values in surface().items()} | {"B10": np.full(2200, 1012, np.float32)}
    assert ask(cloudy, Metadata(levels=(Said("l1c", "a tag"),))).offset == -1000


def said_offset(value: float, *, authoritative: bool = False) -> Metadata:
    return L2A.merged(Metadata(offsets=(Said(value, "the STAC item"),), authoritative=authoritative))


def test_metadata_that_the_values_rule_out_is_not_followed() -> None:
    """Catalogues keep the offset in their metadata after removing it; subtracting it twice makes the scene black."""
    decision = ask(surface(), said_offset(-1000))
    assert decision.offset == 0
    assert "removed" in decision.warnings[0]
    with pytest.raises(MMEarthError, match="says the offset is removed, but"):
        ask(scaled(surface(), 1, 1000), said_offset(0))
    with pytest.raises(MMEarthError, match="pass offset=-1000"):
        ask(scaled(surface(), 1, 700), said_offset(-1000))
    assert ask(scaled(surface(), 1, 700), said_offset(-1000, authoritative=True)).offset == -1000
    assert ask(scaled(surface(), 1, 1500), said_offset(0)).offset == 0


def test_contradictory_metadata_is_refused() -> None:
    with pytest.raises(MMEarthError, match="contradictory levels.*l2a by the tag.*l1c by the name"):
        ask(surface(), L2A.merged(Metadata(levels=(Said("l1c", "the name"),))))
    with pytest.raises(MMEarthError, match="contradictory offsets"):
        ask(surface(), said_offset(0).merged(said_offset(-1000)))


def test_level_by_water_vapour_and_haze() -> None:
    assert ask(surface(), Metadata()).level == "l2a"
    toa = surface()
    toa["B09"] = toa["B09"] * 0.3
    assert ask(toa, Metadata()).level == "l1c"
    ten = {name: values for name, values in surface().items() if name not in {"B01", "B09"}}
    assert ask(ten, Metadata()).level == "l2a"
    hazy = {name: values + (600 if name == "B02" else 0) for name, values in ten.items()}
    with pytest.raises(MMEarthError, match="pass level=l1c or level=l2a"):
        ask(hazy, Metadata())
    assert ask(hazy, Metadata(), level="l1c").level == "l1c"


def test_metadata_of_the_level_wins_but_doubt_is_said() -> None:
    decision = ask(surface(), Metadata(levels=(Said("l1c", "the tag LEVEL"),)))
    assert decision.level == "l1c"
    assert "look like L2A" in decision.warnings[0]
    assert "pass `level`" in decision.warnings[0]


def test_options_out_of_range_are_explained() -> None:
    for given, words in (({"offset": 1000}, "offset="), ({"scale": 10000}, "scale="), ({"level": "l3"}, "level=")):
        with pytest.raises(MMEarthError, match=words):
            ask(surface(), **given)


def test_tags_and_names_are_read_in_any_case() -> None:
    tags = {"processing_level": "Level-2A", "Quantification_Value": "10000", "PROCESSING_BASELINE": "05.09"}
    found = from_tags(tags, (1.0,), (0.0,), source="x.tif")
    assert found.levels[0].value == "l2a"
    assert found.scales[0].value == pytest.approx(1e-4)
    assert found.baselines[0].value == 5.09
    by_gdal = from_tags({}, (1e-4, 1e-4), (-0.1, -0.1), source="x.tif")
    assert (by_gdal.scales[0].value, by_gdal.offsets[0].value) == (1e-4, -1000)
    name = from_name("/d/S2B_MSIL2A_20230610T101609_N0509_R065_T32TQM_20230610T133000.tif")
    assert (name.levels[0].value, name.baselines[0].value, str(name.time)) == ("l2a", 5.09, "2023-06-10 10:16:09+00:00")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("L2A", "l2a"),
        ("Level-1C", "l1c"),
        ("S2MSI2A", "l2a"),
        ("S2A_MSIL1C_2020", "l1c"),
        ("S2A", None),
        ("L1C, L2A", None),
    ],
)
def test_level_names(text: str, level: str | None) -> None:
    """The satellite S2A is not the level 2A."""
    assert level_in(text) == level


def real_tiles(folder: Path) -> Iterator[tuple[str, str, float, dict[str, np.ndarray]]]:
    """(name, level, offset carried, raw values) of the development tiles (every eighth of EuroSAT)."""
    thirteen = tuple(BANDS)

    def tile(
        name: str, level: str, offset: float, bands: tuple[str, ...], x: np.ndarray
    ) -> tuple[str, str, float, dict]:
        values = x.reshape(len(bands), -1).astype(np.float32)
        return name, level, offset, dict(zip(bands, values[:, (values > 0).any(0)], strict=True))

    eurosat = np.load(folder / "eurosat_ms_dev.npz")
    for i, x in list(enumerate(eurosat["x"]))[::8]:
        yield tile(str(eurosat["id"][i]), "l1c", 0, thirteen, x)
    sites = np.load(folder / "terramind_sites.npz")
    for i in range(5):
        yield tile(f"site {i}", "l1c", -1000 if i in {0, 2, 3} else 0, thirteen, sites["S2L1C"][i])
        yield tile(f"site {i}", "l2a", -1000 if i == 2 else 0, TWELVE, sites["S2L2A"][i])
    pairs = np.load(folder / "s1_s2_pairs.npz")
    for key in pairs.files:
        if key.startswith(("BEN_S2", "SSL4EO_s2a")):
            yield tile(key, "l2a", 0, TWELVE, pairs[key])
        elif key.startswith("SSL4EO_s2c"):
            yield tile(key, "l1c", 0, thirteen, pairs[key])
    for file in ("aberystwyth_s2_20210527.tif", "majortom_199U_1099R_20200223.tif"):
        with rasterio.open(folder / file) as dataset:
            yield tile(file, "l2a", 0, dataset.descriptions, dataset.read()[:, ::6, ::6])


@pytest.mark.realdata
def test_real_tiles_are_never_silently_misread(realdata: Path) -> None:
    """Tiles of all sources, the offset added or removed, with 13, 12, 10 and 4 bands: right or refused."""
    subsets = (tuple(BANDS), TWELVE, tuple(b for b in TWELVE if b not in {"B01", "B09"}), ("B02", "B03", "B04", "B08"))
    right = dict.fromkeys(range(len(subsets)), 0)
    total = 0
    for name, level, offset, values in real_tiles(realdata):
        total += 1
        clean = {band: np.maximum(v + offset, 1) for band, v in values.items()}
        for carried in (0.0, -1000.0):
            for kind, subset in enumerate(subsets):
                samples = {band: v - np.float32(carried) for band, v in clean.items() if band in subset}
                try:
                    found = ask(samples, Metadata())
                except MMEarthError:
                    continue
                assert (found.level, found.offset, found.scale) == (level, carried, 1e-4), (name, subset, carried)
                right[kind] += carried == 0
    assert total > 40
    # Refusing everything would be safe as well, and useless.
    assert right[0] > 0.95 * total
    assert right[1] > 0.9 * total
