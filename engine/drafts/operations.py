"""Beginning a draft, saving its files, taking in what was released meanwhile, discarding it and taking that back.

Saving is bookkeeping (`scratch`): nothing that the law looks at changes before a draft is deployed, and an editor saves
every few seconds. What happens to the draft as a whole is in the journal.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import first_of
from engine.drafts import paths, queries, rebasing
from engine.drafts.models import DraftFile, ModelDraft, SideCopy
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.releases import queries as releases
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import act, scratch

STREAM = "releases"
LONGEST_TITLE = 80
LONGEST_NOTE = 4000
#: Nobody works on more at once; a script that begins thousands is stopped here.
MOST_OPEN = 50


def begin(actor: Actor, title: str, base_id: str | None = None, note: str = "") -> ModelDraft:
    """A new draft on a release, the current one when none is named."""
    title = written("title", title, longest=LONGEST_TITLE, empty="请给草稿起个名字，例如：低保补差调整。")
    note = written("note", note, longest=LONGEST_NOTE)
    with act(Verb.DRAFT_BEGUN, actor) as deed:
        session = deed.session
        veto.require(session, Question("deploy", actor))
        head = deed.subject(STREAM)
        if len(queries.drafts(session, "open")) >= MOST_OPEN:
            raise Invalid.at("title", f"编辑中的草稿已有{MOST_OPEN}份，请先放弃不用的。")
        base = base_id or releases.current(session).id
        releases.contents(base, session)
        draft = ModelDraft(
            title=title, note=note, base_id=base, begun_by_id=actor.id, begun_by=actor.name, begun_at=deed.now
        )
        session.add(draft)
        session.flush()
        deed.record(head, after={"draft": draft.id, "title": title, "base": base[:12]})
    return draft


def save(draft_id: int, actor: Actor, path: str, data: bytes, *, version: int) -> DraftFile:
    """Keeps the text of one file and returns its row with the new version. `version` is the one on which it was typed
    (0: the base). The same text once more is not stored again.

    Raises Conflict (`.by`, `.at`, `.version`) when somebody saved meanwhile: what was given is then kept as a copy of
    its own beside the draft. Raises Invalid for a foreign path or what is no text, Refused for who may not, and
    Conflict (`.closed`) when the draft is no longer open."""
    paths.check(path)
    paths.text(data)
    digest = sha256(data).hexdigest()
    with scratch() as session:
        draft = _open(session, draft_id, actor)
        row = _row(session, draft, path, actor)
        again = row.state == "text" and row.digest == digest
        met = row.version == version or (again and row.version == version + 1)
        if met and not again:
            paths.free(path, queries.names(session, draft))
            _put(row, actor, "text", zlib.compress(data), digest)
        elif not met:
            _keep_aside(session, row, data, actor, version)
    if not met:
        raise _beaten(row)
    return row


def remove(draft_id: int, actor: Actor, path: str, *, version: int) -> DraftFile:
    """Takes a file out of the draft. Raises as `save` does; NotFound when there is none."""
    return _mark(draft_id, actor, path, version, "deleted")


def restore(draft_id: int, actor: Actor, path: str, *, version: int) -> DraftFile:
    """Puts a file back to what the base has. Raises as `save` does."""
    return _mark(draft_id, actor, path, version, "base")


def _mark(draft_id: int, actor: Actor, path: str, version: int, state: str) -> DraftFile:
    paths.check(path)
    with scratch() as session:
        draft = _open(session, draft_id, actor)
        if state == "deleted" and path not in queries.names(session, draft):
            raise NotFound("草稿里没有这个文件，它可能已被删除。")
        row = _row(session, draft, path, actor)
        met = row.version == version
        if met and row.state != state:
            _put(row, actor, state, None, None)
    if not met:
        raise _beaten(row, "请看过以后再决定。")
    return row


def settle(draft_id: int, actor: Actor, copy_id: int, answer: str, *, version: int) -> None:
    """Decides of a copy that lies beside the draft: `mine` puts it in the place of what is there now (at `version`),
    `theirs` lets it go. Only whoever made it decides. Raises Conflict when somebody saved meanwhile once more."""
    with scratch() as session:
        draft = _open(session, draft_id, actor)
        aside, data = queries.side_copy(session, draft_id, copy_id)
        if aside.made_by_id != actor.id:
            raise Refused("这份副本由保存它的人处理。")
        row = _row(session, draft, aside.path, actor)
        met = answer != "mine" or row.version == version
        if met:
            if answer == "mine":
                _put(row, actor, "text", zlib.compress(data), sha256(data).hexdigest())
            session.delete(aside)
    if not met:
        raise _beaten(row, "您的副本还在，请看过以后再选择。")


def rebase(draft_id: int, actor: Actor, onto: str, answers: Mapping[str, str]) -> ModelDraft:
    """Moves a draft onto another release. What only that one changed is taken; for each file that both changed the
    answer is `mine` or `theirs`; what gives way lies beside the draft.

    Raises Invalid at `answers.PATH` for a file that nobody decided of, Conflict when the draft is no longer open."""
    with act(Verb.DRAFT_REBASED, actor) as deed:
        session = deed.session
        veto.require(session, Question("deploy", actor))
        head = deed.subject(STREAM)
        draft = locked(session, draft_id)
        _still_open(draft)
        if draft.base_id == onto:
            deed.dismiss()
            return draft
        found = rebasing.between(session, draft, onto)
        lacking = [each for each in found.both if answers.get(each) not in ("mine", "theirs")]
        if lacking:
            message = "两边都改过，请选择保留哪一份。"
            raise Invalid(problems=[{"field": f"answers.{each}", "message": f"“{each}”{message}"} for each in lacking])
        for row in queries.rows(session, draft_id, content=True):
            if row.path in found.same or (answers.get(row.path) == "theirs" and row.path in found.both):
                if row.path in found.both and row.content is not None:
                    _lay_aside(session, row)
                _put(row, actor, "base", None, None)
        before, draft.base_id = draft.base_id, onto
        deed.record(
            head,
            before={"base": before[:12]},
            after={"draft": draft.id, "title": draft.title, "base": onto[:12], "answers": dict(answers)},
        )
    return draft


def take_in(draft_id: int, actor: Actor, files: Mapping[str, bytes], *, instead: bool) -> int:
    """Puts the files of a zip into the draft and returns how many differ from what it had; `instead`: what the zip
    lacks goes. What somebody had saved lies beside the draft under their name."""
    for path, data in files.items():
        paths.check(path)
        paths.text(data)
    with act(Verb.DRAFT_IMPORTED, actor) as deed:
        session = deed.session
        veto.require(session, Question("deploy", actor))
        head = deed.subject(STREAM)
        draft = locked(session, draft_id)
        _still_open(draft)
        had = queries.files(session, draft)
        base = releases.contents(draft.base_id, session)
        changed = {path: data for path, data in files.items() if had.get(path) != data}
        gone = set(had) - set(files) if instead else set()
        rows = {row.path: row for row in queries.rows(session, draft_id, content=True)}
        for path in sorted({*changed, *gone}):
            row = rows.get(path) or _row(session, draft, path, actor)
            if row.content is not None and row.saved_by_id != actor.id:
                _lay_aside(session, row)
            if path in gone:
                _put(row, actor, "deleted", None, None)
            elif changed[path] == base.get(path):
                _put(row, actor, "base", None, None)
            else:
                _put(row, actor, "text", zlib.compress(changed[path]), sha256(changed[path]).hexdigest())
        count = len(changed) + len(gone)
        if not count:
            deed.dismiss()
            return 0
        deed.record(head, after={"draft": draft.id, "title": draft.title, "count": count, "instead": instead})
    return count


def rename(draft_id: int, actor: Actor, *, title: str, note: str) -> None:
    """Another title and the note as far as it is written."""
    title = written("title", title, longest=LONGEST_TITLE, empty="请给草稿起个名字。")
    note = written("note", note, longest=LONGEST_NOTE)
    with scratch() as session:
        draft = _open(session, draft_id, actor)
        draft.title, draft.note = title, note


def discard(draft_id: int, actor: Actor) -> ModelDraft:
    """Gives a draft up. Nothing of it is lost: `restore_draft` takes that back."""
    return _end(draft_id, actor, Verb.DRAFT_DISCARDED, "open", "discarded")


def restore_draft(draft_id: int, actor: Actor) -> ModelDraft:
    """Takes up again what was given up."""
    return _end(draft_id, actor, Verb.DRAFT_RESTORED, "discarded", "open")


def _end(draft_id: int, actor: Actor, verb: Verb, before: str, after: str) -> ModelDraft:
    with act(verb, actor) as deed:
        veto.require(deed.session, Question("deploy", actor))
        head = deed.subject(STREAM)
        draft = locked(deed.session, draft_id)
        if draft.state == after:
            deed.dismiss()
            return draft
        if draft.state != before:
            raise Conflict(f"这份草稿{queries.STATES[draft.state]}，不能这样办理。", closed=True)
        draft.state = after
        draft.ended_by, draft.ended_at = (actor.name, deed.now) if after == "discarded" else (None, None)
        deed.record(head, after={"draft": draft.id, "title": draft.title})
    return draft


def locked(session: Session, draft_id: int) -> ModelDraft:
    """The draft, read anew behind its lock; NotFound for a stranger."""
    draft = session.get(ModelDraft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NotFound("没有这份草稿，请返回草稿列表。")
    return draft


def _open(session: Session, draft_id: int, actor: Actor) -> ModelDraft:
    """The draft for somebody who may change it; held, so that nobody proposes it meanwhile, while others save too."""
    veto.require(session, Question("deploy", actor))
    draft = session.scalar(
        select(ModelDraft)
        .where(ModelDraft.id == draft_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound("没有这份草稿，请返回草稿列表。")
    _still_open(draft)
    return draft


def _still_open(draft: ModelDraft) -> None:
    if draft.state != "open":
        raise Conflict(f"这份草稿{queries.STATES[draft.state]}，不能再改。", closed=True)


def _row(session: Session, draft: ModelDraft, path: str, actor: Actor) -> DraftFile:
    """The row of a file, locked; made when nobody saved it before."""
    wanted = (
        select(DraftFile)
        .where(DraftFile.draft_id == draft.id, DraftFile.path == path)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalar(wanted)
    if row is None:
        by = {"saved_by_id": actor.id, "saved_by": actor.name, "saved_at": clock.now()}
        first_of(session, DraftFile, draft_id=draft.id, path=path, state="base", version=0, **by)
        row = session.scalar(wanted)
    return row  # type: ignore[return-value]


def _put(row: DraftFile, actor: Actor, state: str, content: bytes | None, digest: str | None) -> None:
    row.state, row.content, row.digest = state, content, digest
    row.version += 1
    row.saved_by_id, row.saved_by, row.saved_at = actor.id, actor.name, clock.now()


def _keep_aside(session: Session, row: DraftFile, data: bytes, actor: Actor, version: int) -> None:
    """One copy a file and person: an editor that goes on saving writes the same one again."""
    key = (SideCopy.draft_id == row.draft_id, SideCopy.path == row.path, SideCopy.made_by_id == actor.id)
    aside = session.scalar(select(SideCopy).where(*key))
    if aside is None:
        aside = SideCopy(draft_id=row.draft_id, path=row.path, made_by_id=actor.id, made_by=actor.name)
        session.add(aside)
    aside.content, aside.version, aside.met, aside.made_at = zlib.compress(data), version, row.version, clock.now()


def _lay_aside(session: Session, row: DraftFile) -> None:
    """What gives way in a file, as a copy of whoever saved it."""
    by = {"made_by_id": row.saved_by_id or 0, "made_by": row.saved_by}
    key = (SideCopy.draft_id == row.draft_id, SideCopy.path == row.path, SideCopy.made_by_id == by["made_by_id"])
    aside = session.scalar(select(SideCopy).where(*key))
    if aside is None:
        aside = SideCopy(draft_id=row.draft_id, path=row.path, **by)
        session.add(aside)
    aside.content, aside.version, aside.met, aside.made_at = row.content, row.version, row.version, row.saved_at
    session.flush()


def _beaten(row: DraftFile, then: str = "您的内容已另存为副本，请选择用哪一份。") -> Conflict:
    """Who was first, and what became of what the second had."""
    return Conflict(
        f"{row.saved_by}在{row.saved_at:%H:%M}已经保存过这个文件。{then}",
        by=row.saved_by,
        at=row.saved_at,
        version=row.version,
    )
