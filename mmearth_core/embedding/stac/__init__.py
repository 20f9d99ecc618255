"""What catalogues of STAC are told of embedding rasters: an Item of each, a Collection of a folder of them."""
