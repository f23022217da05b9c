"""Which files of a release read which parameter: a release never changes, so it is searched once a process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy.orm import Session, undefer

from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.loaded import unpack
from engine.releases.models import Release

_READS = re.compile(rb"parameters\.([a-z][a-z0-9_]*)")
#: Notices speak of what they fill in by its bare name.
_WORDS = re.compile(rb"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
NOTICES = "notices/"


def readers(session: Session) -> Mapping[str, list[str]]:
    """{parameter: paths of files} of the current release; nothing while none is deployed. What the registers read by
    themselves is not in it."""
    try:
        current = releases.current(session)
    except NotFound:
        return {}
    found = _known(current.id)
    if not found:
        row = session.get(Release, current.id, options=[undefer(Release.files)], populate_existing=True)
        for path, data in sorted(unpack(row.files).items()) if row is not None else []:
            reads = _WORDS if path.startswith(NOTICES) else _READS
            for name in {each.decode() for each in reads.findall(data)}:
                found.setdefault(name, []).append(path)
    return found


@lru_cache(maxsize=4)
def _known(release_id: str) -> dict[str, list[str]]:
    """The index of one release, empty until somebody asks for it."""
    return {}
