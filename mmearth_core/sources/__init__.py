"""Embeddings, whoever made them, as one contract."""
