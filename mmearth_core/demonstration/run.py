"""The whole way from raster to assessed map on a synthetic scene, with the public verbs and nothing else.

The truth serves the reference points and the comparison at the end; no step before them sees it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import shapely

from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.reference_sample import CLASS_FIELD, sample
from mmearth_core.accuracy.summary import AccuracyReport, joined, percent
from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import FitResult, fit
from mmearth_core.locks import one_writer
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.together import MapsTogether
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.records import plain
from mmearth_core.reports.sections import write_report
from mmearth_core.vectors.writing import write_points

if TYPE_CHECKING:
    from mmearth_core.demonstration.synthetic_scene import DemoScene

#: Random reference points for the assessment.
POINTS = 600
_REPORT = "report.html"

SYNTHETIC = (
    "The scene is synthetic: made from typical spectra, it is no place on Earth. Its accuracy says that the tool works,"
    " not how well it maps real land."
)


@dataclass(frozen=True)
class DemoResult:
    """Files the demo made, and what it found. `true_accuracy` is the share (0 … 1) of all pixels that are right."""

    folder: Path
    scene: "DemoScene"
    embedding: Path
    model: Path
    map: Path
    confidence: Path
    reference: Path
    report: Path
    fit: FitResult
    accuracy: AccuracyReport
    true_accuracy: float
    model_name: str
    trained: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: the files, the accuracy estimated from the reference points, and the true one (0 … 1)."""
        made = ("embedding", "model", "map", "confidence", "reference", "report")
        files = vars(self.scene) | {name: getattr(self, name) for name in made}
        return {
            "files": plain(files),
            "model_name": self.model_name,
            "trained": self.trained,
            "accuracy": self.accuracy.as_dict(),
            "true_accuracy": self.true_accuracy,
        }

    def __str__(self) -> str:
        estimated = joined(percent(self.accuracy.overall, " %"))
        files = (
            (self.report, "look at this first: pictures, accuracy, areas"),
            (self.map, "the map, with class names and colours"),
            (self.confidence, "how sure the classifier is"),
            (self.embedding, "the embedding: 64 bands, 10 m"),
            (self.scene.scene, "the scene it was made from"),
            (self.scene.samples, "the polygons it learned from"),
        )
        width = max(len(str(path)) for path, _ in files)
        commands = (
            f"mmearth embed {self.scene.scene} -o {self.embedding}",
            f"mmearth fit {self.embedding} {self.scene.samples} --field class -o {self.model}",
            f"mmearth classify {self.embedding} {self.model} -o {self.map} --confidence {self.confidence}",
        )
        return "\n".join(
            [
                "A synthetic Sentinel-2 scene and a few polygons became a land-cover map.",
                "",
                f"  accuracy, estimated   {estimated:<20} from {self.accuracy.units} random points",
                f"  accuracy, true        {f'{100 * self.true_accuracy:.1f} %':<20} every pixel against the truth",
                "",
                *(
                    []
                    if self.trained
                    else [f"{self.model_name} is an untrained control: random weights that have learned nothing.", ""]
                ),
                *(f"  {path!s:<{width}}   {what}" for path, what in files),
                "",
                "The same by hand:",
                *(f"  {command}" for command in commands),
            ]
        )


