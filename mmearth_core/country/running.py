"""The verb `run`: the rows of a plan are embedded and mapped, here, by a cluster, or a shard of them at a time."""

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmearth_core.country.plan_file import Plan, Row, read_plan
from mmearth_core.country.stores import Folder, Store, store_at
from mmearth_core.country.tasks import (
    FAILED,
    ITEMS,
    PLAN,
    Outcome,
    Steps,
    Work,
    do,
    given_up,
    is_done,
    item_of,
    keep_probe,
)
from mmearth_core.embedding.backends import BackendName, open_backend
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.maps.smoothing import DEFAULT, Smoothing
from mmearth_core.processors import available_processors
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.wording import counted

#: The table of what failed, in the output.
FAILURES = "failures.parquet"
#: Processors of a worker by default: what the encoder uses well.
THREADS = 2
_PAUSE = 5.0


@dataclass(frozen=True)
class RunResult:
    """How the rows of a run ended, by their ids; `failed` with the reasons. `pixels`: embedded by this run."""

    output: str
    done: tuple[str, ...]
    there: tuple[str, ...]
    failed: dict[str, str]
    pixels: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "done": list(self.done), "there": list(self.there)}

    def __str__(self) -> str:
        rate = f" ({self.pixels / 1e6:,.1f} Mpx, {self.pixels / 1e6 / self.seconds:.2f} Mpx/s)" if self.pixels else ""
        lines = [f"{self.output}: {counted(len(self.done), 'scene')} done{rate}, {len(self.there)} there already."]
        lines += [f"! failed: {name}: {reason}" for name, reason in self.failed.items()]
        if self.failed:
            lines.append(f"! {len(self.failed)} failed (see {FAILURES}); the same command tries these again.")
        return "\n".join(lines)


