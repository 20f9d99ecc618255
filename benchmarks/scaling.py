"""Rate and peak memory of `mmearth embed` by the size of a scene and by the number of processors, each in a process.

    python -m benchmarks.scaling [-o OUTPUT.json] [--sizes 1024 2048 4096 10980] [--threads 1 2] [--model default]

The scenes are synthetic and full of data; the work does not depend on what they show. A flat rate means that nothing
grows faster than the pixels; a flat peak, that a scene's size does not matter. Beside OUTPUT.json (scaling.json) stands
OUTPUT.svg, the picture; sizes that OUTPUT.json already holds, of the same processor, are not done again.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.engine import embedded_apart, machine, make_scene
from mmearth_core.files import write_text
from mmearth_core.processors import processor_name
from mmearth_core.reports.markdown import table_lines


def measured(scene: Path, side: int, threads: int, model: str) -> dict[str, Any]:
    """One embedding on so many processors: seconds, Mpx/s, seconds of processors, peak in GiB."""
    output = scene.with_name("embedded.tif")
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:threads])  # which the process inherits
    try:
        seconds, used = embedded_apart(scene, output, model)
    finally:
        os.sched_setaffinity(0, allowed)
    written = output.stat().st_size
    output.unlink()
    return {
        "side": side,
        "megapixels": side * side / 1e6,
        "threads": threads,
        "seconds": seconds,
        "mpx_s": side * side / 1e6 / seconds,
        "processor_seconds": used.ru_utime + used.ru_stime,
        "peak_gib": used.ru_maxrss / 2**20,
        "written_mb": written / 1e6,
    }


def picture(rows: list[dict[str, Any]]) -> Figure:
    figure = Figure(figsize=(8, 3), layout="constrained")
    for axes, key, name in zip(
        figure.subplots(1, 2), ("mpx_s", "peak_gib"), ("Mpx a second", "peak memory, GiB"), strict=True
    ):
        for threads in sorted({each["threads"] for each in rows}):
            found = sorted((each["megapixels"], each[key]) for each in rows if each["threads"] == threads)
            axes.plot(*zip(*found, strict=True), "o-", label=f"{threads} processor{'s' * (threads > 1)}")
        axes.set_xscale("log")
        axes.set_ylim(0)
        axes.set_xlabel("megapixels of the scene")
        axes.set_title(name, fontsize=10)
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 2048, 4096, 10_980], help="sides in pixels")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--model", default="default")
    parser.add_argument("-o", "--output", type=Path, default=Path("scaling.json"))
    given = parser.parse_args()
    told: dict[str, Any] = {"processor": processor_name(), "model": given.model, "runs": [], "rows": []}
    if given.output.is_file():
        kept = json.loads(given.output.read_text(encoding="utf-8"))
        if all(kept[key] == told[key] for key in ("processor", "model")):
            told = kept
    told["runs"].append(f"{machine()}: python -m benchmarks.scaling {' '.join(sys.argv[1:])}")
    done = {(each["side"], each["threads"]) for each in told["rows"]}
    for side in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            scene = make_scene(Path(folder) / "scene.tif", side, side)
            for threads in given.threads:
                if (side, threads) not in done:
                    told["rows"].append(measured(scene, side, threads, given.model))
                    write_text(given.output, json.dumps(told, indent=1) + "\n")
    told["rows"].sort(key=lambda each: (each["threads"], each["megapixels"]))
    write_text(given.output, json.dumps(told, indent=1) + "\n")
    picture(told["rows"]).savefig(given.output.with_suffix(".svg"), metadata={"Date": None})
    head = ["Mpx", "processors", "s", "Mpx/s", "processor s", "peak GiB"]
    keys = ("megapixels", "threads", "seconds", "mpx_s", "processor_seconds", "peak_gib")
    print("\n".join(table_lines(head, [[f"{each[key]:.3g}" for key in keys] for each in told["rows"]])))


if __name__ == "__main__":
    main()