def demo(
    *,
    output: str | Path = "demo-output",
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> DemoResult:
    """See it work: a synthetic scene with sample polygons is embedded, fitted, classified, assessed and reported.

    Args:
        output: Folder for everything, created if need be.
        seed: Chooses the landscape, the samples and the reference points.
        overwrite: Replace the files of an earlier demo in that folder.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The folder is not empty, or cannot be made.
        EnvironmentFailure, Cancelled: The work stopped.
    """
    folder = _folder(Path(output))
    with one_writer(folder / _REPORT) as hold:
        if not overwrite and any(each.name != hold.file.name for each in folder.iterdir()):
            raise MMEarthError(
                f"{folder} is not empty; choose another folder or pass `overwrite=True` to replace an earlier demo."
            )
        return _made(folder, seed, progress or Silent(), cancel or CancelToken())


def _made(folder: Path, seed: int, progress: Progress, cancel: CancelToken) -> DemoResult:
    """Fill the folder of a demo."""
    from mmearth_core.demonstration.synthetic_scene import make_scene  # noqa: PLC0415 - loads scipy

    embedding, model, map_, confidence = (
        folder / name for name in ("embedding.tif", "model.json", "map.tif", "confidence.tif")
    )
    points, reference, report = (folder / name for name in ("points.gpkg", "reference.gpkg", _REPORT))

    progress.message("Making a synthetic Sentinel-2 scene, sample polygons and their truth.")
    scene = make_scene(folder, seed=seed)
    cancel.check()
    embed(scene=scene.scene, output=embedding, resume=False, overwrite=True, progress=progress, cancel=cancel)
    fitted = fit(
        embeddings=[embedding],
        samples=[scene.samples],
        output=model,
        seed=seed,
        overwrite=True,
        progress=progress,
        cancel=cancel,
    )
    classify(
        embedding=embedding,
        model=model,
        output=map_,
        confidence=confidence,
        overwrite=True,
        progress=progress,
        cancel=cancel,
    )
    sample(map=map_, output=points, n=POINTS, seed=seed, overwrite=True, progress=progress, cancel=cancel)
    label_points(points, scene.truth, reference)
    accuracy = assess(map=map_, reference=reference, progress=progress, cancel=cancel)
    raster = EmbeddingRaster.open(embedding)
    write_report(
        report,
        title="Land cover of the demo scene",
        maps=MapsTogether.alone(ClassMap.open(map_)),
        scene=scene.scene,
        samples=scene.samples,
        embeddings=[raster],
        confidences=[confidence],
        validation=fitted.validation,
        accuracy=accuracy,
        notes=[SYNTHETIC],
        parameters={"Seed": str(seed)},
        overwrite=True,
        progress=progress,
        cancel=cancel,
    )
    return DemoResult(
        folder=folder,
        scene=scene,
        embedding=embedding,
        model=model,
        map=map_,
        confidence=confidence,
        reference=reference,
        report=report,
        fit=fitted,
        accuracy=accuracy,
        true_accuracy=true_accuracy(map_, scene.truth),
        model_name=raster.model_name,
        trained=bool(raster.provenance["trained"]),
    )


def label_points(points: Path, truth: Path, output: Path) -> None:
    """Fill in the class of sample points from the truth, as an interpreter who is never wrong would.

    Raises `EnvironmentFailure` when the disk refuses.
    """
    meta, _, geometries, columns = pyogrio.raw.read(points)
    true_map = ClassMap.open(truth)
    xy = shapely.get_coordinates(shapely.from_wkb(geometries))
    values = true_map.read(true_map.grid.window)
    cols, rows = ~true_map.grid.transform * (xy[:, 0], xy[:, 1])
    names = {c.value: c.name for c in true_map.legend.classes}
    found = values[np.floor(rows).astype(int), np.floor(cols).astype(int)]
    fields = dict(zip(meta["fields"], columns, strict=True))
    fields[CLASS_FIELD] = np.array([names.get(value) for value in found.tolist()], object)
    write_points(output, xy, true_map.grid.crs, fields)


def true_accuracy(map_: Path, truth: Path) -> float:
    """Share (0 … 1) of the map's pixels whose class, by name, is that of the truth."""
    made, true_map = ClassMap.open(map_), ClassMap.open(truth)
    code = {c.name: c.value for c in true_map.legend.classes}
    as_truth = np.full(256, 255, np.uint8)
    for c in made.legend.classes:
        as_truth[c.value] = code.get(c.name, 255)
    right = total = 0
    for window, values in made.blocks():
        expected = true_map.read(window)
        compared = (values != made.nodata) & (expected != true_map.nodata)
        right += int((as_truth[values] == expected)[compared].sum())
        total += int(compared.sum())
    if not total:
        raise MMEarthError(f"{map_} and {truth} have no pixel in common; make the demo again.")
    return right / total


def _folder(folder: Path) -> Path:
    """The output folder, made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise MMEarthError(f"{folder} is a file; choose another output folder.") from error
    except OSError as error:
        raise EnvironmentFailure(f"Cannot make the folder {folder} ({error.strerror}); choose another.") from error
    return folder
