"""How classes differ by their samples: spreads, separability, and samples that are unlike their class."""
