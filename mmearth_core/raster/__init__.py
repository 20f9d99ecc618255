"""Rasters: pixel geometry, streaming reading of Sentinel-2 scenes, atomic writing. Knows no model and no class."""
