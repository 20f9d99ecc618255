"""Which band a raster holds: what its header says, and what is made of that."""
