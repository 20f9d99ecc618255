"""The Samples tab and the tools that draw."""
