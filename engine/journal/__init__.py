"""The journal: every operation writes exactly one entry, hash-chained in its stream."""
