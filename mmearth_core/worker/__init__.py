"""The process other programs talk to, QGIS above all: python -m mmearth_core.worker."""
