"""The hands of a story: who acts, what they write, how a case begins and a work item is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine import forms
from engine.actors import Actor
from engine.forms import Form
from engine.parameters import queries as parameters
from engine.releases.loaded import ProcessInfo
from engine.rules.veto import Question, veto
from engine.runtime import forms as item_forms
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import Instance, WorkItem
from registers.scenarios import answers, openers, when
from registers.scenarios.world import World

#: {form: {field: what is usually written}}
Usual = Mapping[str, Mapping[str, Any]]


class Otherwise(Exception):
    """It went otherwise than the story says."""


class Hands:
    """Acts in a world for the people of a story; `persons` are its family, `staff` the accounts."""

    def __init__(self, world: World, usual: Usual, persons: Mapping[str, Any]) -> None:
        self.world, self.usual, self.persons = world, usual, persons
        self.staff = world.people()

    # Who

    def actor(self, who: str, area: str | None = None) -> Actor:
        """An account by its username or name, else the first that holds the role (over an area)."""
        found = self.staff.get(who) or next((a for a in self.staff.values() if a.name == who), None)
        found = found or next((a for a in self.staff.values() if a.holds(who, area)), None)
        if found is None:
            raise Otherwise(f"没有账号或角色“{who}”，可以写的有：{'、'.join(self.staff)}")
        return found

    def signers(self, item: WorkItem, who: tuple[str, ...]) -> list[Actor]:
        """Those who are named, else as many as must sign of those who may."""
        if who:
            return [self.actor(each, item.area) for each in who]
        session = self.world.session
        item = queries.item(session, item.id)
        able, answer = [], None
        for actor in self.staff.values():
            if not actor.holds(item.role, item.area):
                continue
            answer = veto.ask(session, Question("complete", actor, instance=item.instance, item=item))
            if answer:
                able.append(actor)
        if len(able) < item.people:
            why = answer.reason if answer is not None else f"没有人担任 {item.role}"
            raise Otherwise(f"“{item.name}”没有人能办：{why}")
        return able[: item.people]

    # What

    def begin(
        self, process: ProcessInfo, who: tuple[str, ...], what: str, given: Mapping[str, Any], parent_id: int | None
    ) -> Instance:
        """A new case of the process, its first form handed in."""
        release = self.world.release
        first = release.first_task(process.id)
        if what not in (first.id, first.name):
            raise Otherwise(f"“{process.name}”从“{first.name}”（{first.id}）开始，还没有开始过")
        form = release.forms[first.properties["form"]]
        actor = self.actor(who[0] if who else process.starters[0])
        context = self.first_context(process, form)
        posted = self.posted(form, context, forms.initial(form, context), given, None)
        return openers.begin(process, actor, parent_id, posted)

    def first_context(self, process: ProcessInfo, form: Form) -> dict[str, Any]:
        """What the form that begins a case sees."""
        seen: dict[str, Any] = {"today": self.world.now.date().isoformat(), "scheme": process.scheme or process.id}
        if "parameters" in form.read_names:
            seen["parameters"] = parameters.on(self.world.session, self.world.now.date())
        return seen

    def complete(self, item: WorkItem, actor: Actor, given: Mapping[str, Any]) -> runtime.Outcome:
        """Signs a work item."""
        session = self.world.session
        item = queries.item(session, item.id)
        form = self.world.release.forms[item.form]
        context = item_forms.context(session, item.instance, form, self.world.now.date().isoformat())
        initial = queries.prefill(session, item, self.world.release)
        return runtime.complete(item.id, actor, posted=self.posted(form, context, initial, given, item.instance))

    def posted(
        self,
        form: Form,
        context: Mapping[str, Any],
        initial: Mapping[str, Any],
        given: Mapping[str, Any],
        instance: Instance | None,
    ) -> answers.Texts:
        """The form as a browser would send it."""
        seen = self.context(instance, _reads_parameters(self.usual.get(form.name, {}), given))
        keys = {one.key for one in form.walk() if one.key}
        usual = {key: value for key, value in self.usual.get(form.name, {}).items() if key not in given}
        strange = next((key for key in usual if key not in keys), None)
        if strange is not None:
            raise Otherwise(f"usual/{form.name}.yaml 里的“{strange}”不是这张表单的项")
        layers = (
            answers.worked_out(usual, seen, f"usual/{form.name}.yaml"),
            answers.worked_out(given, seen, "with"),
        )
        return answers.posted(form, context, initial, layers, self.day, answers.plainest(seen))

    def said(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is said with an act (`usual/act_NAME.yaml`): the usual, and over it what the step gives; days worked
        out."""
        usual = {key: value for key, value in self.usual.get(name, {}).items() if key not in given}
        seen = self.context(None)
        found = answers.worked_out(usual, seen, f"usual/{name}.yaml") | answers.worked_out(given, seen, "with")
        return {key: (self.day(value) if isinstance(value, str) else None) or value for key, value in found.items()}

    def context(self, instance: Instance | None, parameters_too: bool = True) -> dict[str, Any]:
        """What the story's expressions see."""
        flow = dict(instance.flow or {}) if instance is not None else {}
        now = self.world.now
        seen = {**flow, "flow": flow, **self.persons, "today": now.date().isoformat(), "now": now.isoformat()}
        if parameters_too:
            seen["parameters"] = dict(parameters.on(self.world.session, now.date()))
        return seen

    def day(self, text: str) -> date | None:
        """`today`, `+3wd`, `-2d` as a day."""
        today = self.world.now.date()
        if text == "today":
            return today
        back = when.length(text[1:]) if text.startswith("-") else None
        if back is not None and back[1] == "d":
            return today - timedelta(days=back[0])
        if text.startswith("+") and when.length(text):
            moment = when.read(text)
            return when.resolve(moment, self.world.now, self.world.calendar()).date() if moment else None
        return None


def _reads_parameters(*said: Mapping[str, Any]) -> bool:
    """Whether an expression may read dated parameters; there are some three hundred of them."""
    return any("parameters" in str(each) for each in said)
