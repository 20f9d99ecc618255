"""What the report of a map says: its pictures, its accuracy, its areas and where it comes from.

Shows what was computed elsewhere and computes nothing but the areas of classes; what was not measured is not shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mmearth_core import __version__
from mmearth_core.accuracy.summary import AccuracyReport
from mmearth_core.files import check_output, write_text
from mmearth_core.labelling.validation import Validation, caution_of_nearness
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import CONFIDENCE_RAMP, UNKNOWN, UNKNOWN_COLOUR, Colour
from mmearth_core.maps.tidying import tidied
from mmearth_core.maps.together import MapsTogether, measure_together
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.pictures import paletted, ramp, true_colour
from mmearth_core.reports.content import (
    Content,
    Facts,
    Figure,
    Matrix,
    Notes,
    Paragraph,
    Part,
    Ramp,
    Section,
    Table,
)
from mmearth_core.reports.language import Language
from mmearth_core.reports.page import page, rings
from mmearth_core.reports.scale import scale_bar
from mmearth_core.sources.embedding import Embedding, described
from mmearth_core.sources.picture import false_colour
from mmearth_core.vectors.reading import class_names, read_vector

UNTRAINED = (
    "The encoder is untrained: its weights are seeded random numbers, the control that trained encoders are compared"
    " with. It responds to colour and texture at several scales but has learned nothing."
)
#: Colour of a sample whose class is not on the map.
_OTHER: Colour = (230, 230, 230)
_MOST_DOUBTS = 8
_ENGLISH = Language()


def write_report(path: Path, *, overwrite: bool = False, **given: Any) -> Path:
    """Write `content_of` a map as a page. Raises `MMEarthError` when an input cannot be read or the output exists."""
    path = check_output(path, overwrite=overwrite)
    write_text(path, page(content_of(**given)))
    return path


def content_of(
    *,
    title: str,
    maps: MapsTogether,
    scene: str | Path | None = None,
    samples: str | Path | None = None,
    field: str = "class",
    embeddings: Sequence[Embedding] = (),
    confidences: Sequence[str | Path] = (),
    validation: Validation | None = None,
    accuracy: AccuracyReport | None = None,
    notes: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    say: Language = _ENGLISH,
    progress: Progress,
    cancel: CancelToken,
) -> Content:
    """The report of `maps`; everything else is shown where it is given.

    `scene` is a Sentinel-2 raster with named bands, shown in natural colours with the outlines of `samples` (whose
    `field` names the classes), both of the first map; `embeddings` one for each map, and `confidences` rasters of the
    classification whose first band is a probability; `accuracy` is the outcome of `assess`, `validation` that of `fit`.
    `notes` are sentences a reader must know first, `parameters` go to the provenance.

    Raises `MMEarthError` when an input cannot be read.
    """
    measured = measure_together(maps, progress=progress, cancel=cancel)
    areas = _by_name(measured.hectares, measured.names)
    untrained = any(each.facts.get("trained") is False for each in embeddings)
    warned = [*maps.messages, *measured.messages, *([UNTRAINED] if untrained else []), *notes]
    colours = {each.unknown: UNKNOWN_COLOUR for each in maps.maps} | {c.name: c.colour for c in maps.classes}
    figures = [] if scene is None else [_scene(say, scene, samples, field, maps.maps[0], colours)]
    for number, (place, found) in enumerate(zip(maps.places, measured.each, strict=True)):
        of = f" ({place.name})" if place.name else ""
        figures.append(_map(say, of, place.map, _by_name(found.hectares, measured.names), colours))
        figures += [_confidence(say, of, each) for each in confidences[number : number + 1]]
        figures += [_embedding(say, of, each) for each in embeddings[number : number + 1]]
    first: tuple[Part, ...] = (Notes(tuple(map(say.told, warned))),) if warned else ()
    judged = _areas(say, areas, colours) if accuracy is None else _accuracy(say, accuracy, colours)
    learned = {} if samples is None else {say("Samples"): str(samples)}
    judged_by = {} if accuracy is None else {say("Reference"): str(accuracy.reference)}
    provenance = _provenance(say, maps, embeddings, learned | judged_by | dict(parameters or {}))
    sections = [
        Section("", first),
        Section(say("Pictures"), tuple(figures)),
        judged,
        *([] if validation is None else [_validation(say, validation)]),
        Section(say("Provenance"), (Facts(tuple(provenance.items())),)),
    ]
    grid = maps.maps[0].grid
    size = say("{} pixels").format(f"{grid.width} × {grid.height}")
    size = say("{} places").format(len(maps.places)) if maps.names else size
    return Content(
        language=say.name,
        title=title,
        subtitle=f"{maps.path.name} · {size} · mmearth {__version__}",
        headline=tuple(_headline(say, accuracy, validation, sum(areas.values()))),
        sections=tuple(each for each in sections if each.parts),
    )


def _by_name(hectares: Mapping[int, float], names: Mapping[int, str]) -> dict[str, float]:
    """Mapped area of every class by name."""
    return {names[value]: found for value, found in hectares.items()}


# --- pictures ---------------------------------------------------------------------------------------------------


def _scene(
    say: Language,
    scene: str | Path,
    samples: str | Path | None,
    field: str,
    class_map: ClassMap,
    colours: Mapping[str, Colour],
) -> Figure:
    outlines, names = ("", []) if samples is None else _outlines(samples, field, class_map, colours)
    caption = say("Natural colours (B04, B03, B02).")
    if names:
        caption = say("Natural colours (B04, B03, B02) with the {number} training samples.", number=len(names))
    key = [(f"{name or '–'} {number}", colours.get(name, _OTHER)) for name, number in sorted(Counter(names).items())]
    return Figure(say("Scene"), caption, true_colour(scene), overlay=outlines, key=tuple(key))


def _map(
    say: Language, of: str, class_map: ClassMap, areas: Mapping[str, float], colours: Mapping[str, Colour]
) -> Figure:
    total = sum(areas.values())
    key = [(f"{name} {say.number(100 * each / total, 1)} %", colours.get(name, _OTHER)) for name, each in areas.items()]
    shown = {c.value: c.colour for c in class_map.legend.classes}
    if class_map.ours:
        shown[UNKNOWN] = UNKNOWN_COLOUR
    caption = say("Classes with their share of the mapped area.")
    picture, bar = paletted(class_map.path, shown), scale_bar(class_map.grid, say.number)
    return Figure(say("Map") + of, caption, picture, key=tuple(key), bar=bar)


def _confidence(say: Language, of: str, confidence: str | Path) -> Figure:
    caption = say(
        "Probability the classifier gives to the class it chose: the model's opinion, not a measured accuracy."
    )
    picture = ramp(confidence, CONFIDENCE_RAMP, low=0, high=1)
    return Figure(say("Confidence") + of, caption, picture, ramp=Ramp(CONFIDENCE_RAMP, "0 %", "100 %"))


def _embedding(say: Language, of: str, embedding: Embedding) -> Figure:
    caption = say(
        "What the encoder sees: the first three of its bands as red, green and blue. Alike colours, alike land."
    )
    return Figure(say("Embedding") + of, caption, false_colour(embedding))


def _outlines(
    path: str | Path, field: str, class_map: ClassMap, colours: Mapping[str, Colour]
) -> tuple[str, list[str]]:
    """SVG of the samples in the map's pixel coordinates, and the class of each."""
    vector = read_vector(path, field=field, within=class_map.grid)
    drawn, named = [], []
    for geometry, name in zip(vector.in_pixels(class_map.grid), class_names(vector, field), strict=True):
        if geometry is None or geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
            continue
        shape = geometry if geometry.geom_type.endswith("Polygon") else geometry.buffer(2)
        lines = [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(shape)]
        drawn.append(rings(lines, colours.get(name or "", _OTHER)))
        named.append(name or "")
    return "".join(drawn), named


