"""Issuing notices from the release's templates."""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import select

from engine.errors import DoudiError
from engine.runtime.models import Submission
from engine.runtime.services import Outputs, ServiceCall, services
from registers.areas.models import Area
from registers.assessments import queries as assessments
from registers.benefits.models import Decision
from registers.benefits.reasons import yuan
from registers.cases.numbers import notice_number
from registers.cases.services import of
from registers.notices.models import Notice

#: {template: (its title, the mark that its numbers carry: each kind is numbered by itself)}
KINDS = {
    "correction_notice": ("一次性补正告知书", "补"),
    "acceptance_notice": ("受理通知书", "受"),
    "data_check_notice": ("核对结果告知书", "核"),
    "confirmation_notice": ("确认通知书", "确"),
    "refusal_notice": ("不予确认告知书", "不"),
    "publicity_notice": ("公示单", "示"),
}

_environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


@services.service("notices.issue", "制发文书", outputs={}, repeat="bars return")
def issue(call: ServiceCall) -> Outputs:
    """Renders the template that the task's `notice` names, numbers and keeps it. A template that reads what is not
    there fails loudly: no family gets a letter with a hole in it."""
    template = call.element.properties.get("notice", "")
    text = call.release.notices.get(template)
    if text is None:
        raise DoudiError(f"流程版本中没有文书模板“{template}”。")
    if call.session.scalar(select(Notice.id).where(Notice.task_id == call.task_id)) is not None:
        return {}
    (title, mark), year = KINDS.get(template, (template, "文")), call.now.year
    number = notice_number(call.session, call.instance.area, mark, year)
    try:
        html = _environment.from_string(text).render(**_context(call, number))
    except TemplateError as error:
        raise DoudiError(f"文书“{title}”无法生成：{error}") from error
    call.session.add(
        Notice(
            instance_id=call.instance.id,
            task_id=call.task_id,
            template=template,
            title=title,
            number=number,
            html=html,
            issued_at=call.now,
        )
    )
    return {}


def _context(call: ServiceCall, number: str) -> dict[str, Any]:
    case = of(call)
    village = call.session.scalar(select(Area.name).where(Area.path == case.area))
    return {
        "number": number,
        "case_number": case.number,
        "applicant": case.applicant,
        "village": village or case.area,
        "date": f"{call.now.year}年{call.now.month}月{call.now.day}日",
        "office": call.parameters["office_name"],
        "handler": _handler(call),
        "complaint_phone": call.parameters["complaint_phone"],
        "appeal_organ": call.parameters["appeal_organ"],
        "facts": _facts(call),
    }


def _handler(call: ServiceCall) -> str:
    """Who handed in last: the person who deals with the case, whoever runs this step (a timer, a retry)."""
    author = select(Submission.author_name).where(Submission.instance_id == call.instance.id)
    return call.session.scalar(author.order_by(Submission.id.desc()).limit(1)) or call.actor.name


def _facts(call: ServiceCall) -> dict[str, Any]:
    """What templates may say of the case; the ones that do not apply yet are empty, not missing."""
    flow = call.flow
    decision = call.session.get(Decision, call.instance.id)
    assessment = assessments.latest(call.session, call.instance.id)
    checked = call.values("data_check")
    return {
        "members": flow.get("members", ""),
        "rural": flow.get("rural", True),
        "amount_yuan": yuan(flow.get("amount", 0)),
        "income_per_head_yuan": yuan(flow.get("income_per_head", 0)),
        "effective_month": flow.get("effective_month", ""),
        "missing": call.values("check_completeness").get("missing") or [],
        "total_limit": flow.get("total_limit", ""),
        "hits": checked.get("hits", ""),
        "report_number": checked.get("report_number", ""),
        "checked_on": checked.get("checked_on", ""),
        "publicity_until": flow.get("publicity_until", ""),
        "reasons": decision.reasons if decision else [],
        "remark": decision.remark if decision else "",
        "decided_on": decision.decided_at.date().isoformat() if decision else "",
        "assessed": bool(assessment),
    }
