"""`doudi due`: a due date with its reasons."""

from __future__ import annotations

import click

from web.cli.shared import as_json, show


@click.command()
@click.argument("start")
@click.argument("length")
@click.option("--calendar", "name", default="national", show_default=True, help="日历：national（全国日历）。")
@as_json
def command(start: str, length: str, name: str, as_json: bool) -> None:
    """从 START（2026-02-10）起经过 LENGTH（30wd、7d、1m）到哪一天为止，为什么。"""
    from engine.calendar.days import national
    from engine.calendar.explain import explain
    from engine.errors import Invalid

    if name != "national":
        raise Invalid(f"没有名为“{name}”的日历。可用的日历：national。")
    found = explain(start, length, national())
    if as_json:
        show(found)
        return
    click.echo(f"到期日：{found['due']}{'（暂定，节假日安排尚未公布）' if found['provisional'] else ''}")
    for line in found["why"]:  # type: ignore[attr-defined]
        click.echo(f"  {line}")
