"""The engine: a raster becomes an embedding raster, tile by tile, resumable, the same bytes every time."""
