"""Tiles of a user's own aligned rasters: what is asked for, what the files hold, the tiles made of them."""
