"""The steps that the law lets no drawing skip: the rules of `mandatory.json`, followed along every way of every case.

The release's own rules are asked; where they ask less than the floor of the program (`engine/statutes/floor.json`)
that itself is a problem, as soon as the release does what the floor speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.actors import ROLES
from engine.releases import starts
from engine.releases.lint import debts, elements, journeys, soundness
from engine.releases.lint.debts import Breach
from engine.releases.lint.elements import Elements
from engine.releases.lint.journeys import Journey
from engine.releases.lint.knowledge import Knowledge
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.regions import Regions
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close
from engine.statutes import ids, rules
from engine.statutes.register import FILE as STATUTES
from engine.statutes.rules import FILE, Rule, Rules

RULES = {
    "mandatory-missing": "缺少法定的必经环节规则",
    "mandatory-weaker": "必经环节规则比法定的要求低",
    "step-skipped": "必经的环节可能被跳过",
    "step-owed": "必须跟着办的环节可能没有办",
    "step-again": "不得再办的环节可能再次办理",
    "people-few": "签字的人数不够",
    "people-mixed": "应由不同的人办理的环节没有写明回避",
    "letter-plain": "对当事人不利的文书没有写明理由和救济途径",
    "seen-by": "应当保密的流程没有限定谁能看到",
}

_PLAIN = re.compile(r"[。！？；]+$")


def check(release: Release, model: Model) -> Iterator[Problem]:
    """What the rules find in one file, and that it has none where it must."""
    found: dict[str, list[Problem]] = release.remember("mandatory", lambda: _all(release))
    yield from found.get(model.file, ())


def check_file(release: Release) -> Iterator[Problem]:
    """What is wrong with the rules themselves: strangers, and less than the floor."""
    known = elements.of(release)
    own = release.mandatory or Rules()
    for rule in own:
        for message in _strangers(release, known, rule):
            yield Problem(rule.id, rule.title, "mandatory", message)
    for least in _floor(release):
        rule = own.by_id.get(least.id)
        if rule is None:
            message = f"请补上规则“{least.id}”（{least.title}）：{least.message}"
            yield Problem(least.id, least.title, "mandatory-missing", message)
            continue
        for fault in rules.weaker(rule, least):
            message = f"规则“{rule.id}”（{rule.title}）{fault}，低于法律的要求，请改回"
            yield Problem(rule.id, rule.title, "mandatory-weaker", message)


# The rules themselves


def _floor(release: Release) -> Iterator[Rule]:
    """What the program asks of this release: of the floor, what it speaks of something that the release does."""
    known = elements.of(release)
    for rule in rules.floor():
        least = replace(
            rule,
            before=tuple(each for each in rule.before if each in known.used),
            after=tuple(each for each in rule.after if each in known.used),
            again=tuple(each for each in rule.again if each in known.used),
            tasks=tuple(each for each in rule.tasks if each in release.user_tasks),
            apart=tuple(each for each in rule.apart if each in release.user_tasks),
            notices=tuple(each for each in rule.notices if each in release.notices),
            processes=tuple(each for each in rule.processes if each in release.processes),
            schemes=tuple(each for each in rule.schemes if each in known.schemes),
            excepted=rule.excepted,
        )
        if rule.schemes and not least.schemes:
            continue
        if rule.form == "debt":
            relevant = bool(least.before if rule.before else least.after) and bool(not rule.after or least.after)
        elif rule.form == "apart":
            relevant = bool(least.tasks and least.apart)
        else:
            relevant = bool(least.tasks or least.notices or least.processes)
        if relevant:
            yield least


def _strangers(release: Release, known: Elements, rule: Rule) -> Iterator[str]:
    """What a rule names and nobody knows. What the floor names may come later: a rule may wait for it."""
    floor = list(rules.floor())

    def expected(*lists: str) -> frozenset[str]:
        return frozenset(each for least in floor for name in lists for each in getattr(least, name))

    refs = known.known | expected("before", "after", "again", "needs")
    for ref in (*rule.before, *rule.after, *rule.again, *rule.needs):
        if ref not in refs:
            yield f"“{ref}”在流程版本里没有{close(ref, refs)}"
    for what, given, there in (
        ("用户任务", (*rule.tasks, *rule.apart), release.user_tasks.keys() | expected("tasks", "apart")),
        ("文书模板", rule.notices, release.notices.keys() | expected("notices")),
        ("流程", rule.processes, release.processes.keys() | expected("processes")),
        ("角色", rule.hidden_from, frozenset(ROLES)),
        ("救助种类", (*rule.schemes, *rule.excepted), known.schemes | expected("schemes", "excepted")),
    ):
        for each in given:
            if each not in there:
                yield f"没有{what}“{each}”{close(each, there)}"
    if rule.when:
        fault = release.expressions.look(rule.when).problem
        if fault:
            yield f"条件（when）“{rule.when}”写法有误：{fault}"


# What they find


def _all(release: Release) -> dict[str, list[Problem]]:
    """The problems by file."""
    files = {process: model.file for model in release.models for process in model.processes}
    found: dict[str, list[Problem]] = {}
    for process, problem in _problems(release):
        found.setdefault(files[process], []).append(problem)
    return found


def _problems(release: Release) -> Iterator[tuple[Process, Problem]]:
    yield from _absent(release)
    own = [_possible(release, rule) for rule in release.mandatory or ()]
    for rule in own:
        yield from _drawn(release, rule)
    yield from _followed(release, [rule for rule in own if rule.form == "debt"])


def _possible(release: Release, rule: Rule) -> Rule:
    """The rule without a condition that cannot be evaluated: it is asked everywhere then."""
    broken = rule.when and release.expressions.look(rule.when).problem
    return replace(rule, when="") if broken else rule


def _absent(release: Release) -> Iterator[tuple[Process, Problem]]:
    """A release that decides rights has rules and a register."""
    missing = [name for name, there in ((FILE, release.mandatory), (STATUTES, release.statutes)) if there is None]
    if not missing:
        return
    known = elements.of(release)
    for least in _floor(release):
        refs = (*least.before, *least.after)
        for process in release.processes.values():
            for node in process.nodes:
                if known.named(node, refs):
                    message = f"流程版本里有“{node.title}”，就要有 {'、'.join(missing)}（必经环节规则和条款登记）"
                    yield process, Problem(node.ref, node.name, "mandatory-missing", message)
                    return


def _drawn(release: Release, rule: Rule) -> Iterator[tuple[Process, Problem]]:
    """The rules that look at the drawing alone."""
    where = [(process, node) for process in release.processes.values() for node in process.nodes]
    tail = _tail(release, rule)
    for process, node in where if rule.tasks else ():
        if node.kind != "userTask" or node.id not in rule.tasks:
            continue
        given = node.properties.get("people", "1")
        if rule.people and not (given.isdigit() and int(given) >= rule.people):
            message = f"{rule.message}：people 应至少是{rule.people}，现在是{given}{tail}"
            yield process, Problem(node.ref, node.name, "people-few", message)
        apart = {each.strip() for each in node.properties.get("separate", "").split(",")}
        lacking = [each for each in rule.apart if each not in apart and each in release.user_tasks and each != node.id]
        if lacking:
            message = f"{rule.message}：请在 separate 里补上 {'、'.join(lacking)}{tail}"
            yield process, Problem(node.ref, node.name, "people-mixed", message)
    heads = elements.of(release).heads
    for process, node in where if rule.form == "adverse" else ():
        notice = node.properties.get("notice")
        if notice in rule.notices and notice in heads and not heads[notice].adverse:
            message = f"{rule.message}：模板“{notice}”开头请写 adverse: yes{tail}"
            yield process, Problem(node.ref, node.name, "letter-plain", message)
    for key in rule.processes:
        if key in release.processes:
            yield from _hidden(release, rule, release.processes[key], tail)


def _hidden(release: Release, rule: Rule, process: Process, tail: str) -> Iterator[tuple[Process, Problem]]:
    seen_by = starts.names(process.properties.get("seen_by", ""))
    shown = [role for role in seen_by if role in rule.hidden_from]
    if not seen_by or shown:
        word = f"seen_by 里不能有 {'、'.join(shown)}" if shown else "请用 seen_by 写明哪些角色能看"
        yield process, Problem(process.ref, process.title, "seen-by", f"{rule.message}：{word}{tail}")
    journey = journeys.journey(release, process)
    for place in journey.places if journey else ():
        role = place.node.properties.get("role")
        if place.node.kind == "userTask" and role in rule.hidden_from:
            message = f"{rule.message}：这个环节不能交给{ROLES.get(role, role)}{tail}"
            yield place.process, Problem(place.node.ref, place.node.name, "seen-by", message)


def _followed(release: Release, own: list[Rule]) -> Iterator[tuple[Process, Problem]]:
    """The debts, along every way of the cases of every process."""
    told: dict[tuple[str, Node], tuple[Process, Breach, Rule, list[str]]] = {}
    broken = soundness.unsound(release)
    for root in journeys.roots(release):
        journey = journeys.journey(release, root)
        if journey is None or any(place.process.id in broken for place in journey.places):
            continue
        owner = {place.node: place.process for place in journey.places}
        for rule, breaches in _breaches(release, root, journey, own):
            if breaches is None:
                yield root, _too_large(root)
                break
            for breach in breaches:
                key = rule.id, breach.node
                if key in told:
                    told[key][3].append(root.title)
                else:
                    told[key] = owner[breach.node], breach, rule, [root.title]
    for process, breach, rule, titles in told.values():
        yield process, _breach(release, rule, breach, titles)


def _breaches(
    release: Release, root: Process, journey: Journey, own: list[Rule]
) -> Iterator[tuple[Rule, Iterable[Breach] | None]]:
    """What each rule finds in the cases of one process; None when there are too many ways to look at them all."""
    names = elements.of(release)
    scheme = root.properties.get("scheme") or root.id
    met = frozenset(name for place in journey.places for name in names.names(place.node))
    asked = [rule for rule in own if rule.binds(scheme) and not met.isdisjoint(rule.before or rule.after)]
    if not asked:
        return
    whole = len(journey.places) <= journeys.LARGEST
    regions = Regions(journey) if whole else None
    charts: dict[object, debts.Map] = {}
    for rule in asked:
        if regions is None:
            yield rule, None
            return
        questions = regions.matter(regions.mark(lambda place: debts.speaks_of(rule, place, names.named)))  # noqa: B023
        when = debts.asked(rule, journey, names.named)
        key = questions, frozenset(when.items())
        if key not in charts:
            charts[key] = debts.Map(journey, Knowledge(release, journey, questions, when))
        chart = charts[key]
        yield rule, debts.Follow(chart, rule, names.named).breaches.values() if chart.complete else None


def _too_large(root: Process) -> Problem:
    message = "这种办件连同调用的流程走法太多，无法核对必经的环节，请拆成几种办件"
    return Problem(root.ref, root.title, "too-complex", message)


def _breach(release: Release, rule: Rule, breach: Breach, titles: list[str]) -> Problem:
    which = "step-skipped" if rule.before else "step-owed"
    if not rule.needs:
        which = "step-again"
    others = f"（另有{len(titles) - 1}种办件也会这样）" if len(titles) > 1 else ""
    way = f"例如“{titles[0]}”这样走：{journeys.words(breach.way)}{others}"
    message = f"{_PLAIN.sub('', rule.message)}{_tail(release, rule)}。{way}"
    return Problem(breach.node.ref, breach.node.name, which, message)


def _tail(release: Release, rule: Rule) -> str:
    """Which rule it is and what it rests on: its first clause in words, the others by their ids."""
    first, *others = ids.split(rule.clause)
    more = f"，{'、'.join(others)}" if others else ""
    if release.statutes is None:
        return f"（规则 {rule.id}，依据{first}{more}）"
    return f"（规则 {rule.id}，依据{release.statutes.cite(first)}{more}）"
