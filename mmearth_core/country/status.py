"""The verb `status`: how far a run is, who is at what, what failed, and how long the rest will take."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mmearth_core.country.beat import BEAT, RUNNING
from mmearth_core.country.plan_file import Plan, read_plan
from mmearth_core.country.stores import Store, store_at
from mmearth_core.country.tasks import FAILED, ITEMS, PLAN
from mmearth_core.errors import MMEarthError
from mmearth_core.wording import counted

#: A sign of life is awaited so many times as long as it takes to come; after that who gave it is gone.
_LATE = 6


@dataclass(frozen=True)
class AtWork:
    """A scene at work: where, at what, how much of that (0 … 1, None when that is not told), and since when."""

    id: str
    host: str
    task: str
    share: float | None
    since: str


@dataclass(frozen=True)
class StatusResult:
    """A run: scenes done of all, those at work, failed (with reasons), and gone (whose worker gives no sign of life).

    `megapixels` of all and `done_megapixels`; `seconds` of computing so far, `left_seconds` that the rest is expected
    to take with the workers there are, None when there is none or nothing is done yet.
    """

    output: str
    scenes: int
    done: tuple[str, ...]
    running: tuple[AtWork, ...]
    gone: tuple[str, ...]
    failed: dict[str, str]
    megapixels: float
    done_megapixels: float
    seconds: float
    left_seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            **vars(self),
            "done": list(self.done),
            "running": [vars(each) for each in self.running],
            "gone": list(self.gone),
        }

    def __str__(self) -> str:
        share = 100 * self.done_megapixels / self.megapixels if self.megapixels else 0
        lines = [
            f"{self.output}: {len(self.done)} of {counted(self.scenes, 'scene')} done, {share:.1f} % of the pixels."
        ]
        if self.left_seconds is not None:
            lines.append(f"About {timedelta(seconds=round(self.left_seconds))} left, with {len(self.running)} at work.")
        for each in self.running:
            much = "" if each.share is None else f" {100 * each.share:.0f} %"
            lines.append(f"  {each.id}: {each.task}{much}, on {each.host} since {each.since}")
        lines += [f"! {name}: no sign of life; the next run does it again." for name in self.gone]
        lines += [f"! failed: {name}: {reason}" for name, reason in self.failed.items()]
        return "\n".join(lines)


def status(*, output: str | Path) -> StatusResult:
    """Say how far a run is.

    Args:
        output: Folder or address that mmearth run writes to.

    Raises:
        MMEarthError: There is no run.
        EnvironmentFailure: The place cannot be reached.
    """
    store = store_at(output)
    plan = plan_of(store)
    rows = {row.id: row for row in plan.rows}
    done = {item["id"]: item for item in store.records(ITEMS) if item.get("id") in rows}
    running, gone = list[AtWork](), list[str]()
    for told in store.records(RUNNING):
        if told.get("id") in done:
            continue
        age = datetime.now(UTC) - datetime.fromisoformat(str(told["time"]))
        if age > timedelta(seconds=_LATE * BEAT):
            gone.append(str(told["id"]))
            continue
        share = told["done"] / told["total"] if told.get("total") else None
        running.append(AtWork(told["id"], told["host"], told["task"], share, told["since"]))
    failed = {each["id"]: str(each["reason"]) for each in store.records(FAILED) if each["id"] not in done}
    computed = sum(float(item["properties"].get("mmearth:seconds", 0)) for item in done.values())
    made = sum(rows[name].megapixels for name in done)
    whole = sum(row.megapixels for row in rows.values())
    rest = whole - made - sum(rows[name].megapixels for name in failed if name in rows)
    left = rest * computed / made / len(running) if made and running else None
    return StatusResult(
        output=str(output),
        scenes=len(rows),
        done=tuple(sorted(done)),
        running=tuple(sorted(running, key=lambda each: each.id)),
        gone=tuple(sorted(gone)),
        failed=dict(sorted(failed.items())),
        megapixels=whole,
        done_megapixels=made,
        seconds=computed,
        left_seconds=left,
    )


def plan_of(store: Store) -> Plan:
    """The plan that was run into a store. Raises `MMEarthError` when none was."""
    content = store.read(PLAN)
    if content is None:
        raise MMEarthError(f"{store.address} is no run; give the output of mmearth run.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PLAN
        path.write_bytes(content)
        return read_plan(path)
