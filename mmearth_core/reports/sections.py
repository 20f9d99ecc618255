"""The report of a map: one HTML page with its pictures, its accuracy, its areas and where it comes from.

Shows what was computed elsewhere and computes nothing but the areas of classes; what was not measured is not shown.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mmearth_core import __version__
from mmearth_core.accuracy.summary import AccuracyReport, area, joined, percent
from mmearth_core.files import check_output, write_text
from mmearth_core.labelling.validation import Validation, caution_of_nearness
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import CONFIDENCE_RAMP, UNKNOWN, UNKNOWN_COLOUR, Colour
from mmearth_core.maps.tidying import tidied
from mmearth_core.maps.together import MapsTogether, measure_together
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.pictures import paletted, ramp, true_colour
from mmearth_core.reports import page
from mmearth_core.sources.embedding import Embedding, described
from mmearth_core.sources.picture import false_colour
from mmearth_core.vectors.reading import class_names, read_vector
from mmearth_core.wording import counted, hectares

UNTRAINED = (
    "The encoder is untrained: its weights are seeded random numbers, the control that trained encoders are compared"
    " with. It responds to colour and texture at several scales but has learned nothing."
)
#: Colour of a sample whose class is not on the map.
_OTHER: Colour = (230, 230, 230)
_MOST_DOUBTS = 8


def write_report(
    path: Path,
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
    overwrite: bool = False,
    progress: Progress,
    cancel: CancelToken,
) -> Path:
    """Write the report of `maps`; everything else is shown where it is given.

    `scene` is a Sentinel-2 raster with named bands, shown in natural colours with the outlines of `samples` (whose
    `field` names the classes), both of the first map; `embeddings` one for each map, and `confidences` rasters of the
    classification whose first band is a probability; `accuracy` is the outcome of `assess`, `validation` that of `fit`.
    `notes` are sentences a reader must know first, `parameters` go to the provenance. The page needs no other file and
    no network.

    Raises `MMEarthError` when an input cannot be read or the output exists.
    """
    path = check_output(path, overwrite=overwrite)
    measured = measure_together(maps, progress=progress, cancel=cancel)
    areas = _by_name(measured.hectares, measured.names)
    untrained = any(each.facts.get("trained") is False for each in embeddings)
    warned = [*maps.messages, *measured.messages, *([UNTRAINED] if untrained else []), *notes]
    colours = {each.unknown: UNKNOWN_COLOUR for each in maps.maps} | {c.name: c.colour for c in maps.classes}
    outlines = ("", 0) if samples is None else _outlines(samples, field, maps.maps[0], colours)
    pictures = [] if scene is None else [_scene_figure(scene, *outlines)]
    for number, (place, found) in enumerate(zip(maps.places, measured.each, strict=True)):
        of = f" of {place.name}" if place.name else ""
        pictures.append(_map_figure(f"Map{of}", place.map, _by_name(found.hectares, measured.names), colours))
        pictures += [_confidence_figure(f"Confidence{of}", each) for each in confidences[number : number + 1]]
        pictures += [_embedding_figure(f"Embedding{of}", each) for each in embeddings[number : number + 1]]
    content = [
        page.headline(_headline(accuracy, validation, sum(areas.values()))),
        page.notes(warned),
        page.section("Pictures", page.figures(pictures)),
        _area_section(areas, colours) if accuracy is None else _accuracy_section(accuracy, colours),
        _validation_section(validation),
        page.section("Provenance", page.facts(_provenance(maps, embeddings, parameters or {}))),
    ]
    grid = maps.maps[0].grid
    size = counted(len(maps.places), "place") if maps.names else f"{grid.width} × {grid.height} pixels"
    subtitle = f"{maps.path.name} · {size} · mmearth {__version__}"
    write_text(path, page.page(title, subtitle, content))
    return path


def _by_name(hectares: Mapping[int, float], names: Mapping[int, str]) -> dict[str, float]:
    """Mapped area of every class by name."""
    return {names[value]: found for value, found in hectares.items()}


# --- pictures ---------------------------------------------------------------------------------------------------


def _scene_figure(scene: str | Path, outlines: str, count: int) -> str:
    caption = "Natural colours (B04, B03, B02)" + (f" with the {count} training samples." if count else ".")
    return page.figure(true_colour(scene), "Scene", caption, overlay=outlines)


def _map_figure(title: str, class_map: ClassMap, areas: Mapping[str, float], colours: Mapping[str, Colour]) -> str:
    total = sum(areas.values())
    key = [(f"{name} {100 * each / total:.1f} %", colours.get(name, _OTHER)) for name, each in areas.items()]
    shown = {c.value: c.colour for c in class_map.legend.classes}
    if class_map.ours:
        shown[UNKNOWN] = UNKNOWN_COLOUR
    caption = "Classes with their share of the mapped area."
    return page.figure(paletted(class_map.path, shown), title, caption, key=page.colour_key(key))


def _confidence_figure(title: str, confidence: str | Path) -> str:
    caption = "Probability the classifier gives to the class it chose: the model's opinion, not a measured accuracy."
    key = page.ramp_key(CONFIDENCE_RAMP, "0 %", "100 %")
    return page.figure(ramp(confidence, CONFIDENCE_RAMP, low=0, high=1), title, caption, key=key)


def _embedding_figure(title: str, embedding: Embedding) -> str:
    caption = "What the encoder sees: the first three of its bands as red, green and blue. Alike colours, alike land."
    return page.figure(false_colour(embedding), title, caption)


def _outlines(path: str | Path, field: str, class_map: ClassMap, colours: Mapping[str, Colour]) -> tuple[str, int]:
    """SVG of the samples in the map's pixel coordinates, and how many there are."""
    vector = read_vector(path, field=field, within=class_map.grid)
    drawn = []
    for geometry, name in zip(vector.in_pixels(class_map.grid), class_names(vector, field), strict=True):
        if geometry is None or geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
            continue
        shape = geometry if geometry.geom_type.endswith("Polygon") else geometry.buffer(2)
        rings = [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(shape)]
        drawn.append(page.rings(rings, colours.get(name or "", _OTHER)))
    return "".join(drawn), len(drawn)


