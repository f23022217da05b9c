"""Loading dated parameters, proposing a change, and confirming it or sending it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.parameters import news, queries
from engine.parameters.models import Parameter, ParameterProposal
from engine.parameters.seed import SeedParameter, entries
from engine.parameters.timeline import end_of, place
from engine.parameters.values import check
from engine.parameters.wishes import Judged, Wish, judge
from engine.parameters.words import said, span
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import Deed, act

STREAM = "parameters"
LONGEST_REMARK = 500
#: What became of a proposal, as people read it.
STATES = {"open": "待确认", "confirmed": "已确认", "refused": "已退回", "withdrawn": "已撤回"}


def load(actor: Actor) -> int:
    """Loads what the seed has and the table lacks; returns how many. What is there is never overwritten: a value of the
    seed whose days are taken is left to people to propose."""
    with act(Verb.PARAMETERS_LOADED, actor) as deed:
        head = deed.subject(STREAM)
        there: dict[str, list[Parameter]] = {}
        for row in queries.over_time(deed.session):
            there.setdefault(row.name, []).append(row)
        new = [entry for entry in entries() if not _taken(there.get(entry.name, []), entry)]
        for entry in new:
            deed.session.add(
                Parameter(
                    name=entry.name,
                    label=entry.label,
                    value=entry.value,
                    unit=entry.unit,
                    valid_from=entry.valid_from,
                    valid_to=entry.valid_to,
                    clause=entry.clause,
                    source=entry.source,
                    confidence=entry.confidence,
                    note=entry.note or "",
                    set_by=actor.name,
                    set_at=deed.now,
                )
            )
        deed.record(head, after={"count": len(new)})
    return len(new)


def _taken(rows: list[Parameter], entry: SeedParameter) -> bool:
    """Whether any of its days has a value already."""
    return any(
        (entry.valid_to is None or row.valid_from <= entry.valid_to)
        and (row.valid_to is None or row.valid_to >= entry.valid_from)
        for row in rows
    )


def set_value(actor: Actor, name: str, value: Any, valid_from: date, source: str) -> Parameter:
    """A new value from a day on, by the installation itself: people propose and confirm. Open cases keep their day's.

    Raises Invalid when the value does not fit the parameter's unit or the day already has one, Refused for people.
    """
    with act(Verb.PARAMETER_SET, actor) as deed:
        session = deed.session
        veto.require(session, Question("set_parameter", actor, facts={"name": name}))
        head = deed.subject(STREAM)
        rows = queries.timeline(session, name)
        held = [r for r in rows if r.valid_from <= valid_from and (r.valid_to is None or r.valid_to >= valid_from)]
        if not held:
            raise NotFound(f"没有名为“{name}”的参数。")
        before = held[-1]
        check(value, before.unit)
        if before.valid_from == valid_from:
            raise Invalid.at("valid_from", "这一天已经有一个值，请选择其他生效日期。")
        was = before.value
        new = Parameter(
            name=name,
            label=before.label,
            value=value,
            unit=before.unit,
            valid_from=valid_from,
            valid_to=end_of(rows, valid_from, None),
            clause=before.clause,
            source=source,
            confidence="set",
            note="",
            set_by=actor.name,
            set_at=deed.now,
        )
        place(session, rows, new, deed.now)
        after = {"name": name, "value": value, "from": valid_from.isoformat()}
        deed.record(head, before={"value": was}, after=after, reason=source)
    return new


def propose(actor: Actor, wish: Wish, *, key: str) -> ParameterProposal:
    """Proposes a change that somebody else must confirm. The same `key` once more is the same proposal.

    Raises Invalid with what is wrong at its field (an unanswered doubt at `accepted.CODE`), Conflict when a change for
    the same day already waits, Refused for who may not.
    """
    with act(Verb.PARAMETER_PROPOSED, actor) as deed:
        session = deed.session
        veto.require(session, Question("propose_parameter", actor, facts={"name": wish.name}))
        head = deed.subject(STREAM)
        made = session.scalar(select(ParameterProposal).where(ParameterProposal.key == key))
        if made is not None:
            if made.proposed_by_id != actor.id:
                raise Conflict("这张表已经由别人提交，请重新打开参数页面。")
            deed.dismiss()
            return made
        wanted = judge(session, wish, deed.now.date())
        if wanted.unanswered:
            raise Invalid(
                problems=[
                    {"field": f"accepted.{each.code}", "message": f"{each.message}核对无误请勾选。"}
                    for each in wanted.unanswered
                ]
            )
        waiting = session.scalar(
            select(ParameterProposal).where(
                ParameterProposal.name == wanted.name,
                ParameterProposal.valid_from == wanted.first,
                ParameterProposal.status == "open",
            )
        )
        if waiting is not None:
            value = said(waiting.value, waiting.unit, waiting.name)
            raise Conflict(
                f"{waiting.proposed_by}已经提出自{wanted.first}起改为“{value}”，正在等待确认。请等确认、退回或撤回之后再提。"
            )
        made = _proposal(deed, actor, wanted, key)
        session.add(made)
        session.flush()
        news.tell(session, "proposed", made, actor, deed.now)
        deed.record(head, before={"value": wanted.before}, after=_after(made), reason=made.reason, clause=made.clause)
    return made


def confirm(proposal_id: int, actor: Actor) -> ParameterProposal:
    """Another person confirms: the value stands from its day on. Pressed twice by the same person it is done once.

    Raises Conflict when it was decided already, or when what is now would be another change than what was proposed.
    """
    with act(Verb.PARAMETER_CONFIRMED, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "confirm_parameter", made)
        if made.status == "confirmed" and made.decided_by_id == actor.id:
            deed.dismiss()
            return made
        _still_open(made)
        wanted = _still_the_same(deed.session, made, deed.now.date())
        new = Parameter(
            name=made.name,
            label=made.label,
            value=made.value,
            unit=made.unit,
            valid_from=made.valid_from,
            valid_to=wanted.ends,
            clause=made.clause,
            source=made.source,
            confidence="set",
            note=made.reason,
            set_by=made.proposed_by,
            confirmed_by=actor.name,
            set_at=deed.now,
            proposal_id=made.id,
        )
        place(deed.session, wanted.rows, new, deed.now)
        _decide(made, "confirmed", deed, "")
        news.tell(deed.session, "confirmed", made, actor, deed.now)
        deed.record(head, before={"value": made.before}, after=_after(made), reason=made.source, clause=made.clause)
    return made


def refuse(proposal_id: int, actor: Actor, remark: str) -> ParameterProposal:
    """Sends a proposal back with the reason; nothing changes."""
    remark = written("remark", remark, longest=LONGEST_REMARK, empty="请写明为什么退回。")
    with act(Verb.PARAMETER_REFUSED, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "confirm_parameter", made)
        if made.status == "refused" and made.decided_by_id == actor.id:
            deed.dismiss()
            return made
        _still_open(made)
        _decide(made, "refused", deed, remark)
        news.tell(deed.session, "refused", made, actor, deed.now)
        deed.record(head, after=_after(made), reason=remark)
    return made


def withdraw(proposal_id: int, actor: Actor, remark: str = "") -> ParameterProposal:
    """Its proposer takes a proposal back before it was decided."""
    remark = written("remark", remark, longest=LONGEST_REMARK)
    with act(Verb.PARAMETER_WITHDRAWN, actor) as deed:
        head, made = _locked(deed, proposal_id)
        _ask(deed, "withdraw_parameter", made)
        if made.status == "withdrawn":
            deed.dismiss()
            return made
        _still_open(made)
        _decide(made, "withdrawn", deed, remark)
        news.tell(deed.session, "withdrawn", made, actor, deed.now)
        deed.record(head, after=_after(made), reason=remark or None)
    return made


def wish_of(made: ParameterProposal) -> Wish:
    """A proposal as the form that it came from."""
    value = {True: "true", False: "false"}.get(made.value) if made.unit == "boolean" else str(made.value)
    return Wish(
        name=made.name,
        value=str(value),
        valid_from=made.valid_from.isoformat(),
        valid_to=made.valid_to.isoformat() if made.valid_to else "",
        clause=made.clause or "",
        source=made.source,
        reason=made.reason,
        accepted=tuple(made.accepted),
    )


def unit_of(name: str) -> str:
    """The unit of a parameter; NotFound when there is none of that name."""
    unit = db.session.scalar(select(Parameter.unit).where(Parameter.name == name).limit(1))
    if unit is None:
        raise NotFound(f"没有名为“{name}”的参数。")
    return unit


def _proposal(deed: Deed, actor: Actor, wanted: Judged, key: str) -> ParameterProposal:
    return ParameterProposal(
        key=key[:40],
        name=wanted.name,
        label=wanted.label,
        value=wanted.value,
        unit=wanted.unit,
        before=wanted.before,
        valid_from=wanted.first,
        valid_to=wanted.last,
        clause=wanted.clause,
        source=wanted.source,
        reason=wanted.reason,
        correction=wanted.correction,
        accepted=[each.code for each in wanted.doubts],
        status="open",
        proposed_by_id=actor.id,
        proposed_by=actor.name,
        proposed_at=deed.now,
        remark="",
    )


def _locked(deed: Deed, proposal_id: int) -> tuple[Any, ParameterProposal]:
    """The head of the stream, then the proposal read anew behind its lock."""
    head = deed.subject(STREAM)
    made = deed.session.get(ParameterProposal, proposal_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound("没有这条修改，请返回待确认列表。")
    return head, made


def _ask(deed: Deed, verb: str, made: ParameterProposal) -> None:
    facts = {"name": made.name, "proposed_by_id": made.proposed_by_id}
    veto.require(deed.session, Question(verb, deed.actor, facts=facts))


def _still_open(made: ParameterProposal) -> None:
    if made.status != "open":
        raise Conflict(f"这条修改{STATES[made.status]}（{made.decided_by}），不能再办理。")


def _still_the_same(session: Session, made: ParameterProposal, today: date) -> Judged:
    """What was proposed, judged as things stand now. What nobody was asked then is not confirmed now."""
    again = "请退回，由提出人重新提出。"
    try:
        wanted = judge(session, wish_of(made), today)
    except Invalid as error:
        told = "".join(each["message"] for each in error.data.get("problems", []))  # type: ignore[attr-defined]
        raise Conflict(f"提出之后情况有变：{told or error.message}{again}") from error
    if wanted.unanswered:
        raise Conflict(f"提出之后情况有变：{wanted.unanswered[0].message}{again}")
    if wanted.before != made.before:
        now, then = (said(value, made.unit, made.name) for value in (wanted.before, made.before))
        raise Conflict(f"提出之后情况有变：这一天的值已由“{then}”变为“{now}”。{again}")
    return wanted


def _decide(made: ParameterProposal, status: str, deed: Deed, remark: str) -> None:
    made.status, made.remark = status, remark
    made.decided_by_id, made.decided_by, made.decided_at = deed.actor.id, deed.actor.name, deed.now


def _after(made: ParameterProposal) -> dict[str, Any]:
    return {
        "proposal": made.id,
        "name": made.name,
        "label": made.label,
        "value": made.value,
        "said": said(made.value, made.unit, made.name),
        "span": span(made.valid_from, made.valid_to),
        "correction": made.correction,
        "accepted": made.accepted,
        "source": made.source,
    }
