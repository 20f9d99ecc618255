"""`python -m mmearth_core.worker` serves on its own stdin and stdout."""

from mmearth_core.worker.server import main

main()
