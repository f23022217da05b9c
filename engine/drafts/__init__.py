"""Drafts: what process owners change before it is a release. A draft is a branch of one release."""
