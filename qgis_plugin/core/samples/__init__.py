"""Samples and their classes: layers, edits, the table."""
