"""What a release rests on: every step, deadline and reason names a clause, and the register knows it and holds it good.

A release without a register (a single drawing, a trial) is asked for the clauses of its user tasks only; one that
decides rights is not deployed without a register (`mandatory.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.clocks.catalogue import FILE as CLOCKS
from engine.releases.files import GROUNDS
from engine.releases.lint.model import BPMN, SPIFF, Model, Node, label
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close, on_file
from engine.statutes import ids
from engine.statutes.register import FILE as STATUTES
from engine.statutes.rules import FILE as MANDATORY

RULES = {
    "clause-missing": "没有写依据",
    "clause": "依据的写法有误",
    "clause-unknown": "依据不在条款登记里",
    "clause-expired": "依据在发布之日不施行",
}

#: What stands in texts and may be a clause: `mca-2021-57:15`; in words like `12:30` or `a:1` nobody means one.
_LIKE = re.compile(r".*-.*[0-9].*")


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The clauses that the elements of one drawing name, and those that name none."""
    for process in model.processes:
        for node in process.nodes:
            what = _needs(release, node)
            if what and not node.properties.get("clause"):
                message = f"{what}请写明依据（clause，例如 mca-2021-57:15），办理的人和申请人要看到"
                yield Problem(node.ref, node.name, "clause-missing", message)
    for holder in model.root.iter(f"{SPIFF}property"):
        if holder.get("name") != "clause":
            continue
        owner = holder.getparent().getparent() if holder.getparent() is not None else None
        owner = owner.getparent() if owner is not None and owner.tag == f"{BPMN}extensionElements" else owner
        if owner is not None:
            yield from _judged(release, label(owner), owner.get("name") or "", holder.get("value") or "")


def _needs(release: Release, node: Node) -> str:
    """What a node is that must rest on a clause, in words; empty when it need not."""
    if node.kind == "userTask":
        return "用户任务"
    if release.statutes is None:
        return ""
    if node.kind == "businessRuleTask":
        return "决策"
    if node.kind == "intermediateCatchEvent":
        return "等待的期限"
    if node.kind == "serviceTask" and node.operator is not None:
        service = release.service(node.operator.name)
        # What may simply be done again binds nobody; what may not is a decision, a letter, a payment.
        return "不能重来的操作" if service is not None and service.repeat != "yes" else ""
    return ""


def _judged(release: Release, element: str, name: str, text: str) -> Iterator[Problem]:
    """What is wrong with a comma-separated list of clauses."""
    for each in ids.split(text):
        if ids.CLAUSE.fullmatch(each) is None:
            message = f"依据“{each[:80]}”请写成“文件:条”（例如 mca-2021-57:15），几条之间用英文逗号"
            yield Problem(element, name, "clause", message)
        else:
            yield from _known(release, element, name, each)


def _known(release: Release, element: str, name: str, clause: str) -> Iterator[Problem]:
    if release.statutes is None:
        return
    found = release.statutes.find(clause)
    if found is None:
        whole = release.statutes.instruments.get(clause)
        if whole is not None:
            message = f"依据“{clause}”要写到哪一条（例如 {_example(release, clause)}），{whole.name}的条文已经登记"
        else:
            message = f"依据“{clause}”不在条款登记（{STATUTES}）里{close(clause, release.statutes.citable)}"
        yield Problem(element, name, "clause-unknown", message)
        return
    lapse = found.lapse(release.on)
    if lapse:
        message = f"依据“{clause}”（{found.title}）{lapse}，请改用现行的依据"
        yield Problem(element, name, "clause-expired", message)


def _example(release: Release, instrument: str) -> str:
    return next((each for each in release.statutes.clauses if each.startswith(f"{instrument}:")), f"{instrument}:1")


def check_file(release: Release, file: str, data: bytes) -> Iterator[Problem]:
    """The clauses that a catalogue, a notice, a decision or a form names."""
    name = file.rpartition("/")[2]
    if name == CLOCKS:
        for key, spec in release.clocks.items():
            if release.statutes is not None and spec.kind == "legal" and not spec.clause:
                yield Problem(key, spec.title, "clause-missing", "法定时限请写明依据（clause）")
            yield from _judged(release, key, spec.title, spec.clause or "")
    elif name == GROUNDS:
        yield from _grounds(release, data)
    elif name == MANDATORY:
        for rule in release.mandatory or ():
            yield from _judged(release, rule.id, rule.title, rule.clause)
    elif name == STATUTES:
        for what, clause in release.cited:
            yield from _judged(release, what, what, clause)
    elif not file.endswith(".bpmn"):
        yield from _texts(release, file, data)


def _grounds(release: Release, data: bytes) -> Iterator[Problem]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return  # Said when it was read.
    for key, entry in given.items() if isinstance(given, Mapping) else ():
        text: Any = entry.get("clause") if isinstance(entry, Mapping) else None
        title = entry.get("title") if isinstance(entry, Mapping) else ""
        if not isinstance(text, str) or not text.strip():
            message = "每一条理由都要写明依据（clause），当事人要看到"
            yield Problem(str(key), str(title or ""), "clause-missing", message)
        else:
            yield from _judged(release, str(key), str(title or ""), text)


def _texts(release: Release, file: str, data: bytes) -> Iterator[Problem]:
    if release.statutes is None:
        return
    for clause in ids.cited(data.decode("utf-8", "replace")):
        instrument = clause.partition(":")[0]
        if instrument in release.statutes.instruments or _LIKE.fullmatch(instrument):
            for problem in _known(release, file, file, clause):
                yield on_file(file, problem.rule, problem.message)
