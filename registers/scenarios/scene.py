"""Where an act happens: the case, who acts, what the step gives with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.actors import Actor
from engine.errors import DoudiError
from registers.scenarios import seeing
from registers.scenarios.world import World


@dataclass(frozen=True)
class Scene:
    """`actors` are those whom the step names; whoever it does not name is the first who holds the role that usually
    does it."""

    world: World
    instance_id: int | None
    actors: tuple[Actor, ...]
    given: Mapping[str, Any]
    of: Callable[[str], Actor]

    def by(self, *roles: str) -> Actor:
        """The first who acts."""
        return self.actors[0] if self.actors else self.of(roles[0])

    def another(self, *roles: str) -> Actor:
        """The second who acts: somebody else, where the step names nobody."""
        if len(self.actors) > 1:
            return self.actors[1]
        first = self.actors[0].id if self.actors else None
        found = [self.of(role) for role in roles]
        return next((each for each in found if each.id != first), found[0])

    def item(self) -> int:
        """The open item that `item` names, else the only one."""
        items = seeing.open_items(self.world.session, self.instance_id)
        wanted = self.given.get("item")
        found = [each for each in items if wanted in (None, each.element_id, each.name)]
        if len(found) != 1:
            raise DoudiError(f"请用 item 写明是哪个待办：{'、'.join(each.element_id for each in items)}")
        return found[0].id

    def clock(self) -> int:
        """The clock that `clock` names, `total` when it names none."""
        found = seeing.latest_clocks(self.world.session, self.instance_id)
        name = self.given.get("clock", "total")
        if name not in found:
            raise DoudiError(f"没有起算时限“{name}”，有：{'、'.join(found) or '无'}")
        return found[name].id
