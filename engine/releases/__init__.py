"""Releases: immutable, content-addressed snapshots of all models; a case is pinned to one."""
