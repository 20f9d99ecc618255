"""How much of a tile an encoder's vectors show: measured, so that one knows with which context its tiles join."""
