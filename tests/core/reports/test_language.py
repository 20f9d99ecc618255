"""Reports in German and French: every text has its words, with the same gaps, and numbers their marks."""

import ast
import itertools
import json
import re
import time
from importlib import resources
from pathlib import Path

import pytest

from mmearth_core.accuracy.estimators import Estimate, Share
from mmearth_core.reports import sections
from mmearth_core.reports.language import Language

#: Words that are not written where they are said: units, and what stands in tables.
_ELSEWHERE = {"points", "pixels", "too few", sections.UNTRAINED, *sections._PROVENANCE.values()}
#: Pairs of words of a sentence that stand in no string, where its pieces are joined.
_JOINTS = 5
_LABELS = {"Map", "Grid", "Made of", "Smoothing", "Tidied", "Embedding", "Model", "Model identity", "Area"}


def said() -> set[str]:
    """The texts of the report's sections."""
    tree = ast.parse(Path(sections.__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "say"]
    return {c.args[0].value for c in calls if isinstance(c.args[0], ast.Constant)} | _ELSEWHERE | _LABELS


def written() -> str:
    """What stands in strings all over the core, gaps left out, one after the other."""
    package = Path(sections.__file__).parents[1]
    trees = [ast.parse(path.read_text("utf-8")) for path in package.rglob("*.py")]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return "\n".join(text for text in texts if isinstance(text, str))


@pytest.mark.parametrize("name", ["de", "fr"])
def test_every_text_is_translated_and_none_is_left_over(name):
    words = json.loads(resources.files(sections.__package__).joinpath(f"words/{name}/report.json").read_text("utf-8"))
    assert said() <= set(words)
    source = written()
    for text in set(words) - said():  # a sentence made elsewhere, in pieces, which is found again by its words
        parts = [part.split() for part in re.split(r"\{\w*\}", text)]
        pairs = [" ".join(pair) for part in parts for pair in itertools.pairwise(part)]
        strange = [pair for pair in pairs if pair not in source]
        assert len(strange) <= _JOINTS, (text, strange)
    for text, told in words.items():
        assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", told)), text


def test_numbers_have_the_marks_of_the_language():
    share, hectares = Share(0.8123, 0.02, (0.7501, 0.8604)), Estimate(12345.6, 100.0, (11000.0, 13000.0))
    assert Language("en").share(share) == "81.2 % (75.0–86.0)"
    assert Language("de").share(share) == "81,2 % (75,0–86,0)"
    assert Language("de").area(hectares) == "12.346 (11.000–13.000)"
    assert Language("fr").area(hectares) == "12\u202f346 (11\u202f000–13\u202f000)"
    assert Language("de").share(Share(0.5, None, (0.1, 0.9))) == "50,0 % (zu wenige)"


def test_sentences_are_found_again_whatever_is_in_them():
    german = Language("de")
    assert (
        german.told("2 of 60 points left out: outside the map.") == "2 von 60 Punkten ausgelassen: außerhalb der Karte."
    )
    told = "No reference point in the mapped class 'moor of the north' (1.5 % of the area): nothing is known about it,"
    words = german.told(f"{told} the estimates describe the rest.")
    assert words.startswith("Kein Referenzpunkt in der kartierten Klasse 'moor of the north' (1,5\u00a0% der Fläche)")
    offset = "Offset -1000 (reflectance -0.1): the cirrus band B10, nearly black by nature, is 1012."
    assert german.told(offset).startswith("Offset -1000 (Reflektanz -0,1): Das Cirrusband B10")
    assert german.told("Offset 0 by a tag.") == "Offset 0 nach a tag."
    assert german.told("What nobody has translated.") == "What nobody has translated."
    assert Language("en").told("2 of 60 points left out: outside the map.").startswith("2 of 60 points")


def test_sentences_of_errors_are_found_with_their_values():
    german = Language("de")
    assert german.told("/data/my map.tif is damaged (a 1.5 b); copy or download it again.") == (
        "/data/my map.tif ist beschädigt (a 1.5 b); kopieren Sie es noch einmal oder laden Sie es neu herunter."
    )
    parts = "model.yaml, bands: 3 is no list; correct it."
    assert german.told(parts) == parts, "of a part without words no sentence in two languages is made"
    assert german.told("Cancelled. What nobody has translated.") == "Cancelled. What nobody has translated."
    assert german.told("Cancelled. 2 points left out: outside the map.") == (
        "Abgebrochen. 2 Punkte ausgelassen: außerhalb der Karte."
    )
    large = german.told("The map has more than 1.5 million separate areas; smooth it first (majority) or cut it.")
    assert large.startswith("Die Karte hat mehr als 1,5 Millionen")


def test_parts_of_errors_are_told_one_by_one():
    french = Language("fr")
    left = "no-data 12 %, by the mask 3.5 %, undeclared fill 2 %"
    assert french.told(
        f"x.tif has no ground in the chosen area: 100 % left out ({left}). Nothing was written; choose"
        " another area or scene."
    ) == (
        "x.tif n’a pas de sol dans la zone choisie\u00a0: 100\u00a0% exclus (sans données 12\u00a0%, par le masque"
        " 3.5\u00a0%, remplissage non déclaré 2\u00a0%). Rien n’a été écrit\u00a0; choisissez une autre zone"
        " ou une autre scène."
    )
    assert french.told(
        "Could not write a.tif (No space left on device); close it where it is open, or choose another output."
    ).startswith("Impossible d’écrire a.tif (plus de place sur le disque)\u00a0; fermez")
    beside = french.told(
        "x.tif holds no-data only: no pixel has a value in 4 of B02. 2 of 60 points left out: outside the map. Check"
        " the file and its no-data value, or give another."
    )
    assert "4 de B02. 2 sur 60 points" in beside and "left out" not in beside


@pytest.mark.parametrize(("name", "said"), [("de", "Der Beispiel-Layer"), ("fr", "La couche d’échantillons")])
def test_samples_in_no_file_are_called_in_the_language(name, said):
    told = Language(name).told
    assert told("The sample layer has one class only (a); label at least two classes.").startswith(said)
    assert told("The sample layer: 3 pixels left out: claimed by two classes").startswith(said)
    assert told("pixels holds no feature with both a geometry and a class; draw some first.").startswith("pixels ")


def test_parts_that_were_joined_are_worded_part_by_part():
    german = Language("de")
    told = "s.gpkg: 1 of 3 features left out: no usable pixel"
    assert german.told(told) == "s.gpkg: 1 von 3 Objekten ausgelassen: kein brauchbares Pixel"
    told = "a.tif is a class map, and an embedding raster is wanted here; give such a file there (were two swapped?)."
    assert german.told(told).startswith("a.tif ist eine Klassenkarte, und gebraucht wird hier ein Einbettungsraster;")
    told = "w.json, places: there is no 'plces'; did you mean 'places'? Else write it again."
    assert (
        german.told(told)
        == "w.json, places: 'plces' gibt es nicht; meinten Sie 'places'? Sonst schreiben Sie es noch einmal."
    )
    told = "Cancelled. 3 of 9 tiles kept in /data/e.partial; run the same command again to go on."
    words = (
        "Abgebrochen. 3 von 9 Kacheln behalten in /data/e.partial; starten Sie dasselbe noch einmal, um fortzufahren."
    )
    assert german.told(told) == words
    assert german.told("w.json: unheard of; write it again.") == "w.json: unheard of; write it again."


def test_days_of_the_year_are_told_in_the_language():
    german, french = Language("de"), Language("fr")
    sentence = "hill has no image for 12 May, 1 July, undated: that does not vote"
    assert german.told(sentence) == "hill hat kein Bild für 12. Mai, 1. Juli, ohne Datum: Das stimmt nicht mit ab"
    assert "12 mai, 1er juillet, sans date" in french.told(sentence)
    days = "20 April for 10 April; 1 July for 12 July"
    pairs = f"hill: images stand for the dates learned, by the day of the year: {days}"
    assert german.told(pairs).endswith(": 20. April für 10. April; 1. Juli für 12. Juli")
    assert french.told(pairs).endswith("20 avril pour le 10 avril; 1er juillet pour le 12 juillet")
    assert german.days("E00, 12 May") == "E00, 12. Mai" and Language("en").days("E00, 12 May") == "E00, 12 May"
    named = "forest in May: 3 of 9 points left out: outside the map."
    assert "forest in May" in german.told(named), "a name is no day"


@pytest.mark.parametrize("name", ["de", "fr"])
def test_a_number_stays_with_its_per_cent_sign(name):
    folder = resources.files(sections.__package__).joinpath(f"words/{name}")
    words = [json.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    broken = [said for each in words for said in each.values() if re.search(r"[\d}] %", said)]
    if name == "fr":
        broken += [said for each in words for said in each.values() if re.search(r"« | [»;:?!](?!\w)", said)]
    assert not broken
    assert "\u00a0%" in Language(name).told("x.tif covers 3.5 % of hill: beyond, it counts as its mean.")


def test_a_sentence_of_many_parts_is_told_in_no_time():
    began = time.perf_counter()
    for odd in ("a: b; c. " * 155, "a. " * 450, "x: " * 450, "1 of 2, " * 170):
        Language("de").told(odd.strip())
    assert time.perf_counter() - began < 10
