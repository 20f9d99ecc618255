"""Pretraining: datasets of aligned tiles, methods that learn from them, and the loop that runs a method."""
