"""The world that NS-MAE is shown at toy size: boxes, seen by four cameras and a LiDAR. It says nothing of the Earth."""
