"""What is known of a case's variables on its way, as far as a later question depends on it.

A *fact* is a variable with one of the values that matter (`decision` = `confirm`; any other text is `OTHER`), a
question whose answer is known (`objections > 0`), or a variable that was set to nobody knows what (`UNKNOWN`). Facts
come from operations that promise a value, from the answers of gateways, and from the checks of forms: where a form
accepts `confirm` only when `publicised`, nobody confirms without it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import feel
from engine.errors import DoudiError
from engine.forms.model import Field
from engine.releases.lint import naming
from engine.releases.lint.journeys import Journey, Place, Way
from engine.releases.lint.model import Flow
from engine.releases.lint.release import Budget, Release
from engine.releases.lint.variables import kinds_of

#: A value of which nothing is known, and a text that nothing compares with.
UNKNOWN, OTHER = "\0unknown", "\0other"
#: What a condition says when its values are known and it gives neither true nor false: the case stops there.
STUCK = "\0stuck"
#: Seconds that the conditions of a whole release may take here.
SECONDS = 3.0
#: Combinations of values that are tried at one element.
TRIES = 96

Facts = frozenset[tuple[str, Any]]
NOTHING: Facts = frozenset()

_TEXTS = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Knowledge:
    """What the ways of one journey teach. `questions` are the gateways whose answers matter, `asked` the conditions of
    rules with the places at which they will be looked at."""

    def __init__(
        self,
        release: Release,
        journey: Journey,
        questions: frozenset[Place],
        asked: Mapping[Place, frozenset[str]],
    ) -> None:
        self._release, self._journey, self._questions = release, journey, questions
        self._kinds = kinds_of(release, journey.root)
        self._speaks: dict[str, frozenset[str]] = {}
        self._longest: dict[str, frozenset[str]] = release.remember("longest paths", dict)
        self._reads = {place: self._read(place) | self._of(asked.get(place, ())) for place in journey.places}
        texts = [flow.condition or "" for place in journey.places for flow in self._flows(place)]
        texts += [check for place in journey.places for check in self._checks(place)]
        texts += [each for some in asked.values() for each in some]
        self._words: dict[str, list[str]] = {}
        for text in dict.fromkeys(texts):
            for path in self._paths(text):
                known = self._words.setdefault(path, [])
                known += [word for word in _TEXTS.findall(text) if word not in known]
        self._branches: dict[Place, frozenset[str]] = {}
        self._live = self._lively()
        self._into: dict[Place, list[Place]] = {}
        for place in journey.places:
            for way in place.ways:
                self._into.setdefault(way.target, []).append(place)
        self._set_in: dict[Place, frozenset[str]] = {}
        self._said: dict[tuple[str, Facts], bool | str] = release.remember("said", dict)
        self.budget: Budget = release.remember("knowledge", lambda: Budget(SECONDS))

    # What an element does to what is known

    def through(self, place: Place, facts: Facts) -> list[Facts]:
        """What may be known after an element ran, before one leaves it."""
        node = place.node
        if node.called:
            return [facts]
        names = naming.gives(self._release, node)
        if not names:
            return [facts]
        left = self._forget(facts, frozenset(names))
        fixed = naming.fixed(self._release, node, self._journey.root)
        if fixed:
            left = frozenset(f for f in left if f[0] not in fixed) | frozenset(fixed.items())
        if node.kind != "userTask":
            return [left]
        return self._answered(place, left)

    def leave(self, place: Place, facts: Facts) -> Iterator[tuple[Way, Facts]]:
        """The ways that can be taken, with what is known on each."""
        if place not in self._questions:
            for way in place.ways:
                yield way, self.kept(way.target, facts)
            return
        default = place.process.default(place.node)
        for tried in self._tried(facts, [way.flow.condition or "" for way in place.ways if way.flow]):
            others = [self.says(w.flow.condition or "", tried) for w in place.ways if w.flow and w.flow is not default]
            for way in place.ways:
                if way.flow is default:
                    taken = True not in others and STUCK not in others
                else:
                    taken = self.says((way.flow.condition if way.flow else "") or "", tried) in (True, None)
                if taken:
                    yield way, self.kept(way.target, tried)

    def kept(self, place: Place, facts: Facts) -> Facts:
        """Of what is known, what something later on asks for."""
        live = self._live.get(place, frozenset())
        return frozenset(fact for fact in facts if self._of_fact(fact[0]) & live)

    def says(self, text: str, facts: Facts) -> bool | str | None:
        """What a condition gives (`STUCK`: neither true nor false); None when that is not known."""
        if not text:
            return None
        known = dict(facts)
        if known.get(text) in (True, False):
            return known[text]
        paths = self._paths(text)
        values = {path: known[path] for path in paths if path in known and known[path] != UNKNOWN}
        if len(values) < len(paths):
            return None
        key = text, frozenset(values.items())
        if key not in self._said:
            if self.budget.spent():
                return None
            with self.budget.spending():
                self._said[key] = _evaluated(text, values)
        return self._said[key]

    def refutes(self, text: str, facts: Facts) -> bool:
        """Whether a condition is surely not true here."""
        said = [self.says(text, tried) for tried in self._tried(facts, [text])]
        return bool(said) and all(each is False for each in said)

    def meet(self, place: Place, one: Facts, other: Facts) -> Facts | None:
        """What is known where two parallel branches meet; None when these two cannot have come together. They come
        from one split: of what no branch has set since, they cannot know different things. Of what one has set,
        nothing is known where they differ; who never touched a variable contradicts nobody."""
        facts = dict(one)
        for key, value in other:
            known = facts.setdefault(key, value)
            if known == value:
                continue
            if self._of_fact(key) & self._set_before(place):
                facts[key] = UNKNOWN
            elif known == UNKNOWN:
                facts[key] = value
            elif value != UNKNOWN:
                return None
        return frozenset(facts.items())

    def _set_before(self, join: Place) -> frozenset[str]:
        """The variables that are set on the branches that meet at a join, back to where they parted."""
        if join not in self._set_in:
            names: set[str] = set()
            seen: set[tuple[Place, int]] = set()
            stack = [(each, 1) for each in self._into.get(join, ())]
            while stack:
                place, depth = stack.pop()
                if (place, depth) in seen or depth < 1:
                    continue
                seen.add((place, depth))
                if not place.node.called:
                    names.update(naming.gives(self._release, place.node))
                depth += place.joins - place.parts
                stack += [(each, depth) for each in self._into.get(place, ())]
            self._set_in[join] = frozenset(names)
        return self._set_in[join]

    # Values that are tried

    def _tried(self, facts: Facts, texts: list[str]) -> list[Facts]:
        """The facts with a value for each variable that the conditions read, in every combination. What has no list of
        values is tried as a question that is true or not."""
        known = dict(facts)
        free: dict[str, list[Any]] = {}
        for text in filter(None, texts):
            domains = {path: self._domain(path) for path in self._paths(text) if known.get(path, UNKNOWN) == UNKNOWN}
            if all(domains.values()):
                free.update(domains)
            elif known.get(text) not in (True, False):
                free[text] = [True, False]
        size = 1
        for values in free.values():
            size *= len(values)
        if size > TRIES:
            return [facts]
        rest = frozenset(fact for fact in facts if fact[0] not in free)
        return [
            rest | frozenset(zip(free, combination, strict=True)) for combination in itertools.product(*free.values())
        ]

    def _domain(self, path: str) -> list[Any]:
        """The values of a variable that matter; nothing when they cannot be listed."""
        kind = self._kinds.get(path, "")
        words = self._words.get(path, [])
        if kind == "boolean":
            return [True, False]
        if kind == "text":
            return [*words, OTHER]
        if kind:
            return []
        if path.startswith("parameters."):
            return [*words, OTHER] if words else [True, False]
        return []

    def _answered(self, place: Place, facts: Facts) -> list[Facts]:
        """What a form lets a person hand in, as far as later questions depend on it."""
        form = self._release.forms.get(place.node.properties.get("form", ""))
        if form is None:
            return [facts]
        after = self._live_after(place)
        fields = {each.key: (each, hide) for each, hide in _with_hide(form.fields) if each.flow and each.key in after}
        choices = {key: self._choices(each, hide) for key, (each, hide) in fields.items()}
        free = {key: values for key, values in choices.items() if values}
        size = 1
        for values in free.values():
            size *= len(values)
        if not free or size > TRIES:
            return [facts]
        # A field of the form stands before the flow's variable of the same name, and nobody knows what it holds.
        own = form.keys - form.flow_fields.keys()
        aside = frozenset(fact for fact in facts if self._of_fact(fact[0]) & own)
        rest = frozenset(fact for fact in facts - aside if fact[0] not in free)
        checks = [(hide, each.check) for each, hide in _with_hide(form.fields) if each.check]
        asked = [check for _, check in checks if free.keys() & self._paths(check)]
        found = []
        for combination in itertools.product(*free.values()):
            tried = rest | frozenset(zip(free, combination, strict=True))
            for more in self._tried(tried, asked):
                known = dict(more)
                if all(self._fits(fields[key], known[key], more) for key in free) and not any(
                    all(self.says(each, more) in (False, STUCK) for each in hide)
                    and self.says(check, more) in (False, STUCK)
                    for hide, check in checks
                ):
                    found.append(frozenset(f for f in more if not self._of_fact(f[0]) & own) | aside)
        return list(dict.fromkeys(found))

    def _choices(self, field: Field, hide: tuple[str, ...]) -> list[Any]:
        empty: list[Any] = [None] if hide or not field.required else []
        if field.type == "checkbox":
            return [True, False]
        if field.type not in ("radio", "select") or not field.options:
            return []
        if field.boolean:
            return [True, False, *empty]
        words = self._words.get(field.key, [])
        values = [option.value if option.value in words else OTHER for option in field.options]
        return list(dict.fromkeys([*values, *empty]))

    def _fits(self, field: tuple[Field, tuple[str, ...]], value: Any, facts: Facts) -> bool:
        """A field that is hidden is empty; one that is shown and must be filled is not."""
        one, hide = field
        hidden = [self.says(each, facts) for each in hide]
        if True in hidden:
            return value is None or (one.type == "checkbox" and value is False)
        return value is not None or not one.required or None in hidden

    # Which facts matter

    def _forget(self, facts: Facts, names: frozenset[str]) -> Facts:
        left = frozenset(fact for fact in facts if not {each.split(".")[0] for each in self._of_fact(fact[0])} & names)
        return left | frozenset((name, UNKNOWN) for name in names)

    def _of_fact(self, key: str) -> frozenset[str]:
        """The variables that a fact speaks of: itself, or what the question reads."""
        if key not in self._speaks:
            variable = key in self._kinds or "." in key or key.isidentifier()
            self._speaks[key] = frozenset({key}) if variable else self._paths(key)
        return self._speaks[key]

    def _paths(self, text: str) -> frozenset[str]:
        if text not in self._longest:
            paths = self._release.expressions.look(text).paths if text else frozenset()
            inner = {path for path in paths if any(other.startswith(f"{path}.") for other in paths)}
            self._longest[text] = paths - inner
        return self._longest[text]

    def _of(self, texts: Iterable[str]) -> frozenset[str]:
        return frozenset(path for text in texts for path in self._paths(text))

    def _read(self, place: Place) -> frozenset[str]:
        return self._of(flow.condition or "" for flow in self._flows(place))

    def _flows(self, place: Place) -> list[Flow]:
        return [way.flow for way in place.ways if way.flow is not None] if place in self._questions else []

    def _checks(self, place: Place) -> list[str]:
        form = self._release.forms.get(place.node.properties.get("form", "")) if place.node.kind == "userTask" else None
        return [text for each in (form.walk() if form else ()) for text in (each.check, each.hide) if text]

    def _lively(self) -> dict[Place, frozenset[str]]:
        """For each place the variables that something from here on reads before it is set anew."""
        before: dict[Place, list[Place]] = {place: [] for place in self._journey.places}
        for place in self._journey.places:
            for way in place.ways:
                before[way.target].append(place)
        live: dict[Place, frozenset[str]] = {}
        waiting = dict.fromkeys(reversed(self._journey.places))
        while waiting:
            place = next(iter(waiting))
            del waiting[place]
            after = self._needed([live.get(way.target, frozenset()) for way in place.ways], place)
            needed = self._reads[place] | self._before(place, after)
            if live.get(place) != needed:
                live[place] = needed
                waiting.update(dict.fromkeys(before[place]))
        return live

    def _needed(self, branches: list[frozenset[str]], place: Place) -> frozenset[str]:
        """What its ways ask for. Where they are parallel, one that sets a variable anew settles it for all, unless
        another one reads it before they meet."""
        if not place.parts:
            return frozenset().union(*branches)
        kept = frozenset.intersection(*branches)
        for way, asked in zip(place.ways, branches, strict=True):
            kept |= asked & self._inside(way.target)
        return kept

    def _inside(self, first: Place) -> frozenset[str]:
        """What is read from a place on until parallel branches meet."""
        if first not in self._branches:
            read: frozenset[str] = frozenset()
            seen, stack = {first}, [first]
            while stack:
                place = stack.pop()
                read |= self._reads[place] | self._of(self._checks(place))
                for way in place.ways if not place.joins else ():
                    if way.target not in seen:
                        seen.add(way.target)
                        stack.append(way.target)
            self._branches[first] = read
        return self._branches[first]

    def _before(self, place: Place, after: frozenset[str]) -> frozenset[str]:
        """What must be known before a place so that `after` is known behind it."""
        if place.node.called:
            return after
        names = frozenset(naming.gives(self._release, place.node))
        needed = frozenset(path for path in after if path.split(".")[0] not in names)
        if place.node.kind == "userTask" and after & names:
            for text in self._checks(place):
                if self._paths(text) & after & names:
                    needed |= frozenset(path for path in self._paths(text) if path not in names)
        return needed

    def _live_after(self, place: Place) -> frozenset[str]:
        return frozenset().union(*(self._live.get(way.target, frozenset()) for way in place.ways))


def shared(some: Iterable[Facts]) -> Facts:
    """What is known in all of them: of a variable in which they differ, that nothing is."""
    given = [dict(one) for one in some]
    keys = dict.fromkeys(key for one in given for key in one)
    first = given[0] if given else {}
    return frozenset(
        (key, first[key] if all(key in one and one[key] == first.get(key) for one in given) else UNKNOWN)
        for key in keys
    )


def _with_hide(fields: Iterable[Field], above: tuple[str, ...] = ()) -> Iterator[tuple[Field, tuple[str, ...]]]:
    """Every field of the form's own level with all the conditions under which it is hidden."""
    for each in fields:
        hide = (*above, each.hide) if each.hide else above
        yield each, hide
        if each.type == "group" and not each.nests:
            yield from _with_hide(each.children, hide)


def _evaluated(text: str, values: Mapping[str, Any]) -> bool | str:
    context: dict[str, Any] = {}
    for path, value in values.items():
        *above, name = path.split(".")
        holder = context
        for each in above:
            holder = holder.setdefault(each, {})
        holder[name] = value
    try:
        said = feel.evaluate(text, context)
    except DoudiError:
        return STUCK
    return said if isinstance(said, bool) else STUCK
