"""How encoders are judged on tasks of tiles: protocols by name, controls beside them, cells that are kept, reports."""
