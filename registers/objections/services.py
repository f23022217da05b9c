"""What the objection flow asks of its register."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.objections.models import Objection


@services.service(
    "objections.settle",
    "异议办结",
    outputs={"upheld": "boolean"},
    reads=("investigate_objection", "reply_objector"),
)
def settle(call: ServiceCall) -> Outputs:
    """The investigators' finding is the outcome; the objector has been told (57号 art. 19)."""
    objection = call.session.get(Objection, call.instance.id)
    if objection is None:
        raise DoudiError("这件异议没有登记在册，请从办件页面的“登记异议”重新登记。")
    objection.upheld = bool(call.values("investigate_objection")["upheld_proposal"])
    objection.settled_at = call.now
    return {"upheld": objection.upheld}
