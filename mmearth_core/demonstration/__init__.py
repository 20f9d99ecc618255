"""The demonstration: a synthetic Sentinel-2 scene with samples and truth, and the run through all verbs on it.

Nothing outside this folder may depend on it.
"""
