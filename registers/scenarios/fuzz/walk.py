"""One walk: random people do random things to what is open, time jumps, and nothing may break."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from engine import forms
from engine.actors import SYSTEM, Actor
from engine.errors import Conflict, DoudiError, EngineFault, Invalid, Refused
from engine.parameters import operations as parameters
from engine.releases.loaded import LoadedRelease, ProcessInfo
from engine.rules.veto import Question, veto
from engine.runtime import forms as item_forms
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.moves import kinds
from registers.moves import operations as moving
from registers.scenarios import answers, moves, openers, seeing
from registers.scenarios.fuzz import hands, oracle
from registers.scenarios.fuzz.values import Guess
from registers.scenarios.hands import Hands, Otherwise
from registers.scenarios.scene import Scene
from registers.scenarios.world import World


class Broken(Exception):
    """Something that must never happen, in words."""


class Walk:
    """A walk in a world that stands somewhere in a story. `log` says what was done, for whoever has to mend it."""

    def __init__(self, world: World, hands: Hands, random: Random, families: list[Mapping[str, Any]]) -> None:
        self.world, self.hands, self.random = world, hands, random
        self.release: LoadedRelease = world.release
        self.staff = list(hands.staff.values())
        self.guess = Guess(random, families, lambda: world.now.date())
        self.families = families
        self.oracle = oracle.Oracle(self.release, self.staff)
        self.log: list[str] = []
        self.done = 0

    def go(self, acts_wanted: int) -> None:
        """So many random acts; raises Broken when something must not be."""
        self.oracle.begin(self.world.session)
        for _ in range(acts_wanted):
            what, act = self._choose()
            self._try(what, act)
            self.done += 1
            wrong = list(self.oracle.look(self.world.session))
            if wrong:
                raise Broken("；".join(wrong))

    def finish(self, most: int = 60) -> None:
        """In the usual way to the end of whatever is open, so that it is seen that nothing is dead."""
        for _ in range(most):
            session = self.world.session
            items = list(session.scalars(select(WorkItem).where(WorkItem.state == "open").order_by(WorkItem.id)))
            if items:
                item = self.random.choice(items)
                self._as_usual(item)
            else:
                awake = select(WaitingTimer.due_at).where(WaitingTimer.held.is_(False))
                due = session.scalar(awake.order_by(WaitingTimer.due_at).limit(1))
                if due is None:
                    return
                self._pass(max(due, self.world.now))
            wrong = list(self.oracle.look(self.world.session))
            if wrong:
                raise Broken("；".join(wrong))

    def open_with(self, process_id: str) -> None:
        """A first case of that process, where people may start one."""
        process = self.release.processes.get(process_id)
        if process is not None and startable(process):
            self._try("第一件", lambda: self.begin(process))

    def broken(self, words: str) -> Broken:
        """What to raise when something was possible that must not be."""
        return Broken(words)

    # Choosing

    def _choose(self) -> tuple[str, Callable[[], None]]:
        session, random = self.world.session, self.random
        items = list(session.scalars(select(WorkItem).where(WorkItem.state == "open").order_by(WorkItem.id)))
        awake = select(WaitingTimer).where(WaitingTimer.held.is_(False))
        timers = list(session.scalars(awake.order_by(WaitingTimer.due_at, WaitingTimer.id)))
        choices: list[tuple[float, str, Callable[[], None]]] = [(0.8, "时间过去", self._jump)]
        choices.append((0.7, "新的一件", self._start))
        choices.append((0.15, "参数变化", self._parameter))
        if items:
            item = random.choice(items)
            choices.append((10, f"办理 {item.element_id}", lambda: self._complete(item)))
            choices.append((0.8, f"不该办的人办 {item.element_id}", lambda: self._wrong_person(item)))
            choices.append((0.8, f"填错 {item.element_id}", lambda: self._wrong_values(item)))
            choices.append((0.4, f"连按两次 {item.element_id}", lambda: self._twice(item)))
            choices.append((0.4, f"认领 {item.element_id}", lambda: self._claim(item)))
            choices.append((0.2, f"改派 {item.element_id}", lambda: self._assign(item)))
        if timers:
            timer = timers[0]
            choices.append((4, f"等到 {timer.element_id}", lambda: self._pass(max(timer.due_at, self.world.now))))
            choices.append((1, f"等到 {timer.element_id} 的最后一分钟", lambda: self._last_minute(timer)))
        choices.append((1.2, "变动", self._move))
        choices += hands.choices(self, items)
        _, what, act = random.choices(choices, [weight for weight, _, _ in choices])[0]
        return what, act

    def _try(self, what: str, deed: Callable[[], None]) -> None:
        """A refusal is an answer: it has words, and nothing has changed. Anything else that is raised is a fault."""
        self.log.append(f"{self.world.now:%Y-%m-%d %H:%M} {what}")
        before = oracle.traces(self.world.session)
        try:
            deed()
        except EngineFault as fault:
            raise Broken(f"{what}：流程引擎出错：{fault.message}（{fault.data}）") from fault
        except DoudiError as refused:
            self.log[-1] += f" → {type(refused).__name__}：{refused.message[:80]}"
            if not refused.message.strip():
                raise Broken(f"{what}：被拒绝却没有理由") from refused
            if isinstance(refused, Invalid) and not refused.data.get("problems"):
                raise Broken(f"{what}：填写有误却没有指出哪一项") from refused
            if oracle.traces(self.world.session) != before:
                raise Broken(f"{what}：被拒绝了，数据却变了") from refused
        except Otherwise as other:
            self.log[-1] += f" → {other}"
        except Broken:
            raise
        except Exception as error:
            raise Broken(f"{what}：{type(error).__name__}：{error}") from error
        else:
            self.world.now += timedelta(minutes=1)
            self.world.fire()

    # Acts on an item

    def _complete(self, item: WorkItem) -> None:
        posted = self._posted(item)
        if posted is None:
            self.log[-1] += " → 填不出能通过的内容"
            return
        for number, actor in enumerate(self.able(item, item.people)):
            if number:  # A signature is an act of its own.
                self._try(f"{actor.name}也签字", partial(runtime.complete, item.id, actor, posted=posted))
            else:
                runtime.complete(item.id, actor, posted=posted)

    def _as_usual(self, item: WorkItem) -> None:
        for actor in self.able(item, item.people):
            self._try(f"照常办理 {item.element_id}", partial(self.hands.complete, item, actor, {}))

    def _wrong_person(self, item: WorkItem) -> None:
        session = self.world.session
        actor = self.random.choice(self.staff)
        full = queries.item(session, item.id)
        may = veto.ask(session, Question("complete", actor, instance=full.instance, item=full))
        if may:
            return
        posted = self._posted(item) or {}
        try:
            runtime.complete(item.id, actor, posted=posted)
        except (Refused, Conflict):
            return
        except Invalid as error:
            raise Broken(f"{actor.name}不能办“{item.name}”，却先看了填写的内容") from error
        raise Broken(f"{actor.name}不能办“{item.name}”（{may.reason}），却办成了")

    def _wrong_values(self, item: WorkItem) -> None:
        able, posted = self.able(item, 1), self._posted(item)
        if not able or posted is None:
            return
        form, context, initial = self._form(item)
        runtime.complete(item.id, able[0], posted=self.guess.spoil(form, posted, context, initial))

    def _twice(self, item: WorkItem) -> None:
        able, posted = self.able(item, 1), self._posted(item)
        if not able or posted is None:
            return
        version = item.version
        runtime.complete(item.id, able[0], posted=posted, version=version)
        try:
            runtime.complete(item.id, able[0], posted=posted, version=version)
        except (Conflict, Refused):
            return
        raise Broken(f"“{item.name}”连按两次，办了两回")

    def _claim(self, item: WorkItem) -> None:
        actor = self.random.choice(self.able(item, 1) or self.staff)
        if item.holder_id == actor.id:
            runtime.unclaim(item.id, actor)
        else:
            runtime.claim(item.id, actor)

    def _assign(self, item: WorkItem) -> None:
        runtime.assign(item.id, self.random.choice(self.staff), self.random.choice(self.staff), "轮换")

    # Time and the house

    def _jump(self) -> None:
        day = timedelta(days=1)
        span = self.random.choice((timedelta(hours=5), day, day, 3 * day, 7 * day, 16 * day, 45 * day))
        self._pass(self.world.now + span)

    def _last_minute(self, timer: WaitingTimer) -> None:
        self._pass(max(timer.due_at - timedelta(minutes=1), self.world.now))

    def _pass(self, when: Any) -> None:
        """Timers at their instants; the daily chores once, at the end."""
        chores, self.world.chores = self.world.chores, ()
        try:
            self.world.pass_to(when)
        finally:
            self.world.chores = chores
        self.world.do_chores()

    def _parameter(self) -> None:
        session = self.world.session
        name, value = self.random.choice(
            (("dibao_mode", "A"), ("dibao_mode", "B"), ("republicise_dibao", True), ("republicise_dibao", False))
        )
        day = self.world.now.date() + timedelta(days=self.random.randrange(3))
        session.rollback()
        parameters.set_value(SYSTEM, name, value, day, "走查")

    def _move(self) -> None:
        """Somebody asks that a case be ended, changed or laid to rest, somebody else (or the same) settles it."""
        session, random = self.world.session, self.random
        cases = list(session.scalars(select(Instance.id).order_by(Instance.id)))
        if not cases:
            return
        key, what = random.choice(cases), random.choice((*moves.names(), *moves.names(), "suspend", "resume"))
        self.log[-1] += f" {what}（{key}）"
        if what in ("suspend", "resume"):
            scene = self._scene(key, self._who(("deputy", "head")), self.hands.said(f"act_{what}", {}))
            (moves.suspend if what == "suspend" else moves.resume)(scene)
            return
        kind = kinds.all_()[what]
        asker = self._who(kind.asks)
        self.hands.persons = random.choice(self.families)
        given = self.hands.said(f"act_{what}", {})
        if random.random() < 0.15:
            given[random.choice(list(given))] = random.choice(("", "不合适", "2099-01-01", "0", "9" * 12))
        asked = moving.ask(key, asker, what, moves.told(self._scene(key, asker, given), given))
        if random.random() < 0.85:
            by = random.choice((self._who(kind.confirms), asker, random.choice(self.staff)))
            self._try(f"{by.name}确认", partial(self._settle, asked.id, asker, by))

    def _settle(self, move_id: int, asker: Actor, by: Actor) -> None:
        if self.random.random() < 0.15:
            moving.refuse(move_id, by, "情况不属实。")
        else:
            moving.confirm(move_id, by, "")
        if by.id == asker.id:
            raise Broken(f"{by.name}自己登记的变动自己确认了")

    def _who(self, roles: Sequence[str]) -> Actor:
        """Mostly somebody of these roles."""
        holding = [each for each in self.staff if any(each.holds(role) for role in roles)]
        return self.random.choice(holding if holding and self.random.random() < 0.9 else self.staff)

    def _scene(self, key: int, actor: Actor, given: Mapping[str, Any]) -> Scene:
        return Scene(self.world, key, (actor,), given, self.hands.actor)

    # Beginning

    def _start(self) -> None:
        process = self.random.choice([p for p in self.release.processes.values() if startable(p)])
        self.begin(process)

    def begin(self, process: ProcessInfo) -> Instance | None:
        """A new case with random answers; at another case where it must be."""
        session = self.world.session
        self.log[-1] += f" {process.id}"
        first = self.release.first_task(process.id)
        form = self.release.forms[first.properties["form"]]
        context = self.hands.first_context(process, form)
        initial = forms.initial(form, context)
        self.hands.persons = self.random.choice(self.families)
        posted = self.guess.fill(form, context, initial, lambda: self._usual(form, context, initial, None))
        if posted is None:
            self.log[-1] += " → 填不出能通过的内容"
            return None
        parents = list(session.scalars(select(Instance.id)))
        parent = self.random.choice(parents) if parents else None
        actor = self._who(process.starters)
        self.log[-1] += f"，{actor.name}，挂在 {parent}，村 {posted.get('village')}"
        return openers.begin(process, actor, parent, posted)

    # Inside

    def able(self, item: WorkItem, wanted: int) -> list[Actor]:
        """So many people who may do it, if there are."""
        session = self.world.session
        full = queries.item(session, item.id)
        holding = [each for each in self.staff if each.holds(item.role, item.area)]
        self.random.shuffle(holding)
        able: list[Actor] = []
        for actor in holding:
            if len(able) < wanted and veto.ask(session, Question("complete", actor, instance=full.instance, item=full)):
                able.append(actor)
        return able

    def _form(self, item: WorkItem) -> tuple[forms.Form, Mapping[str, Any], Mapping[str, Any]]:
        session = self.world.session
        full = queries.item(session, item.id)
        form = self.release.forms[item.form]
        context = item_forms.context(session, full.instance, form, self.world.now.date().isoformat())
        return form, context, queries.prefill(session, full, self.release)

    def _posted(self, item: WorkItem) -> answers.Texts | None:
        form, context, initial = self._form(item)
        instance = seeing.instance(self.world.session, item.instance_id)
        return self.guess.fill(form, context, initial, lambda: self._usual(form, context, initial, instance))

    def _usual(
        self, form: forms.Form, context: Mapping[str, Any], initial: Mapping[str, Any], instance: Instance | None
    ) -> answers.Texts:
        return self.hands.posted(form, context, initial, {}, instance)


def startable(process: ProcessInfo) -> bool:
    """Whether people start it."""
    return process.begins in ("case", "linked")
