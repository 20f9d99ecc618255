"""NS-MAE on tiles of the Earth: canopy heights, radar and colours are rendered from what is seen of an image."""
