"""NS-MAE: what is seen of a place along rays is rendered from a volume of densities and colours."""
