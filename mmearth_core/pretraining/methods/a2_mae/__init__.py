"""A²-MAE: what is hidden of several images of a place follows from what is seen of all of them."""
