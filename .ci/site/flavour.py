"""Pages are written in GitHub's Markdown (CommonMark with tables); MkDocs reads Python-Markdown. One becomes the other.

What differs and occurs: how far the content of a list is indented, a list right under a paragraph, and headings that
bring their id along. Nothing of the words is changed.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

#: Python-Markdown takes what is indented by four for the content of a list, however wide its marker is.
INDENT = 4
_MARKER = re.compile(r"\s*(?:[*+-]|\d+[.)])\s{1,4}")
_HEADING = re.compile(r'^(#+) <a id="([^"]+)"></a>(.+?)\s*$')


def converted(text: str) -> str:
    """The page as Python-Markdown reads it."""
    lines = text.split("\n")
    made = [""] * len(lines)
    depth, content = [0] * len(lines), [0] * len(lines)
    begins: dict[int, str] = {}
    lists: set[int] = set()
    fenced: set[int] = set()
    inside = 0
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            inside += 1
            lists |= {token.map[0]} if token.map and inside == 1 else set()
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            inside -= 1
        elif token.type == "list_item_open" and token.map:
            first, end = token.map
            outer = content[first]
            marker = _MARKER.match(lines[first], outer)
            width = marker.end() if marker else outer
            begins[first] = lines[first][outer:width].strip()
            for at in range(first, end):
                depth[at], content[at] = inside, width
        elif token.type in ("fence", "code_block") and token.map:
            fenced |= set(range(*token.map))
    for at, line in enumerate(lines):
        own = depth[at] - (at in begins)
        kept = line[content[at] :] if at in begins or not line[: content[at]].strip() else line.lstrip()
        marker = f"{begins[at]} " if at in begins else ""
        made[at] = (" " * (INDENT * own) + marker + kept).rstrip() if kept.strip() or marker else ""
        if at not in fenced:
            made[at] = _HEADING.sub(r"\1 \3 { #\2 }", made[at])
        if at in lists and at and made[at - 1].strip():
            made[at] = f"\n{made[at]}"
    return "\n".join(made)
