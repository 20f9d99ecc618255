"""The Embed tab."""
