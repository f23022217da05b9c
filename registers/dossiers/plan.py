"""What was fetched, or could have been, goes."""

from __future__ import annotations

from engine.runtime.openings.plans import plan
from registers.dossiers import operations


@plan
def clear_away_dossiers() -> None:
    """Dossiers older than their hour."""
    operations.clear_away()
