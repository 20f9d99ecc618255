"""Training tiles in the published layout of MMEarth: read, written, measured, invented. Needs no torch."""
