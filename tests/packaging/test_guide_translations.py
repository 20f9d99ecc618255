"""The translated pages of the guide say what the English ones say, in the words of the interface.

Nobody can test a sentence, but its paragraph, its figures, its pictures, what is typed and where it leads: whoever
changes one of these in English is told which page and which heading wait for the same. CONTRIBUTING.md says how.
"""

import importlib.util
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Figures that are written alike everywhere: versions and the names of products.
ALIKE = {"3.22", "3.11", "3.11.7", "3.12", "3.13", "2.28", "20.04", "1.32.0", "4.0", "1.0", "2.0"}
#: Blocks that open and close; what they hold is counted by itself.
BLOCKS = {"paragraph_open", "bullet_list_open", "ordered_list_open", "list_item_open", "tr_open", "blockquote_open"}


def module() -> ModuleType:
    """The script that makes the guide, without its being a package."""
    specification = importlib.util.spec_from_file_location("guide", ROOT / ".ci" / "guide.py")
    assert specification is not None and specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = loaded
    specification.loader.exec_module(loaded)
    del sys.modules[specification.name]
    return loaded


GUIDE = module()
PAGES = [tuple(page.split("/")) for page in GUIDE.pages() if "/" in page]


@dataclass
class Section:
    """What stands under one heading, the heading with it."""

    heading: str
    level: str
    blocks: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    code: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    strong: list[str] = field(default_factory=list)
    stressed: list[str] = field(default_factory=list)
    prose: str = ""

    def figures(self) -> Counter[str]:
        """Runs of digits: the same whether a language writes 1,234.5 or 1.234,5."""
        return Counter(re.findall(r"\d+", self.prose))


def sections(language: str, name: str) -> list[Section]:
    """A page by its headings. The note at the head of a translation is not a part of it."""
    folder = "" if language == "en" else language
    tokens = GUIDE.parsed(posixpath.join(folder, name))
    if folder:
        at = next(index for index, token in enumerate(tokens) if token.type == "heading_close") + 1
        assert f"](../{name}.md)" in tokens[at + 1].content, (
            f"docs/{folder}/{name}.md does not begin with what it translates"
        )
        del tokens[at : at + 3]
    found: list[Section] = []
    for token in tokens:
        if token.type == "heading_open":
            # The title of a page is nobody's aim.
            found.append(Section(str(token.attrs["id"]) if token.tag != "h1" else "", token.tag))
        here = found[-1]
        if token.type in BLOCKS:
            here.blocks.append(f"{token.type.removesuffix('_open')}")
        elif token.type in ("fence", "code_block"):
            here.blocks.append(token.type)
            here.code[re.sub(r" *(?<![\w&])# .*$", "", token.content, flags=re.MULTILINE)] += 1
        elif token.type == "html_block":
            here.blocks.append(token.content.strip())
        elif token.type == "inline":
            _read(token.children or [], here, folder)
    return found


def _read(children: list[Any], here: Section, folder: str) -> None:
    """Take up the text of one block."""
    open_stress: list[list[str]] = []
    for child in children:
        if child.type == "code_inline":
            here.code[child.content] += 1
        elif child.type == "image":
            here.pictures.append(posixpath.normpath(posixpath.join(folder, str(child.attrs["src"]))))
        elif child.type == "link_open":
            here.links[_target(str(child.attrs["href"]), folder)] += 1
        elif child.type in ("strong_open", "em_open"):
            open_stress.append([])
        elif child.type in ("strong_close", "em_close"):
            said = "".join(open_stress.pop()).replace("\xa0", " ")
            (here.strong if child.type == "strong_close" else here.stressed).append(said)
        text = " " if child.type == "softbreak" else child.content
        here.prose += text if child.type not in ("code_inline", "html_inline") else " "
        for words in open_stress:
            words.append(text)
    here.prose += "\n"


def _target(address: str, folder: str) -> str:
    """Where a link leads, whatever the language: `qgis.md#samples` of a page in docs/de is the one of docs/."""
    if "://" in address or address.startswith("#"):
        return address
    language, _, page = posixpath.normpath(posixpath.join(folder, address)).partition("/")
    return page if language in GUIDE.LANGUAGES else f"{language}/{page}".rstrip("/")


def said(language: str) -> dict[str, set[str]]:
    """The texts of the interface and what the language says for each; a number in them is {}."""
    found: dict[str, set[str]] = {}
    tree = ElementTree.parse(ROOT / "qgis_plugin" / "i18n" / f"mmearth_{language}.ts")  # noqa: S314  (of this repository)
    for message in tree.iter("message"):
        source, translation = (str(message.findtext(each)).replace("\xa0", " ") for each in ("source", "translation"))
        found.setdefault(source, set()).add(translation)
    return found


def pairs(language: str, name: str) -> Iterator[tuple[str, Section, Section]]:
    """Each section with its translation, and what to call it in a message."""
    for english, other in zip(sections("en", name), sections(language, name), strict=True):
        yield f"docs/{language}/{name}.md, under “{english.heading or 'its title'}”", english, other


def test_the_pages_that_help_opens_are_translated() -> None:
    for language in GUIDE.LANGUAGES:
        assert {"qgis", "qgis-processing", "qgis-troubleshooting"} <= {p.stem for p in (DOCS / language).glob("*.md")}
        assert {path.stem for path in (DOCS / language).glob("*.md")} <= set(GUIDE.PAGES)


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_translation_has_the_headings_of_the_page(language: str, name: str) -> None:
    english = [(each.heading, each.level) for each in sections("en", name)]
    other = [(each.heading, each.level) for each in sections(language, name)]
    assert other == english, f"docs/{language}/{name}.md: headings begin with the English id, <a id=…></a>"


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_translation_has_every_paragraph_row_picture_and_figure(language: str, name: str) -> None:
    for where, english, other in pairs(language, name):
        assert other.blocks == english.blocks, f"{where}: paragraphs, items or rows are other ones"
        assert other.pictures == english.pictures, f"{where}: pictures"
        wrong = (english.figures() - other.figures(), other.figures() - english.figures())
        assert wrong == (Counter(), Counter()), f"{where}: figures that are missing, and those too many"


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_translation_types_and_links_what_the_page_does(language: str, name: str) -> None:
    for where, english, other in pairs(language, name):
        for what in ("code", "links"):
            ours, theirs = getattr(english, what), getattr(other, what)
            assert (ours - theirs, theirs - ours) == (Counter(), Counter()), f"{where}: missing {what}, and too many"


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_translation_calls_things_as_the_interface_does(language: str, name: str) -> None:
    known = said(language)
    for where, english, other in pairs(language, name):
        assert len(other.strong) == len(english.strong), f"{where}: {english.strong} and {other.strong}"
        shown = {re.sub(r"\d+", "{}", words) for words in other.strong + other.stressed}
        for words in english.strong + english.stressed:
            wanted = known.get(re.sub(r"\d+", "{}", words))
            assert wanted is None or wanted & shown, f"{where}: “{words}” is {wanted} in the interface"


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_translation_writes_figures_as_its_language_does(language: str, name: str) -> None:
    for where, english, other in pairs(language, name):
        for figure in set(re.findall(r"\d+(?:[.,]\d+)+(?![\de])", english.prose)) - ALIKE:
            if not re.fullmatch(r"\d(?:,\d\d?)+", figure):  # an enumeration
                assert not re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d])", other.prose), f"{where}: {figure}"
        assert not re.search(r"\d%", other.prose), f"{where}: a space stands before %"
