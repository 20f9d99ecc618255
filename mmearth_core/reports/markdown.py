"""A report as Markdown, for repositories and papers: the same parts as the page, pictures as files beside it.

Knows nothing of what is reported.
"""

from collections.abc import Mapping, Sequence

from mmearth_core.reports.content import Content, Facts, Figure, Matrix, Notes, Paragraph, Part, Table


def markdown(content: Content, pictures: Mapping[str, str]) -> str:
    """GitHub's Markdown. `pictures`: the file of each figure by its heading; a figure without one is left out."""
    lines = [f"# {content.title}", "", content.subtitle, ""]
    for section in content.sections:
        if section.heading:
            lines += [f"## {section.heading}", ""]
        for part in section.parts:
            lines += [*_part(part, pictures), ""]
    return "\n".join(lines).rstrip() + "\n"


def _part(part: Part, pictures: Mapping[str, str]) -> list[str]:
    match part:
        case Table():
            caption = [part.caption, ""] if part.caption else []
            return [*caption, *table_lines(part.header, part.rows)]
        case Matrix():
            rows = [[name, *map(str, row)] for name, row in zip(part.names, part.counts.tolist(), strict=True)]
            return [part.caption, "", *table_lines([part.corner, *part.names], rows)]
        case Notes():
            return [f"* {sentence}" for sentence in part.sentences]
        case Facts():
            return [f"* {name}: {value}" for name, value in part.values]
        case Paragraph():
            return [part.text]
        case Figure():
            file = pictures.get(part.heading)
            return [] if file is None else [f"![{part.heading}]({file})", "", part.caption]


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table, numbers to the right; bars inside cells are escaped."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
