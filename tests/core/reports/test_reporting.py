"""The verb `report`: what does not belong to the map is refused, not shown."""

import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from embedded_fields import NAMES

from mmearth_core import __version__
from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import info
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import CONFIDENCE_RAMP, format_colour
from mmearth_core.maps.tidying import tidy
from mmearth_core.reports.language import Language
from mmearth_core.reports.reporting import report


@pytest.fixture(scope="module")
def made(scene: Any, few_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    fit(embeddings=[scene.path], samples=[few_samples], output=folder / "m.json")
    classify(
        embedding=scene.path, model=folder / "m.json", output=folder / "map.tif", confidence=folder / "conf.tif"
    )  # fmt: skip
    return folder


def test_confidence_and_embedding_of_the_map_are_shown(scene: Any, made: Path, tmp_path: Path) -> None:
    path = report(
        map=made / "map.tif", output=tmp_path / "r.html", embedding=scene.path, confidence=made / "conf.tif"
    ).path
    assert "Confidence" in path.read_text(encoding="utf-8")


def test_confidence_has_the_ramp_of_the_report_wherever_it_is_opened(made: Path) -> None:
    style = (made / "conf.qml").read_text(encoding="utf-8")
    assert [each in style for each in map(format_colour, CONFIDENCE_RAMP)] == [True] * len(CONFIDENCE_RAMP)


def test_confidence_and_embedding_from_elsewhere_are_refused(made: Path, make_scene: Any, tmp_path: Path) -> None:
    other = make_scene(tmp_path / "other.tif", shift=1000)
    classify(embedding=other.path, model=made / "m.json", output=tmp_path / "map.tif", confidence=tmp_path / "conf.tif")
    wrong = {"confidence": tmp_path / "conf.tif", "embedding": other.path}
    for argument, path in wrong.items():
        with pytest.raises(MMEarthError, match=rf"{path.name} .*not on the grid of .*map\.tif"):
            report(map=made / "map.tif", output=tmp_path / "r.html", **{argument: path})
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(MMEarthError, match=r"text\.tif cannot be read as a raster"):
        report(map=made / "map.tif", output=tmp_path / "r.html", confidence=tmp_path / "text.tif")
    with pytest.raises(MMEarthError, match=r"absent\.tif"):
        report(map=made / "map.tif", output=tmp_path / "r.html", confidence=tmp_path / "absent.tif")
    assert not (tmp_path / "r.html").exists()


def test_an_embedding_of_another_model_is_not_the_one_the_map_was_made_of(
    made: Path, make_scene: Any, tmp_path: Path
) -> None:
    other = make_scene(tmp_path / "other.tif", model_id="b" * 64)
    with pytest.raises(MMEarthError, match="was made of an embedding by another model"):
        report(map=made / "map.tif", output=tmp_path / "r.html", embedding=other.path)


def test_a_working_set_is_reported_over_all_its_places(
    scene: Any, few_samples: Path, make_scene: Any, tmp_path: Path
) -> None:
    other = make_scene(tmp_path / "east.tif", seed=7, shift=9000)
    (tmp_path / "west.tif").write_bytes(scene.path.read_bytes())
    (tmp_path / "s.gpkg").write_bytes(few_samples.read_bytes())
    dated = {name: [{"embedding": f"{name}.tif", "date": "2020-07-01"}] for name in ("west", "east")}
    places = [{"name": name, "embeddings": each} for name, each in dated.items()]
    places[0]["samples"] = [{"file": "s.gpkg"}]
    whole = tmp_path / "set.json"
    whole.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": places}))
    fit(embeddings=[whole], output=tmp_path / "m.json")
    classify(embedding=whole, model=tmp_path / "m.json", output=tmp_path / "maps", confidence=tmp_path / "sure")
    drawn = sample(map=tmp_path / "maps", working_set=whole, output=tmp_path / "p.gpkg", n=100)
    meta, _, geometry, columns = pyogrio.raw.read(drawn.path)
    fields = dict(zip(meta["fields"], columns, strict=True))
    fields["class"] = np.array(["-", *NAMES], object)[truth_at(geometry, scene, other)]
    pyogrio.raw.write(
        tmp_path / "r.gpkg", geometry, list(fields.values()), list(fields), geometry_type="Point", crs=meta["crs"]
    )
    page = report(
        map=tmp_path / "maps", output=tmp_path / "r.html", embedding=whole, confidence=tmp_path / "sure",
        reference=tmp_path / "r.gpkg",
    ).path.read_text(encoding="utf-8")  # fmt: skip
    assert "overall accuracy, 100 points" in page and "Validation by place" in page and "2 places" in page
    for name in ("west", "east"):
        assert all(f"{what} ({name})" in page for what in ("Map", "Confidence", "Embedding"))
        assert f"{name}: Made of" in page
    assert page.count("of 2020-07-01") == 2
    with pytest.raises(MMEarthError, match="scene= and samples= are of one"):
        report(map=tmp_path / "maps", output=tmp_path / "n.html", embedding=whole, samples=few_samples)
    (tmp_path / "maps" / "east.tif").unlink()
    with pytest.raises(MMEarthError, match="no map of east"):
        report(map=tmp_path / "maps", output=tmp_path / "n.html", embedding=whole)


def truth_at(geometry: np.ndarray, *scenes: Any) -> np.ndarray:
    found = np.zeros(len(geometry), int)
    for each in scenes:
        cols, rows = np.floor(~each.raster.grid.transform * shapely.get_coordinates(shapely.from_wkb(geometry)).T)
        here = (cols >= 0) & (cols < each.raster.grid.width)
        found[here] = each.truth[rows[here].astype(int), cols[here].astype(int)]
    return found


def test_one_date_of_several_does_not_validate_the_map_of_all(
    scene: Any, few_samples: Path, tmp_path: Path, make_scene: Any
) -> None:
    make_scene(tmp_path / "b.tif", seed=1)
    (tmp_path / "a.tif").write_bytes(scene.path.read_bytes())
    dates = [{"embedding": "a.tif", "date": "2020-04-01"}, {"embedding": "b.tif", "date": "2020-07-01"}]
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": dates}]}
    (tmp_path / "set.json").write_text(json.dumps(content))
    fit(embeddings=[tmp_path / "set.json"], samples=[few_samples], output=tmp_path / "m.json", dates="together")
    classify(embedding=tmp_path / "set.json", model=tmp_path / "m.json", output=tmp_path / "map.tif")
    shown = {"map": tmp_path / "map.tif", "output": tmp_path / "r.html", "samples": few_samples}
    with pytest.raises(MMEarthError, match="made of 2 images.*give the working set"):
        report(**shown, embedding=tmp_path / "a.tif")
    assert "Validation by place" in report(**shown, embedding=tmp_path / "set.json").path.read_text(encoding="utf-8")


def test_a_map_tells_what_was_done_to_it(scene: Any, made: Path, tmp_path: Path) -> None:
    """Beside the map, so that the map itself is the same whenever it is made."""
    for name in ("a", "b"):
        classify(embedding=scene.path, model=made / "m.json", output=tmp_path / f"{name}.tif", smooth="strong")
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    tidy(map=tmp_path / "a.tif", output=tmp_path / "tidy.tif", min_area=["0.2"], majority=3)
    first, second = ClassMap.open(tmp_path / "tidy.tif").history
    assert first == ClassMap.open(tmp_path / "a.tif").history[0]
    assert first.did == "classified" and first.told["probe"] == "m.json" and first.told["smoothing"] == "strong"
    assert first.told["embedding"] == scene.path.name and " samples, " in first.told["learned from"]
    assert dict(second.told) == {"areas below": "0.2 ha", "majority": "3"} and second.at >= first.at
    assert second.software == f"mmearth {__version__}"
    assert info(file=tmp_path / "tidy.tif").facts["history"] == [str(first), str(second)]
    page = report(map=tmp_path / "tidy.tif", output=tmp_path / "r.html").path.read_text(encoding="utf-8")
    assert html.escape(str(second)) in page


#: Words that German and French sentences do not have, and English ones can hardly do without.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|were|by|with|which|where|that|from|left out|samples?|of them|as given)\b", re.I
)


