"""How entries are chained: the hash of an entry covers its own words and the hash before it."""

from __future__ import annotations

import hashlib
import json

from engine.journal.models import JournalEntry


def digest(entry: JournalEntry) -> str:
    """SHA-256 (hex) over every field of the entry but its id and its own hash."""
    words = [
        entry.stream,
        entry.seq,
        entry.verb,
        entry.actor_id,
        entry.actor_name,
        entry.instance_id,
        entry.before,
        entry.after,
        entry.reason,
        entry.clause,
        entry.acted_at.isoformat(),
        entry.entered_at.isoformat(),
        entry.prev,
    ]
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
