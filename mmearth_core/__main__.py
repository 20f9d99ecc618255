"""`python -m mmearth_core` is `mmearth`."""

import sys

from mmearth_core.cli import main

sys.exit(main())
