"""An encoder as small as one can be, for runs that are about anything but how large their encoder is."""

from mmearth_core.encoder.architecture import SIZES

#: What it is called in a configuration: as deep as four stages and two blocks of one of them, 60 times fewer weights
#: than the smallest of users'.
SMALL = "small"


def know_small() -> None:
    """Let configurations and model files have it, in this process."""
    SIZES[SMALL] = ((1, 1, 2, 1), (8, 16, 24, 32))
