"""The sentences that explain a due date to the person who asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.calendar.arithmetic import Due, Pause
    from engine.calendar.days import Reason

_WEEK = "一二三四五六日"


def sentences(found: Due) -> tuple[str, ...]:
    """The explanation of `found`, one fact a sentence, each with the clause it rests on."""
    said = [f"起算日{_day(found.start)}不计入（《民法典》第201条）。"]
    if found.length.amount == 0:
        said = [f"期限为{found.length.words}，即起算日{_day(found.start)}当日。"]
    elif found.length.unit == "wd":
        said.append(f"按工作日计算{found.length.words}，周末和法定节假日不计入（参照《行政许可法》第82条）。")
    elif found.length.unit == "d":
        said.append(f"按自然日计算{found.length.words}，节假日计入，期满日为{_day(found.raw)}。")
    else:
        same = found.raw.day == found.start.day
        last = "到期月的对应日为期满日" if same else "到期月没有对应日，以月末日为期满日"
        said.append(f"按月计算{found.length.words}，{last}：{_day(found.raw)}（《民法典》第202条）。")
    said += [f"{part}放假，不计入。" for part in _runs(found.skipped)]
    said += [f"{part}上班，计入工作日。" for part in _runs(found.counted)]
    said += [_paused(each) for each in found.pauses]
    if found.moved:
        said.append(
            f"期满日{_day(found.raw)}遇{'、'.join(_runs(found.moved))}休息，"
            f"顺延至其后第一个工作日{_day(found.day)}（《民法典》第203条，周末按休息日处理）。"
        )
    said.append(f"到期日为{_day(found.day)}，当日24时届满（《民法典》第203条）。")
    if found.provisional:
        said.append("此日期为暂定：系统中还没有所涉日期的国务院放假安排（可能尚未公布），载入后将重新计算。")
    return tuple(said)


def _paused(pause: Pause) -> str:
    last = pause.until - timedelta(days=1)
    span = f"{_day(pause.first)}" if last == pause.first else f"{_day(pause.first)}至{_day(last)}"
    return f"{span}暂停计时{f'（{pause.cause}）' if pause.cause else ''}，这些天不计入。"


def _runs(reasons: Iterable[Reason]) -> list[str]:
    """Neighbouring days of one name as one piece: 2026-02-15至2026-02-23（春节）."""
    pieces = []
    for _, group in groupby(enumerate(reasons), _alike):
        run = [reason for _, reason in group]
        first, last = run[0], run[-1]
        span = f"{first.day}" if len(run) == 1 else f"{first.day}至{last.day}"
        label = {"makeup": f"{first.name}调休"}.get(first.kind, first.name)
        source = f"，依据：{first.source}" if first.source else ""
        pieces.append(f"{span}（{label}{source}）")
    return pieces


def _alike(entry: tuple[int, Reason]) -> tuple[object, ...]:
    """Equal for neighbouring days of the same arrangement."""
    place, reason = entry
    return reason.day - timedelta(days=place), reason.kind, reason.name, reason.source


def _day(day: date) -> str:
    """2026-02-10（周二）."""
    return f"{day}（周{_WEEK[day.weekday()]}）"