# --- numbers ----------------------------------------------------------------------------------------------------


def _headline(
    say: Language, accuracy: AccuracyReport | None, validation: Validation | None, total: float
) -> list[tuple[str, str, str]]:
    figures = []
    if accuracy is not None:
        points = accuracy.unit == "points"
        what = say("overall accuracy, {units} points") if points else say("agreement in polygons, {units} pixels")
        figures.append((*say.apart(accuracy.overall), what.format(units=say.number(accuracy.units))))
    if validation is not None and validation.validated.any():
        ends = "–".join(say.number(100 * end, 1) for end in validation.interval)
        what = say("on {places} places of training samples left out", places=validation.trials)
        figures.append((f"{say.number(100 * validation.accuracy, 1)} %", ends, what))
    figures.append((f"{say.number(total / 100, 1)} km²", "", say("mapped")))
    return figures


def _accuracy(say: Language, accuracy: AccuracyReport, colours: Mapping[str, Colour]) -> Section:
    sampled = accuracy.unit == "points"
    header = [say("class"), say(accuracy.unit), say("user's accuracy"), say("producer's accuracy"), say("mapped ha")]
    header += [say("estimated ha"), say("share of area")] if sampled else []
    rows = []
    for c, there in zip(accuracy.classes, accuracy.counts.sum(0).tolist(), strict=True):
        row = [c.name, say.number(there), say.share(c.users), say.share(c.producers), say.hectares(c.mapped_ha)]
        if sampled and c.estimated_ha is not None and accuracy.covered_ha:
            row += [say.area(c.estimated_ha), say.share(c.estimated_ha.scaled(1 / accuracy.covered_ha))]
        rows.append(tuple(row))
    caption = say(
        "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of the"
        " class on the ground the map shows."
    )
    if sampled:
        caption += " " + say("In brackets the 95 % interval, or “too few” where it would say nothing.")
    names, painted = tuple(c.name for c in accuracy.classes), tuple(colours.get(c.name) for c in accuracy.classes)
    told = say("Error matrix in points: the map in rows, the reference in columns.")
    if not sampled:
        told = say("Error matrix in pixels: the map in rows, the reference in columns.")
    return Section(
        say("Accuracy and areas") if sampled else say("Agreement with reference polygons"),
        (
            Table(tuple(header), tuple(rows), caption, painted),
            Matrix(names, accuracy.counts, told, say("map ↓ reference →"), say("total"), painted),
            *([Notes(tuple(map(say.told, accuracy.warnings)))] if accuracy.warnings else []),
        ),
    )


