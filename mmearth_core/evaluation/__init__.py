"""How good an embedding is: neighbours and probes on few labels, split by place, beside what bands alone can do."""
