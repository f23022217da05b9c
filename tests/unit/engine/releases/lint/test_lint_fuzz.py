"""Random bytes and spoilt copies of the shipped models: the lint says something, in time, and never raises."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.releases.lint import lint
from engine.releases.operations import read
from engine.runtime.services import services as registered
from registers import install
from tests.support.linting import services

install()

SHIPPED = read(Path(__file__).parents[5] / "bpmn")
MODELS = sorted(path for path in SHIPPED if path.endswith((".bpmn", ".dmn")))
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@cache
def around(path: str) -> dict[str, bytes]:
    """A shipped drawing or decision as a small release: with what it calls, one that calls it, and what these refer
    to. The whole release would take minutes to look at as often as this."""
    if not path.endswith(".bpmn"):
        return {path: SHIPPED[path]}
    called = {
        each: [f"{name}.bpmn" for name in re.findall(r'calledElement="(\w+)"', SHIPPED[each].decode())]
        for each in SHIPPED
        if each.endswith(".bpmn")
    }
    callers = [each for each, names in called.items() if path in names]
    chosen, waiting = set(), [path, *callers[:1]]
    while waiting:
        one = waiting.pop()
        if one in called and one not in chosen:
            chosen.add(one)
            waiting += called[one]
    words = set(re.findall(r"[\w-]+", " ".join(SHIPPED[each].decode() for each in chosen)))
    named = {each for each in SHIPPED if PurePosixPath(each).stem in words and not each.endswith(".bpmn")}
    catalogues = {each for each in SHIPPED if each.endswith(".json")}
    return {each: SHIPPED[each] for each in sorted(chosen | named | catalogues)}


def said(release: dict[str, bytes]) -> set[object]:
    """Every problem of a release."""
    return {problem for report in lint(release, registered, parameters=None) for problem in report.problems}


unspoilt = cache(lambda path: said(around(path)))


def examine(release: dict[str, bytes]) -> None:
    begun = time.process_time()
    reports = lint(release, services, parameters=frozenset())
    assert time.process_time() - begun < 2 * len(release)
    assert [report.file for report in reports] == list(release)
    assert not [p for report in reports for p in report.problems if p.rule in ("lint-fault", "too-large")]


def delete(nodes: list[etree._Element], chance: random.Random) -> None:
    node = chance.choice(nodes)
    if node.getparent() is not None:
        node.getparent().remove(node)


def duplicate(nodes: list[etree._Element], chance: random.Random) -> None:
    node = chance.choice(nodes)
    if node.getparent() is not None:
        node.getparent().append(etree.fromstring(etree.tostring(node)))


def move(nodes: list[etree._Element], chance: random.Random) -> None:
    node, target = chance.choice(nodes), chance.choice(nodes)
    if node.getparent() is not None and node not in [target, *target.iterancestors()]:
        target.append(node)


def rename(nodes: list[etree._Element], chance: random.Random) -> None:
    node = chance.choice(nodes)
    if node.attrib:
        name = chance.choice(sorted(node.attrib))
        other = chance.choice(nodes)
        node.set(name, chance.choice(["", "Start", "x.EndJoin", *other.attrib.values()]))


def retag(nodes: list[etree._Element], chance: random.Random) -> None:
    node = chance.choice(nodes)
    node.tag = chance.choice(nodes).tag


def reword(nodes: list[etree._Element], chance: random.Random) -> None:
    chance.choice(nodes).text = chance.choice(["", "1 +", '"x"', "ok and (", "a.b.c", "-", "?", "\u4e00"])


CHANGES: list[Callable[[list[etree._Element], random.Random], None]] = [delete, duplicate, move, rename, retag, reword]


@given(st.binary(max_size=300), st.sampled_from(["a.bpmn", "a.dmn", "a.form", "a.html", "a"]))
@QUICK
def test_random_bytes_never_raise(data: bytes, name: str) -> None:
    examine({name: data})


@given(st.text(max_size=80), st.sampled_from(["id", "name", "condition", "property"]))
@QUICK
def test_random_texts_in_a_drawing_never_raise(text: str, place: str) -> None:
    root = etree.fromstring(SHIPPED["dibao.bpmn"])
    safe = "".join(letter for letter in text if letter.isprintable())
    for node in root.iter():
        if place == "condition" and str(node.tag).endswith("conditionExpression"):
            node.text = safe
        elif place == "property" and str(node.tag).endswith("}property"):
            node.set("value", safe)
        elif place in ("id", "name") and str(node.tag).endswith("Gateway"):
            node.set(place, safe)
    examine({**around("dibao.bpmn"), "dibao.bpmn": etree.tostring(root)})


@given(st.sampled_from(MODELS), st.integers(0, 10**9), st.lists(st.sampled_from(CHANGES), min_size=1, max_size=12))
@QUICK
def test_spoilt_copies_of_the_shipped_models_never_raise(
    path: str, seed: int, changes: list[Callable[[list[etree._Element], random.Random], None]]
) -> None:
    root, chance = etree.fromstring(SHIPPED[path]), random.Random(seed)  # noqa: S311 -- only to vary a test
    for change in changes:
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        change(nodes, chance)
    examine({**around(path), path: etree.tostring(root)})


BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
KINDS = (f"{BPMN}exclusiveGateway", f"{BPMN}parallelGateway")
EVERY = [(path, n) for path in MODELS for n, _ in enumerate(etree.fromstring(SHIPPED[path]).iter(*KINDS))]
#: One in eight, spread over all models: a test each of all of them would take minutes.
GATEWAYS = EVERY[::8]


@pytest.mark.parametrize(("path", "number"), GATEWAYS)
def test_gateway_of_the_other_kind_is_noticed_and_states_do_not_chase_one_another_for_ever(
    path: str, number: int
) -> None:
    root = etree.fromstring(SHIPPED[path])
    gateway = list(root.iter(*KINDS))[number]
    other = "parallelGateway" if gateway.tag.endswith("exclusiveGateway") else "exclusiveGateway"
    gateway.tag = f"{BPMN}{other}"
    before = unspoilt(path)
    begun = time.process_time()
    after = said({**around(path), path: etree.tostring(root)})
    assert time.process_time() - begun < 10
    assert after - before
