"""What letters say of an appeal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.documents import facts
from engine.runtime.services import ServiceCall
from registers.appeals.models import Appeal

KINDS = {
    "refusal": "不予确认的决定",
    "reduction": "减发的决定",
    "stop": "停发的决定",
    "data_check": "信息核对的结果",
    "inaction": "没有按期办理",
}
RESULTS = {
    "upheld": "原决定事实清楚、依据正确，予以维持",
    "changed": "原决定不当，予以改变，恢复原来的待遇",
    "redo": "原决定依据不足，重新办理",
}


def _of(read: Callable[[Appeal], Any]) -> Callable[[ServiceCall], Any]:
    def look(call: ServiceCall) -> Any:
        appeal = call.session.get(Appeal, call.instance.id)
        return read(appeal) if appeal is not None else ""

    return look


def _finding(call: ServiceCall) -> str:
    appeal = call.session.get(Appeal, call.instance.id)
    if appeal is not None and not appeal.admitted:
        return appeal.why_not
    return str(call.values("reexamine").get("findings") or "")


facts.register("appeal_matter", _of(lambda appeal: KINDS.get(appeal.kind, appeal.kind)), "申诉针对什么")
facts.register("appeal_finding", _finding, "复查认定的事实")
facts.register(
    "appeal_result", _of(lambda a: RESULTS.get(a.result or "", "不予受理" if not a.admitted else "")), "申诉结果"
)
