"""The MP-MAE encoder: what it is, where its weights come from, how it is calibrated and exported.

Only `network`, `official`, `loading`, `calibration` and `export` import torch; inference uses the exported ONNX file.
"""
