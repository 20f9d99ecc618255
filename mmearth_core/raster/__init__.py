"""Rasters: pixel geometry (pure), streaming reading of Sentinel-2 scenes, atomic writing. Knows no model and no class."""
