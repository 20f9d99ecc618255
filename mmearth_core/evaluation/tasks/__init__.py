"""Labelled tiles as tasks: GEO-Bench's folders, an NPZ, a folder of GeoTIFFs, all read into one contract."""
