"""Acts on a whole case, at every stage: what is asked for by one and confirmed by another, and letting a case rest.

Every kind of move that the registers know is an act of its name (`withdraw`, `death`, `scheme`, `terminate`,
`correct`): the first of `who` asks, the second confirms; `then: wait` leaves it unconfirmed, `then: refuse` has it
refused. `confirm` settles one that waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import secrets
from engine.errors import DoudiError
from registers.households.models import Person
from registers.moves import kinds, queries
from registers.moves import operations as moves
from registers.scenarios.scene import Scene

#: What an act takes beside what the move itself asks for.
THEN = ("confirm", "refuse", "wait")


def names() -> list[str]:
    """The kinds of moves."""
    return list(kinds.all_())


def move(scene: Scene, kind: str) -> Any:
    """Asks for a move and lets another person settle it, as `then` says."""
    given = dict(scene.given)
    then = str(given.pop("then", "confirm"))
    if then not in THEN:
        raise DoudiError(f"then 只能写 {'、'.join(THEN)}")
    known = kinds.all_()[kind]
    asked = moves.ask(scene.instance_id, scene.by(*known.asks), kind, told(scene, given))
    if then == "wait":
        return asked
    by = scene.another(*known.confirms)
    if then == "refuse":
        return moves.refuse(asked.id, by, "情况不属实。")
    return moves.confirm(asked.id, by, "")


def settle(scene: Scene) -> Any:
    """Confirms (or, `then: refuse`, refuses) the move that waits at the case."""
    waits = [each for each in queries.of_case(scene.world.session, scene.instance_id) if each.state == "asked"]
    if not waits:
        raise DoudiError("这件办件没有等待确认的变动。")
    by = scene.by(*kinds.all_()[waits[0].kind].confirms)
    if scene.given.get("then") == "refuse":
        return moves.refuse(waits[0].id, by, str(scene.given.get("remark", "情况不属实。")))
    return moves.confirm(waits[0].id, by, str(scene.given.get("remark", "")))


def suspend(scene: Scene) -> Any:
    """`cause`, `reason`, `until`."""
    given = scene.given
    until = date.fromisoformat(str(given["until"])) if given.get("until") else None
    reason = str(given.get("reason", "暂时无法办理。"))
    return moves.suspend(scene.instance_id, scene.by("deputy"), cause=given["cause"], reason=reason, until=until)


def resume(scene: Scene) -> Any:
    """`remark`."""
    return moves.resume(scene.instance_id, scene.by("deputy"), remark=str(scene.given.get("remark", "")))


def told(scene: Scene, given: Mapping[str, Any]) -> dict[str, str]:
    """What is filled in as the page posts it: a person of the story stands for their number in the register."""
    found = {}
    for name, value in given.items():
        if isinstance(value, Mapping) and "id_number" in value:
            found[name] = str(_registered(scene, str(value["id_number"])))
        elif isinstance(value, bool):
            found[name] = "yes" if value else ""
        else:
            found[name] = "" if value is None else str(value)
    return found


def _registered(scene: Scene, number: str) -> int:
    key = select(Person.id).where(Person.fingerprint == secrets.fingerprint(number)).order_by(Person.id.desc())
    return scene.world.session.scalar(key.limit(1)) or 0
