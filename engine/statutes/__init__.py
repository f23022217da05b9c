"""The register of clauses that everything rests on, and the steps that the law lets no drawing skip.

Both are data of a release (`statutes.json`, `mandatory.json`); what the process owners may not weaken stands in
`floor.json` of this package (docs/statutes.md).
"""
