"""An encoder as small as one can be, for runs that are about anything but how large their encoder is."""

import os
import sys

from mmearth_core.encoder.architecture import SIZES

#: What it is called in a configuration: as deep as four stages and two blocks of one of them, 60 times fewer weights
#: than the smallest of users'.
SMALL = "small"
#: What another process is given, to find this module and the rest of what tests see.
ELSEWHERE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def know_small() -> None:
    """Let configurations and model files have it, in this process."""
    SIZES[SMALL] = ((1, 1, 2, 1), (8, 16, 24, 32))
