"""Two processes that learn together: each is given its rank, and the folder in which what they are to do lies."""

import os
import subprocess
import sys
from pathlib import Path

from small_encoder import ELSEWHERE


def run_two(source: str, folder: Path, *, beside: Path, timeout: float) -> None:
    """Run `source` as `python -c SOURCE RANK FOLDER` for ranks 0 and 1 at once, which find what lies `beside`; fails
    with what one of them says when it fails."""
    environment = {**ELSEWHERE, "PYTHONPATH": os.pathsep.join([str(beside), ELSEWHERE["PYTHONPATH"]])}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", source, str(rank), str(folder)], stderr=subprocess.PIPE, env=environment
        )
        for rank in range(2)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=timeout)
        assert process.returncode == 0, errors.decode()
