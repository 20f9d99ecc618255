"""Vector files: geometries and classes in, features out, and which pixels geometries have. Knows no model."""
