"""`doudi due`: a due date with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.shared import application, as_json, show

if TYPE_CHECKING:
    from engine.calendar.days import Calendar

CALENDARS = ("national", "local")


@click.command()
@click.argument("start")
@click.argument("length")
@click.option(
    "--calendar",
    "name",
    default="national",
    show_default=True,
    help="日历：national（数据包中的全国日历，不用数据库）；local（本系统现行的日历，含载入的年份和地方日历）。",
)
@as_json
def command(start: str, length: str, name: str, as_json: bool) -> None:
    """从 START（2026-02-10）起经过 LENGTH（30wd、7d、1m）到哪一天为止，为什么。"""
    from engine.calendar.explain import explain
    from engine.errors import Invalid

    if name not in CALENDARS:
        raise Invalid(f"没有名为“{name}”的日历。可用的日历：{'、'.join(CALENDARS)}。")
    found = explain(start, length, _calendar(name))
    if as_json:
        show(found)
        return
    click.echo(f"到期日：{found['due']}{'（暂定，节假日安排尚未公布）' if found['provisional'] else ''}")
    for line in found["why"]:  # type: ignore[attr-defined]
        click.echo(f"  {line}")


def _calendar(name: str) -> Calendar:
    """The national calendar needs nothing but its data; the one in force is in the database."""
    from engine.calendar.days import national

    if name == "national":
        return national()
    from engine.database import db
    from engine.holidays import queries

    with application():
        return queries.current(db.session())
