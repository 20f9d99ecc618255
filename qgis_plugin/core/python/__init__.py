"""The Python behind the worker: found, made, checked, explained."""
