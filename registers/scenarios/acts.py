"""What people do beside filling in forms: leaders' acts, acts on a whole case, what happens to the house's data.

`@named("name")` adds one. It gets a Scene; what it raises is what the operation raises, and a story may expect it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.actors import SYSTEM, Actor
from engine.clocks import operations as clocks
from engine.errors import DoudiError
from engine.parameters import operations as parameters
from engine.runtime import operations as runtime
from registers.filings import operations as filings
from registers.scenarios import seeing
from registers.scenarios.world import World
from registers.supervision import operations as supervision

Act = Callable[["Scene"], Any]
_ACTS: dict[str, Act] = {}
#: Acts on a whole case, at every stage; each a function (instance_id, actor, **with) of registers.moves.operations.
MOVES = ("withdraw", "report_death", "suspend", "resume")
#: What such an act is usually given, for walks.
EXAMPLES: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Scene:
    """Where an act happens: the case, who acts (None: whoever usually does), and what the step gives `with` it."""

    world: World
    instance_id: int | None
    actor: Actor | None
    given: Mapping[str, Any]
    of: Callable[[str], Actor]

    def by(self, role: str) -> Actor:
        """Whoever acts, else the first who holds the role."""
        return self.actor or self.of(role)

    def item(self) -> int:
        """The open item that `item` names, else the only one."""
        items = seeing.open_items(self.world.session, self.instance_id)
        wanted = self.given.get("item")
        found = [each for each in items if wanted in (None, each.element_id, each.name)]
        if len(found) != 1:
            raise DoudiError(f"请用 item 写明是哪个待办：{'、'.join(each.element_id for each in items)}")
        return found[0].id

    def clock(self) -> int:
        """The clock that `clock` names."""
        found = seeing.latest_clocks(self.world.session, self.instance_id)
        name = self.given.get("clock", "total")
        if name not in found:
            raise DoudiError(f"没有起算时限“{name}”，有：{'、'.join(found) or '无'}")
        return found[name].id


def named(name: str) -> Callable[[Act], Act]:
    """Adds an act."""

    def add(function: Act) -> Act:
        _ACTS[name] = function
        return function

    return add


def names() -> list[str]:
    """Every act there is."""
    return sorted((*_ACTS, *(name for name in MOVES if _moves(name))))


def find(name: str) -> Act | None:
    """The act of that name."""
    if name in _ACTS:
        return _ACTS[name]
    function = _moves(name) if name in MOVES else None
    if function is None:
        return None
    return lambda scene: function(scene.instance_id, scene.by("clerk"), **scene.given)


def _moves(name: str) -> Any:
    if find_spec("registers.moves") is None or find_spec("registers.moves.operations") is None:
        return None
    return getattr(import_module("registers.moves.operations"), name, None)


@named("claim")
def claim(scene: Scene) -> Any:
    return runtime.claim(scene.item(), scene.by("clerk"))


@named("unclaim")
def unclaim(scene: Scene) -> Any:
    return runtime.unclaim(scene.item(), scene.by("clerk"))


@named("assign")
def assign(scene: Scene) -> Any:
    return runtime.assign(scene.item(), scene.by("director"), scene.of(scene.given["to"]), scene.given["reason"])


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
    return parameters.set_value(scene.actor or SYSTEM, scene.given["name"], scene.given["value"], day, "情景")


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


from registers.scenarios import matters, money  # noqa: E402,F401 -- their acts are known when these are
