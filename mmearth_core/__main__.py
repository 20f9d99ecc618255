"""`python -m mmearth_core` is `mmearth`."""

import sys

from mmearth_core.cli.command import main

sys.exit(main())
