"""`python -m mmearth_core` is `mmearth`."""

import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)  # what has not even begun is ended by the system

from mmearth_core.cli.stopping import quit_on_interrupt  # noqa: E402

quit_on_interrupt()  # before anything else is loaded, which takes a moment

from mmearth_core.cli.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
