"""The two sides of a comparison as an address names them: a release by its id or how it begins, or a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.deployments.models import Activation
from engine.drafts import queries as drafts
from engine.drafts.models import ModelDraft
from engine.releases import queries as releases
from engine.releases.models import Release

_DRAFT = re.compile(r"draft-(\d{1,9})")


@dataclass(frozen=True)
class Side:
    """One side: how an address names it, what people call it, its files, since when it is or was current."""

    key: str
    title: str
    files: Mapping[str, bytes]
    since: datetime
    release: Release | None = None
    draft: ModelDraft | None = None

    def address(self, path: str) -> str:
        """Where the file of this side is read."""
        if self.draft is not None:
            return url_for("modeler.draft_file", draft_id=self.draft.id, path=path)
        return url_for("modeler.release_file", release_id=self.key, path=path)


def side(session: Session, key: str) -> Side:
    """The side that an address names; NotFound for a stranger, or when the beginning of an id fits several."""
    found = _DRAFT.fullmatch(key)
    if found:
        draft = drafts.one(session, int(found[1]))
        return Side(key, f"草稿“{draft.title}”", drafts.files(session, draft), clock.now(), draft=draft)
    release = releases.named(session, key)
    since = session.scalar(
        select(Activation.valid_from)
        .where(Activation.release_id == release.id, Activation.cancelled_at.is_(None))
        .order_by(Activation.valid_from.desc())
        .limit(1)
    )
    when = max(since or release.deployed_at, release.deployed_at)
    return Side(release.id, f"版本 {release.id[:12]}", releases.contents(release.id, session), when, release=release)
