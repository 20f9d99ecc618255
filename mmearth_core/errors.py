"""Errors a user can act on: one sentence naming the file, what is wrong and what to do.

The command line prints the sentence and exits 1; Python callers catch `MMEarthError`.
"""

#: How a sentence about kept work ends; the command line names the command itself instead.
GO_ON = "; run the same command again to go on."


class MMEarthError(Exception):
    """Unusable input or request. Nothing half made is left on disk."""


class EnvironmentFailure(MMEarthError):
    """The machine failed (disk full, write refused, backend died). Finished work is kept and can be resumed."""


class Cancelled(MMEarthError):
    """The user cancelled. Finished work is kept and can be resumed."""
