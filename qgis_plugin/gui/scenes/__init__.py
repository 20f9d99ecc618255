"""The window of the scenes, and what is done with many of them."""
