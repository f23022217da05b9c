"""Reading drafts: the base with what was changed laid over it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from engine.drafts.models import DraftFile, ModelDraft, SideCopy
from engine.errors import NotFound
from engine.releases import queries as releases

STATES = {"open": "编辑中", "proposed": "待确认", "deployed": "已发布", "discarded": "已放弃"}
#: How many drafts that are over the list shows.
EARLIER = 50


@dataclass(frozen=True)
class Content:
    """A file as a draft has it. `row` is None where it is as in the base."""

    path: str
    data: bytes
    version: int
    row: DraftFile | None = None


def one(session: Session, draft_id: int) -> ModelDraft:
    """The draft as the database has it now; NotFound for a stranger."""
    found = session.get(ModelDraft, draft_id, populate_existing=True)
    if found is None:
        raise NotFound("没有这份草稿，请返回草稿列表。")
    return found


def drafts(session: Session, *states: str) -> list[ModelDraft]:
    """Drafts in these states, the latest first."""
    wanted = select(ModelDraft).where(ModelDraft.state.in_(states)).order_by(ModelDraft.id.desc()).limit(EARLIER)
    return list(session.scalars(wanted))


def rows(session: Session, draft_id: int, *, content: bool = False) -> list[DraftFile]:
    """What the draft holds itself, by path; with `content` the texts come along."""
    wanted = select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(DraftFile.path)
    if content:
        wanted = wanted.options(undefer(DraftFile.content)).execution_options(populate_existing=True)
    return list(session.scalars(wanted))


def row(session: Session, draft_id: int, path: str) -> DraftFile | None:
    """One of them with its text, read anew."""
    return session.scalar(
        select(DraftFile)
        .where(DraftFile.draft_id == draft_id, DraftFile.path == path)
        .options(undefer(DraftFile.content))
        .execution_options(populate_existing=True)
    )


def content(session: Session, draft: ModelDraft, path: str) -> Content:
    """One file as the draft has it; NotFound when it has none there."""
    found = row(session, draft.id, path)
    if found is not None and found.state == "text":
        return Content(path, zlib.decompress(found.content or b""), found.version, found)
    base = releases.contents(draft.base_id, session).get(path)
    if base is None or (found is not None and found.state == "deleted"):
        raise NotFound("草稿里没有这个文件，它可能已被删除。", version=found.version if found else 0)
    return Content(path, base, found.version if found else 0, found)


def files(session: Session, draft: ModelDraft) -> dict[str, bytes]:
    """All files as the draft has them."""
    return laid_over(dict(releases.contents(draft.base_id, session)), rows(session, draft.id, content=True))


def laid_over(base: dict[str, bytes], changed: list[DraftFile]) -> dict[str, bytes]:
    """The files of a base with the rows of a draft over them."""
    for each in changed:
        if each.state == "text":
            base[each.path] = zlib.decompress(each.content or b"")
        elif each.state == "deleted":
            base.pop(each.path, None)
    return base


def names(session: Session, draft: ModelDraft) -> set[str]:
    """The paths of the files that it has."""
    found = set(releases.contents(draft.base_id, session))
    states = select(DraftFile.path, DraftFile.state).where(DraftFile.draft_id == draft.id)
    for path, state in session.execute(states):
        if state == "text":
            found.add(path)
        elif state == "deleted":
            found.discard(path)
    return found


def versions(session: Session, draft_id: int) -> dict[str, int]:
    """{path: version} of what was ever saved; all else is 0."""
    found = session.execute(select(DraftFile.path, DraftFile.version).where(DraftFile.draft_id == draft_id))
    return dict(found.all())


def changed(session: Session, draft_ids: list[int]) -> dict[int, int]:
    """How many files each of these drafts changes."""
    counted = (
        select(DraftFile.draft_id, func.count())
        .where(DraftFile.draft_id.in_(draft_ids), DraftFile.state != "base")
        .group_by(DraftFile.draft_id)
    )
    return dict(session.execute(counted).all())


def side_copies(session: Session, draft_id: int) -> list[SideCopy]:
    """What lies beside the draft, the latest first."""
    wanted = select(SideCopy).where(SideCopy.draft_id == draft_id).order_by(SideCopy.id.desc())
    return list(session.scalars(wanted))


def side_copy(session: Session, draft_id: int, copy_id: int) -> tuple[SideCopy, bytes]:
    """One of them and its text; NotFound for a stranger."""
    found = session.get(SideCopy, copy_id, options=[undefer(SideCopy.content)], populate_existing=True)
    if found is None or found.draft_id != draft_id:
        raise NotFound("这份副本已经处理过，请返回草稿。")
    return found, zlib.decompress(found.content)
