"""Layouts in which Sentinel-2 is handed out: ESA's SAFE, Theia's MUSCATE, SNAP's DIMAP, STAC items, netCDF and Zarr."""
