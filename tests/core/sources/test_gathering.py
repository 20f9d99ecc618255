"""`working-set` puts what lies together into one place, dates it, and gives each place its samples."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rasterio
import shapely

from mmearth_core.cli.command import main
from mmearth_core.errors import MMEarthError
from mmearth_core.reports.language import Language
from mmearth_core.sources import gathering
from mmearth_core.sources.gathering import working_set
from mmearth_core.sources.working_set import working_set_of

DATES = ["2021-04-01", "2021-07-12"]


@pytest.fixture(scope="module")
def folder(make_scene_module: Any, tmp_path_factory: pytest.TempPathFactory, scene: Any) -> Path:
    folder = tmp_path_factory.mktemp("gathered")
    for name, shift in (("wales_0401", 0), ("wales_0712", 300), ("kent_0712", 90_000)):
        make_scene_module(folder / f"{name}.tif", height=60, width=80, shift=shift)
    (folder / "kent_0712.stac.json").write_text(json.dumps({"properties": {"datetime": "2021-07-12T11:00:00Z"}}))
    with rasterio.open(
        folder / "dem.tif", "w", driver="GTiff", count=1, height=60, width=80, dtype="float32",
        crs=scene.raster.grid.crs, transform=scene.raster.grid.transform,
    ) as dataset:  # fmt: skip
        dataset.write(scene.truth[:60, :80].astype("float32"), 1)
    return folder


@pytest.fixture(scope="module")
def make_scene_module() -> Any:
    from embedded_fields import make_scene

    return make_scene


def test_embeddings_are_grouped_by_place_and_dated(
    folder: Path, scene: Any, write_vector: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    west = write_vector(folder / "west.gpkg", [scene.field(1, 2)], {"cover": ["forest"]})
    files = [str(folder / f"{name}.tif") for name in ("wales_0712", "kent_0712", "wales_0401")]
    words = ["working-set", *files, "-o", str(folder / "set.json"), "--samples", str(west), "--field", "cover"]
    assert main([*words, "--dates", "2021-07-12", "2021-07-12", "2021-04-01"]) == 0
    assert "2 places" in capsys.readouterr().out
    wales, kent = working_set_of(folder / "set.json").places
    assert wales.name == "wales" and [each.date.isoformat() for each in wales.embeddings] == [
        "2021-04-01",
        "2021-07-12",
    ]
    assert kent.name == "kent" and len(wales.samples) == 1 and not kent.samples
    assert wales.samples[0].field == "cover"


def test_one_embedding_is_a_working_set_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = folder / "kent_0712.tif"
    assert main(["working-set", str(one), "-o", str(folder / "one.json")]) == 0
    assert "1 place\n" in capsys.readouterr().out
    assert [each.embedding for each in working_set_of(folder / "one.json").places[0].embeddings] == [str(one)]


def test_dates_are_those_of_the_items_and_layers_must_cover_the_place(folder: Path, tmp_path: Path) -> None:
    found = working_set(embeddings=[folder / "kent_0712.tif"], output=tmp_path / "k.json").found
    assert found.places[0].embeddings[0].date.isoformat() == "2021-07-12"
    layers, wales = [folder / "dem.tif"], [folder / "wales_0401.tif"]
    covered = working_set(embeddings=wales, layers=layers, output=tmp_path / "w.json")
    assert "layers dem" in str(covered)
    with rasterio.open(folder / "dem.tif") as dataset:
        values, profile = dataset.read(), dataset.profile
    values[:, :, : values.shape[2] // 2] = -1
    with rasterio.open(tmp_path / "part.tif", "w", **profile | {"nodata": -1}) as dataset:
        dataset.write(values)
    partly = working_set(embeddings=wales, layers=[tmp_path / "part.tif"], output=tmp_path / "p.json")
    [said] = [each for each in partly.messages if "covers" in each]
    with rasterio.open(wales[0]) as dataset:
        land = dataset.read(1) != dataset.nodata
    share = f"{100 * land[:, 40:].sum() / land.sum():.1f}"
    assert said.endswith(f"part.tif covers {share} % of wales_0401: beyond, it counts as its mean.")
    assert not any("covers" in each for each in covered.messages)
    with pytest.raises(MMEarthError, match=r"dem\.tif has no value in kent"):
        working_set(embeddings=[folder / "kent_0712.tif"], layers=layers, output=tmp_path / "n.json")
    assert not (tmp_path / "n.json").exists()


def test_a_place_that_lacks_a_layer_is_refused_or_left_out_and_told(
    folder: Path, scene: Any, tmp_path: Path, write_vector: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(folder / f"{name}.tif") for name in ("wales_0401", "kent_0712", "wales_0712")]
    inside, beyond = scene.field(1, 2), shapely.affinity.translate(scene.field(1, 2), 90_000)
    here = write_vector(tmp_path / "here.gpkg", [inside, beyond], {"class": ["a", "b"]})
    there = write_vector(tmp_path / "there.gpkg", [beyond], {"class": ["a"]})
    said = {"layers": [folder / "dem.tif"], "samples": [here, there], "output": tmp_path / "s.json"}
    with pytest.raises(MMEarthError, match=r"\(kent: .*dem\.tif\); give layers .* skip_places") as refused:
        working_set(embeddings=files, **said)
    assert refused.value.about == ("skip_places",) and not (tmp_path / "s.json").exists()
    made = working_set(embeddings=files, skip_places=True, **said)
    [wales] = made.found.places
    assert wales.name == "wales" and len(wales.layers) == 1 and [Path(each.file) for each in wales.samples] == [here]
    assert made.left_out == ("kent",) and made.as_dict()["left_out"] == ["kent"]
    assert made.messages[0] == "Left out, for a layer has no value there: kent."
    assert made.messages[1] == f"Samples left out with these places: {there}."
    with pytest.raises(MMEarthError, match=r"dem\.tif has no value in kent"):
        working_set(embeddings=files[1:2], skip_places=True, layers=said["layers"], output=tmp_path / "n.json")
    words = ["working-set", *files, "-o", str(tmp_path / "c.json"), "--layers", str(folder / "dem.tif")]
    assert main(words) == 1 and "--skip-places" in capsys.readouterr().err
    assert main([*words, "--skip-places"]) == 0 and "1 place\n" in capsys.readouterr().out


def test_what_does_not_belong_is_refused(folder: Path, tmp_path: Path, write_vector: Any) -> None:
    far = write_vector(tmp_path / "far.gpkg", [shapely.box(0, 0, 10, 10)], {"class": ["a"]})
    one = [folder / "kent_0712.tif"]
    with pytest.raises(MMEarthError, match=r"far\.gpkg lies in none of the places"):
        working_set(embeddings=one, samples=[far], output=tmp_path / "n.json")
    with pytest.raises(MMEarthError, match="1 embedding and 2 dates"):
        working_set(embeddings=one, dates=["2021-01-01", "2021-01-02"], output=tmp_path / "n.json")  # type: ignore[list-item]
    with pytest.raises(MMEarthError, match="let it end so"):
        working_set(embeddings=one, output=tmp_path / "n.txt")


def test_what_would_vote_twice_is_refused_or_told(folder: Path, tmp_path: Path) -> None:
    april, copy = folder / "wales_0401.tif", tmp_path / "copy.tif"
    shutil.copy(april, copy)
    output = tmp_path / "set.json"
    with pytest.raises(MMEarthError, match=r"wales_0401\.tif is given twice"):
        working_set(embeddings=[april, folder / "." / "wales_0401.tif"], output=output)
    day = date(2020, 4, 10)
    told = working_set(embeddings=[april, copy], dates=[day, day], output=output).messages
    assert any("2 images are of 2020-04-10, so that day votes 2 times" in each for each in told)
    assert "stimmt dieser Tag 2-mal ab" in Language("de").told(told[-1])


def test_two_layers_of_one_name_are_refused_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(folder / "dem.tif", tmp_path / name / "h.tif")
    layers = [tmp_path / name / "h.tif" for name in ("one", "two")]
    with pytest.raises(MMEarthError, match="Two layers have the name h .*; rename one of the files"):
        working_set(embeddings=[folder / "wales_0401.tif"], layers=layers, output=tmp_path / "set.json")
    assert not (tmp_path / "set.json").exists()


def test_places_are_called_by_what_tells_them_apart() -> None:
    def named(*groups: list[tuple[str, str]]) -> list[str]:
        days = [[(name, date.fromisoformat(day) if day else None) for name, day in group] for group in groups]
        return gathering._names(days)

    september, july = "2019-09-15", "2020-07-01"
    assert named([("e_208748_2019-09-15", september)], [("e_233723_2019-09-15", september)]) == ["e_208748", "e_233723"]
    assert named([("site-12_20190915", ""), ("site-12_20200701", "")]) == ["site-12"]
    assert named([("wales_2020", july), ("wales_2019", september)], [("wales", july)]) == ["wales", "wales-2"]
    assert named([("2020-07-01", july)], [("april", ""), ("july", "")]) == ["2020", "april"]
    assert named([("north_a", ""), ("north_b", "")], [("S2A_MSIL2A_20170613T101031", "")]) == ["north", "S2A_MSIL2A"]


def test_names_that_are_given_call_the_places_and_only_some_are_dated_anew(folder: Path) -> None:
    files = [folder / f"{name}.tif" for name in ("wales_0401", "kent_0712", "wales_0712")]
    names = ["West/coast 1 April", "East", "West/coast 12 July"]
    days = [date(2021, 4, 1), None, date(2021, 7, 12)]
    working_set(embeddings=files, output=folder / "named.json", dates=days, names=names)
    west, east = working_set_of(folder / "named.json").places
    assert (west.name, east.name) == ("West coast", "East")
    assert east.embeddings[0].date == date(2021, 7, 12), "as the item beside it tells"
    with pytest.raises(MMEarthError, match="3 embeddings and 1 name"):
        working_set(embeddings=files, output=folder / "lacking.json", names=["West"])
