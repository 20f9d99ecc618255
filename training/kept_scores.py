"""Scores kept in a folder from one comparison to the next: what was judged once is read, a run cut off goes on.

A file is found again only by the very same sources of `mmearth_core` and `training`, imagery, judge, method, and number
of draws; whatever changes of these makes it anew, and no kept score is ever older than what it stands for.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import mmearth_core
from mmearth_core.evaluation.protocol import Scores
from mmearth_core.files import write_json

#: Scores by (probe, task).
OfMethod = Mapping[tuple[str, str], Scores]


class KeptScores:
    """A folder of scores; with none, every score is made."""

    def __init__(self, folder: Path | None, data: Path, seeds: int) -> None:
        self._folder = folder
        self._origin = "" if folder is None else f"{_sources()} {_files(data)} {seeds}"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def scores(self, judge: str, method: str, make: Callable[[], OfMethod]) -> OfMethod:
        """Those of a method by a judge, each named so that no other has its name."""
        path = self._path("scores", judge, method)
        if path is not None and path.exists():
            return {
                (each["probe"], each["task"]): Scores(
                    tuple(each["counts"]), np.array(each["macro_f1"]), np.array(each["accuracy"])
                )
                for each in json.loads(path.read_text(encoding="utf-8"))["scores"]
            }
        found = make()
        if path is not None:
            told = [
                {
                    "probe": probe,
                    "task": task,
                    "counts": list(each.counts),
                    "macro_f1": each.macro_f1.tolist(),
                    "accuracy": each.accuracy.tolist(),
                }
                for (probe, task), each in found.items()
            ]
            write_json(path, {"judge": judge, "method": method, "scores": told})
        return found

    def shares(self, series: str, method: str, make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Shares (pairs of dates,) of places that a method finds again in a series."""
        path = self._path("found again", series, method)
        if path is not None and path.exists():
            return np.array(json.loads(path.read_text(encoding="utf-8"))["shares"])
        found = make()
        if path is not None:
            write_json(path, {"series": series, "method": method, "shares": found.tolist()})
        return found

    def _path(self, *told: str) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{hashlib.sha256(json.dumps([self._origin, *told]).encode()).hexdigest()[:24]}.json"


def _sources() -> str:
    """sha256 over what the scores are made with."""
    found = hashlib.sha256()
    for room in (Path(mmearth_core.__file__).parent, Path(__file__).parent):
        for path in sorted(room.rglob("*.py")):
            found.update(f"{path.relative_to(room.parent)}\0".encode() + path.read_bytes())
    return found.hexdigest()


def _files(data: Path) -> str:
    """sha256 over the names, sizes and times of the imagery."""
    files = sorted(path for path in data.rglob("*") if path.is_file())
    told = [(str(path.relative_to(data)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
