"""From labels to maps: samples, probe, validation, classification, similarity, clusters, suggestions, accuracy."""
