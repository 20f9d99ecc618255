"""Probes as JSON files: complete, readable, strict. Loading runs no code and trusts no number."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import mmearth_core
from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.kinds import PROBE, check_kind
from mmearth_core.labelling.probe import (
    QUANTILES,
    FromUnlabelled,
    Member,
    Numbers,
    Probe,
    Reach,
    Strengths,
    Training,
)
from mmearth_core.maps.class_map import PLACES_TAG
from mmearth_core.maps.legend import IN_A_MAP, ClassTable
from mmearth_core.raster.grid import Grid
from mmearth_core.records import POSITIVE, Rule
from mmearth_core.sources.layers import LayerScale
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.vectors.kept import kept_within

#: The version of the file's layout; readers refuse what they do not know.
FORMAT_VERSION = 4


Positive = Annotated[float, POSITIVE]

#: Bytes of the largest probe: 254 classes of 64 bands are less than a tenth of it.
_LARGEST = 8 << 20


@dataclass(frozen=True, kw_only=True)
class _Training(Training):
    regularisation: Positive
    layers: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Member:
    slots: Annotated[tuple[int, ...], Rule(bool, "must hold a slot")]
    classes: Annotated[tuple[int, ...], Rule(lambda each: len(set(each)) > 1, "must hold two classes or more")]
    scale: Positive
    centre: Numbers
    intercept: Numbers
    coefficients: Numbers
    reach: Reach


@dataclass(frozen=True, kw_only=True)
class _File:
    """What a file holds, in its order."""

    format: str = PROBE
    format_version: int = FORMAT_VERSION
    software: str = ""
    slots: Annotated[tuple[Slot, ...], Rule(bool, "must hold a slot")]
    layers: tuple[LayerScale, ...] = ()
    classes: Annotated[ClassTable, IN_A_MAP, Rule(lambda legend: len(legend) >= 2, "must have two classes or more")]
    training: _Training
    validation: Mapping[str, Any] | None = None
    members: Annotated[tuple[_Member, ...], Rule(bool, "must hold a member")]
    unlabelled: FromUnlabelled | None = None

    def __post_init__(self) -> None:
        classes = len(self.classes)
        shares = None if self.unlabelled is None else self.unlabelled.shares
        if shares is not None and shares.shape != (classes,):
            raise ValueError(f"unlabelled.shares has not the shape {(classes,)}")
        for number, member in enumerate(self.members):
            if not {*member.classes} <= {*range(classes)} or len({*member.classes}) < len(member.classes):
                raise ValueError(f"members[{number}].classes names a class that is not there, or one twice")
            known = len(member.classes)
            if not all(0 <= index < len(self.slots) for index in member.slots):
                raise ValueError(f"members[{number}].slots names a slot that is not there")
            bands = sum(self.slots[index].bands for index in member.slots)
            shapes = {
                "centre": (member.centre, (bands,)),
                "coefficients": (member.coefficients, (known, bands + len(self.layers))),
                "intercept": (member.intercept, (known,)),
                "reach.centres": (member.reach.centres, (known, bands)),
                "reach.spread": (member.reach.spread, (known,)),
                "reach.quantiles": (member.reach.quantiles, (QUANTILES,)),
            }
            for name, (values, shape) in shapes.items():
                if values.shape != shape:
                    raise ValueError(f"members[{number}].{name} has not the shape {shape}")


def save_probe(path: str | Path, probe: Probe, *, validation: Mapping[str, Any] | None = None) -> None:
    """Write a probe, whole or not at all, with the summary of its validation for readers."""
    file = _File(
        software=f"mmearth {mmearth_core.__version__}",
        slots=probe.columns.slots,
        layers=probe.layers,
        classes=probe.legend,
        training=_Training(
            **vars(probe.training), regularisation=probe.strengths.regularisation, layers=probe.strengths.layers
        ),
        validation=validation,
        members=tuple(
            _Member(**{field.name: getattr(each, field.name) for field in fields(_Member)}) for each in probe.members
        ),
        unlabelled=probe.unlabelled,
    )
    write_json(path, records.plain(file))


def load_probe(path: str | Path) -> Probe:
    """Read a probe. Raises `MMEarthError` when the file is missing, not a probe, of another version, or damaged."""
    path = Path(path)
    check_kind(path, "probe")
    try:
        if path.stat().st_size > _LARGEST:
            raise MMEarthError(f"{path} is too large for a probe of mmearth; make one with: mmearth fit.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MMEarthError(f"{path} does not exist; make a probe with: mmearth fit.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{path} cannot be read as a probe; make one with: mmearth fit.") from error
    content = records.parsed(text, f"{path} is damaged", remedy="fit the probe again")
    if not isinstance(content, dict) or content.get("format") != PROBE:
        raise MMEarthError(f"{path} is not a probe of mmearth; make one with: mmearth fit.")
    if content.get("format_version") == 1:
        content = _of_the_first_version(content)
    if content.get("format_version") == 2:  # nothing was learned from pixels without a label
        content = content | {"format_version": 3, "unlabelled": None}
    if content.get("format_version") == 3:  # every member knew all classes
        content = content | {"format_version": FORMAT_VERSION, "members": _knowing_all(content)}
    if content.get("format_version") != FORMAT_VERSION:
        raise MMEarthError(
            f"{path} has probe format {content.get('format_version')!r}, this mmearth reads 1 to {FORMAT_VERSION};"
            " update mmearth or fit again."
        )
    file = records.read(_File, content, f"{path} is damaged", known_only=False, remedy="fit the probe again")
    return Probe(
        columns=Columns(file.slots, tuple(layer.name for layer in file.layers)),
        members=tuple(Member(**vars(each)) for each in file.members),
        layers=file.layers,
        legend=file.classes,
        strengths=Strengths(file.training.regularisation, file.training.layers),
        training=Training(file.training.pixels, file.training.polygons, file.training.digest, file.training.places),
        unlabelled=file.unlabelled,
    )


def training_tags(probe: Probe, grid: Grid) -> dict[str, str]:
    """What a map on a grid tells of where its probe was trained: the digest, and the places that lie there."""
    training = probe.training
    here = None if training.places is None else kept_within(training.places, grid, "The probe")
    return {"training_digest": training.digest} | ({} if here is None else {PLACES_TAG: here})


def _knowing_all(content: dict[str, Any]) -> Any:
    """The members of an earlier version, with all classes."""
    members, classes = content.get("members"), content.get("classes")
    if not isinstance(members, list) or not isinstance(classes, list):
        return members
    return [each | {"classes": [*range(len(classes))]} if isinstance(each, dict) else each for each in members]


def _of_the_first_version(content: dict[str, Any]) -> dict[str, Any]:
    """The first version had one member, of one undated slot, and kept the quantiser of the embeddings."""
    model, centre = content.get("model"), content.get("centre")
    told = model if isinstance(model, dict) else {}
    bands = len(centre) if isinstance(centre, list) else 0
    names = ("scale", "centre", "intercept", "coefficients", "reach")
    return content | {
        "format_version": 2,
        "slots": [{"name": told.get("name"), "identity": told.get("id"), "bands": bands}],
        "members": [{"slots": [0]} | {name: content[name] for name in names if name in content}],
    }
