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
from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.models import Release

_RELEASE = re.compile(r"[0-9a-f]{4,64}")
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
    release = named(session, key)
    since = session.scalar(
        select(Activation.valid_from)
        .where(Activation.release_id == release.id, Activation.cancelled_at.is_(None))
        .order_by(Activation.valid_from.desc())
        .limit(1)
    )
    when = max(since or release.deployed_at, release.deployed_at)
    return Side(release.id, f"版本 {release.id[:12]}", releases.contents(release.id, session), when, release=release)


def named(session: Session, key: str) -> Release:
    """The release whose id is this or begins so."""
    if not _RELEASE.fullmatch(key):
        raise NotFound("没有这个流程版本，请从列表中选择。")
    rows = list(session.scalars(select(Release).where(Release.id.startswith(key, autoescape=True)).limit(2)))
    if len(rows) != 1:
        raise NotFound("没有这个流程版本。" if not rows else "有几个版本的编号都这样开头，请写得长一些。")
    return rows[0]
