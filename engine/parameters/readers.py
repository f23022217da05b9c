"""What the current release says about parameters: which of its files read them, and which clauses may be cited.

A release never changes, so each is searched once a process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy.orm import Session, undefer

from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.loaded import unpack
from engine.releases.models import Release
from engine.statutes import ids, register

_READS = re.compile(rb"parameters\.([a-z][a-z0-9_]*)")
#: Notices speak of what they fill in by its bare name.
_WORDS = re.compile(rb"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
NOTICES = "notices/"


def readers(session: Session) -> Mapping[str, list[str]]:
    """{parameter: paths of files} of the current release; nothing while none is deployed. What the registers read by
    themselves is not in it."""
    found: dict[str, list[str]] = {}
    current = _current(session)
    if current is not None:
        found = _known(current)
        if not found:
            for path, data in sorted(_files(session, current).items()):
                reads = _WORDS if path.startswith(NOTICES) else _READS
                for name in {each.decode() for each in reads.findall(data)}:
                    found.setdefault(name, []).append(path)
    return found


def strangers(session: Session, clauses: str) -> list[str]:
    """Those of some clauses that the register of the current release does not have; none while there is no register."""
    current = _current(session)
    if current is None:
        return []
    citable = _citable(current)
    if not citable:
        data = _files(session, current).get(register.FILE)
        if data is None:
            return []
        citable.update(dict.fromkeys(register.read(data)[0].citable))
    return [each for each in ids.split(clauses) if each not in citable]


def _current(session: Session) -> str | None:
    try:
        return releases.current(session).id
    except NotFound:
        return None


def _files(session: Session, release_id: str) -> Mapping[str, bytes]:
    row = session.get(Release, release_id, options=[undefer(Release.files)], populate_existing=True)
    return unpack(row.files) if row is not None else {}


@lru_cache(maxsize=4)
def _known(release_id: str) -> dict[str, list[str]]:
    """The index of one release, empty until somebody asks for it."""
    return {}


@lru_cache(maxsize=4)
def _citable(release_id: str) -> dict[str, None]:
    """The clauses of one release, empty until somebody asks for them."""
    return {}
