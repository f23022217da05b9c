"""The step that was done to which a case goes back, or whose form is corrected: which it is, what is wrong on its form,
into whose hands it comes."""

from __future__ import annotations

from collections.abc import Mapping

from engine import forms as form_kinds
from engine.errors import Invalid
from engine.people import directory
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import forms
from engine.runtime.models import Instance, WorkItem
from engine.transactions import Deed

LONGEST, LONGEST_REMARK, MOST_MARKS = 1000, 200, 60


def chosen(deed: Deed, instance: Instance, item_id: int) -> WorkItem:
    """The item that was done; raises Invalid (`to`) for any other. A correction is no step of the flow."""
    target = deed.session.get(WorkItem, item_id)
    there = target is not None and target.instance_id == instance.id and target.corrects_for_id is None
    if target is None or not there or target.state != "completed":
        raise Invalid.at("to", "请选择要退回到的环节。")
    return target


def form_of(deed: Deed, target: WorkItem) -> form_kinds.Form:
    """Its form, in the release of its case."""
    instance = deed.session.get_one(Instance, target.instance_id)
    return forms.of(releases.load(instance.release_id, deed.session), target)


def marked(form: form_kinds.Form, marks: Mapping[str, str]) -> list[dict[str, str]]:
    """The marks as they are kept; raises Invalid for a field that the form does not have, or too much text."""
    labels = form.questions
    kept = []
    for key, text in marks.items():
        remark = text.strip()
        if key not in labels:
            raise Invalid.at("marks", "要标出的项目不在那张表上，请刷新后重新选择。")
        if len(remark) > LONGEST_REMARK:
            raise Invalid.at(f"mark_{key}", f"最多{LONGEST_REMARK}个字，请写得简短些。")
        kept.append({"field": key, "label": labels[key], "remark": remark})
    if len(kept) > MOST_MARKS:
        raise Invalid.at("marks", "标出的项目太多，请在理由中说明。")
    return kept


def into_hands(deed: Deed, instance: Instance, anew: WorkItem, before: WorkItem) -> None:
    """Back into the hands of whoever did it, if they still may; else whoever can takes it."""
    if before.holder_id is None or anew.people > 1:
        return
    holder = directory.actor(deed.session, before.holder_id)
    if holder is None:
        return
    if veto.ask(deed.session, Question("claim", holder, instance=instance, item=anew)):
        anew.holder_id, anew.holder_name, anew.claimed_at = holder.id, holder.name, deed.now
