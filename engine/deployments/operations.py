"""Proposing that a release becomes current, confirming it or sending it back, calling a planned one off.

The running release is never touched: a release is a row that does not change, and which one is current is said by rows
that are only added. Cases keep the release that they began on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.deployments import news, queries
from engine.deployments.doubts import TICKS, doubts
from engine.deployments.models import Activation, ReleaseProposal
from engine.drafts import operations as drafts
from engine.drafts import queries as draft_queries
from engine.drafts.models import ModelDraft
from engine.errors import Conflict, Invalid, NotFound, ReleaseRefused
from engine.journal.verbs import Verb
from engine.releases import operations as releases
from engine.releases import queries as release_queries
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import Deed, act

STREAM = drafts.STREAM
LONGEST_NOTE = 4000
LONGEST_REMARK = 500


def propose(
    actor: Actor,
    draft_id: int,
    *,
    note: str,
    key: str,
    valid_from: datetime | None = None,
    accepted: Collection[str] = (),
) -> ReleaseProposal:
    """Proposes that a draft becomes the current release, at once when confirmed or from an instant on. The draft is
    kept as it is meanwhile. The same `key` once more is the same proposal.

    Raises ReleaseRefused with all that the lint finds, Invalid with what is wrong at its field (an unanswered doubt at
    `accepted.CODE`), Conflict when its base is not what it would take the place of, Refused for who may not."""
    note = written("note", note, longest=LONGEST_NOTE, empty="请写明这一版改了什么、依据是什么。")
    session = db.session()
    veto.require(session, Question("propose_release", actor))
    files = draft_queries.files(session, draft_queries.one(session, draft_id))
    _sound(files)
    with act(Verb.RELEASE_PROPOSED, actor) as deed:
        session = deed.session
        veto.require(session, Question("propose_release", actor))
        head = deed.subject(STREAM)
        made = _made(session, key, actor)
        if made is not None:
            deed.dismiss()
            return made
        draft = drafts.locked(session, draft_id)
        if draft.state != "open":
            raise Conflict(f"这份草稿{draft_queries.STATES[draft.state]}，不能再提请。", closed=True)
        if releases.identity(draft_queries.files(session, draft)) != releases.identity(files):
            raise Conflict("检查的时候有人保存了草稿，请看过以后再提请。")
        starts = _starts(valid_from, deed.now)
        _on_its_base(session, draft, starts)
        if files == release_queries.contents(draft.base_id, session):
            raise Invalid.at("note", "草稿和它的基础版本完全一样，没有可以发布的修改。")
        release = releases.store(session, files, actor.name, deed.now, note)
        agreed = _answered(doubts(session, files, release.id, starts), accepted)
        made = _propose(deed, actor, release.id, draft.base_id, note, valid_from, agreed, key, draft_id)
        draft.state, draft.note = "proposed", note
        deed.record(head, after=_after(made), reason=note)
    return made


def propose_again(
    actor: Actor,
    release_id: str,
    *,
    reason: str,
    key: str,
    valid_from: datetime | None = None,
    accepted: Collection[str] = (),
) -> ReleaseProposal:
    """Proposes that an earlier release becomes current again. What holds today is asked of it as of a new one. Raises
    as `propose` does."""
    reason = written("note", reason, longest=LONGEST_NOTE, empty="请写明为什么改回这个版本。")
    session = db.session()
    veto.require(session, Question("propose_release", actor))
    files = release_queries.contents(release_id, session)
    _sound(files)
    with act(Verb.RELEASE_PROPOSED, actor) as deed:
        session = deed.session
        veto.require(session, Question("propose_release", actor))
        head = deed.subject(STREAM)
        made = _made(session, key, actor)
        if made is not None:
            deed.dismiss()
            return made
        starts = _starts(valid_from, deed.now)
        used = (
            select(Activation.id).where(Activation.release_id == release_id, Activation.valid_from <= deed.now).limit(1)
        )
        if session.scalar(used) is None:
            raise NotFound("这个版本没有启用过，不能改回。")
        base = queries.predecessor(session, starts)
        if base == release_id:
            raise Invalid.at("note", "到那时正在用的就是这个版本，不用改回。")
        waiting = select(ReleaseProposal).where(
            ReleaseProposal.release_id == release_id, ReleaseProposal.status == "open"
        )
        if (other := session.scalar(waiting)) is not None:
            raise Conflict(f"{other.proposed_by}已经提请启用这个版本，正在等待确认。")
        agreed = _answered(doubts(session, files, release_id, starts), accepted)
        made = _propose(deed, actor, release_id, base, reason, valid_from, agreed, key, None)
        deed.record(head, after=_after(made), reason=reason)
    return made


def confirm(proposal_id: int, actor: Actor) -> ReleaseProposal:
    """Another person confirms: the release is current from now, or from its instant on, for new cases. Pressed twice by
    the same person it is done once.

    Raises ReleaseRefused when the lint finds by now what it did not find then, Conflict when it was decided already or
    would do something else than what was proposed."""
    given = queries.proposal(db.session(), proposal_id)
    if given.status == "open":
        _sound(release_queries.contents(given.release_id))
    with act(Verb.RELEASE_CONFIRMED, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "confirm_release", made)
        if made.status == "confirmed" and made.decided_by_id == actor.id:
            deed.dismiss()
            return made
        _still_open(made)
        starts = made.valid_from if made.valid_from is not None and made.valid_from > deed.now else deed.now
        _still_the_same(deed.session, made, starts)
        releases.activate(
            deed.session,
            made.release_id,
            deed.now,
            valid_from=starts if starts > deed.now else None,
            reason=made.note,
            again=made.draft_id is None,
            made_by_id=made.proposed_by_id,
            made_by=made.proposed_by,
            confirmed_by_id=actor.id,
            confirmed_by=actor.name,
            proposal_id=made.id,
        )
        _decide(deed, made, "confirmed", "", "deployed")
        news.tell(deed.session, "confirmed", made, actor, deed.now)
        deed.record(head, before={"base": (made.base_id or "")[:12]}, after=_after(made), reason=made.note)
    return made


def refuse(proposal_id: int, actor: Actor, remark: str) -> ReleaseProposal:
    """Sends a proposal back with the reason; its draft can be worked on again."""
    remark = written("remark", remark, longest=LONGEST_REMARK, empty="请写明为什么退回。")
    with act(Verb.RELEASE_REFUSED, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "confirm_release", made)
        if made.status == "refused" and made.decided_by_id == actor.id:
            deed.dismiss()
            return made
        _still_open(made)
        _decide(deed, made, "refused", remark, "open")
        news.tell(deed.session, "refused", made, actor, deed.now)
        deed.record(head, after=_after(made), reason=remark)
    return made


def withdraw(proposal_id: int, actor: Actor, remark: str = "") -> ReleaseProposal:
    """Its proposer takes a proposal back before it was decided."""
    remark = written("remark", remark, longest=LONGEST_REMARK)
    with act(Verb.RELEASE_WITHDRAWN, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "withdraw_release", made)
        if made.status == "withdrawn":
            deed.dismiss()
            return made
        _still_open(made)
        _decide(deed, made, "withdrawn", remark, "open")
        news.tell(deed.session, "withdrawn", made, actor, deed.now)
        deed.record(head, after=_after(made), reason=remark or None)
    return made


def cancel(activation_id: int, actor: Actor, reason: str) -> Activation:
    """Calls off what was to become current later; what is current stays. Its draft can be worked on again."""
    reason = written("reason", reason, longest=LONGEST_REMARK, empty="请写明为什么取消。")
    with act(Verb.RELEASE_CANCELLED, actor) as deed:
        session = deed.session
        veto.require(session, Question("cancel_release", actor))
        head = deed.subject(STREAM)
        planned = queries.activation(session, activation_id)
        if planned.cancelled_at is not None:
            deed.dismiss()
            return planned
        if planned.valid_from <= deed.now:
            raise Conflict("这个版本已经启用，不能取消。要换回原来的版本，请在流程版本中提请改回。")
        planned.cancelled_at, planned.cancelled_by, planned.cancel_reason = deed.now, actor.name, reason
        made = session.get(ReleaseProposal, planned.proposal_id) if planned.proposal_id is not None else None
        if made is not None:
            if made.draft_id is not None:
                drafts.locked(session, made.draft_id).state = "open"
            news.tell(session, "cancelled", made, actor, deed.now)
        when = f"{planned.valid_from:%Y-%m-%d %H:%M}"
        deed.record(head, after={"release": planned.release_id[:12], "when": when}, reason=reason)
    return planned


def announce_due() -> int:
    """Tells people of planned releases whose day has come; returns how many. They are current without it."""
    told = 0
    due = (
        select(Activation.id)
        .where(Activation.announced_at.is_(None), Activation.cancelled_at.is_(None))
        .where(Activation.valid_from > Activation.made_at, Activation.valid_from <= clock.now())
    )
    for activation_id in list(db.session.scalars(due)):
        with act(Verb.RELEASE_ACTIVATED, SYSTEM) as deed:
            head = deed.subject(STREAM)
            began = queries.activation(deed.session, activation_id)
            if began.announced_at is not None or began.cancelled_at is not None:
                deed.dismiss()
                continue
            began.announced_at = deed.now
            made = deed.session.get(ReleaseProposal, began.proposal_id) if began.proposal_id is not None else None
            if made is not None:
                news.tell(deed.session, "activated", made, SYSTEM, deed.now)
            when = f"{began.valid_from:%Y-%m-%d %H:%M}"
            deed.record(head, after={"release": began.release_id[:12], "when": when})
            told += 1
    return told


def _sound(files: Mapping[str, bytes]) -> None:
    reports = releases.judge(files)
    if not all(report.ok for report in reports):
        raise ReleaseRefused(reports=reports)


def _made(session: Session, key: str, actor: Actor) -> ReleaseProposal | None:
    """What was proposed with this form before."""
    made = session.scalar(select(ReleaseProposal).where(ReleaseProposal.key == key))
    if made is not None and made.proposed_by_id != actor.id:
        raise Conflict("这张表已经由别人提交，请重新打开页面。")
    return made


def _starts(valid_from: datetime | None, now: datetime) -> datetime:
    """When it would come into force, were it confirmed now."""
    if valid_from is not None and valid_from <= now:
        raise Invalid.at("valid_from", "启用时间应晚于现在；要马上启用请留空。")
    return valid_from or now


def _on_its_base(session: Session, draft: ModelDraft, starts: datetime) -> None:
    before = queries.predecessor(session, starts)
    if before != draft.base_id:
        raise Conflict(
            f"草稿的基础是版本{draft.base_id[:12]}，到启用时在用的是版本{(before or '')[:12]}。"
            "直接发布会丢掉那一版的修改，请先把草稿并到那一版。",
            onto=before,
        )


def _answered(found: list[Any], accepted: Collection[str]) -> list[str]:
    """The doubts that were answered for; Invalid when one was not."""
    lacking = [each for each in found if each.code not in accepted]
    if lacking:
        raise Invalid(
            problems=[
                {"field": f"accepted.{each.code}", "message": f"{each.message}{TICKS[each.code]}的，请勾选。"}
                for each in lacking
            ]
        )
    return [each.code for each in found]


def _propose(
    deed: Deed, actor: Actor, release_id: str, base: str | None, note: str, valid_from: datetime | None,
    agreed: list[str], key: str, draft_id: int | None,
) -> ReleaseProposal:  # fmt: skip
    made = ReleaseProposal(
        key=key[:40],
        draft_id=draft_id,
        release_id=release_id,
        base_id=base,
        note=note,
        valid_from=valid_from,
        accepted=agreed,
        status="open",
        proposed_by_id=actor.id,
        proposed_by=actor.name,
        proposed_at=deed.now,
        remark="",
    )
    deed.session.add(made)
    deed.session.flush()
    news.tell(deed.session, "proposed", made, actor, deed.now)
    return made


def _locked(deed: Deed, proposal_id: int) -> tuple[Any, ReleaseProposal]:
    """The head of the stream, then the proposal read anew behind its lock."""
    head = deed.subject(STREAM)
    made = deed.session.get(ReleaseProposal, proposal_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound("没有这次提请，请返回流程版本。")
    return head, made


def _ask(deed: Deed, verb: str, made: ReleaseProposal) -> None:
    veto.require(deed.session, Question(verb, deed.actor, facts={"proposed_by_id": made.proposed_by_id}))


def _still_open(made: ReleaseProposal) -> None:
    if made.status != "open":
        raise Conflict(f"这次提请{queries.STATES[made.status]}（{made.decided_by}），不能再办理。")


def _still_the_same(session: Session, made: ReleaseProposal, starts: datetime) -> None:
    """What nobody was asked then is not confirmed now."""
    again = "请退回，由提请人并到现在的版本后重新提请。"
    before = queries.predecessor(session, starts)
    if before != made.base_id:
        raise Conflict(
            f"提请之后情况有变：它要取代的版本已由{(made.base_id or '')[:12]}变为{(before or '')[:12]}。{again}"
        )
    files = release_queries.contents(made.release_id, session)
    new = [each for each in doubts(session, files, made.release_id, starts) if each.code not in made.accepted]
    if new:
        raise Conflict(f"提请之后情况有变：{new[0].message}{again}")


def _decide(deed: Deed, made: ReleaseProposal, status: str, remark: str, draft_state: str) -> None:
    made.status, made.remark = status, remark
    made.decided_by_id, made.decided_by, made.decided_at = deed.actor.id, deed.actor.name, deed.now
    if made.draft_id is not None:
        draft = update(ModelDraft).where(ModelDraft.id == made.draft_id)
        deed.session.execute(draft.values(state=draft_state))


def _after(made: ReleaseProposal) -> dict[str, Any]:
    return {
        "proposal": made.id,
        "release": made.release_id[:12],
        "what": "发布" if made.draft_id is not None else "改回",
        "when": f"自{made.valid_from:%Y-%m-%d %H:%M}起" if made.valid_from else "确认后立即启用",
        "accepted": made.accepted,
    }
