"""Reading releases; a parsed one is kept for the life of the process, since it never changes."""

from __future__ import annotations

import threading

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.database import db
from engine.errors import NotFound
from engine.releases.loaded import LoadedRelease, unpack
from engine.releases.loaded import load as parse
from engine.releases.models import Release

_loaded: dict[str, LoadedRelease] = {}
_lock = threading.Lock()


def current(session: Session | None = None) -> Release:
    """The release that new cases get; NotFound when none is deployed."""
    found = (session or db.session).scalar(select(Release).order_by(Release.deployed_at.desc()).limit(1))
    if found is None:
        raise NotFound("还没有发布任何流程版本，请流程负责人先发布。")
    return found


def newest(session: Session) -> LoadedRelease | None:
    """The release that new cases get, parsed; None in an installation that has none yet."""
    found = session.scalar(select(Release.id).order_by(Release.deployed_at.desc()).limit(1))
    return load(found, session) if found is not None else None


def load(release_id: str, session: Session | None = None) -> LoadedRelease:
    """The parsed release; parsing happens once a process, whoever asks first."""
    found = _loaded.get(release_id)
    if found is None:
        with _lock:
            found = _loaded.get(release_id)
            if found is None:
                row = (session or db.session).get(Release, release_id, options=[undefer(Release.files)])
                if row is None:
                    raise NotFound("这个流程版本不存在。")
                found = _loaded[release_id] = parse(release_id, unpack(row.files))
    return found


def loaded() -> list[LoadedRelease]:
    """Every release that this process has parsed so far."""
    return list(_loaded.values())


def history(session: Session) -> list[Release]:
    """All releases, the newest first."""
    return list(session.scalars(select(Release).order_by(Release.deployed_at.desc())))
