"""Fixtures that integration tests of several rooms share."""

from __future__ import annotations

from tests.support.world import world

__all__ = ["world"]
