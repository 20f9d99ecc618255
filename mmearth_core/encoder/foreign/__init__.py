"""Anybody's encoder: an ONNX file of others with a card that says what its network takes and gives. Without torch."""
