"""Reading releases; a parsed one is kept for the life of the process, since it never changes."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from engine import clock
from engine.database import db
from engine.deployments.models import Activation
from engine.errors import NotFound
from engine.releases.loaded import LoadedRelease, unpack
from engine.releases.loaded import load as parse
from engine.releases.models import Release

#: The first release of an installation holds since ever: there is nothing before it, and demonstrations and papers that
#: are entered later look back.
BEGINNING = clock.instant(date(2000, 1, 1))
#: Unparsed releases that this process remembers.
KEPT = 4
#: As much of an id as one must write.
_ID = re.compile(r"[0-9a-f]{4,64}")
_loaded: dict[str, LoadedRelease] = {}
_contents: dict[str, Mapping[str, bytes]] = {}
_lock = threading.Lock()


def standing(instant: datetime) -> Select[tuple[str]]:
    """The id of the release that is current at an instant. It follows from the rows and the instant alone: the last
    that came into force and was not cancelled. So nothing has to happen for a planned one to begin, there is neither a
    gap nor a doubling, and a clock that is moved back finds what was current then."""
    return (
        select(Activation.release_id)
        .where(Activation.valid_from <= instant, Activation.cancelled_at.is_(None))
        .order_by(Activation.valid_from.desc(), Activation.id.desc())
        .limit(1)
    )


def current(session: Session | None = None) -> Release:
    """The release that new cases get; NotFound when none is deployed."""
    found = (session or db.session).scalar(select(Release).where(Release.id == standing(clock.now()).scalar_subquery()))
    if found is None:
        raise NotFound("还没有发布任何流程版本，请流程负责人先发布。")
    return found


def newest(session: Session) -> LoadedRelease | None:
    """The release that new cases get, parsed; None in an installation that has none yet."""
    found = session.scalar(standing(clock.now()))
    return load(found, session) if found is not None else None


def contents(release_id: str, session: Session | None = None) -> Mapping[str, bytes]:
    """The files of a release without parsing them; NotFound for a stranger. What was read last is kept."""
    known = _loaded.get(release_id)
    if known is not None:
        return known.files
    with _lock:
        kept = _contents.get(release_id)
        if kept is None:
            kept = _contents[release_id] = unpack(_row(release_id, session).files)
            while len(_contents) > KEPT:
                _contents.pop(next(iter(_contents)))
    return kept


def load(release_id: str, session: Session | None = None) -> LoadedRelease:
    """The parsed release; parsing happens once a process, whoever asks first."""
    found = _loaded.get(release_id)
    if found is None:
        with _lock:
            found = _loaded.get(release_id)
            if found is None:
                found = _loaded[release_id] = parse(release_id, unpack(_row(release_id, session).files))
    return found


def named(session: Session, key: str) -> Release:
    """The release whose id is this or begins so; NotFound for a stranger, or when several begin so."""
    if not _ID.fullmatch(key):
        raise NotFound("没有这个流程版本，请写版本编号或其开头至少四位，或从列表中选择。")
    rows = list(session.scalars(select(Release).where(Release.id.startswith(key, autoescape=True)).limit(2)))
    if len(rows) != 1:
        raise NotFound("没有这个流程版本。" if not rows else "有几个版本的编号都这样开头，请写得长一些。")
    return rows[0]


def _row(release_id: str, session: Session | None) -> Release:
    row = (session or db.session).get(Release, release_id, options=[undefer(Release.files)])
    if row is None:
        raise NotFound("这个流程版本不存在。")
    return row


def loaded() -> list[LoadedRelease]:
    """Every release that this process has parsed so far."""
    return list(_loaded.values())


def history(session: Session) -> list[Release]:
    """All releases that were or will be current, the one that was stored last first."""
    used = select(Activation.release_id)
    return list(session.scalars(select(Release).where(Release.id.in_(used)).order_by(Release.deployed_at.desc())))
