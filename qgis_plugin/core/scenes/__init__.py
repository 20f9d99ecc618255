"""Many scenes: those of the project, how it stands with each, and those that are worked on together."""
