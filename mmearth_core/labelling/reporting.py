"""The verb `report`: a map and what is known of it in, one page for people out."""

from dataclasses import dataclass
from pathlib import Path

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.labelling.assessment import assess
from mmearth_core.labelling.maps import ClassMap
from mmearth_core.labelling.report import write_report
from mmearth_core.labelling.samples import read_samples
from mmearth_core.labelling.validation import cross_validate
from mmearth_core.progress import CancelToken, Progress, Silent


@dataclass(frozen=True)
class ReportResult:
    """Where the page is."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: the report, one page that needs no other file."


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
        embedding: The embedding raster the map was made of: its origin, and the validation with samples.
        samples: The polygons it was learned from; they are drawn on the scene, and validated with the embedding.
        field: Field of the samples that holds the class.
        reference: Reference points or polygons, for the accuracy.
        reference_field: Field of the reference that holds the class.
        confidence: Raster of the classification's confidence.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is left then.
    """
    progress = progress or Silent()
    path = check_output(output, overwrite=overwrite, inputs=(map, scene, embedding, samples, reference, confidence))
    if path.suffix.lower() not in {".html", ".htm"}:
        raise MMEarthError(f"{path} must end in .html.")
    class_map = ClassMap.open(map)
    raster = None if embedding is None else EmbeddingRaster.open(embedding)
    accuracy = validation = None
    if reference is not None:
        accuracy = assess(map=map, reference=reference, field=reference_field, progress=progress, cancel=cancel)
    if raster is not None and samples is not None:
        labelled = read_samples(raster, samples, field=field, cancel=cancel)
        if len(labelled.legend) > 1:
            validation = cross_validate(labelled, progress=progress, cancel=cancel)
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
