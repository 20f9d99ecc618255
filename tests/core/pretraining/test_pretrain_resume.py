"""A run whose process is killed, at any moment, goes on exactly: its log is that of a run nobody touched."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_encoder import ELSEWHERE

from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.tiles.synthetic import write_synthetic_tiles

#: Starts the run in forks of a process that has loaded everything, and kills them: two while a checkpoint is being
#: written, the others at random moments after the log has grown and a checkpoint is kept.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from small_encoder import know_small
from mmearth_core.pretraining.pretrain import pretrain
import torch.utils.tensorboard.writer
config, run = Path(sys.argv[1]), Path(sys.argv[2])
know_small()
random.seed(4)
torch.set_num_threads(1)
caught = 0
for attempt in range(4):
    size = (run / "log.jsonl").stat().st_size if (run / "log.jsonl").is_file() else 0
    child = os.fork()
    if not child:
        pretrain(config=config, output=run)
        os._exit(0)
    def grown():
        kept = any(run.glob("checkpoints/step-*"))
        return kept and (run / "log.jsonl").is_file() and (run / "log.jsonl").stat().st_size > size
    def writing():
        return bool(list(run.glob("checkpoints/.step-*.tmp/optimiser.safetensors")))
    wanted = writing if attempt % 3 == 0 else grown
    while not wanted() and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.0005)
    if wanted is grown:
        time.sleep(random.uniform(0, 0.3))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    caught += bool(list(run.glob("checkpoints/.step-*.tmp")))
print(caught)
"""


def lines_of(run: Path) -> list[dict]:
    """The log without what depends on the clock."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in ("images_per_second", "waiting")} for line in lines]


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")
def test_a_run_that_is_killed_again_and_again_gives_the_same_numbers(
    recipe: Callable[..., Path], tmp_path: Path
) -> None:
    """Of two looks that differ in everything that is drawn."""
    write_synthetic_tiles(tmp_path / "dated", 20, size=24, dates=2)
    changes: dict[str, object] = {
        "data__datasets": [str(tmp_path / "dated")], "mp_mae__agreement": 1.0, "mp_mae__patches": 0.5,
        "mp_mae__jitter": True, "mp_mae__haze": 0.5, "mp_mae__looks": {"dates": 0.7, "scale": 1.5},
    }  # fmt: skip
    config = recipe(optimiser__epochs=2, watch__checkpoint_steps=2, watch__log_steps=1, optimiser__batch=2, **changes)
    pretrain(config=config, output=tmp_path / "whole")
    shown = subprocess.run(
        [sys.executable, "-c", KILLER, str(config), str(tmp_path / "killed")],
        env=ELSEWHERE,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert int(shown.stdout) >= 1, "no checkpoint was caught while it was written"
    steps = {path.name for path in (tmp_path / "killed" / "checkpoints").glob("step-*")}
    assert steps, "killed before anything was kept"
    pretrain(config=config, output=tmp_path / "killed")
    whole, killed = lines_of(tmp_path / "whole"), lines_of(tmp_path / "killed")
    assert len(whole) > 9
    assert killed == whole
    weights = [tmp_path / name / "encoder.safetensors" for name in ("whole", "killed")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    starts = json.loads((tmp_path / "killed" / "environment.json").read_text())["starts"]
    assert starts[-1]["step"] > 0