def _areas(say: Language, areas: Mapping[str, float], colours: Mapping[str, Colour]) -> Section:
    total = sum(areas.values())
    rows = [(name, say.hectares(each), f"{say.number(100 * each / total, 1)} %") for name, each in areas.items()]
    caption = say("Areas as mapped: counted pixels, not corrected for the map's errors.")
    header = (say("class"), "ha", say("share"))
    return Section(say("Areas"), (Table(header, tuple(rows), caption, tuple(colours.get(n) for n in areas)),))


def _validation(say: Language, validation: Validation) -> Section:
    heading = say("Validation by place")
    if not validation.validated.any():
        return Section(heading, (Notes(tuple(map(say.told, str(validation).splitlines()))),))
    text = f"{say.told(validation.scheme)}. " + say(
        "Every place was classified by a model that was not trained on it. This says how well the"
        " classes are told apart in places like those drawn. The whole map also has borders, mixed pixels and land of"
        " kinds that nobody drew: it is usually less accurate."
    )
    parts: list[Part] = [Paragraph(text)]
    if not validation.independent:
        parts.append(Notes((say.told(caution_of_nearness(validation)),)))
    legend = validation.legend
    painted = tuple(c.colour for c in legend.classes)
    scores = zip(legend.names, validation.places.tolist(), validation.f1.tolist(), strict=True)
    rows = [(name, str(number), "–" if np.isnan(f1) else say.number(f1, 2)) for name, number, f1 in scores]
    parts.append(Table((say("class"), say("places"), "F1"), tuple(rows), colours=painted))
    caption = say("Pixels of the samples: predicted in rows, drawn in columns.")
    corner = say("predicted ↓ drawn →")
    parts.append(Matrix(tuple(legend.names), validation.pixels, caption, corner, say("total"), painted))
    doubts = [
        (f"{d.group.path.name}, {say.told(str(d.group))}", d.label, d.predicted, f"{say.number(100 * d.share_right)} %")
        for d in validation.doubts[:_MOST_DOUBTS]
        if d.predicted != d.label
    ]
    if doubts:
        header = (say("sample"), say("drawn as"), say("looks like"), say("share right"))
        told = say("Samples worth a second look: drawn as one class, mostly classified as another.")
        parts.append(Table(header, tuple(doubts), told))
    return Section(heading, tuple(parts))


