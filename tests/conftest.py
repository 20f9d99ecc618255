"""Fixtures shared by all tests."""

import importlib.util
import os
import signal
from pathlib import Path

import pytest

# Started in the background by a shell, nobody here would hear an interrupt, nor the processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on what else the machine does.
if importlib.util.find_spec("hypothesis"):  # which the Python of QGIS lacks
    from hypothesis import settings

    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of the development imagery; tests that need it are marked `realdata`."""
    folder = Path(os.environ.get("MMEARTH_REALDATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"development imagery not found at {folder}; set MMEARTH_REALDATA to its folder")
    return folder.resolve()
