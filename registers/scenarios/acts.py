"""What people do beside filling in forms: leaders' acts, acts on a whole case, what happens to the house's data.

`@named("name")` adds one. It gets a Scene; what it raises is what the operation raises, and a story may expect it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from typing import Any

from engine.actors import SYSTEM
from engine.clocks import operations as clocks
from engine.errors import DoudiError
from engine.parameters import operations as parameters
from engine.runtime import operations as runtime
from engine.runtime.corrections import operations as corrections
from engine.runtime.returns import operations as returns
from registers.filings import operations as filings
from registers.scenarios import moves, seeing
from registers.scenarios.scene import Scene
from registers.supervision import operations as supervision

Act = Callable[[Scene], Any]
_ACTS: dict[str, Act] = {}
#: Modules of further acts; each names its own when acts are first asked for.
ROOMS = ("matters", "money")


def named(name: str) -> Callable[[Act], Act]:
    """Adds an act."""

    def add(function: Act) -> Act:
        _ACTS[name] = function
        return function

    return add


def names() -> list[str]:
    """Every act there is."""
    return sorted((*_known(), *moves.names()))


def find(name: str) -> Act | None:
    """The act of that name."""
    if name in moves.names():
        return partial(moves.move, kind=name)
    return _known().get(name)


def _known() -> dict[str, Act]:
    for room in ROOMS:
        import_module(f"registers.scenarios.{room}")
    return _ACTS


named("confirm")(moves.settle)
named("suspend")(moves.suspend)
named("resume")(moves.resume)


@named("claim")
def claim(scene: Scene) -> Any:
    return runtime.claim(scene.item(), scene.by("clerk"))


@named("unclaim")
def unclaim(scene: Scene) -> Any:
    return runtime.unclaim(scene.item(), scene.by("clerk"))


@named("assign")
def assign(scene: Scene) -> Any:
    return runtime.assign(scene.item(), scene.by("director"), scene.of(scene.given["to"]), scene.given["reason"])


@named("return")
def send_back(scene: Scene) -> Any:
    """Sends the case back from `item` to the step `to`, why (`reason`), what is wrong (`marks`: field → remark)."""
    to = seeing.last_done(scene.world.session, scene.instance_id, str(scene.given["to"]))
    marks = {str(key): str(text) for key, text in dict(scene.given.get("marks") or {}).items()}
    return returns.send_back(
        scene.item(), scene.by("director"), to_item_id=to, reason=str(scene.given.get("reason", "")), marks=marks
    )


@named("correction")
def correction(scene: Scene) -> Any:
    """The holder of `item` has the form of the step `to` corrected and waits; `reason` and `marks` as with `return`."""
    session, item = scene.world.session, scene.item()
    marks = {str(key): str(text) for key, text in dict(scene.given.get("marks") or {}).items()}
    actor, reason = scene.by("director"), str(scene.given.get("reason", ""))
    of = seeing.last_done(session, scene.instance_id, str(scene.given["to"]))
    if not seeing.held(session, item):
        runtime.claim(item, actor)
    return corrections.ask(item, actor, of_item_id=of, reason=reason, marks=marks)


@named("cancel_correction")
def cancel_correction(scene: Scene) -> Any:
    """Whoever waits for a correction waits no longer."""
    waits = seeing.corrections(scene.world.session, scene.instance_id)
    if len(waits) != 1:
        raise DoudiError("这件办件没有（或者不止一件）等待补正的事项。")
    return corrections.cancel(waits[0].id, scene.by("director"), str(scene.given.get("reason", "")))


@named("take_back")
def take_back(scene: Scene) -> Any:
    """Takes one's last act back: the step `step`."""
    return returns.take_back(
        seeing.last_done(scene.world.session, scene.instance_id, str(scene.given["step"])), scene.by("clerk")
    )


@named("reopen")
def reopen(scene: Scene) -> Any:
    return returns.reopen(scene.instance_id or 0, scene.by("director"), reason=str(scene.given.get("reason", "")))


@named("urge")
def urge(scene: Scene) -> Any:
    return supervision.urge(scene.item(), scene.by("head"), str(scene.given.get("text", "")))


@named("extend")
def extend(scene: Scene) -> Any:
    """Somebody asks for an extension (`reason`), another (`grants`, the head) grants it or, `granted: false`, not."""
    asked = clocks.ask_extension(scene.clock(), scene.by("director"), reason=scene.given["reason"])
    granted = scene.given.get("granted", True)
    by = scene.of(scene.given.get("grants", "head"))
    return clocks.decide_extension(asked.id, by, granted=granted, remark=str(scene.given.get("remark", "")))


@named("pause_clock")
def pause_clock(scene: Scene) -> Any:
    note = str(scene.given.get("note", "情况属实"))
    return clocks.pause(scene.clock(), scene.by("director"), cause=scene.given["cause"], note=note)


@named("resume_clock")
def resume_clock(scene: Scene) -> Any:
    return clocks.resume(scene.clock(), scene.by("director"), note=str(scene.given.get("note", "")))


@named("retry")
def retry(scene: Scene) -> Any:
    """An administrator retries what is parked in this case."""
    for incident in seeing.incidents(scene.world.session):
        if incident.instance_id == scene.instance_id:
            runtime.retry(incident.id, scene.by("admin"))


@named("set_parameter")
def set_parameter(scene: Scene) -> Any:
    """`name`, `value`, `from` (a day; today when absent)."""
    day = date.fromisoformat(str(scene.given.get("from", scene.world.now.date())))
    return parameters.set_value(
        scene.actors[0] if scene.actors else SYSTEM, scene.given["name"], scene.given["value"], day, "情景"
    )


@named("register_kin")
def register_kin(scene: Scene) -> Any:
    """`of` (an account) has a near relative: `name`, `id_number`, `relation`."""
    given = scene.given
    return filings.register_kin(
        scene.by("discipline"),
        account_id=scene.of(given["of"]).id,
        post=str(given.get("post", "工作人员")),
        relative_name=given["name"],
        id_number=given["id_number"],
        relation=given.get("relation", "sibling"),
    )
