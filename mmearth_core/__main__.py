"""`python -m mmearth_core` is `mmearth`."""

import sys

from mmearth_core.cli.stopping import quit_on_interrupt

quit_on_interrupt()  # before anything else is loaded, which takes a moment

from mmearth_core.cli.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
