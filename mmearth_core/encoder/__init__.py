"""The MP-MAE encoder: what it is, where its weights come from, how it is calibrated and exported.

Torch is imported by `network`, `masking`, `official`, `loading`, `calibration`, `onnx_graph` and `torch_backend` only;
inference uses the exported ONNX file.
"""