def run(
    *,
    plan: str | Path,
    output: str | Path,
    steps: Steps = "embed",
    probe: str | Path | None = None,
    drop_embeddings: bool = False,
    chips: bool = False,
    zarr: bool = False,
    model: str | Path = "default",
    smooth: Smoothing = DEFAULT,
    exclude_clouds: bool = False,
    backend: BackendName = "auto",
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    threads: int = THREADS,
    memory: str = "4 GiB",
    retries: int = 3,
    scratch: str | Path | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> RunResult:
    """Embed and map the scenes of a plan; run again, it goes on with what is left.

    Of every scene the item is written last: where it is, all is. Scenes that cannot be used are listed and the others
    go on; what the machine fails at is tried again.

    Args:
        plan: Plan made by mmearth plan.
        output: Folder, or s3://bucket/folder, for what is made: embeddings, maps, confidence, and their items.
        steps: What is done with every scene.
        probe: Probe made by mmearth fit, for classify.
        drop_embeddings: Keep the maps only: the embeddings of a country take more money than their computing.
        chips: Make the mean vector of every square of 320 m as well, which mmearth search looks through.
        zarr: Make a Zarr store (version 3) of every embedding as well; needs the extra `zarr`.
        model: Name or file of the model; a file must be there for every worker.
        smooth: Smoothing of the maps, as in classify.
        exclude_clouds: Leave out what the scenes' own classification calls cloud, shadow or cirrus.
        backend: What runs the model.
        workers: Processes on this machine; by default one for each two processors. 1 needs no Dask.
        scheduler: Address of a Dask scheduler (tcp://…) whose workers do it, instead.
        shard: Part of the plan, such as 0/8 … 7/8: for arrays of jobs, which need no Dask.
        threads: Processors that a worker uses.
        memory: Memory of a worker on this machine, beyond which Dask restarts it.
        retries: How often what the machine failed at is tried again.
        scratch: Folder of the working machine for what is not finished; by default within the output.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; what is finished stays, and the same command goes on.

    Raises:
        MMEarthError: Plan, probe or options are unusable.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    began = time.monotonic()
    mapped = steps == "embed,classify"
    if mapped != (probe is not None):
        raise MMEarthError(
            "Maps need classes: give `probe=FILE` made by mmearth fit, and `steps=embed,classify` with it."
        )
    if drop_embeddings and not (mapped or chips or zarr):
        raise MMEarthError("`drop_embeddings` leaves nothing where there are no maps; give `steps=embed,classify` too.")
    runner = open_backend(model, backend)
    header = runner.header
    whole, store = read_plan(plan), store_at(output)
    if probe is not None:
        _check_probe(probe, header, max(row.look for row in whole.rows))
    if sum(each is not None for each in (workers, scheduler, shard)) > 1:
        raise MMEarthError("`workers`, `scheduler` and `shard` exclude each other; give one of them.")
    place = scratch or (store.path / ".work" if isinstance(store, Folder) else None)
    if place is None:
        raise MMEarthError(f"{store.address} is no folder: say with `scratch=FOLDER` where a worker may put its files.")
    units = _units(whole if shard is None else replace(whole, rows=tuple(shard_of(whole, shard))), together=mapped)
    rows = [row for unit in units for row in unit]
    _keep_plan(store, Path(plan))
    work = Work(
        output=str(output),
        model=str(model),
        model_id=header.model_id,
        probe=None if probe is None else keep_probe(store, Path(probe)),
        drop_embeddings=drop_embeddings,
        chips=chips,
        zarr=zarr,
        smooth=smooth,
        exclude_clouds=exclude_clouds,
        backend=backend,
        scratch=str(place),
        threads=threads,
    )
    items = set(store.names(ITEMS))  # asked once: of a country's scenes that are not there none is read
    there = [row for row in rows if item_of(row) in items and is_done(store, work, row)]
    done_before = {row.id for row in there}
    todo = [unit for unit in units if not {row.id for row in unit} <= done_before]
    todo.sort(key=lambda unit: -_size(unit))
    count = 1 if shard is not None else workers or max(1, available_processors() // threads)
    progress.start("Running", round(sum(row.megapixels for row in rows) * 1e6), "px")
    progress.advance(round(sum(row.megapixels for row in there) * 1e6))
    if scheduler is None and (count == 1 or len(todo) < 2):
        outcomes = _here(todo, work, store, retries, cancel)
    else:
        from mmearth_core.country.clustering import on_cluster  # noqa: PLC0415 - the extra `cluster`

        outcomes = on_cluster(
            todo, work, store, workers=count, scheduler=scheduler, retries=retries, memory=memory,
            gpu=runner.name == "torch", progress=progress, cancel=cancel,
        )  # fmt: skip
    found = _followed(outcomes, {row.id: row for row in rows if row.id not in done_before}, progress)
    progress.finish()
    _write_failures(store)
    states = dict.fromkeys(done_before, "there") | {each.id: each.state for each in found}
    return RunResult(
        output=str(output),
        done=tuple(each.id for each in found if each.state == "done"),
        there=tuple(sorted(name for name, state in states.items() if state == "there")),
        failed={each.id: each.reason for each in found if each.state == "failed"},
        pixels=sum(each.pixels for each in found),
        seconds=time.monotonic() - began,
    )


def shard_of(plan: Plan, shard: str) -> list[Row]:
    """The rows of a shard I/N, 0 ≤ I < N: the same whoever asks, all rows of a place in one, and shards about as much
    work as each other."""
    try:
        number, count = map(int, shard.split("/"))
    except ValueError:
        number, count = 0, 0
    if not 0 <= number < count:
        raise MMEarthError(f"`shard={shard}` is no part of a plan; give for example 0/8, the first of eight.")
    loads, parts = [0.0] * count, list[list[Row]]([] for _ in range(count))
    for rows in sorted(plan.places, key=lambda rows: (-_size(rows), rows[0].id)):
        least = loads.index(min(loads))
        loads[least] += _size(rows)
        parts[least].extend(rows)
    return parts[number]


def _units(plan: Plan, *, together: bool) -> list[tuple[Row, ...]]:
    """What one worker does at a time: a row, or `together` all of a place."""
    return plan.places if together else [(row,) for row in plan.rows]


def _size(rows: Sequence[Row]) -> float:
    """Megapixels."""
    return sum(row.megapixels for row in rows)


def _check_probe(probe: str | Path, header: EncoderDescription, looks: int) -> None:
    """Refuse a probe that cannot map images alone, so many looks at a place at most, or those of this model."""
    learned = load_probe(probe)
    if learned.looks_at.layers:
        raise MMEarthError(f"{probe} has learned of layers, and a plan has none; fit one on embeddings alone.")
    if learned.together and len(learned.columns.slots) > looks:
        raise MMEarthError(
            f"{probe} sees {len(learned.columns.slots)} dates together, and the plan has {looks} of a place; plan with"
            " `best_of`, or fit one whose dates vote."
        )
    if any(slot.identity != header.model_id for slot in learned.columns.slots):
        raise MMEarthError(
            f"{probe} is of another model than {header.name}; name the one it was fitted with by `model`."
        )


def _keep_plan(store: Store, plan: Path) -> None:
    """The plan beside what is made by it, for `status` and `collect`. Raises `MMEarthError` when another is there."""
    content, there = plan.read_bytes(), store.read(PLAN)
    if there is None:
        store.write(PLAN, content)
    elif there != content:
        raise MMEarthError(f"{store.address} holds the run of another plan; choose another `output`.")


def _here(
    units: Iterable[Sequence[Row]], work: Work, store: Store, retries: int, cancel: CancelToken
) -> Iterator[Outcome]:
    """One after the other, in this process."""
    for rows in units:
        for attempt in range(retries + 1):
            cancel.check()
            try:
                yield from do(rows, work, cancel)
                break
            except EnvironmentFailure as error:
                if attempt == retries:
                    yield from given_up(store, work, rows, error.text)
                else:
                    time.sleep(_PAUSE)


def _followed(outcomes: Iterable[Outcome], rows: dict[str, Row], progress: Progress) -> list[Outcome]:
    found = []
    for each in outcomes:
        found.append(each)
        if each.id in rows:  # else it was there before, and is done again for another look at its place
            progress.advance(round(rows[each.id].megapixels * 1e6))
        if each.state == "failed":
            progress.message(f"{each.id} failed: {each.reason}")
    return found


def _write_failures(store: Store) -> None:
    """The table of all that failed and was not done since; none when nothing is."""
    told = list(store.records(FAILED))
    if not told:
        store.delete(FAILURES)
        return
    table = pa.table(
        {name: [str(each.get(name, "")) for each in told] for name in ("id", "reason", "host", "time", "key")}
    )
    written = io.BytesIO()
    pq.write_table(table, written)
    store.write(FAILURES, written.getvalue())