# --- numbers ----------------------------------------------------------------------------------------------------


def _headline(
    accuracy: AccuracyReport | None, validation: Validation | None, total: float
) -> list[tuple[str, str, str]]:
    figures = []
    if accuracy is not None:
        what = "overall accuracy" if accuracy.unit == "points" else "agreement inside reference polygons"
        figures.append((*percent(accuracy.overall, " %"), f"{what}, {accuracy.units} {accuracy.unit}"))
    if validation is not None and validation.validated.any():
        low, high = validation.interval
        share = f"{100 * validation.accuracy:.1f} %"
        figures.append(
            (
                share,
                f"{100 * low:.1f}–{100 * high:.1f}",
                f"on {counted(validation.trials, 'place')} of training samples left out",
            )
        )
    figures.append((f"{total / 100:,.1f} km²", "", "mapped"))
    return figures


def _accuracy_section(accuracy: AccuracyReport, colours: Mapping[str, Colour]) -> str:
    sampled = accuracy.unit == "points"
    header = ["class", "user's accuracy", "producer's accuracy", "mapped ha"]
    header += ["estimated ha", "share of area"] if sampled else []
    rows = []
    for c in accuracy.classes:
        row = [c.name, *(joined(percent(each, " %")) for each in (c.users, c.producers)), hectares(c.mapped_ha)]
        if sampled and c.estimated_ha is not None and accuracy.covered_ha:
            share = c.estimated_ha.scaled(1 / accuracy.covered_ha)
            row += [joined(area(c.estimated_ha)), joined(percent(share, " %"))]
        rows.append(row)
    caption = (
        "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of the"
        " class on the ground the map shows."
    )
    caption += " In brackets the 95 % interval, or “too few” where it would say nothing." if sampled else ""
    return page.section(
        "Accuracy and areas" if sampled else "Agreement with reference polygons",
        page.table(header, rows, caption=caption, colours=[colours.get(c.name) for c in accuracy.classes]),
        page.matrix(
            [c.name for c in accuracy.classes],
            accuracy.counts,
            caption=f"Error matrix in {accuracy.unit}: the map in rows, the reference in columns.",
            corner="map ↓ reference →",
        ),
        page.notes(accuracy.warnings),
    )


def _area_section(areas: Mapping[str, float], colours: Mapping[str, Colour]) -> str:
    total = sum(areas.values())
    rows = [[name, hectares(each), f"{100 * each / total:.1f} %"] for name, each in areas.items()]
    caption = "Areas as mapped: counted pixels, not corrected for the map's errors."
    return page.section(
        "Areas", page.table(["class", "ha", "share"], rows, caption=caption, colours=[colours.get(n) for n in areas])
    )


