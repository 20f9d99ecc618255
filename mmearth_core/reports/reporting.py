"""The verb `report`: a map, or the maps of the places of a working set, and what is known of it, in one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmearth_core.accuracy.assessment import assess
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output, write_text
from mmearth_core.kinds import check_kind
from mmearth_core.labelling.fitting import read_places
from mmearth_core.labelling.validation import Validation, cross_validate
from mmearth_core.locks import sole_writer
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.together import MapsTogether
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import opened
from mmearth_core.reports.content import Content
from mmearth_core.reports.language import Language, LanguageName
from mmearth_core.reports.page import page
from mmearth_core.reports.sections import content_of
from mmearth_core.sources.embedding import Embedding, described
from mmearth_core.sources.place_maps import map_of_place, maps_of
from mmearth_core.sources.stack import Stack, stacks_of
from mmearth_core.sources.unlabelled import USUAL
from mmearth_core.sources.working_set import SampleLayer, is_working_set, working_set_of


@dataclass(frozen=True)
class ReportResult:
    """Where the page is."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: the report, one page that needs no other file."


@dataclass(frozen=True)
class Subject:
    """What a report is made of; each is as of `report`."""

    map: str | Path
    title: str | None = None
    scene: str | Path | None = None
    embedding: str | Path | None = None
    samples: str | Path | None = None
    field: str = "class"
    reference: str | Path | None = None
    reference_field: str = "class"
    confidence: str | Path | None = None
    block: float | None = None
    language: LanguageName = "en"


@sole_writer("output")
def report(
    *,
    map: str | Path,
    output: str | Path,
    title: str | None = None,
    scene: str | Path | None = None,
    embedding: str | Path | None = None,
    samples: str | Path | None = None,
    field: str = "class",
    reference: str | Path | None = None,
    reference_field: str = "class",
    confidence: str | Path | None = None,
    block: float | None = None,
    language: LanguageName = "en",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ReportResult:
    """Write an HTML page about a class map: pictures, areas, accuracy, and where it comes from.

    Args:
        map: The class map; of a working set of several places the folder of their maps, as classify makes it.
        output: The page to write (.html); it needs no other file.
        title: Heading of the page; by default the name of the map.
        scene: The Sentinel-2 raster, to be shown beside the map.
        embedding: The embedding raster the map was made of, on the same grid, or the working set: its origin, and the
            validation with samples.
        samples: The polygons it was learned from; they are drawn on the scene, and validated with the embedding. By
            default those that the working set names.
        field: Field of the samples that holds the class.
        reference: Reference points or polygons, for the accuracy.
        reference_field: Field of the reference that holds the class.
        confidence: Raster of the classification's confidence, on the map's grid; of several places the folder.
        block: Metres within which samples count as one place in the validation, as in fit.
        language: Of what the page says, and of its numbers.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is left then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_output(output, overwrite=overwrite, inputs=(map, scene, embedding, samples, reference, confidence))
    if path.suffix.lower() not in {".html", ".htm"}:
        raise MMEarthError(f"{path} is to be a page and does not end in .html; let it end so.")
    subject = Subject(
        map=map,
        title=title,
        scene=scene,
        embedding=embedding,
        samples=samples,
        field=field,
        reference=reference,
        reference_field=reference_field,
        confidence=confidence,
        block=block,
        language=language,
    )
    write_text(path, page(told_of(subject, progress=progress, cancel=cancel)))
    return ReportResult(path)


def told_of(subject: Subject, *, progress: Progress, cancel: CancelToken) -> Content:
    """What `report` writes, for another program to draw."""
    embedding, samples = subject.embedding, subject.samples
    working_set = embedding if embedding is not None and is_working_set(embedding) else None
    maps = maps_of(subject.map, working_set)
    if maps.names and (subject.scene is not None or samples is not None):
        raise MMEarthError(f"{embedding} has several places; `scene` and `samples` are of one, so leave them out.")
    shown = [] if embedding is None else _images(maps, stacks_of(embedding))
    surely = _confidences(maps, subject.confidence)
    accuracy = validation = None
    if subject.reference is not None:
        accuracy = assess(
            map=subject.map,
            reference=subject.reference,
            field=subject.reference_field,
            working_set=working_set,
            progress=progress,
            cancel=cancel,
        )
    if embedding is not None:
        validation = _validation(maps, embedding, samples, subject.field, subject.block, progress, cancel)
    return content_of(
        title=subject.title or maps.path.stem,
        maps=maps,
        scene=subject.scene,
        samples=samples,
        field=subject.field,
        embeddings=shown,
        confidences=surely,
        validation=validation,
        accuracy=accuracy,
        say=Language(subject.language),
        progress=progress,
        cancel=cancel,
    )


def _images(maps: MapsTogether, stacks: Sequence[Stack]) -> list[Embedding]:
    """The first image of each place, when the maps were made of the embeddings: the others are told by the maps."""
    shown = []
    for class_map, stack in zip(maps.maps, stacks, strict=True):
        _check_grid(stack.name, stack.grid, class_map)
        made_of = {origin.identity for origin in class_map.origins}
        if made_of and not made_of & {slot.identity for slot in stack.slots}:
            model = described(stack.slots[0].name, stack.slots[0].identity)
            raise MMEarthError(
                f"{class_map.path} was made of an embedding by another model than {stack.name} ({model}); give the"
                " embedding that it was made of."
            )
        shown += [image for image in stack.images if image is not None][:1]
    return shown


def _confidences(maps: MapsTogether, path: str | Path | None) -> list[Path]:
    """The confidence of each map, if it is to be shown."""
    if path is None:
        return []
    files = [map_of_place(Path(path), name) for name in maps.names] or [Path(path)]
    for class_map, file in zip(maps.maps, files, strict=True):
        check_kind(file, "confidence")
        with opened(file, wanted="the confidence that mmearth classify writes") as dataset:
            _check_grid(file, Grid.of(dataset), class_map)
    return files


def _validation(
    maps: MapsTogether,
    embedding: str | Path,
    samples: str | Path | None,
    field: str,
    block: float | None,
    progress: Progress,
    cancel: CancelToken,
) -> Validation | None:
    """The cross-validation of what the maps were made with; None without samples, or of one class."""
    places = working_set_of(embedding).places
    if samples is None and not any(place.samples for place in places):
        return None
    images, made_of = len(places[0].embeddings), len(maps.maps[0].origins)
    if len(places) == 1 and images < made_of:
        raise MMEarthError(
            f"{maps.path} was made of {made_of} images, {embedding} is {images}: with samples it would be another model"
            " that is validated; give the working set."
        )
    given = [] if samples is None else [SampleLayer(str(samples), field=field)]
    labelled, others = read_places([embedding], given, USUAL, progress=progress, cancel=cancel)
    if len(labelled.legend) < 2:
        return None
    together = maps.maps[0].tags.get("dates") == "together"
    return cross_validate(labelled, unlabelled=others, block=block, together=together, progress=progress, cancel=cancel)


def _check_grid(path: str | Path, grid: Grid, class_map: ClassMap) -> None:
    """Refuse what does not lie on the map pixel by pixel: it would be shown as if it were the map's."""
    wanted = class_map.grid
    same_place = grid.transform.almost_equals(wanted.transform, 1e-6 * max(wanted.pixel_size))
    if grid.shape != wanted.shape or not same_place or grid.crs != wanted.crs:
        raise MMEarthError(f"{path} is not on the grid of {class_map.path}; give the one that belongs to the map.")
