"""The verb `fit`: embeddings and samples in, a probe and the validation that says how far to trust it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.labelling.class_values import alike_names, moved_codes
from mmearth_core.labelling.places import find_places
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.labelling.samples import Samples, merge_samples, read_samples
from mmearth_core.labelling.validation import Validation, choose_regularisation, cross_validate
from mmearth_core.locks import sole_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.sources.embedding import check_alike, described, open_embedding


@dataclass(frozen=True, eq=False)
class FitResult:
    """A fitted probe, where it was written, its validation, and what was left out; `str()` is the report."""

    path: Path
    model: Probe
    validation: Validation
    messages: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "path": str(self.path),
            "probe": self.model.as_dict(),
            "validation": self.validation.as_dict(),
            "messages": list(self.messages),
        }

    def __str__(self) -> str:
        training = self.model.training
        return "\n".join(
            [
                f"{self.path}: {len(self.model.legend)} classes from {training.pixels} pixels of {training.polygons}"
                f" samples, on {described(self.model.model_name, self.model.model_id)}",
                *self.messages,
                "",
                str(self.validation),
            ]
        )


@sole_writer("output")
def fit(
    *,
    embeddings: Sequence[str | Path],
    samples: Sequence[str | Path],
    output: str | Path,
    field: str = "class",
    layer: str | None = None,
    block: float | None = None,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> FitResult:
    """Fit a probe on the labelled pixels of one or several scenes, validate it by places, and write it as JSON.

    The same input and seed give the same file.

    Args:
        embeddings: Embedding rasters made by mmearth embed with one model.
        samples: Vector file of polygons, lines or points with a class (any CRS), one for each embedding, in the same
            order; each lies on its embedding.
        output: The probe to write (JSON).
        field: Attribute that holds the class: text, or numbers, of which 1 … 254 are the values of the map too.
        layer: Layer of the vector files; by default their only one.
        block: Metres within which samples count as one place, which validation never has in training and test at once;
            by default what the model sees around a pixel, less where that would leave too few places.
        seed: Start of the random numbers; the same seed gives the same result.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is written then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if not 0 <= seed < 2**32:
        raise MMEarthError(f"The seed must be 0 … {2**32 - 1}, not {seed}.")
    output = check_output(output, overwrite=overwrite, inputs=(*embeddings, *samples))
    rasters = [open_embedding(path) for path in embeddings]
    if not rasters or len(rasters) != len(samples):
        raise MMEarthError(f"Give each embedding its samples: there are {len(rasters)} and {len(samples)}.")
    check_alike(rasters)
    parts = [
        read_samples(raster, path, field=field, layer=layer, seed=seed, cancel=cancel)
        for raster, path in zip(rasters, samples, strict=True)
    ]
    return fit_samples(merge_samples(parts), output, block=block, seed=seed, progress=progress, cancel=cancel)


def fit_samples(
    samples: Samples,
    output: Path,
    *,
    block: float | None = None,
    seed: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> FitResult:
    """As `fit`, of samples at hand; `output` was checked by the caller."""
    if len(samples.legend) < 2:
        paths = ", ".join(sorted({str(group.path) for group in samples.groups}))
        raise MMEarthError(f"{paths} has one class only ({samples.legend.names[0]}); label at least two classes.")
    messages = (*samples.messages, *moved_codes(samples.legend, samples.codes), *alike_names(samples.legend.names))
    for message in messages:
        progress.message(message)
    chosen = choose_regularisation(samples, find_places(samples), seed=seed, cancel=cancel)
    model = fit_probe(samples, regularisation=chosen)
    validation = cross_validate(samples, block=block, seed=seed, progress=progress, cancel=cancel)
    save_probe(output, model, validation=validation.as_dict())
    return FitResult(output, model, validation, messages)
