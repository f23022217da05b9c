"""What flows ask of the case register."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.models import Case
from registers.cases.own import own


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
        "total_extended": "text",
        "total_alarm": "text",
        "confirm_limit": "text",
        "confirm_limit_delegated": "text",
        "publicised": "boolean",
        "complaint": "boolean",
        "drawn": "boolean",
        "ending": "boolean",
        "objections": "number",
    },
    fixed={"accepted": True, "publicised": False, "drawn": False, "ending": False, "objections": 0},
)
def accept(call: ServiceCall) -> Outputs:
    """T0: the clock of the whole case starts on this day (57号 art. 22), and its parameters are this day's: the day on
    which it was accepted, also when that was entered later."""
    case = of(call)
    case.accepted_on = call.acted.date()
    call.decide_on(call.acted.date())
    mode = str(call.parameters.get(f"{case.scheme}_mode") or call.parameters["dibao_mode"])
    return {
        "accepted": True,
        "mode": mode,
        "total_limit": _length(call, case.scheme, "limit", mode),
        "total_extended": _length(call, case.scheme, "limit_extended", mode),
        "total_alarm": _length(call, case.scheme, "alarm", mode),
        "confirm_limit": _needed("confirm_limit", own(call.parameters, "confirm_limit", case.scheme)),
        "confirm_limit_delegated": _needed(
            "confirm_limit_delegated", own(call.parameters, "confirm_limit_delegated", case.scheme)
        ),
        "publicised": False,
        "complaint": case.complaint,
        "drawn": False,
        "ending": False,
        "objections": 0,
    }


def _needed(name: str, found: object) -> str:
    if found is None:
        raise DoudiError(f"没有“{name}”这个政策参数，无法起算时限，请管理员补上。")
    return str(found)


def _length(call: ServiceCall, scheme: str, what: str, mode: str) -> str:
    """A length of the whole case: that of its scheme in this operating mode, else that of its scheme."""
    for name in (f"{scheme}_total_{what}_{mode.lower()}", f"{scheme}_total_{what}"):
        if name in call.parameters:
            return str(call.parameters[name])
    raise DoudiError(f"没有“{scheme}_total_{what}”这个政策参数，无法起算时限，请管理员补上。")


@services.service(
    "cases.withdraw",
    "撤回登记",
    inputs={"reason": "text"},
    outputs={"accepted": "boolean"},
    fixed={"accepted": False},
)
def withdraw(call: ServiceCall) -> Outputs:
    """The applicant takes the application back before it was accepted."""
    of(call)
    return {"accepted": False}
