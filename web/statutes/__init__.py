"""The register of clauses: what the law asks, and what here rests on it."""
