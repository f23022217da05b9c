"""Tells one story: lets time pass, lets people act, and says at which step it went otherwise than written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import clock
from engine.actors import SYSTEM
from engine.errors import DoudiError, Invalid
from engine.parameters import operations as parameters
from engine.releases.loaded import ProcessInfo
from engine.runtime.models import WorkItem
from registers.scenarios import acts, checks, ending, people, seeing, when
from registers.scenarios.hands import Hands, Otherwise, Usual
from registers.scenarios.scene import Scene
from registers.scenarios.story import MAIN, Step, Story, listed
from registers.scenarios.world import World

#: What passes between two steps that say no time.
PAUSE = timedelta(minutes=5)
#: `until` goes round no longer than this.
MOST_STEPS = 200


class Telling:
    """A story being told in a fresh world. `cases` are the ids of its cases by name."""

    def __init__(self, world: World, story: Story, usual: Usual) -> None:
        self.world, self.story, self.usual = world, story, usual
        self.cases: dict[str, int] = {}
        self.last = ""
        self.problems: list[str] = []
        self.known_incidents: set[int] = set()
        self.hands = Hands(world, usual, {})

    def tell(self) -> None:
        """All steps, then what must be so at the end; the first step that goes wrong ends the story."""
        self.prepare()
        for step in self.story.steps:
            self.take(step)
            if self.problems:
                return
        if MAIN in self.cases:
            found = ending.problems(self.world.session, self.cases, self.story.finally_)
            self.problems += [f"最后：{each}" for each in found]
        else:
            self.problems.append(f"最后：没有一步开始“{self.story.process}”")

    def prepare(self) -> None:
        """The people and the parameters of the story."""
        try:
            self.hands.persons = people.household(self.story.people, self.story.name, self.story.begins.date())
            self._set_parameters()
        except people.Unlikely as error:
            self.problems.append(f"people：{error}")
        except DoudiError as error:
            self.problems.append(f"parameters：{said(error)}")

    def take(self, step: Step) -> None:
        """One step; what goes otherwise is written down."""
        if self.problems:
            return
        try:
            self._step(step)
        except Otherwise as wrong:
            self.problems.append(f"{step.words}：{wrong}")
        except DoudiError as error:
            self.problems.append(f"{step.words}：{said(error)}")
        except Exception as error:  # A fault of ours is told with its step; the other stories are told all the same.
            self.problems.append(f"{step.words}：系统出错，{type(error).__name__}：{error}")

    def _set_parameters(self) -> None:
        begins = self.story.begins
        with clock.at(begins - timedelta(hours=1)):
            for name, value in self.story.parameters.items():
                parameters.set_value(SYSTEM, name, value, begins.date(), f"情景：{self.story.name}")

    # Steps

    def _step(self, step: Step) -> None:
        self._pass(step)
        {"does": self._does, "until": self._until, "wait": self._wait, "act": self._act, "opens": self._opens}[
            step.kind
        ](step)
        self._look_at_incidents(step.expect.get("incident"))
        name = step.case or MAIN
        if step.expect and name in self.cases:
            wrong = list(checks.of_case(self.world.session, self.cases[name], step.expect))
            if wrong:
                raise Otherwise("；".join(wrong))

    def _pass(self, step: Step) -> None:
        world = self.world
        if step.at is not None:
            self._pass_to(when.resolve(step.at, world.now, world.calendar()))
        elif step.number > 1 and step.kind in ("does", "act"):
            world.pass_to(world.now + PAUSE)

    def _pass_to(self, at: datetime) -> None:
        if at < self.world.now:
            raise Otherwise(f"时间倒退了：现在已是 {self.world.now:%Y-%m-%d %H:%M}")
        self.world.pass_to(at)

    def _does(self, step: Step) -> None:
        if (step.case or MAIN) not in self.cases:
            self._expecting(step, lambda: self._begin(step, step.what, step.given))
            return
        item = self._item(step)
        signers, outcome = self.hands.signers(item, step.who), None
        for actor in signers:
            outcome = self._expecting(step, lambda actor=actor: self.hands.complete(item, actor, step.given))
        self.last = step.case or MAIN
        if outcome is not None and not outcome.finished and not step.expect.get("unfinished"):
            raise Otherwise(
                f"还没有办结：要{item.people}人签字，只写了{len(signers)}人（有意的请写 expect: {{unfinished: true}}）"
            )

    def _until(self, step: Step) -> None:
        """Everything that is open is done in the usual way until `what` is open, waits or has ended the case."""
        if (step.case or MAIN) not in self.cases:
            first = self.world.release.first_task(self._process(step).id)
            self._begin(step, first.id, step.given.get(first.id) or {})
        key = self._case(step)
        for _ in range(MOST_STEPS):
            session = self.world.session
            instance, items = seeing.instance(session, key), seeing.open_items(session, key)
            timers = seeing.timers(session, key)
            if step.what in {n for each in (*items, *timers) for n in (each.element_id, each.name)}:
                return
            if instance.status != "running":
                if step.what in ("end", instance.outcome):
                    return
                raise Otherwise(f"办件已以“{instance.outcome}”办结，没有走到这里")
            if items:
                item = next((each for each in items if each.awaits_id is None), items[0])
                self.world.pass_to(self.world.now + PAUSE)
                for actor in self.hands.signers(item, ()):
                    self.hands.complete(item, actor, step.given.get(item.element_id) or {})
                self._look_at_incidents(None)
            elif timers:
                self._wait_for(timers[0].due_at)
            else:
                raise Otherwise(f"停在“{instance.stage}”，没有待办事项，也没有定时器")
        raise Otherwise(f"办了 {MOST_STEPS} 步还没有走到，流程可能在打转")

    def _wait(self, step: Step) -> None:
        if when.length(step.what.removeprefix("+")) or when.instant(step.what):
            moment = when.read(step.what if "-" in step.what else f"+{step.what.removeprefix('+')}")
            self._pass_to(when.resolve(moment, self.world.now, self.world.calendar()))
            return
        key = self._case(step)
        timers = seeing.timers(self.world.session, key)
        timer = next((each for each in timers if step.what in (each.element_id, each.name)), None)
        if timer is None:
            raise Otherwise(self._nothing("没有在等这个定时器", key))
        due, until, timer_id = seeing.day(timer.due_at), step.expect.get("until"), timer.id
        if until is not None and str(due) != str(until):
            raise Otherwise(f"应等到 {until}（当日24时），实际等到 {due}")
        self._wait_for(timer.due_at)
        if any(each.id == timer_id for each in seeing.timers(self.world.session, key)):
            raise Otherwise("到期了，定时器没有触发")

    def _wait_for(self, due: datetime) -> None:
        """To the instant itself, so that what fires fires; people come back at nine on the next working day."""
        self.world.pass_to(due)
        self.world.pass_to(self.world.next_working_hour(self.world.now.date()))

    def _act(self, step: Step) -> None:
        does = acts.find(step.what)
        if does is None:
            raise Otherwise(f"不认识这个动作，可以写的有：{'、'.join(acts.names())}")
        given = self.hands.said(f"act_{step.what}", step.given)
        actors = tuple(self.hands.actor(each) for each in step.who)
        key = self._case(step) if step.case else self.cases.get(MAIN)
        self._expecting(step, lambda: does(Scene(self.world, key, actors, given, self.hands.actor)))

    def _opens(self, step: Step) -> None:
        """The system has opened a case by itself; the story gives it a name, its own when it is of its process."""
        self.world.do_chores()
        self.world.fire()
        process = step.what.partition("#")[0]
        told = set(self.cases.values())
        new = {k: i for k, i in seeing.instances(self.world.session).items() if k not in told}
        found = next((key for key, each in new.items() if each.process_id == process), None)
        if found is None:
            others = "、".join(each.process_id for each in new.values())
            raise Otherwise(f"系统没有开出这件办件{f'（开出了：{others}）' if others else ''}")
        own = process == self.story.process and MAIN not in self.cases
        self.last = step.case or (MAIN if own else step.what)
        self.cases[self.last] = found

    # Inside

    def _begin(self, step: Step, what: str, given: Mapping[str, Any]) -> None:
        if step.parent and step.parent not in self.cases:
            raise Otherwise(f"还没有名为“{step.parent}”的办件")
        parent = step.parent or (MAIN if MAIN in self.cases else self.last)
        instance = self.hands.begin(self._process(step), step.who, what, given, self.cases.get(parent))
        self.last = step.case or MAIN
        self.cases[self.last] = instance.id

    def _expecting(self, step: Step, do: Callable[[], Any]) -> Any:
        """Does something; a refusal that the story expects is what it must be."""
        refused, invalid = step.expect.get("refused"), step.expect.get("invalid")
        if refused is None and invalid is None:
            return do()
        try:
            do()
        except Invalid as error:
            if invalid is None:
                raise
            found = {each["field"]: each["message"] for each in error.data.get("problems", [])}
            wanted = invalid if isinstance(invalid, Mapping) else dict.fromkeys(listed(invalid), "")
            for name, words in wanted.items():
                if name not in found or str(words) not in found[name]:
                    raise Otherwise(f"“{name}”应被指出{words or '有误'}，实际指出的是：{found}") from None
        except DoudiError as error:
            if refused is None:
                raise
            if refused is not True and str(refused) not in error.message:
                raise Otherwise(f"应因“{refused}”被拒绝，实际的理由是：{error.message}") from None
        else:
            raise Otherwise("本应被拒绝，却办成了")
        return None

    def _look_at_incidents(self, expected: Any) -> None:
        new = [each for each in seeing.incidents(self.world.session) if each.id not in self.known_incidents]
        self.known_incidents |= {each.id for each in new}
        if expected is None and new:
            raise Otherwise("；".join(f"流程停在“{each.name}”：{each.cause}" for each in new))
        if expected is not None and not any(str(expected) in each.cause for each in new):
            raise Otherwise(f"应出现异常“{expected}”，实际是：{'、'.join(e.cause for e in new) or '没有异常'}")

    def _case(self, step: Step) -> int:
        name = step.case or MAIN
        if name not in self.cases:
            raise Otherwise(f"还没有名为“{name}”的办件")
        return self.cases[name]

    def _process(self, step: Step) -> ProcessInfo:
        key = step.case.partition("#")[0] if step.case not in ("", MAIN) else self.story.process
        found = self.world.release.processes.get(key)
        if found is None:
            raise Otherwise(f"模型里没有流程“{key}”")
        return found

    def _item(self, step: Step) -> WorkItem:
        key = self._case(step)
        for item in seeing.open_items(self.world.session, key):
            if step.what in (item.element_id, item.name):
                return item
        raise Otherwise(self._nothing("这一步现在没有打开", key))

    def _nothing(self, words: str, key: int) -> str:
        session = self.world.session
        standing = [item.element_id for item in seeing.open_items(session, key)]
        standing += [timer.element_id for timer in seeing.timers(session, key)]
        instance = seeing.instance(session, key)
        where = f"停在：{'、'.join(standing)}" if standing else f"已以“{instance.outcome}”办结"
        return f"{words}，办件{where}"


def said(error: DoudiError) -> str:
    """An error with the problems of the form that it carries."""
    problems = error.data.get("problems") if isinstance(error, Invalid) else None
    fields = "；".join(f"{each['field']}：{each['message']}" for each in problems or [])
    return f"{error.message}{f'（{fields}）' if fields else ''}"
