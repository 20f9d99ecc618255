"""Map accuracy as people read it and programs parse it: a table of text and plain JSON. Computes no estimate."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.accuracy.estimators import Estimate, Share
from mmearth_core.records import parsed, plain, read
from mmearth_core.wording import aligned, counted, decimals_of_area, hectares

#: What the share of all that is right is called, in polygons and of points.
_HEADLINES = ("Agreement", "Overall accuracy")


@dataclass(frozen=True)
class ClassAccuracy:
    """One class: value on the map, name, hectares as mapped and as estimated (None without a probability sample)."""

    value: int
    name: str
    mapped_ha: float
    estimated_ha: Estimate | None
    users: Share
    producers: Share


@dataclass(frozen=True, eq=False)
class AccuracyReport:
    """The outcome of `assess`. `str()` is the printed report, `as_dict()` its JSON.

    `unit` says what was compared: "points" of a probability sample, or "pixels" inside polygons, for which only plain
    agreement is reported. `counts` is the error matrix in those units and `proportions` in shares of the covered area
    (None for pixels), both with the map in rows and the reference in columns, in the order of `classes`.
    `covered_ha` is the area the estimates describe; `warnings` say what limits them. `places` are those of the maps
    together; none of a single map.
    """

    map: Path
    reference: Path
    unit: str
    classes: tuple[ClassAccuracy, ...]
    counts: NDArray[np.int64]
    proportions: NDArray[np.float64] | None
    overall: Share
    covered_ha: float | None
    warnings: tuple[str, ...]
    places: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        return int(self.counts.sum())

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; accuracies are shares 0 … 1, areas hectares, None what the reference data cannot tell."""
        names = {"users": "users_accuracy", "producers": "producers_accuracy"}
        matrix = {"rows": "map", "columns": "reference", "counts": self.counts, "proportions": self.proportions}
        values = {
            "map": self.map,
            **({"places": self.places} if self.places else {}),
            "reference": self.reference,
            "unit": self.unit,
            "units": self.units,
            "overall_accuracy": self.overall,
            "covered_ha": self.covered_ha,
            "classes": [{names.get(name, name): each for name, each in vars(c).items()} for c in self.classes],
            "error_matrix": matrix,
            "warnings": self.warnings,
        }
        made: dict[str, Any] = plain(values)
        return made

    def __str__(self) -> str:
        subject = "reference points" if self.unit == "points" else "pixels inside reference polygons"
        label = _HEADLINES[self.unit == "points"]
        interval = " (in brackets the 95 % interval)" if self.unit == "points" else ""
        places = f" ({', '.join(self.places)})" if self.places else ""
        lines = [
            f"{self.map}{places} against {self.units} {subject} of {self.reference}{interval}",
            "",
            f"{label}  {joined(percent(self.overall, ' %'))}",
            "",
            *aligned(self._summary()),
            "",
            f"Error matrix in {self.unit}: rows are the map, columns the reference",
            *aligned(self._matrix()),
        ]
        if self.warnings:
            lines += ["", *(f"! {warning}" for warning in self.warnings)]
        return "\n".join(lines)

    def _summary(self) -> list[list[str]]:
        areas = self.unit == "points"
        header = ["class", "mapped ha", *(["estimated ha", "% of area"] if areas else []), "user's %", "producer's %"]
        rows = [header]
        for c in self.classes:
            row = [c.name, hectares(c.mapped_ha)]
            if c.estimated_ha is not None and self.covered_ha:
                share = c.estimated_ha.scaled(1 / self.covered_ha)
                row += [joined(area(c.estimated_ha)), joined(percent(share))]
            rows.append([*row, joined(percent(c.users)), joined(percent(c.producers))])
        return rows

    def _matrix(self) -> list[list[str]]:
        names = [c.name for c in self.classes]
        rows = [["", *names, "total"]]
        for name, counts in zip(names, self.counts, strict=True):
            rows.append([name, *map(str, counts.tolist()), str(int(counts.sum()))])
        return [*rows, ["total", *map(str, self.counts.sum(0).tolist()), str(self.units)]]


@dataclass(frozen=True)
class _Share:
    value: float | None
    low95: float | None = None
    high95: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "unknown"
        ends = None if self.low95 is None or self.high95 is None else (self.low95, self.high95)
        return joined(percent(Share(self.value, None, ends), " %"))


@dataclass(frozen=True)
class _Judged:
    name: str
    users_accuracy: _Share
    producers_accuracy: _Share


@dataclass(frozen=True)
class WrittenReport:
    """What a reader asks of a report that was written as JSON (`AccuracyReport.as_dict`)."""

    map: str
    reference: str
    unit: str
    units: int
    overall_accuracy: _Share
    classes: tuple[_Judged, ...]
    warnings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """By what they are called, as texts with their 95 % intervals."""
        return {
            "map": self.map,
            **({"places": list(self.places)} if self.places else {}),
            "reference": self.reference,
            _HEADLINES[self.unit == "points"].lower(): str(self.overall_accuracy),
            "compared": counted(self.units, self.unit.removesuffix("s")),
            **{
                each.name: f"user's {each.users_accuracy}, producer's {each.producers_accuracy}"
                for each in self.classes
            },
            "limits": list(self.warnings),
        }


def read_report(path: Path) -> WrittenReport:
    """Read what `assess` wrote. Raises `MMEarthError` when it is damaged."""
    place, remedy = f"{path} is damaged", "assess the map again"
    content = parsed(path.read_bytes(), place, remedy=remedy)
    return read(WrittenReport, content, place, known_only=False, remedy=remedy)


def percent(estimate: Estimate, unit: str = "") -> tuple[str, str]:
    """A share as ("87.1", "84.2–89.6"), its number with a `unit` if given; ("50.0", "too few") where the interval says
    nothing, ("–", "") where the sample cannot say."""
    if estimate.value is None:
        return "–", ""
    if isinstance(estimate, Share) and estimate.too_few:
        between = "too few"
    else:
        between = "–".join(f"{100 * end:.1f}" for end in estimate.interval or ())
    return f"{100 * estimate.value:.1f}{unit}", between


def area(estimate: Estimate) -> tuple[str, str]:
    """Hectares as ("1,204", "1,151–1,260"); ("–", "") where the sample cannot say."""
    if estimate.value is None:
        return "–", ""
    decimals = decimals_of_area(estimate.value)
    return hectares(estimate.value), "–".join(f"{end:,.{decimals}f}" for end in estimate.interval or ())


def joined(figure: tuple[str, str]) -> str:
    """A number and its interval as one text."""
    number, between = figure
    return f"{number} ({between})" if between else number
