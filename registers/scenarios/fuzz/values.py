"""Random answers to a form: drawn from its schema, drawn again until the form's own checks let them pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from engine import forms
from engine.forms import Field, Form, expressions, tree
from registers.demonstration.people import bank_account
from registers.scenarios.answers import Texts

ROUNDS = 8
#: What people type when nobody looks: long, odd, marked up.
ODD = ("", " ", "０", "<b>重</b>", "“引号”'\"", "＝1+1", "很长" * 120, "a\u200bb", "第一行\n第二行", "{{ amount }}")
PEOPLE = ("person_name", "id_number", "phone", "bank_account")


class Guess:
    """Fills forms for the people of a walk. `usual` makes lawful texts for a form, to fall back on."""

    def __init__(self, random: Random, persons: Sequence[Mapping[str, Any]], today: Callable[[], date]) -> None:
        self.random, self.persons, self.today = random, persons, today

    def fill(
        self,
        form: Form,
        context: Mapping[str, Any],
        initial: Mapping[str, Any],
        usual: Callable[[], Texts],
    ) -> Texts | None:
        """Texts that the form accepts, mostly near the usual ones; None when even those are not accepted."""
        found = usual()
        names = [name for name in found if not name.startswith("_row.")]
        nodes = self._nodes(form, found, context, initial)
        some = [n for n in nodes.values() if n.field.is_input and not n.hidden and not n.field.readonly]
        wild = self.random.random()
        share = 0.0 if wild < 0.3 else 0.15 if wild < 0.7 else 1.0
        for node in some:
            if self.random.random() < share:
                self._draw(found, node)
        for turn in range(ROUNDS):
            judged = forms.submit(form, found, context, initial)
            if judged.ok:
                return found
            nodes = self._nodes(form, found, context, initial)
            for name in self._blamed(form, nodes, [each.field for each in judged.problems]):
                node = nodes.get(name)
                if node is not None and node.field.type == "dynamiclist":
                    self._row(found, node)
                elif node is not None and node.field.is_input:
                    self._draw(found, node, odd=False)
                elif name in found and name not in names:
                    del found[name]
            if turn == ROUNDS - 3:
                found = {**found, **usual()}
        found = usual()
        return found if forms.submit(form, found, context, initial).ok else None

    def spoil(self, form: Form, found: Texts, context: Mapping[str, Any], initial: Mapping[str, Any]) -> Texts:
        """The same with something wrong in it (mostly; what is wrong for one form is right for another)."""
        spoiled = {name: list(texts) for name, texts in found.items()}
        nodes = [n for n in self._nodes(form, found, context, initial).values() if n.field.is_input and not n.hidden]
        way = self.random.randrange(4)
        if way == 0 or not nodes:
            spoiled["no_such_field"] = ["x"]
        elif way == 1:
            for node in nodes:
                if node.field.required:
                    spoiled.pop(node.name, None)
        else:
            node = self.random.choice(nodes)
            spoiled[node.name] = [self.random.choice((*ODD, "-1", "9" * 40, "2026-02-30", "no such option", "\x00"))]
        return spoiled

    # Inside

    def _nodes(
        self, form: Form, found: Texts, context: Mapping[str, Any], initial: Mapping[str, Any]
    ) -> dict[str, tree.Node]:
        grown = tree.grow(form, found, context, forms.to_posted(form, initial))
        return {node.name: node for top in grown for node in top.walk()}

    def _blamed(self, form: Form, nodes: Mapping[str, tree.Node], fields: Sequence[str]) -> list[str]:
        """The fields with a problem and those that their checks read; in one order, so that a seed takes one way."""
        blamed = set(fields)
        for name in fields:
            node = nodes.get(name)
            if node is not None and node.field.check:
                blamed |= expressions.names(node.field.check) & form.keys
        return sorted(blamed)

    def _row(self, found: Texts, node: tree.Node) -> None:
        index = len(node.rows)
        found.setdefault(f"_row.{node.name}", []).append(str(index))
        for child in node.field.children:
            if child.is_input:
                value = self._value(child, odd=False)
                if value:
                    found[f"{node.name}[{index}].{child.key}"] = value

    def _draw(self, found: Texts, node: tree.Node, odd: bool = True) -> None:
        value = self._value(node.field, odd)
        if value:
            found[node.name] = value
        else:
            found.pop(node.name, None)

    def _value(self, one: Field, odd: bool) -> list[str]:
        random = self.random
        if not one.required and random.random() < 0.15:
            return []
        if one.type in ("select", "radio"):
            return [random.choice(one.options).value] if one.options else []
        if one.type in ("checklist", "taglist"):
            return [each.value for each in one.options if random.random() < 0.7]
        if one.type == "checkbox":
            return ["true"] if random.random() < 0.8 else []
        if one.type == "number":
            return [self._number(one)]
        if one.type == "datetime":
            return [self._day(one)]
        if one.kind in PEOPLE:
            return [self._particular(one.kind)]
        if odd and random.random() < 0.2:
            return [random.choice(ODD)]
        return [("说明情况，" * 40)[: max(one.min_length or 2, min(one.max_length or 30, random.randrange(2, 120)))]]

    def _number(self, one: Field) -> str:
        low = int(one.minimum or 0)
        high = int(one.maximum) if one.maximum is not None else low + self.random.choice((3, 30, 2000, 90000))
        value = self.random.choice((low, high, self.random.randint(low, max(low, high))))
        if one.step:
            value = low + (value - low) // int(one.step or 1) * int(one.step or 1)
        return f"{value}.50" if one.money and value < high and self.random.random() < 0.1 else str(value)

    def _day(self, one: Field) -> str:
        if one.subtype == "time":
            return f"{self.random.randrange(24):02d}:{self.random.randrange(60):02d}"
        days = self.random.choice((0, 0, 0, 0, -1, 1, -7, 7, -30, 30, -365, 400, self.random.randrange(-60, 60)))
        day = (self.today() + timedelta(days=days)).isoformat()
        return f"{day} 10:00" if one.subtype == "datetime" else day

    def _particular(self, kind: str) -> str:
        family = self.random.choice(self.persons)
        person = self.random.choice((family["head"], *family["others"]))
        if kind in ("person_name", "id_number"):
            return person["name" if kind == "person_name" else "id_number"]
        return family["home"]["phone"] if kind == "phone" else bank_account(self.random)
