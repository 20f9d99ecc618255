"""The guide that ships with the plugin: whoever presses Help finds the heading, and every link and picture is there."""

import ast
import posixpath
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "qgis_plugin"
#: The folders of the guide's languages; English has none.
LANGUAGES = ("", "de", "fr")


class Page(HTMLParser):
    """Ids, links and pictures of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if tag == "a" else []
        self.pictures += [str(found["src"])] if tag == "img" else []


@pytest.fixture(scope="module")
def guide(package_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guide") / "help"
    command = [package_environment / "bin" / "python", ROOT / ".ci" / "guide.py", folder]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def pages(guide: Path) -> dict[str, Page]:
    """By their names: `qgis`, `de/qgis`."""
    return {path.relative_to(guide).with_suffix("").as_posix(): Page(path) for path in guide.rglob("*.html")}


def literal(path: Path, name: str) -> object:
    """The value of a constant of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name
    ]
    return ast.literal_eval(values[0])


def test_every_link_of_the_guide_leads_somewhere(guide: Path, pages: dict[str, Page]) -> None:
    assert len(pages) >= 4
    for name, page in pages.items():
        assert len(set(page.ids)) == len(page.ids), f"{name} has two headings of one name"
        folder = posixpath.dirname(name)
        for link in page.links:
            target, _, heading = link.partition("#")
            if link.startswith("https://"):
                within = re.fullmatch(r"https://github\.com/.+?/blob/main/(.+)", target)
                assert within is None or (ROOT / within[1]).exists(), f"{name} links to {link}"
                continue
            other = posixpath.normpath(posixpath.join(folder, target)).removesuffix(".html") if target else name
            assert not heading or heading in pages[other].ids, f"{name} links to {link}"
        for picture in page.pictures:
            assert (guide / folder / picture).is_file(), f"{name} shows {picture}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_reached_from_the_first(pages: dict[str, Page], language: str) -> None:
    reached, waiting = set(), [posixpath.join(language, "qgis")]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        links = [link.partition("#")[0] for link in pages[name].links if not link.startswith("https://")]
        aims = {posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) for link in links if link}
        waiting += [aim.removesuffix(".html") for aim in aims if aim.removesuffix(".html") not in reached]
    assert {name for name in pages if posixpath.dirname(name) == language} <= reached


def test_pages_of_one_language_lead_to_each_other(pages: dict[str, Page]) -> None:
    """But for the note at the head, and where a page is not translated."""
    for name, page in pages.items():
        folder, own = posixpath.split(name)
        for link in page.links:
            if folder and link.startswith("../") and link != f"../{own}.html":
                assert posixpath.join(folder, link[3:].partition(".")[0]) not in pages, f"{name} links to {link}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_dock_is_explained_under_is_there(pages: dict[str, Page], language: str) -> None:
    places = literal(PLUGIN / "core" / "guide.py", "PLACES")
    assert isinstance(places, dict) and len(places) == 5
    for page, heading in places.values():
        assert heading in pages[posixpath.join(language, page)].ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_algorithm_is_explained_under_its_name(guide: Path, pages: dict[str, Page], language: str) -> None:
    text = (guide / language / "qgis-processing.html").read_text(encoding="utf-8")
    translated = titles(language) if language else {}
    algorithms = [path.read_text(encoding="utf-8") for path in sorted((PLUGIN / "processing").rglob("*.py"))]
    found = 0
    for source in algorithms:
        verb = re.search(r'^    verb(?:, symbol, section)? = "(\w+)"', source, re.MULTILINE)
        if verb is None:
            continue
        found += 1
        title = re.search(r'def title\(self\) -> str:\s+return self\.tr\("(.+?)"\)', source)[1]
        said = translated.get(title, title)
        assert f'<h2 id="{verb[1]}">{verb[1]}</h2>\n<p><strong>{said}</strong>' in text
    assert found == len(pages[posixpath.join(language, "qgis-processing")].ids) - 1


def titles(language: str) -> dict[str, str]:
    """The texts of the interface in a language."""
    tree = ElementTree.parse(PLUGIN / "i18n" / f"mmearth_{language}.ts")  # noqa: S314  (a file of this repository)
    return {str(each.findtext("source")): str(each.findtext("translation")) for each in tree.iter("message")}


def test_the_languages_of_the_network_are_those_of_the_guide(guide: Path) -> None:
    languages = literal(PLUGIN / "core" / "guide.py", "_LANGUAGES")
    assert set(languages) == {path.name for path in guide.iterdir() if (path / "qgis.html").is_file()}
    for language in languages:
        assert (PLUGIN / "i18n" / f"mmearth_{language}.ts").is_file()


def test_the_guide_is_small_enough_to_be_carried_along(guide: Path) -> None:
    size = sum(path.stat().st_size for path in guide.rglob("*") if path.is_file())
    assert size < 5_000_000
