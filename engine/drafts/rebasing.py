"""A draft and a release that came meanwhile: which files only one of them changed, which both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.drafts import queries
from engine.drafts.models import ModelDraft
from engine.releases import queries as releases


@dataclass(frozen=True)
class Between:
    """Paths: what the draft alone changed, what the release alone changed, what both changed, what both changed into
    the same."""

    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    both: tuple[str, ...]
    same: tuple[str, ...]


def between(session: Session, draft: ModelDraft, onto: str) -> Between:
    """Compares the base of the draft with both, file by file."""
    base = releases.contents(draft.base_id, session)
    new = releases.contents(onto, session)
    mine = queries.files(session, draft)
    found: dict[str, list[str]] = {"mine": [], "theirs": [], "both": [], "same": []}
    for path in sorted({*base, *new, *mine}):
        ours, other = mine.get(path) != base.get(path), new.get(path) != base.get(path)
        if not ours and not other:
            continue
        kind = "same" if mine.get(path) == new.get(path) else "both" if ours and other else "mine" if ours else "theirs"
        found[kind].append(path)
    return Between(*(tuple(found[kind]) for kind in ("mine", "theirs", "both", "same")))
