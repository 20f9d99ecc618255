"""Losses that compare rows: looks, patches, sensors, covers and teachers, told apart or as alike as they should be."""
