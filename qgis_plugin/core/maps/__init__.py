"""Maps on the canvas: live, final, and how they look."""