def _validation_section(validation: Validation | None) -> str:
    heading = "Validation by place"
    if validation is None:
        return ""
    if not validation.validated.any():
        return page.section(heading, page.notes(str(validation).splitlines()))
    text = (
        f"{validation.scheme}. Every place was classified by a model that was not trained on it. This says how well the"
        " classes are told apart in places like those drawn. The whole map also has borders, mixed pixels and land of"
        " kinds that nobody drew: it is usually less accurate."
    )
    limits = [] if validation.independent else [caution_of_nearness(validation)]
    scores = zip(validation.legend.classes, validation.places.tolist(), validation.f1.tolist(), strict=True)
    rows = [[c.name, str(number), "–" if np.isnan(f1) else f"{f1:.2f}"] for c, number, f1 in scores]
    doubts = [
        [f"{d.group.path.name}, {d.group}", d.label, d.predicted, f"{100 * d.share_right:.0f} %"]
        for d in validation.doubts[:_MOST_DOUBTS]
        if d.predicted != d.label
    ]
    doubtful = "Samples worth a second look: drawn as one class, mostly classified as another."
    return page.section(
        heading,
        page.paragraph(text),
        page.notes(limits),
        page.columns(
            page.table(["class", "places", "F1"], rows, colours=[c.colour for c in validation.legend.classes]),
            page.matrix(
                validation.legend.names,
                validation.pixels,
                caption="Pixels of the samples: predicted in rows, drawn in columns.",
                corner="predicted ↓ drawn →",
            ),
        ),
        page.table(["sample", "drawn as", "looks like", "share right"], doubts, caption=doubtful) if doubts else "",
    )


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


def _provenance(maps: MapsTogether, embeddings: Sequence[Embedding], parameters: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, place in enumerate(maps.places):
        told = _of_map(place.map) | _of_embedding(embeddings[number : number + 1])
        values |= {f"{place.name}: {name}" if place.name else name: value for name, value in told.items()}
    return values | dict(parameters) | {"Software": f"mmearth {__version__}"}


def _of_map(class_map: ClassMap) -> dict[str, str]:
    grid = class_map.grid
    across, down = grid.pixel_size
    values = {
        "Map": str(class_map.path),
        "Grid": f"{grid.width} × {grid.height} pixels of {across:g} × {down:g}, {grid.crs}",
    }
    return values | _making(class_map)


def _of_embedding(shown: Sequence[Embedding]) -> dict[str, str]:
    values: dict[str, str] = {}
    for embedding in shown:
        values = {
            "Embedding": str(embedding.path),
            "Model": embedding.name,
            "Model identity": embedding.identity,
        }
        told = embedding.facts
        values |= {label: _plain(told[name]) for name, label in _PROVENANCE.items() if told.get(name) is not None}
        if told.get("aoi") is not None:
            values["Area"] = "only inside the area of interest"
    return values


def _making(class_map: ClassMap) -> dict[str, str]:
    """Of what the map was made, and how it was smoothed and tidied."""
    told = {"none": "none", "edges": "edges: neighbours count where no edge lies between", "strong": "strong"}
    made = {}
    if class_map.origins:
        made["Made of"] = "; ".join(
            described(origin.name, origin.identity) + (f" of {origin.date}" if origin.date else "")
            for origin in class_map.origins
        )
    if (smooth := class_map.tags.get("smooth")) is not None:
        made["Smoothing"] = told.get(smooth, smooth)
    for number, done in enumerate(tidied(class_map), start=1):
        majority = int(done["majority"])
        steps = [f"majority of {majority} × {majority} pixels"] if majority > 1 else []
        steps.append(
            f"areas below {', '.join(done['min_area'])} ha filled by their neighbours ({done['filled']} areas)"
        )
        steps += [f"{', '.join(done['keep'])} kept"] if done["keep"] else []
        changed = "; ".join(f"{name} lost {each['lost']}, won {each['won']}" for name, each in done["changed"].items())
        made[f"Tidied{f' ({number})' if number > 1 else ''}"] = (
            f"{'; '.join(steps)}. Pixels: {changed or 'none changed'}."
        )
    return made


def _plain(value: Any) -> str:
    """A JSON value as a reader writes it; sentences follow each other, words are separated by commas."""
    if isinstance(value, list):
        texts = [str(item) for item in value]
        return (" " if all(text.endswith(".") for text in texts) else ", ").join(texts) or "none"
    return str(value)
