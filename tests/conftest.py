"""Fixtures shared by all tests."""

import os
import signal
from pathlib import Path

import pytest

# Started in the background by a shell, nobody here would hear an interrupt, nor the processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of the development imagery; tests that need it are marked `realdata`."""
    folder = Path(os.environ.get("MMEARTH_REALDATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"development imagery not found at {folder}; set MMEARTH_REALDATA to its folder")
    return folder.resolve()
