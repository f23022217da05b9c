"""Keeping what a case was judged on: figures, the rows of the decisions, the parameters that they read."""

from __future__ import annotations

from typing import Any

from engine import feel
from engine.decisions.examples import texts
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.models import Assessment
from registers.assessments.people import LIMITS

#: The operations whose outputs are the figures of an assessment.
GATHERING = ("assessment.prepare", "assessment.person", "assessment.year", "assessment.relief")


@services.service("assessment.record", "留存核算依据", outputs={})
def record(call: ServiceCall) -> Outputs:
    """Keeps the figures, the decisions' rows and the parameters that they read, so that the outcome can be explained
    years later (design: a decision stores what it used)."""
    call.session.add(
        Assessment(
            instance_id=call.instance.id,
            figures={name: call.flow[name] for name in sorted(_figures(call)) if name in call.flow},
            parameters=_read(call),
            decisions=dict(call.decisions),
            release_id=call.instance.release_id,
            made_at=call.now,
        )
    )
    return {}


def _figures(call: ServiceCall) -> set[str]:
    """What the gathering operations and the decisions of the release give; the flow holds the last of each."""
    known = (services.get(name) for name in GATHERING)
    names = {"scheme", *(output for service in known if service is not None for output in service.outputs)}
    return names.union(*(decision.output_names for decision in call.release.decisions.values()))


def _read(call: ServiceCall) -> dict[str, Any]:
    """The parameters that the decisions of this case and the counting of its people read, with their values."""
    names = set(LIMITS)
    for key in call.decisions:
        for text in texts(call.release.decisions[key]):
            names |= {path.split(".")[1] for path in feel.paths(text) if path.startswith("parameters.")}
    return {name: call.parameters[name] for name in sorted(names) if name in call.parameters}
