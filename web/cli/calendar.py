"""`doudi calendar`: the schedule of a year, the local days, and counting the open dates anew."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.shared import application, as_json, show

if TYPE_CHECKING:
    from engine.holidays.models import CalendarDay, Recount

later = click.option("--later", is_flag=True, help="不在这里重新计算期限，留给定时进程。")


@click.group()
def command() -> None:
    """工作日历：载入放假安排、登记地方假日。改动后在办的期限会重新计算。"""


@command.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="依据：通知的文号或网址；文件中的 papers 为空时必须写。")
@click.option("--replace", is_flag=True, help="更正一个已有的年份。")
@later
@as_json
def load(path: Path, source: str, replace: bool, later: bool, as_json: bool) -> None:
    """载入一年的放假安排（holiday-cn 的 JSON 格式）。再载入一次同样的安排不会有任何改动。"""
    from engine.actors import SYSTEM
    from engine.holidays import operations

    with path.open("rb") as opened:
        data = opened.read(operations.file.LARGEST + 1)
    with application():
        done = operations.load_year(SYSTEM, data, source, replace)
        row = _recounted(done.changed and not later)
    if as_json:
        days = [{"day": str(day), "from": was, "to": is_} for day, was, is_ in done.days]
        show({"year": done.year, "changed": done.changed, "days": days, "recount": _figures(row)})
    elif done.changed:
        click.echo(f"已载入{done.year}年的放假安排，{len(done.days)}天的上班或休息有变化。{_told(row, later)}")
    else:
        click.echo(f"{done.year}年的放假安排已有，与文件相同，没有改动。")


@command.command("list")
@click.option("--year", type=int, help="只列出一年的地方日历。")
@as_json
def list_(year: int | None, as_json: bool) -> None:
    """列出载入的年份和地方日历。"""
    from engine import clock
    from engine.database import db
    from engine.holidays import queries

    with application():
        session = db.session()
        loaded, days = queries.years(session), queries.local_days(session, year)
        missing = queries.missing(queries.current(session), clock.today())
    if as_json:
        for row in loaded:
            show({"year": row.year, "off": len(row.off), "work": len(row.work), "source": row.source})
        for day in days:
            show(_as_data(day))
        return
    for row in loaded:
        counts = f"放假{len(row.off)}天，调休上班{len(row.work)}天"
        click.echo(f"{row.year}年  {counts}  {row.loaded_by}载入  依据：{row.source}")
    for day in days:
        click.echo(f"{day.day}  {'休' if day.off else '班'}  {day.name}  {day.entered_by}登记  依据：{day.source}")
    if not loaded and not days:
        click.echo("没有另外载入的年份，也没有地方日历；放假安排来自 chinesecalendar。")
    if missing is not None:
        click.echo(f"缺少{missing}年的放假安排，公布后请运行 doudi calendar load FILE。")


@command.command()
@click.argument("first")
@click.argument("last", required=False)
@click.option("--name", required=True, help="名称，例如 开斋节。")
@click.option("--source", required=True, help="依据：通知的文号或网址。")
@click.option("--work", is_flag=True, help="这些天上班（不写即放假）。")
@later
@as_json
def add(first: str, last: str | None, name: str, source: str, work: bool, later: bool, as_json: bool) -> None:
    """登记地方放假或上班的日子：FIRST 一天，或从 FIRST 到 LAST。"""
    from engine.actors import SYSTEM
    from engine.calendar.explain import read_date
    from engine.holidays import operations

    start, end = read_date(first), read_date(last or first)
    with application():
        made = operations.add_local(SYSTEM, start, end, off=not work, name=name, source=source)
        row = _recounted(not later)
    if as_json:
        show({"days": [_as_data(day) for day in made], "recount": _figures(row)})
        return
    click.echo(f"已登记“{made[0].name}”{len(made)}天（{'上班' if work else '放假'}）。{_told(row, later)}")


@command.command()
@click.argument("day")
@click.option("--reason", required=True, help="删除的原因。")
@later
@as_json
def remove(day: str, reason: str, later: bool, as_json: bool) -> None:
    """删除一天地方日历。"""
    from engine.actors import SYSTEM
    from engine.calendar.explain import read_date
    from engine.holidays import operations

    wanted = read_date(day)
    with application():
        gone = operations.remove_local(SYSTEM, wanted, reason)
        row = _recounted(not later)
    if as_json:
        show({"removed": _as_data(gone), "recount": _figures(row)})
        return
    click.echo(f"已删除{gone.day}“{gone.name}”。{_told(row, later)}")


def _recounted(now: bool) -> Recount | None:
    """Counts the open dates anew to the end, with a line of progress where somebody watches."""
    from engine.database import db
    from engine.holidays import operations, queries

    while now and (row := operations.go_on()) is not None and row.finished_at is None:
        if sys.stderr.isatty():
            click.echo(f"\r正在重新计算期限：已核对{row.seen}/{row.total}件，{row.moved}件有变化", err=True, nl=False)
    if now and sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    return queries.last_recount(db.session()) if now else None


def _told(row: Recount | None, later: bool) -> str:
    if later:
        return "在办的期限将由定时进程重新计算。"
    if row is None or not row.total:
        return "没有在办的期限需要重新计算。"
    return f"在办{row.seen}件已重新计算，{row.moved}件的期限有变化。"


def _figures(row: Recount | None) -> dict[str, int] | None:
    return {"seen": row.seen, "moved": row.moved} if row is not None else None


def _as_data(day: CalendarDay) -> dict[str, object]:
    return {"day": str(day.day), "off": day.off, "name": day.name, "source": day.source, "entered_by": day.entered_by}
