"""Which questions matter to a rule: those between whose answers and the place where they meet again something happens
that the rule speaks of. Of the others it need not be known how they are answered."""

from __future__ import annotations

from collections.abc import Callable

from engine.releases.lint.journeys import Journey, Place


class Regions:
    """For each question of a journey, the places that some answers lead through and others may not."""

    def __init__(self, journey: Journey) -> None:
        self._number = {place: number for number, place in enumerate(journey.places)}
        after = self._always_after(journey)
        self.of: dict[Place, int] = {
            place: self._between(place, after[self._number[place]]) for place in journey.places if place.chooses
        }

    def mark(self, fits: Callable[[Place], bool]) -> int:
        """The places that fit, as a set of bits."""
        return sum(1 << number for place, number in self._number.items() if fits(place))

    def matter(self, marked: int) -> frozenset[Place]:
        """The questions that decide about a marked place."""
        return frozenset(place for place, region in self.of.items() if region & marked)

    def _always_after(self, journey: Journey) -> list[int]:
        """For each place those that every way from it leads through (post-dominators), itself among them."""
        every = (1 << len(journey.places)) - 1
        found = [every if place.ways else 1 << n for n, place in enumerate(journey.places)]
        changed = True
        while changed:
            changed = False
            for number in range(len(journey.places) - 1, -1, -1):
                place = journey.places[number]
                if not place.ways:
                    continue
                common = every
                for way in place.ways:
                    common &= found[self._number[way.target]]
                common |= 1 << number
                if common != found[number]:
                    found[number], changed = common, True
        return found

    def _between(self, question: Place, after: int) -> int:
        """What can be reached from a question before its answers surely meet again."""
        own = self._number[question]
        seen, region, stack = {question}, 0, [question]
        while stack:
            for way in stack.pop().ways:
                number = self._number[way.target]
                if after >> number & 1 and number != own:
                    continue
                region |= 1 << number
                if way.target not in seen:
                    seen.add(way.target)
                    stack.append(way.target)
        return region
