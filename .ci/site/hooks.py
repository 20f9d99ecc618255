"""What the site is made of besides docs/, and how its pages lead to one another: the hooks of mkdocs.yml.

Pages that stand elsewhere in the repository (README, changelog, model cards) and those made of the docstrings join
those of docs/; nothing is copied into the repository. A link to a file that is no page leads to the project's home.
German and French pages have their own navigation, and a switch to the same page in the other languages.
"""

from __future__ import annotations

import importlib.util
import posixpath
import re
import sys
from copy import copy
from pathlib import Path
from types import ModuleType
from typing import Any

from flavour import converted
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # the package is read, not installed
import reference  # noqa: E402

#: Pages that stand outside of docs/, and what they are called in the site.
ELSEWHERE = {"README.md": "overview.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"} | {
    card.relative_to(ROOT).as_posix(): f"models/{card.name}"
    for card in sorted((ROOT / "mmearth_core" / "encoder" / "models").glob("*.md"))
}
#: The page that a language begins with, and what its own call it.
FIRST = {"en": ("index.md", "English"), "de": ("de/qgis.md", "Deutsch"), "fr": ("fr/qgis.md", "Français")}
#: Pages that want the width more than a table of contents.
WIDE = {"index.md", "compare.md", "starter-comparison.md"}
ICON = "qgis_plugin/resources/icons/icon.svg"
_LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?(\))")


def _guide() -> ModuleType:
    """The script that makes the guide of the plugin, which knows the project's home and how headings are called."""
    specification = importlib.util.spec_from_file_location("guide", ROOT / ".ci" / "guide.py")
    assert specification is not None and specification.loader is not None  # noqa: S101 - the file is there
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


GUIDE = _guide()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.mdx_configs["toc"] = {**config.mdx_configs.get("toc", {}), "slugify": lambda text, _: GUIDE.heading_id(text)}
    config.extra["social"] = [{"icon": "material/source-repository", "link": GUIDE.HOME, "name": "The project's home"}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for path, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text("utf-8")))
    files.append(File.generated(config, "reference/commands.md", content=reference.commands()))
    files.append(File.generated(config, "reference/python.md", content=reference.functions()))
    files.append(File.generated(config, "images/icon.svg", abs_src_path=str(ROOT / ICON)))
    return files


def on_nav(nav: Navigation, **_: Any) -> Navigation:
    for page in nav.pages:  # whoever reads on stays in the language
        for neighbour in ("previous_page", "next_page"):
            other = getattr(page, neighbour)
            if other is not None and _language(other) != _language(page):
                setattr(page, neighbour, None)
    return nav


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    if page.file.src_uri in WIDE:
        page.meta["hide"] = ["toc"]
    path = {name: path for path, name in ELSEWHERE.items()}.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    return converted(_led(markdown, path, page.file.src_uri))


def on_page_content(html: str, **_: Any) -> str:
    html = re.sub(r"<img ", '<img loading="lazy" ', html)
    # A table is as wide as it must be and scrolls by itself; the keyboard reaches it.
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    language = _language(page)
    config.theme["language"] = language
    pages = {each.file.src_uri: each for each in nav.pages}
    config.extra["homepage"] = pages[FIRST[language][0]].url
    own = page.file.src_uri.removeprefix(f"{language}/")
    config.extra["alternate"] = [
        {
            "name": name,
            "lang": code,
            "link": pages[twin if (twin := own if code == "en" else f"{code}/{own}") in pages else first].url,
        }
        for code, (first, name) in FIRST.items()
    ]
    shown = copy(nav)
    sections = {item.title: item for item in nav.items if isinstance(item, Section)}
    if language == "en":
        others = {name for code, (_, name) in FIRST.items() if code != "en"}
        shown.items = [item for item in nav.items if item.title not in others]
    else:
        shown.items = sections[FIRST[language][1]].children
    context["nav"] = shown
    return context


def on_post_page(output: str, **_: Any) -> str:
    """Without the links that have the theme ask for a site map of each language."""
    return re.sub(r'<link rel="alternate"[^>]*>', "", output)


def _language(page: Page) -> str:
    folder = page.file.src_uri.partition("/")[0]
    return folder if folder in GUIDE.LANGUAGES else "en"


def _led(markdown: str, path: str, name: str) -> str:
    """Every link to a file of the repository leads to its page, or to the project's home if it has none."""

    def led(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link[2]))
        if target.startswith("docs/") and (ROOT / target).suffix != ".py":
            address = posixpath.relpath(target.removeprefix("docs/"), posixpath.dirname(name) or ".")
        elif target in ELSEWHERE:
            address = posixpath.relpath(ELSEWHERE[target], posixpath.dirname(name) or ".")
        elif (ROOT / target).exists():
            address = f"{GUIDE.HOME}/blob/main/{target}"
        else:
            return link[0]  # the build says that it leads nowhere
        return f"{link[1]}{address}{link[3] or ''}{link[4]}"

    return _LINK.sub(led, markdown)
