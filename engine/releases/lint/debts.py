"""What the law lets no case skip, followed along every way: debts that are incurred, paid, and must not be open.

First all that can be known of the cases of one process is drawn as a graph (`Map`): a node is a place with the facts
that hold there. Then each rule is followed over it. Two parallel branches owe together: what one of them pays is paid
where they meet, but not before, and what only one of them incurred is still open there.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.releases.lint.journeys import Journey, Place, Way
from engine.releases.lint.knowledge import NOTHING, Facts, Knowledge, shared
from engine.releases.lint.model import Node
from engine.statutes.rules import Rule

#: Whether an element is one of those that a rule names.
Names = Callable[[Node, Iterable[str]], bool]
#: Places with their pasts that are looked at.
SPOTS = 40_000
#: Pasts of parallel branches that are tried together.
MEETINGS = 200_000
#: Kinds of past kept apart at a place; more are drawn together into what is known in all of them.
MOST = 64


@dataclass(eq=False, slots=True)
class Spot:
    """A place with what is known there; at a join also one for each way that waits (`waits`)."""

    place: Place
    facts: Facts
    waits: Way | None = None
    ahead: list[Spot] = field(default_factory=list)
    #: Of a way that waits: where it goes on once the others have come.
    meets: list[Spot] = field(default_factory=list)


class Map:
    """Every place of a journey with every kind of past that can be told apart."""

    def __init__(self, journey: Journey, knowledge: Knowledge) -> None:
        self.journey, self.knowledge = journey, knowledge
        parting = {place.process.id for place in journey.places if place.parts}
        self.branching = {
            place.process.id for place in journey.places if len(place.process.of("endEvent")) > 1
        } & parting
        self._spots: dict[tuple[Place | Way, Facts], Spot] = {}
        self._at: dict[Place | Way, list[Spot]] = {}
        self._merged: dict[Place | Way, Spot] = {}
        self._waiting: deque[Spot] = deque()
        self._into: dict[Place, list[Way]] = {}
        for way in (way for place in journey.places for way in place.ways):
            self._into.setdefault(way.target, []).append(way)
        self.begin = self._spot(journey.start, None, NOTHING)
        self._meetings = 0
        while self._waiting and len(self._spots) <= SPOTS and self._meetings <= MEETINGS:
            self._go_on(self._waiting.popleft())
        #: Whether everything was looked at.
        self.complete = not self._waiting and self._meetings <= MEETINGS and not knowledge.budget.missed

    def _spot(self, place: Place, waits: Way | None, facts: Facts) -> Spot:
        """The spot of these facts, or the one in which they are drawn together with others."""
        key = waits or place
        last = self._merged.get(key)
        if last is None and len(self._at.get(key, ())) < MOST:
            return self._make(place, waits, facts)
        fewer = shared([last.facts, facts] if last else [facts, *(each.facts for each in self._at[key])])
        if last is not None and fewer == last.facts:
            return last
        # Less is known from here on; whoever came before comes here too.
        merged = self._make(place, waits, fewer)
        for each in [last] if last else list(self._at[key]):
            if each is not merged and merged not in each.ahead:
                each.ahead.append(merged)
        self._merged[key] = merged
        return merged

    def _make(self, place: Place, waits: Way | None, facts: Facts) -> Spot:
        key = waits or place
        found = self._spots.get((key, facts))
        if found is None:
            found = self._spots[key, facts] = Spot(place, facts, waits)
            self._at.setdefault(key, []).append(found)
            self._waiting.append(found)
        return found

    def _go_on(self, spot: Spot) -> None:
        if spot.waits is not None:
            self._meet(spot)
            return
        for left in self.knowledge.through(spot.place, spot.facts):
            for way, facts in self.knowledge.leave(spot.place, left):
                following = self._spot(way.target, way if way.target.joins else None, facts)
                if following not in spot.ahead:
                    spot.ahead.append(following)

    def _meet(self, spot: Spot) -> None:
        """Lets a way that waits go on with every other that has come."""
        together: dict[Facts, list[set[Spot]]] = {NOTHING: []}
        for way in self._into[spot.place]:
            found: dict[Facts, list[set[Spot]]] = {}
            for facts, spots in together.items():
                for other in [spot] if way is spot.waits else self._at.get(way, ()):
                    self._meetings += 1
                    met = self.knowledge.meet(spot.place, facts, other.facts)
                    if met is None:
                        continue
                    known = found.setdefault(met, [set() for _ in range(len(spots) + 1)])
                    for all_of_way, some in zip(known, [*spots, {other}], strict=True):
                        all_of_way |= some
            together = found
        for facts, spots in together.items():
            following = self._spot(spot.place, None, self.knowledge.kept(spot.place, facts))
            for each in set().union(*spots):
                if following not in each.meets:
                    each.meets.append(following)


#: Nothing is owed; owed from before the branches parted; owed by this branch itself; both.
_NONE, _SHARED, _OWN = 0, 1, 2
_Step = tuple[Spot, int]


@dataclass(frozen=True)
class Breach:
    """A rule that a way breaks: at which element, and the way there."""

    node: Node
    way: tuple[Place, ...]


class Follow:
    """One rule over one map. `pays` says whether an element is one of the rule's needs."""

    def __init__(self, chart: Map, rule: Rule, names: Names) -> None:
        self._rule, self._names, self._knowledge = rule, names, chart.knowledge
        self._ends, self._branching = set(chart.journey.ends), chart.branching
        self._from: dict[_Step, _Step | None] = {}
        #: What has come to a join, by way and debt.
        self._come: dict[Spot, dict[Way | None, dict[int, _Step]]] = {}
        self.breaches: dict[Node, Breach] = {}
        waiting = deque([(chart.begin, _NONE if rule.after else _OWN)])
        self._from[waiting[0]] = None
        while waiting:
            step = waiting.popleft()
            for following, origin in self._steps(step):
                if following not in self._from:
                    self._from[following] = origin
                    waiting.append(following)

    def _steps(self, step: _Step) -> list[tuple[_Step, _Step]]:
        """Where a case goes on, with where it came from: at a join, the branch that still owes."""
        spot, owed = step
        if spot.waits is not None:
            return [*self._joins(step), *(((following, owed), step) for following in spot.ahead)]
        place = spot.place
        owed = self._at(step, place, owed)
        if place.parts:
            owed = _SHARED if owed else _NONE
        return [((following, owed), step) for following in spot.ahead]

    def _at(self, step: _Step, place: Place, owed: int) -> int:
        """What is owed behind a place. At `before` it must be nothing; `needs` pay; `after` and `again` incur."""
        rule, node = self._rule, place.node
        if place.back:
            # Where a called process ends branch by branch, nobody can tell any more who owed what.
            return _OWN if owed and node.called in self._branching else owed
        if rule.before:
            if owed and self._names(node, rule.before):
                self._broken(step, node)
        elif owed and place in self._ends:
            self._broken(step, self._culprit(step) or node)
        if self._pays(node):
            owed = _NONE
        if self._names(node, rule.after) or self._names(node, rule.again):
            owed |= _OWN
        return owed

    def _pays(self, node: Node) -> bool:
        if not self._names(node, self._rule.needs):
            return False
        if self._rule.people < 2:
            return True
        people = node.properties.get("people", "1")
        return node.kind == "userTask" and people.isdigit() and int(people) >= self._rule.people

    def _joins(self, step: _Step) -> list[tuple[_Step, _Step]]:
        """All branches are here: paid by one of them is paid; what a branch owes by itself stays open."""
        spot, owed = step
        found: dict[_Step, _Step] = {}
        for following in spot.meets:
            ways = self._come.setdefault(following, {})
            ways.setdefault(spot.waits, {}).setdefault(owed, step)
            if len(ways) < following.place.entries:
                continue
            others = [some.items() for way, some in ways.items() if way is not spot.waits]
            for rest in itertools.product(*others):
                branches = [(owed, step), *rest]
                own = next((origin for debt, origin in branches if debt & _OWN), None)
                if own is None and not all(debt & _SHARED for debt, _ in branches):
                    found.setdefault((following, _NONE), step)
                else:
                    found.setdefault((following, _OWN), own or step)
        return list(found.items())

    def _broken(self, step: _Step, node: Node) -> None:
        if node in self.breaches:
            return
        if self._rule.when and self._knowledge.refutes(self._rule.when, step[0].facts):
            return
        self.breaches[node] = Breach(node, tuple(self._way(step)))

    def _culprit(self, step: _Step) -> Node | None:
        """The last element on the way that incurred the debt."""
        if not self._rule.after and not self._rule.again:
            return None
        incurring = (*self._rule.after, *self._rule.again)
        return next((p.node for p in reversed(self._way(step)) if not p.back and self._names(p.node, incurring)), None)

    def _way(self, step: _Step) -> list[Place]:
        way: list[Place] = []
        at: _Step | None = step
        while at is not None:
            if at[0].waits is None and (not way or way[-1] is not at[0].place):
                way.append(at[0].place)
            at = self._from[at]
        return way[::-1]


def asked(rule: Rule, journey: Journey, names: Names) -> dict[Place, frozenset[str]]:
    """Where the condition of a rule will be looked at."""
    if not rule.when:
        return {}
    text, ends = frozenset([rule.when]), set(journey.ends)
    return {
        place: text
        for place in journey.places
        if not place.back and (names(place.node, rule.before) if rule.before else place in ends)
    }


def speaks_of(rule: Rule, place: Place, names: Names) -> bool:
    """Whether something happens at a place that the rule speaks of."""
    if place.back:
        return False
    if not rule.before and place.node.kind == "endEvent":
        return True
    return names(place.node, (*rule.before, *rule.after, *rule.again, *rule.needs))
