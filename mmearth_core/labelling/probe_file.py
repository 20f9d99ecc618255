"""Probes as JSON files: complete, readable, strict. Loading runs no code and trusts no number."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import mmearth_core
from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.labelling.probe import QUANTILES, Numbers, Probe, Reach, Training
from mmearth_core.maps.legend import IN_A_MAP, ClassTable
from mmearth_core.records import POSITIVE, Rule

#: What the file says it is, and the version of its layout; readers refuse what they do not know.
FORMAT, FORMAT_VERSION = "mmearth-probe", 2
#: Versions that are read: the first kept the quantiser of the embeddings too.
_READ = (1, 2)


Positive = Annotated[float, POSITIVE]

#: Bytes of the largest probe: 254 classes of 64 bands are less than a tenth of it.
_LARGEST = 8 << 20


@dataclass(frozen=True)
class _Model:
    name: str
    id: str


@dataclass(frozen=True)
class _Training(Training):
    regularisation: Positive


@dataclass(frozen=True, kw_only=True)
class _File:
    """What a file holds, in its order."""

    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    software: str = ""
    model: _Model
    classes: Annotated[ClassTable, IN_A_MAP, Rule(lambda legend: len(legend) >= 2, "must have two classes or more")]
    training: _Training
    validation: Mapping[str, Any] | None = None
    scale: Positive
    centre: Numbers
    intercept: Numbers
    coefficients: Numbers
    reach: Reach

    def __post_init__(self) -> None:
        classes, bands = len(self.classes), self.centre.size
        shapes = {
            "centre": (self.centre, (bands,)),
            "coefficients": (self.coefficients, (classes, bands)),
            "intercept": (self.intercept, (classes,)),
            "reach.centres": (self.reach.centres, (classes, bands)),
            "reach.spread": (self.reach.spread, (classes,)),
            "reach.quantiles": (self.reach.quantiles, (QUANTILES,)),
        }
        for name, (values, shape) in shapes.items():
            if values.shape != shape:
                raise ValueError(f"{name} has not the shape {shape}")


def save_probe(path: str | Path, probe: Probe, *, validation: Mapping[str, Any] | None = None) -> None:
    """Write a probe, whole or not at all, with the summary of its validation for readers."""
    file = _File(
        software=f"mmearth {mmearth_core.__version__}",
        model=_Model(probe.model_name, probe.model_id),
        classes=probe.legend,
        training=_Training(**vars(probe.training), regularisation=probe.regularisation),
        validation=validation,
        scale=probe.scale,
        centre=probe.centre,
        intercept=probe.intercept,
        coefficients=probe.coefficients,
        reach=probe.reach,
    )
    write_json(path, records.plain(file))


def load_probe(path: str | Path) -> Probe:
    """Read a probe. Raises `MMEarthError` when the file is missing, not a probe, of another version, or damaged."""
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise MMEarthError(f"{path} is too large for a probe of mmearth; make one with: mmearth fit.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MMEarthError(f"{path} does not exist; make a probe with: mmearth fit.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{path} cannot be read as a probe; make one with: mmearth fit.") from error
    content = records.parsed(text, f"{path} is damaged", remedy="fit the probe again")
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise MMEarthError(f"{path} is not a probe of mmearth; make one with: mmearth fit.")
    if content.get("format_version") not in _READ:
        raise MMEarthError(
            f"{path} has probe format {content.get('format_version')!r}, this mmearth reads {FORMAT_VERSION};"
            " update mmearth or fit again."
        )
    file = records.read(_File, content, f"{path} is damaged", known_only=False, remedy="fit the probe again")
    return Probe(
        coefficients=file.coefficients,
        intercept=file.intercept,
        centre=file.centre,
        scale=file.scale,
        regularisation=file.training.regularisation,
        legend=file.classes,
        model_name=file.model.name,
        model_id=file.model.id,
        reach=file.reach,
        training=Training(file.training.pixels, file.training.polygons, file.training.digest),
    )
