"""The site of the documentation: whole, readable, and with nothing that a browser would fetch from elsewhere."""

import ast
import os
import posixpath
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

import mmearth_core
from mmearth_core.cli.arguments import CommandLine
from mmearth_core.cli.declarations import STUB, declarations
from mmearth_core.verbs import VERBS, python_name

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HOME = re.search(r"^repository=(.+)$", (ROOT / "metadata.txt").read_text("utf-8"), re.MULTILINE)[1]
#: Attributes whose address a browser fetches by itself; a link (`a`) waits for a click.
FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
}
#: What a page is made of, as far as GitHub's reading of it and the site's must agree.
ELEMENTS = {
    "h1",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "tr",
    "th",
    "td",
    "pre",
    "code",
    "img",
    "blockquote",
    "strong",
    "em",
}


@dataclass
class Page(HTMLParser):
    """A page: ids, links, what is fetched; and, of the article, its words and elements."""

    html: str
    whole: bool = False
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    elements: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__()
        self._article, self._silent = self.whole, 0
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes.append(found)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" and "href" in found else []
        self.fetched += [found[name] for name in FETCHED.get(tag, ()) if found.get(name)]
        self._article = self._article or tag == "article"
        if tag == "style" or found.get("class") == "headerlink":
            self._silent += 1
        elif self._article and tag in ELEMENTS:
            self.elements[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self._article = self._article and tag != "article"
        self._silent -= bool(self._silent) and tag in {"style", "a"}

    def handle_data(self, data: str) -> None:
        if self._article and not self._silent:
            self.words.append(data)

    def text(self) -> str:
        """The words without any space."""
        return re.sub(r"\s+", "", "".join(self.words))


def is_elsewhere(address: str) -> bool:
    """Whether a browser that shows the site would have to ask another computer for it."""
    return bool(re.match(r"\s*(?:[a-z]+:)?//|\s*(?:https?|ftp|wss?):", address, re.IGNORECASE))


@pytest.fixture(scope="module")
def site(package_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make site` does; strict, so a link or a heading that is not there ends it."""
    folder = tmp_path_factory.mktemp("site") / "site"
    command = [package_environment / "bin" / "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """By their addresses: `qgis.html`, `de/qgis.html`."""
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def written() -> list[str]:
    """The pages of docs/ as their names without suffix, which a page of the site has too."""
    return sorted(
        path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md") if path.parts[-2] != "api"
    )


def test_every_page_is_in_the_site(pages: dict[str, Page]) -> None:
    assert len(written()) > 30
    assert {f"{name}.html" for name in written()} <= set(pages)
    assert {"overview.html", "changelog.html", "contributing.html", "models/starter-atto-p8.html"} <= set(pages)


def test_every_link_of_the_site_leads_somewhere(site: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        if name == "404.html":  # its links begin at the root of a server
            continue
        for link in [*page.links, *page.fetched]:
            if is_elsewhere(link) or link.startswith(("mailto:", "data:")):
                within = re.fullmatch(re.escape(HOME) + r"/blob/main/([^#]+)(#.*)?", link)
                assert within is None or (ROOT / within[1]).exists(), f"{name} links to {link}"
                continue
            address, _, heading = link.partition("#")
            aim = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address))) if address else name
            assert (site / aim).is_file(), f"{name} links to {link}"
            if heading and aim in pages and not heading.startswith("__"):
                assert unquote(heading) in pages[aim].ids, f"{name} links to {link}"


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert [address for address in page.fetched if is_elsewhere(address)] == [], name
        told = [found["content"] for found in page.attributes if found.get("http-equiv") == "Content-Security-Policy"]
        assert told == ["default-src 'self' file: data: blob: 'unsafe-inline'"], f"{name} lets a browser ask others"
    styles = [path.read_text("utf-8") for path in site.rglob("*.css")]
    styles += re.findall(r"<style>(.*?)</style>", "".join(page.html for page in pages.values()), re.DOTALL)
    assert len(styles) >= 3  # the theme's two and ours
    for style in styles:
        asked = re.findall(r"(?:url\(|@import\s*)[\"']?([^\"')\s;]+)", style)
        assert [address for address in asked if is_elsewhere(address)] == []


def test_the_scripts_of_the_theme_find_nothing_to_ask_others_for(pages: dict[str, Page]) -> None:
    """They ask GitHub for the stars of a repository, and a server for what draws diagrams, where a page has either."""
    for name, page in pages.items():
        assert not any(found.get("data-md-component") == "source" for found in page.attributes), name
        assert not any("mermaid" in found.get("class", "") for found in page.attributes), name


def test_no_host_is_named_that_the_texts_do_not_name(pages: dict[str, Page]) -> None:
    sources = [*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md"))]
    sources += (ROOT / "mmearth_core" / "encoder" / "models").glob("*.md")
    said = "".join(path.read_text("utf-8") for path in sources)
    known = {urlsplit(address).hostname for address in re.findall(r"https?://[\w.-]+", said)} | {
        urlsplit(HOME).hostname
    }
    for name, page in pages.items():
        hosts = {urlsplit(link).hostname for link in page.links if is_elsewhere(link)}
        assert hosts <= known, f"{name} names {hosts - known}"


@pytest.mark.parametrize("name", written())
def test_a_page_says_in_the_site_what_it_says_on_github(pages: dict[str, Page], name: str) -> None:
    """Lists, tables and code are read by two dialects; what one of them misreads shows in words or elements."""
    plain = Page(MarkdownIt("commonmark").enable("table").render((DOCS / f"{name}.md").read_text("utf-8")), whole=True)
    shown = pages[f"{name}.html"]
    assert shown.text() == plain.text()
    counted = {each: count for each, count in shown.elements.items() if each != "code"}
    assert counted == {each: count for each, count in plain.elements.items() if each != "code"}
    assert shown.elements["code"] >= plain.elements["code"]  # what is copied has a frame of its own


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_translated_page_is_reached_from_its_twin_and_speaks_its_language(
    pages: dict[str, Page], language: str
) -> None:
    translated = [name for name in written() if name.startswith(f"{language}/")]
    assert len(translated) > 5
    for name in translated:
        own = name.removeprefix(f"{language}/")
        switches = [found for found in pages[f"{own}.html"].attributes if found.get("hreflang") == language]
        assert [each["href"] for each in switches] == [f"{name}.html"]
        back = [found for found in pages[f"{name}.html"].attributes if found.get("hreflang") == "en"]
        assert [each["href"] for each in back] == [f"../{own}.html"]
        assert f'<html lang="{language}"' in pages[f"{name}.html"].html
        # Its navigation has the pages of its language only; the switch and the note at its head lead out of it.
        listed = re.findall(r'class="md-(?:nav|tabs)__link[^"]*"[^>]*href="([^"]*)"', pages[f"{name}.html"].html)
        listed += re.findall(r'href="([^"]*)" class="md-(?:nav|tabs)__link', pages[f"{name}.html"].html)
        assert len(listed) > 5 and not [link for link in listed if link.startswith("../")]


def test_the_reference_has_every_verb_and_every_function(pages: dict[str, Page]) -> None:
    commands, functions = pages["reference/commands.html"], pages["reference/python.html"]
    assert {name.replace(" ", "-") for name in VERBS} <= set(commands.ids)
    offered = [name for name in mmearth_core.__all__ if not name.startswith("__")]
    assert [name for name in offered if name.lower() not in functions.ids] == []
    shown = commands.text()
    for name, verb in VERBS.items():
        command = CommandLine(f"mmearth {name}", declarations(STUB)[python_name(name)], verb)
        told = [*command.paragraphs, *(meaning for _, meaning in [*command.inputs, *command.options])]
        for sentence in told:
            assert re.sub(r"[\s`]", "", sentence) in shown, f"{name}: {sentence}"
    shown = functions.text()
    for name, declaration in declarations(STUB).items():
        for parameter in declaration.parameters:
            assert f"{parameter}:" in shown, f"{name}: {parameter}"


def test_every_benchmark_is_told_of() -> None:
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    for script in (ROOT / "benchmarks").glob("*.py"):
        assert ast.get_docstring(ast.parse(script.read_text("utf-8")))
        assert f"benchmarks/{script.name}" in page or f"benchmarks.{script.stem}`" in page, script.name


def test_a_comparison_leaves_no_cell_open() -> None:
    """What was not looked up says so."""
    lines = [line for line in (DOCS / "compare.md").read_text("utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert len(rows) > 30
    for row in rows:
        assert all(cell for cell in row[1:]), row
