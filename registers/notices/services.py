"""Issuing notices from the release's templates."""

from __future__ import annotations

from collections.abc import Callable
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
        "facts": _Facts(call),
    }


def _handler(call: ServiceCall) -> str:
    """Who handed in last: the person who deals with the case, whoever runs this step (a timer, a retry)."""
    if call.fresh:
        return call.fresh[-1].author_name
    author = select(Submission.author_name).where(Submission.instance_id == call.instance.id)
    return call.session.scalar(author.order_by(Submission.id.desc()).limit(1)) or call.actor.name


class _Facts(dict[str, Any]):
    """What templates may say of the case, looked up only when a template says it. What does not apply yet is empty;
    what nobody knows of is missing, and the template fails."""

    def __init__(self, call: ServiceCall) -> None:
        super().__init__()
        self._call = call

    def __missing__(self, name: str) -> Any:
        self[name] = FACTS[name](self._call)
        return self[name]


def _of_flow(name: str, absent: Any = "") -> Callable[[ServiceCall], Any]:
    return lambda call: call.flow.get(name, absent)


def _of_check(name: str) -> Callable[[ServiceCall], Any]:
    return lambda call: call.values("data_check").get(name, "")


def _of_decision(read: Callable[[Decision], Any], absent: Any = "") -> Callable[[ServiceCall], Any]:
    def look(call: ServiceCall) -> Any:
        decision = call.session.get(Decision, call.instance.id)
        return read(decision) if decision else absent

    return look


FACTS: dict[str, Callable[[ServiceCall], Any]] = {
    "members": _of_flow("members"),
    "rural": _of_flow("rural", True),
    "amount_yuan": lambda call: yuan(call.flow.get("amount", 0)),
    "income_per_head_yuan": lambda call: yuan(call.flow.get("income_per_head", 0)),
    "effective_month": _of_flow("effective_month"),
    "missing": lambda call: call.values("check_completeness").get("missing") or [],
    "total_limit": _of_flow("total_limit"),
    "hits": _of_check("hits"),
    "report_number": _of_check("report_number"),
    "checked_on": _of_check("checked_on"),
    "publicity_until": _of_flow("publicity_until"),
    "reasons": _of_decision(lambda decision: decision.reasons, []),
    "remark": _of_decision(lambda decision: decision.remark),
    "decided_on": _of_decision(lambda decision: decision.decided_at.date().isoformat()),
    "assessed": lambda call: assessments.latest(call.session, call.instance.id) is not None,
}
