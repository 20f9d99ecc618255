"""What of a scene is ground: one rule, found from the whole scene, obeyed by whatever reads a part of it."""
