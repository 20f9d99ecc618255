"""From a layer to its embedding: request, job, pictures on the way, cache."""
