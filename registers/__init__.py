"""The township's ledgers (台账) and the service operations that flows call. Knows no HTTP."""

from __future__ import annotations


def install() -> None:
    """Imports every slice, so that its models, service operations and rules are registered with the engine. Idempotent."""
