"""Embeddings that others publish: how each is recognised, what its numbers mean, and how it is read."""
