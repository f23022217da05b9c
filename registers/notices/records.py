"""Documents that are not issued: records that print a submission, the receipt of a letter, the index of a file.

They are made anew whenever somebody asks, from rows that never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.documents.facts import register
from engine.documents.head import Head
from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, Submission
from engine.runtime.services import ServiceCall
from registers.notices import issuer, issuing, queries
from registers.notices.compose import Draft, compose
from registers.notices.models import Notice
from registers.notices.words import METHODS, day

#: Sheets that no task hands in.
INDEX, EXTENSION, RECEIPT = "file_index", "extension_approval", "delivery_receipt"


def title(release: LoadedRelease, template: str) -> str:
    """What a template of a release is called."""
    return issuing.template_of(release, template)[1].title


def record(
    session: Session, instance: Instance, template: str, submission_id: int, actor: Actor, now: datetime, *, full: bool
) -> tuple[Head, str]:
    """A record of one submission, by the templates of the release that the case is pinned to. `full`: numbers of people
    in full, where the template wants that; on a screen they are always masked. NotFound for a stranger's submission
    or a record that does not print it."""
    made = session.get(Submission, submission_id)
    if made is None or made.instance_id != instance.id:
        raise NotFound("没有找到这份材料，请从办件页重新打开。")
    release = releases.load(instance.release_id, session)
    known = template in release.notices
    if not known or not issuing.template_of(release, template)[1].prints(made.element_id, made.values):
        raise NotFound("没有这种表单，请从办件页重新打开。")
    return _composed(session, instance, template, actor, now, made=made, full=full)


def sheet(session: Session, instance: Instance, template: str, actor: Actor, now: datetime) -> tuple[Head, str]:
    """The index of a case's file, or the approval of its last extension."""
    if template not in (INDEX, EXTENSION):
        raise NotFound("没有这种表单，请从办件页重新打开。")
    return _composed(session, instance, template, actor, now)


def receipt(session: Session, instance: Instance, notice: Notice, actor: Actor, now: datetime) -> tuple[Head, str]:
    """The receipt of a letter: to be signed, or as it was recorded."""
    found = next((each for each in queries.deliveries(session, instance.id) if each.notice_id == notice.id), None)
    served: dict[str, Any] = {"title": notice.title, "number": notice.number or ""}
    for key in ("receiver", "relation", "method", "on", "witnesses", "evidence", "by", "recorded_on"):
        served[key] = ""
    if found is not None:
        served |= {
            "receiver": found.receiver,
            "relation": found.relation,
            "method": METHODS.get(found.method, found.method),
            "on": day(found.delivered_on),
            "witnesses": "、".join(found.witnesses) or "—",
            "evidence": found.evidence or "—",
            "by": found.recorded_by,
            "recorded_on": day(found.recorded_at),
        }
    return _composed(session, instance, RECEIPT, actor, now, given={"served": served})


def _composed(
    session: Session,
    instance: Instance,
    template: str,
    actor: Actor,
    now: datetime,
    *,
    made: Submission | None = None,
    given: Mapping[str, Any] | None = None,
    full: bool = False,
) -> tuple[Head, str]:
    call = issuing.outside(session, instance, actor, now)
    text, head = issuing.template_of(call.release, template)
    shown = replace(head, full=head.full and full)
    return head, compose(Draft(call, template, text, shown, issuer.of(head, call), "", given or {}, made))


def _file_entries(call: ServiceCall) -> list[dict[str, str]]:
    """What the file of a case holds, in the order of time: what was issued and every record."""
    entries = [
        (each.issued_at.date(), each.title, each.number or "")
        for each in queries.of_case(call.session, call.instance.id)
    ]
    entries += [(each.on, each.title, "") for each in queries.sheets(call.session, call.instance.id, call.release)]
    return [
        {"title": title, "number": number, "on": on.isoformat()}
        for on, title, number in sorted(entries, key=lambda each: each[0])
    ]


register("file_entries", _file_entries, "案卷里的文书和表单：title、number、on")
register("served", lambda _: {}, "送达回证的内容，由系统给：title、number、receiver、relation、method、on …")
