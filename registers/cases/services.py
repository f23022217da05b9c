"""What flows ask of the case register."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.models import Case


def of(call: ServiceCall) -> Case:
    """The case of the instance; DoudiError when the flow has not registered it yet."""
    case = call.session.get(Case, call.instance.id)
    if case is None:
        raise DoudiError("这件办件还没有登记家庭，请先运行“登记家庭与诉求”。")
    return case


@services.service(
    "cases.accept",
    "受理登记",
    outputs={
        "accepted": "boolean",
        "mode": "text",
        "total_limit": "text",
        "publicised": "boolean",
        "complaint": "boolean",
        "objections": "number",
    },
)
def accept(call: ServiceCall) -> Outputs:
    """T0: the clock of the whole case starts on this day (57号 art. 22), and its parameters are this day's."""
    case = of(call)
    case.accepted_on = call.now.date()
    call.decide_on(call.now.date())
    mode = str(call.parameters["dibao_mode"])
    return {
        "accepted": True,
        "mode": mode,
        "total_limit": call.parameters[f"dibao_total_limit_{mode.lower()}"],
        "publicised": False,
        "complaint": case.complaint,
        "objections": 0,
    }


@services.service("cases.withdraw", "撤回登记", inputs={"reason": "text"}, outputs={"accepted": "boolean"})
def withdraw(call: ServiceCall) -> Outputs:
    """The applicant takes the application back before it was accepted."""
    of(call)
    return {"accepted": False}
