"""What was left behind on the disk is cleared away every few minutes, a little at a time."""

from __future__ import annotations

from engine.runtime.openings.plans import plan
from registers.files import operations


@plan
def clear_away() -> None:
    """Uploads without a draft, files without a row."""
    operations.sweep()
