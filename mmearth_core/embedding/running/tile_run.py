"""All tiles of a job, finished and kept: what an earlier run left is gone on with, what is missing is computed.

What is kept of a tile says who asks: its embedding, or what was made of that.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.backends import Backend
from mmearth_core.embedding.forecast import Pace, Trial, tried
from mmearth_core.embedding.needs import Needs, check_disk, needs
from mmearth_core.embedding.planning import EmbeddingJob
from mmearth_core.embedding.running.journal import TileJournal
from mmearth_core.embedding.running.pipeline import compute_tiles, count_tiles
from mmearth_core.embedding.running.preview import TilePictures
from mmearth_core.errors import GO_ON, Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Tile, Window
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.ground.rule import Cause
from mmearth_core.raster.identity import check_unchanged
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.raster_file import ground_area
from mmearth_core.raster.scene import Scene
from mmearth_core.wording import counted

#: Scenes from this size on get an estimate of the time before the work begins.
_LONG_RUN = 4_000_000
#: Makes what is kept of a tile, uint8 (bands, height, width) of its core, of the codes (bands, height, width) of a
#: window that holds it.
Make = Callable[[Tile, NDArray[np.uint8], Window], NDArray[np.uint8]]


@dataclass(frozen=True)
class Finished:
    """What the pixels of the chosen area are, and how many of them were left to compute."""

    ground: GroundCount
    computed: int


@dataclass(frozen=True)
class TileRun:
    """A job that this process alone is at, with what runs its network and where its tiles are kept.

    `specification`: what tells from each other the jobs whose kept tiles differ. `kept`: the bands that are kept of a
    tile. `make`: what is made of a tile's codes, by default nothing else; it gets those of all that the plan
    wants of it.
    """

    job: EmbeddingJob
    runner: Backend
    journal: TileJournal
    specification: dict[str, Any]
    kept: int
    make: Make | None = None

    @contextmanager
    def finished(
        self,
        progress: Progress,
        cancel: CancelToken,
        *,
        resume: bool = True,
        preview: str | Path | None = None,
    ) -> Iterator[Finished]:
        """Inside, all tiles are in the journal, to be laid out as a raster; they are removed when that is done, or when
        the input proves unusable, and stay when the work is stopped or the machine fails.

        With `resume` tiles of an earlier run are gone on with. `preview`: a folder for pictures of finished tiles.
        Raises `MMEarthError` when there is no ground, or the scene changed meanwhile.
        """
        job, journal, plan = self.job, self.journal, self.job.plan
        trial, wanted = tried(self.runner), self._needs
        _announce(job, trial, wanted, progress)
        # What an earlier run left is either gone on with or removed: either way its bytes need not be found again.
        check_disk(job.raster.file, wanted.disk, _size(journal.folder))
        there = self._begin(resume, progress, cancel)
        todo = [part for part in plan if part.index not in there]
        shown = None if preview is None else TilePictures(Path(preview), job.raster, plan, journal.folder)
        left = sum(part.core.pixels for part in todo)
        try:
            with bounded_cache(), cancel.on_cancel(self.runner.interrupt):
                progress.start("Embedding", plan.reach.pixels, "px", ground_area(job.raster.grid))
                progress.advance(plan.reach.pixels - left)
                ground = self._compute(todo, shown, Pace(progress, trial.processor_seconds), progress, cancel)
                progress.finish()
                done = [part for part in plan if part.index in there]
                ground += count_tiles(job.source, plan, done, job.polygons, cancel)
                _tell_useless_masks(job.source, ground, progress)
                check_unchanged(job.source, job.identity, cancel)
                yield Finished(ground, left)
        except (Cancelled, EnvironmentFailure) as error:
            kept = f"{counted(len(journal.finished()), 'tile', len(plan))} kept in {journal.folder}"
            raise type(error)(f"{error.text} {kept}{GO_ON}") from error
        except MMEarthError:
            journal.remove()
            raise
        journal.remove()

    @property
    def _needs(self) -> Needs:
        job, runner = self.job, self.runner
        return needs(job.plan, job.header.architecture, len(job.raster.bands), runner.batch_size, self.kept)

    def _begin(self, resume: bool, progress: Progress, cancel: CancelToken) -> set[int]:
        """Indices of tiles that an earlier run of the same job finished; makes the journal when there is none."""
        journal = self.journal
        if resume and journal.matches(self.specification):
            damaged = journal.drop_damaged(cancel)
            if damaged:
                progress.message(
                    f"{damaged} of the tiles in {journal.folder.name} are damaged; they are computed again."
                )
            finished = journal.finished()
            if finished:
                progress.message(f"Going on: {len(finished)} of the tiles are done already.")
            return finished
        if resume and journal.folder.exists():
            progress.message(f"{journal.folder.name} belongs to a run with other input or options; starting afresh.")
        journal.begin(self.specification)
        return set()

    def _compute(
        self, todo: Sequence[Tile], shown: TilePictures | None, pace: Pace, progress: Progress, cancel: CancelToken
    ) -> GroundCount:
        """Compute and keep the tiles that are left, and say what their pixels are; those that are finished can be
        looked at."""
        job, ground = self.job, GroundCount()
        following = iter([*todo[1:], None])
        pace.begin(todo[0] if todo else None)
        # Closed at once however this ends, which also ends the tile that is being computed.
        with closing(
            compute_tiles(
                self.runner,
                job.source,
                job.plan,
                todo,
                job.polygons,
                (job.raster.scales, job.raster.offsets),
                pace.look,
            )
        ) as results:
            for computed in results:
                cancel.check()
                tile, codes = computed.tile, computed.codes
                if codes is not None and self.make is not None:
                    codes = self.make(tile, codes, computed.window)
                self.journal.save(tile, codes)
                ground += computed.ground
                pace.finish(tile, codes is not None)
                pace.begin(next(following))
                if shown is not None and (picture := shown.update()) is not None:
                    progress.partial(picture)
        return ground


def _announce(job: EmbeddingJob, trial: Trial, wanted: Needs, progress: Progress) -> None:
    """Say what is going to be done, and what it takes."""
    header, source, plan, raster, area = job.header, job.source, job.plan, job.raster, job.plan.area
    if not header.trained:
        progress.message(f"{header.name} is untrained: a control with random weights, not a product.")
    if header.tile_dependent:
        progress.message(
            f"By its card, what {header.name} gives depends on the tile: borders of tiles may show; measure it with:"
            " mmearth weights check"
        )
    for text in (*source.warnings, *source.evidence):
        progress.message(text)
    if raster.provenance["fills"]:
        progress.message(f"Missing bands are filled: {'; '.join(raster.provenance['fills'])}.")
    ground = ground_area(raster.grid)
    estimate = ""
    if area.pixels >= _LONG_RUN:
        estimate = f"about {trial.seconds * plan.context_pixels / 60:.0f} min, "
    tiles = counted(len(plan), "tile")
    progress.message(
        f"{area.width} × {area.height} pixels{f' ({area.pixels * ground / 1e6:.0f} km²)' if ground else ''} in {tiles}"
        f" of {plan.size} + 2 × {plan.halo}: {estimate}up to {_gigabytes(wanted.disk)} of disk,"
        f" {_gigabytes(wanted.memory)} of memory{' beside what its network takes' if header.side is not None else ''}."
    )


def check_some_ground(job: EmbeddingJob, ground: GroundCount, valid: int) -> None:
    """Raise `MMEarthError` when nothing of the chosen area was embedded."""
    if not valid:
        masks = ", ".join(each.path for each in job.source.exclusions)
        raise MMEarthError(
            f"{job.source.name} has no ground in the chosen area: {ground}. Nothing was written;"
            f" choose another area or scene{f', or change {masks}' if masks else ''}."
        )


def _tell_useless_masks(source: Scene, ground: GroundCount, progress: Progress) -> None:
    """Says of a mask that was given and changes nothing that it does."""
    for each in source.exclusions:
        if each.cause == Cause.EXCLUDED and not ground.pixels[Cause.EXCLUDED]:
            progress.message(f"{each.path} leaves nothing out of what is embedded.")


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB" if size >= 1e6 else "1 MB"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.tile"))
