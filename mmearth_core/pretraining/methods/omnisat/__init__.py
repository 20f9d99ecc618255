"""OmniSat: what several sensors show of a patch belongs together, and hidden tokens follow from the others."""
