"""From a scenario file to a story, or to everything that is wrong with it: the file, the step, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registers.scenarios import loader, when
from registers.scenarios.story import KINDS, Step, Story

HEAD = ("scenario", "note", "process", "begins", "parameters", "people", "steps")
#: What must be so at the end of a story.
FINAL = ("ends", "stands", "due", "clocks", "documents", "opens", "decision", "benefit", "flow")
STEP = ("case", "parent", "who", "at", "with", "expect", "due")
#: What may be expected of one step.
EXPECT = (
    "refused", "invalid", "unfinished", "stage", "open", "due", "clocks", "documents", "flow", "incident", "ends",
)  # fmt: skip
#: What has to be a mapping.
MAPPINGS = ("parameters", "people", "due", "clocks", "flow", "decision")
#: What is one word or several; at the end of a story also by case.
LISTS = ("open", "stands", "documents", "opens")
BY_CASE = ("ends", "stands", "documents")


def read_all(folder: Path, only: str | None = None) -> tuple[list[Story], list[str]]:
    """The stories below `folder` (a release's `scenarios/`) and all that is wrong with their files. `only` keeps those
    whose name, process or file contains it. Two stories of one name are a problem."""
    stories, problems = [], []
    names: dict[str, str] = {}
    for path in sorted(folder.rglob("*.y*ml")):
        file = path.relative_to(folder).as_posix()
        if file.startswith("usual/") or path.suffix not in (".yaml", ".yml"):
            continue
        story, wrong = read(file, path.read_bytes())
        problems += wrong
        if story is None:
            continue
        if story.name in names:
            problems.append(f"{file}：与 {names[story.name]} 同名，请给情景“{story.name}”换个名字。")
        names.setdefault(story.name, file)
        if only is None or only in story.name or only == story.process or only in file:
            stories.append(story)
    return stories, problems


def read(file: str, data: bytes) -> tuple[Story | None, list[str]]:
    """One file; the story is None when there is a problem."""
    try:
        raw = loader.load(data)
    except loader.Unreadable as error:
        return None, [f"{file}：{error}"]
    if not isinstance(raw, dict):
        return None, [f"{file}：文件应由“scenario: 名称”“process: …”“steps: …”等项组成。"]
    wrong: list[str] = []
    _known(raw, (*HEAD, *FINAL), wrong, "")
    for key in ("scenario", "process"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            wrong.append(f"缺少“{key}”，请写明{'情景名称' if key == 'scenario' else '流程标识，如 dibao'}。")
    begins = when.instant(raw.get("begins"))
    if begins is None:
        wrong.append("缺少“begins”，或写法有误，应写成 2026-01-05 09:00。")
    _kinds(raw, wrong, "")
    steps = raw.get("steps")
    if not isinstance(steps, list) or not steps:
        wrong.append("缺少“steps”，请按先后写出每一步。")
        steps = []
    read_steps = [_step(number, each, wrong) for number, each in enumerate(steps, 1)]
    if "ends" not in raw and "stands" not in raw:
        wrong.append("缺少“ends”（以哪个结束事件办结），没有办结的写“stands”（停在哪些环节）。")
    if wrong:
        return None, [f"{file}：{each}" for each in wrong]
    return Story(
        file=file,
        name=raw["scenario"].strip(),
        process=raw["process"].strip(),
        begins=begins,
        steps=tuple(each for each in read_steps if each is not None),
        parameters=raw.get("parameters") or {},
        people=raw.get("people") or {},
        finally_={key: raw[key] for key in FINAL if key in raw},
        note=str(raw.get("note") or ""),
    ), []


def _step(number: int, raw: Any, wrong: list[str]) -> Step | None:
    before, where = len(wrong), f"第{number}步："
    if not isinstance(raw, Mapping):
        wrong.append(f"{where}应是“who: …”“does: …”的形式。")
        return None
    _known(raw, (*KINDS, *STEP), wrong, where)
    kinds = [kind for kind in KINDS if kind in raw]
    if len(kinds) != 1:
        wrong.append(f"{where}应写且只写一项：{'、'.join(KINDS)}。")
        return None
    kind = kinds[0]
    if not isinstance(raw[kind], str) or not raw[kind].strip():
        wrong.append(f"{where}“{kind}”后面要写明是什么。")
    who = raw.get("who") or []
    who = [who] if isinstance(who, str) else who
    if not isinstance(who, list) or not all(isinstance(each, str) for each in who):
        wrong.append(f"{where}“who”写一个人（clerk）或几个人（[investigator, investigator2]）。")
        who = []
    at = None
    if "at" in raw:
        at = when.read(raw["at"])
        if at is None:
            wrong.append(f"{where}“at: {raw['at']}”的写法有误，{when.WORDS}。")
    for key in ("with", "expect"):
        if raw.get(key) is not None and not isinstance(raw[key], dict):
            wrong.append(f"{where}“{key}”应是“名称: 值”的形式。")
    expect = raw.get("expect") if isinstance(raw.get("expect"), dict) else {}
    _known(expect, EXPECT, wrong, f"{where}expect 里")
    _kinds(expect, wrong, f"{where}expect 里的")
    if "due" in raw and kind != "wait":
        wrong.append(f"{where}“due”只跟在“wait”后面；环节的期限写在 expect 里或文件末尾的 due 里。")
    if len(wrong) > before:
        return None
    given = dict(raw.get("with") or {})
    return Step(
        number, kind, raw[kind].strip(), str(raw.get("case") or ""), tuple(who), at, given,
        {**expect, **({"until": raw["due"]} if "due" in raw else {})}, str(raw.get("parent") or ""),
    )  # fmt: skip


def _known(given: Mapping[str, Any], known: tuple[str, ...], wrong: list[str], where: str) -> None:
    for key in given:
        if key not in known:
            wrong.append(f"{where}不认识“{key}”，可以写的有：{'、'.join(known)}。")


def _kinds(given: Mapping[str, Any], wrong: list[str], where: str) -> None:
    """What is a mapping, a list of words or a word is one; values themselves are judged when they are used."""
    for key, value in given.items():
        if key in MAPPINGS and value is not None and not isinstance(value, dict):
            wrong.append(f"{where}“{key}”应是“名称: 值”的形式。")
        elif key in LISTS or key == "ends":
            several = value.values() if key in BY_CASE and not where and isinstance(value, dict) else [value]
            if not all(each is None or isinstance(each, str) or (key in LISTS and _words(each)) for each in several):
                wrong.append(f"{where}“{key}”应是一个名称{'或一列名称' if key in LISTS else ''}。")
        elif key == "benefit":
            rows = value if isinstance(value, list) else [value]
            if not all(each in (None, "none") or isinstance(each, dict) for each in rows):
                wrong.append("“benefit”应是 {scheme: …, amount: …}，几笔写成一列，没有写 none。")


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
