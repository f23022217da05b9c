"""Starting a case: at the window, or at the case that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actors import LEVELS, Actor, cut
from engine.database import db
from engine.errors import Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.releases.loaded import ProcessInfo
from engine.rules.veto import Question, veto
from engine.runtime import beginning, locks
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.areas import queries as areas
from registers.cases import starts
from registers.cases.starts import Asked

Posted = Mapping[str, Sequence[str]]
#: What the journal calls the start of some kinds; the others are started, plainly.
VERBS = {"objection": Verb.OBJECTION_RECORDED}


def begin(
    process_id: str,
    actor: Actor,
    *,
    parent_id: int | None = None,
    area: str | None = None,
    posted: Posted | None = None,
    values: Mapping[str, Any] | None = None,
) -> Instance:
    """Starts a case of any kind that people start and hands in its first form, in one act.

    A linked kind names its `parent_id`; another one begins in the village that its form names, else in `area`, else
    where the actor sits. Raises Invalid with the form's problems, NotFound for an unknown kind or parent, Refused when
    the actor may not, when the parent is of another kind, or when a slice has something against it (`starts`).
    """
    process = beginning.current(db.session(), process_id)[1]
    parent = _parent(process, parent_id)
    village = (values or {}).get("village") or next(iter((posted or {}).get("village", [])), "")
    where = parent.area if parent is not None else _place(process, actor, area, str(village))

    def prepare(deed: Deed) -> Mapping[str, Any]:
        # The parent is locked, so that what begins at it and what ends it come one after the other.
        locked = locks.instance(deed, parent.id) if parent is not None else None
        if locked is not None:
            given = starts.facts(process, where, locked.id)
            veto.require(deed.session, Question("start", actor, instance=locked, facts=given))
        asked = Asked(process, actor, where, deed.now, locked)
        starts.look(deed.session, asked)
        return starts.flow(deed.session, asked)

    def keep(deed: Deed, instance: Instance, submission: Submission) -> None:
        for each in starts.of(process_id):
            if each.keep is not None:
                each.keep(deed, instance, submission)

    applied = process.start and process.group == "relief"
    return runtime.start(
        process_id,
        area=where,
        actor=actor,
        posted=posted,
        values=values,
        verb=VERBS.get(process_id, Verb.CASE_APPLIED if applied else Verb.CASE_STARTED),
        parent_id=parent_id,
        prepare=prepare,
        on_started=keep,
    )


def apply(
    process_id: str,
    actor: Actor,
    *,
    township: str,
    posted: Posted | None = None,
    values: Mapping[str, Any] | None = None,
) -> Instance:
    """An application at the window of a township: `begin` in the village that its form names, so that publicity hangs
    where the family lives."""
    return begin(process_id, actor, area=township, posted=posted, values=values)


def _parent(process: ProcessInfo, parent_id: int | None) -> Instance | None:
    if parent_id is None:
        return None
    parent = db.session().get(Instance, parent_id)
    if parent is None:
        raise NotFound("没有找到所依据的办件，请核对编号后再登记。")
    if not starts.fits(process, parent):
        raise Refused(f"“{process.name}”不能在这类办件上登记。")
    return parent


def _place(process: ProcessInfo, actor: Actor, area: str | None, village: str) -> str:
    """Where a case begins: in a village of the township when its form names one."""
    sits = area or starts.desk_of(actor, process)
    if sits is None:
        raise Refused(f"您的角色不能登记“{process.name}”，请由乡镇（村）的相应人员登记。")
    if sits.count("/") + 1 != LEVELS["township"]:
        return sits
    known = {each.path for each in areas.villages(db.session(), cut(sits, "township"))}
    if known and village and f"{sits}/{village}" not in known:
        raise Invalid(problems=[{"field": "village", "message": "请选择本乡镇的村。"}])
    return f"{sits}/{village}" if village else sits
