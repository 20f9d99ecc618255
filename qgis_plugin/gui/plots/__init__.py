"""Pictures of how the classes of the samples differ."""
