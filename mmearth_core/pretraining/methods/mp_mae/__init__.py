"""MP-MAE: predict what is masked of a Sentinel-2 image, and all that is known of the place, from what is visible."""
