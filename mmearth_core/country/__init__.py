"""More than one machine's day: what is to be embedded is planned, done in shards or on a cluster, and gathered."""
