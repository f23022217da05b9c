"""What was done on paper and entered later, for leaders: all of it, the latest first."""

from __future__ import annotations

from flask import render_template

from registers.backentry import queries
from web.leaders.blueprints import blueprint, view


@blueprint.get("/back-entries")
def back_entries() -> str:
    """The back-entries of the leader's areas; those of their kin are counted and not opened."""
    seen = view()
    rows = queries.for_leaders(seen.session, seen.scope)
    late = sum(row.entry.late_entered and row.entry.state == "confirmed" for row in rows)
    return render_template("leaders/back_entries.html", rows=rows, late=late)
