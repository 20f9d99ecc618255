"""The verb `report`: a map and what is known of it in, one page for people out."""

from dataclasses import dataclass
from pathlib import Path

from mmearth_core.accuracy.assessment import assess
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.kinds import check_kind
from mmearth_core.labelling.samples import read_samples
from mmearth_core.labelling.validation import cross_validate
from mmearth_core.locks import sole_writer
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import opened
from mmearth_core.reports.sections import write_report
from mmearth_core.sources.embedding import describe, open_embedding
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.unlabelled import draw_unlabelled


@dataclass(frozen=True)
class ReportResult:
    """Where the page is."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: the report, one page that needs no other file."


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
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ReportResult:
    """Write an HTML page about a class map: pictures, areas, accuracy, and where it comes from.

    Args:
        map: The class map.
        output: The page to write (.html); it needs no other file.
        title: Heading of the page; by default the name of the map.
        scene: The Sentinel-2 raster, to be shown beside the map.
        embedding: The embedding raster the map was made of, on the same grid: its origin, and the validation with
            samples.
        samples: The polygons it was learned from; they are drawn on the scene, and validated with the embedding.
        field: Field of the samples that holds the class.
        reference: Reference points or polygons, for the accuracy.
        reference_field: Field of the reference that holds the class.
        confidence: Raster of the classification's confidence, on the map's grid.
        block: Metres within which samples count as one place in the validation, as in fit.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is left then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_output(output, overwrite=overwrite, inputs=(map, scene, embedding, samples, reference, confidence))
    if path.suffix.lower() not in {".html", ".htm"}:
        raise MMEarthError(f"{path} must end in .html.")
    class_map = ClassMap.open(map)
    raster = None if embedding is None else open_embedding(embedding)
    if raster is not None:
        _check_grid(raster.path, raster.grid, class_map)
        if class_map.origins and raster.identity not in {origin.identity for origin in class_map.origins}:
            raise MMEarthError(
                f"{class_map.path} was made of an embedding by another model than {raster.path} ({describe(raster)})."
            )
    if confidence is not None:
        check_kind(confidence, "confidence")
        with opened(confidence, wanted="the confidence that mmearth classify writes") as dataset:
            _check_grid(Path(confidence), Grid.of(dataset), class_map)
    accuracy = validation = None
    if reference is not None:
        accuracy = assess(map=map, reference=reference, field=reference_field, progress=progress, cancel=cancel)
    if raster is not None and samples is not None:
        labelled = read_samples(Stack.alone(raster), samples, field=field, cancel=cancel)
        if len(labelled.legend) > 1:
            others = draw_unlabelled([Stack.alone(raster)], cancel=cancel)
            validation = cross_validate(labelled, unlabelled=others, block=block, progress=progress, cancel=cancel)
    written = write_report(
        path,
        title=title or class_map.path.stem,
        class_map=class_map,
        scene=scene,
        samples=samples,
        field=field,
        embedding=raster,
        confidence=confidence,
        validation=validation,
        accuracy=accuracy,
        overwrite=overwrite,
        progress=progress,
        cancel=cancel,
    )
    return ReportResult(written)


def _check_grid(path: str | Path, grid: Grid, class_map: ClassMap) -> None:
    """Refuse what does not lie on the map pixel by pixel: it would be shown as if it were the map's."""
    wanted = class_map.grid
    same_place = grid.transform.almost_equals(wanted.transform, 1e-6 * max(wanted.pixel_size))
    if grid.shape != wanted.shape or not same_place or grid.crs != wanted.crs:
        raise MMEarthError(f"{path} is not on the grid of {class_map.path}; give the one that belongs to the map.")
