"""Issuing a document outside a flow, printing one, recording that one was served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.transactions import Deed, act
from registers.cases import intake
from registers.notices import issuing, queries, receipts
from registers.notices.models import DocumentPrint, Notice, NoticeDelivery
from registers.notices.words import METHODS

ORIGINAL = "正本"
#: A button that is pressed twice prints once.
SECOND_PRESS = timedelta(seconds=3)


def issue(
    session: Session,
    instance: Instance,
    template: str,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    given: Mapping[str, Any] | None = None,
) -> Notice:
    """Issues one letter in an act that is under way and has locked the instance (withdrawal, death, suspension).

    `key` names the act (`withdraw:12`, at most 80 characters): what is done again does not issue twice. `given` are the
    facts that only the act knows, such as `{"reasons": [{"text": …, "clause": …}]}`. Journalled by the act's own entry.
    Raises DoudiError in words when the letter would have a hole.
    """
    return issuing.issue(issuing.outside(session, instance, actor, now), template, key, given)


def print_notice(actor: Actor, instance_id: int, notice_id: int, *, receipt: bool = False) -> DocumentPrint:
    """One more time on paper: the first is the original, every other a copy with its number. `receipt`: the receipt of
    the letter (送达回证) instead of the letter itself."""
    with act(Verb.DOCUMENT_PRINTED, actor) as deed:
        instance = _locked(deed, instance_id)
        notice = _of(deed.session, instance, notice_id)
        what = f"receipt:{notice_id}" if receipt else f"notice:{notice_id}"
        title = f"{notice.title}的送达回证" if receipt else named(notice)
        return _printed(deed, instance, what, title)


def print_record(actor: Actor, instance_id: int, template: str, submission_id: int | None, title: str) -> DocumentPrint:
    """The same for a record that prints a submission (or the index of the file). One that shows numbers of people in
    full is for whoever may see them."""
    with act(Verb.DOCUMENT_PRINTED, actor) as deed:
        instance = _locked(deed, instance_id)
        return _printed(deed, instance, print_key(instance_id, template, submission_id), title)


def print_intake(actor: Actor, instance_id: int) -> DocumentPrint:
    """The receipt of what was taken in at the window, on paper for whoever handed it in: that it was given is proved by
    the entry. The first is the original, every other says which reprint it is. NotFound for a case without one."""
    with act(Verb.RECEIPT_ISSUED, actor) as deed:
        instance = _locked(deed, instance_id)
        told = intake.receipt(deed.session, instance)
        row, new = _counted(deed, instance, intake_key(instance_id))
        if new:
            after = {"to": "代理人" if told.agent else "申请人", "copy": intake_words(row.copy)}
            deed.record(instance, after=after, clause=intake.CLAUSE)
        return row


def deliver(actor: Actor, instance_id: int, notice_id: int, given: Mapping[str, Any]) -> NoticeDelivery:
    """Records that a letter was served, where no task of the flow does.

    Raises Invalid with every problem of what was filled in, Conflict when it has been served.
    """
    with act(Verb.DOCUMENT_DELIVERED, actor) as deed:
        instance = _locked(deed, instance_id)
        veto.require(deed.session, Question("serve", actor, instance=instance))
        notice = _of(deed.session, instance, notice_id)
        if notice.service != "receipt":
            raise Invalid("这份文书不需要送达回证。")
        if notice.id not in {each.id for each in queries.unserved(deed.session, instance_id)}:
            raise Conflict(f"{named(notice)}已经登记送达，请刷新后查看。")
        told = receipts.checked(given, notice.issued_at.date(), deed.now.date())
        row = NoticeDelivery(
            notice_id=notice.id,
            method=told["method"],
            delivered_on=date.fromisoformat(told["delivered_on"]),
            told={key: told[key] for key in receipts.SEALED if told.get(key)},
            recorded_by_id=actor.id,
            recorded_by=actor.name,
            recorded_at=deed.now,
        )
        deed.session.add(row)
        after = {"what": named(notice), "method": METHODS[row.method], "on": told["delivered_on"]}
        deed.record(instance, after=after, clause="mca-2021-57:21")
        return row


def print_key(instance_id: int, template: str, submission_id: int | None) -> str:
    """What a print of a record is a print of."""
    return f"record:{submission_id}:{template}" if submission_id else f"case:{instance_id}:{template}"


def intake_key(instance_id: int) -> str:
    """What a print of the receipt of a case is a print of."""
    return f"intake:{instance_id}"


def intake_words(copy: int) -> str:
    """正本, 补打第1份."""
    return f"补打第{copy}份" if copy else ORIGINAL


def named(notice: Notice) -> str:
    """不予确认告知书 高仁民救不〔2026〕1号."""
    return f"{notice.title}{f' {notice.number}' if notice.number else ''}"


def copy_words(copy: int) -> str:
    """正本, 副本第1份."""
    return f"副本第{copy}份" if copy else ORIGINAL


def _locked(deed: Deed, instance_id: int) -> Instance:
    """The instance, locked; whoever may not see the case may do nothing with its documents."""
    instance = deed.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(deed.session, Question("view", deed.actor, instance=instance))
    return instance


def _of(session: Session, instance: Instance, notice_id: int) -> Notice:
    notice = session.get(Notice, notice_id)
    if notice is None or notice.instance_id != instance.id:
        raise NotFound("没有找到这份文书，请从办件页重新打开。")
    return notice


def _printed(deed: Deed, instance: Instance, what: str, title: str) -> DocumentPrint:
    row, new = _counted(deed, instance, what)
    if new:
        deed.record(instance, after={"what": title, "copy": copy_words(row.copy)})
    return row


def _counted(deed: Deed, instance: Instance, what: str) -> tuple[DocumentPrint, bool]:
    """The next print of something in a locked case, and whether there is a new one: a second press is none."""
    veto.require(deed.session, Question("print", deed.actor, instance=instance))
    now = clock.wall().astimezone(clock.ZONE)
    last = deed.session.scalar(
        select(DocumentPrint).where(DocumentPrint.what == what).order_by(DocumentPrint.copy.desc()).limit(1)
    )
    if last is not None and last.printed_by_id == deed.actor.id and now - last.printed_at < SECOND_PRESS:
        deed.dismiss()
        return last, False
    made = DocumentPrint(
        instance_id=instance.id,
        what=what,
        copy=0 if last is None else last.copy + 1,
        printed_by_id=deed.actor.id,
        printed_by=deed.actor.name,
        printed_at=now,
    )
    deed.session.add(made)
    deed.session.flush()
    return made, True