def seen_in(page: Path) -> list[str]:
    """The texts a reader sees, without names of files and the languages' own words."""
    content = page.read_text(encoding="utf-8")
    content = re.sub(r"<(style|svg|title).*?</\1>", "", content, flags=re.DOTALL)
    texts = [html.unescape(each).strip() for each in re.split(r"<[^>]*>", content)]
    return [re.sub(r"\S*[/.]\S+|mmearth \w+", "", each) for each in texts if each]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_no_english_sentence_is_in_a_report_of_another_language(
    language: Any, scene: Any, made: Path, few_samples: Path, tmp_path: Path, write_vector: Any
) -> None:
    classify(embedding=scene.path, model=made / "m.json", output=tmp_path / "a.tif", smooth="edges", unknown=0.05)
    tidy(map=tmp_path / "a.tif", output=tmp_path / "map.tif", min_area=["0.2"], majority=3, keep=["grass"])
    grid = ClassMap.open(tmp_path / "map.tif").grid
    west, south, east, north = grid.bounds
    inside = [shapely.Point(west + share * (east - west), (south + north) / 2) for share in (0.2, 0.2, 0.5, 0.6, 0.8)]
    trained = [shape.representative_point() for shape in scene.fields(2)[0]]
    beside = shapely.Point(east + 300, south)
    points = [*inside, beside, *trained]
    names = [NAMES[0], NAMES[0], None, NAMES[1], "unknown", NAMES[1], *[NAMES[2]] * len(trained)]
    references = [write_vector(tmp_path / "points.gpkg", points, {"class": names}), few_samples]
    for number, reference in enumerate(references):
        page = report(
            map=tmp_path / "map.tif",
            output=tmp_path / f"{number}.html",
            embedding=scene.path,
            samples=few_samples,
            reference=reference,
            confidence=made / "conf.tif",
            language=language,
        ).path
        left = [each for each in seen_in(page) if ENGLISH.search(each) and each not in NAMES]
        assert left == []
    warned = assess(map=tmp_path / "map.tif", reference=references[0]).warnings
    assert len(warned) >= 6 and all(Language(language).told(each) != each for each in warned), "of all kinds"