# --- provenance -------------------------------------------------------------------------------------------------


#: What is told of an embedding's provenance, in this order.
_PROVENANCE = {
    "scene": "Scene",
    "level": "Processing level",
    "offset": "Offset, DN",
    "scale": "Reflectance per unit",
    "bands": "Bands measured",
    "fills": "Bands filled",
    "evidence": "How that was decided",
    "window": "Window: column, row, width, height",
    "tile": "Tile, pixels",
    "halo": "Halo, pixels",
    "backend": "Backend",
    "input_digest": "Digest of the scene",
    "software": "Version that embedded it",
    "law": "What its numbers mean",
    "year": "Year",
    "card": "Card",
    "licence": "Licence",
    "attribution": "Attribution",
}


def _provenance(
    say: Language, maps: MapsTogether, embeddings: Sequence[Embedding], parameters: Mapping[str, str]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, place in enumerate(maps.places):
        told = _of_map(say, place.map) | _of_embedding(say, embeddings[number : number + 1])
        values |= {
            f"{place.name}: {say.told(name)}" if place.name else say.told(name): each for name, each in told.items()
        }
    return values | dict(parameters) | {say("Software"): f"mmearth {__version__}"}


def _of_map(say: Language, class_map: ClassMap) -> dict[str, str]:
    grid = class_map.grid
    across, down = grid.pixel_size
    values = {
        "Map": str(class_map.path),
        "Grid": say("{size} pixels of {pixel}, {crs}").format(
            size=f"{grid.width} × {grid.height}", pixel=say.numeral(f"{across:g} × {down:g}"), crs=grid.crs
        ),
    }
    return values | _making(say, class_map)


def _of_embedding(say: Language, shown: Sequence[Embedding]) -> dict[str, str]:
    values: dict[str, str] = {}
    for embedding in shown:
        values = {
            "Embedding": str(embedding.path),
            "Model": embedding.name,
            "Model identity": embedding.identity,
        }
        told = embedding.facts
        values |= {label: _plain(say, told[name]) for name, label in _PROVENANCE.items() if told.get(name) is not None}
        if told.get("aoi") is not None:
            values["Area"] = say("only inside the area of interest")
    return values


def _making(say: Language, class_map: ClassMap) -> dict[str, str]:
    """Of what the map was made, and how it was smoothed and tidied."""
    told = {"none": "none", "edges": "edges: neighbours count where no edge lies between", "strong": "strong"}
    made = {}
    if class_map.origins:
        made["Made of"] = "; ".join(
            say("{image} of {date}", image=image, date=origin.date) if origin.date else image
            for origin in class_map.origins
            for image in [described(origin.name, origin.identity)]
        )
    for number, step in enumerate(class_map.history, start=1):
        made[f"History ({number})"] = say.told(str(step))
    if (smooth := class_map.tags.get("smooth")) is not None:
        made["Smoothing"] = say.told(told.get(smooth, smooth))
    for number, done in enumerate(tidied(class_map), start=1):
        majority = int(done["majority"])
        steps = [say("majority of {number} × {number} pixels", number=majority)] if majority > 1 else []
        filled = "areas below {sizes} ha filled by their neighbours ({number} areas)"
        steps.append(say(filled, sizes=", ".join(map(say.numeral, done["min_area"])), number=done["filled"]))
        steps += [say("{names} kept", names=", ".join(done["keep"]))] if done["keep"] else []
        changed = "; ".join(
            say("{name} lost {number}, won {all}", name=name, number=each["lost"], all=each["won"])
            for name, each in done["changed"].items()
        )
        made[f"Tidied{f' ({number})' if number > 1 else ''}"] = say(
            "{steps}. Pixels: {changed}.", steps="; ".join(steps), changed=changed or say("none changed")
        )
    return made


def _plain(say: Language, value: Any) -> str:
    """A JSON value as a reader writes it; sentences follow each other, words are separated by commas."""
    if isinstance(value, list):
        texts = [say.told(str(item)) for item in value]
        return (" " if all(text.endswith(".") for text in texts) else ", ").join(texts) or say("none")
    return say.numeral(f"{value:.6g}") if isinstance(value, float) else str(value)
