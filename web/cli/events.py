"""`doudi events`: the event log for process mining."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from web.cli.shared import application, as_json, show

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def command() -> None:
    """过程数据：导出。"""


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--from", "first", type=DAY, required=True, help="从哪一天起登记的办件。")
@click.option("--to", "last", type=DAY, required=True, help="到哪一天为止登记的办件。")
@as_json
def export(file: Path, first: datetime, last: datetime, as_json: bool) -> None:
    """导出一段时间内登记的办件的过程：.xes 是 XES，.json 是 OCEL 2.0。不含姓名、号码和任何人写的内容，不含保密办件。"""
    from engine.actors import SYSTEM
    from registers.events import operations

    form = file.suffix.lower().removeprefix(".")
    if form not in operations.FORMS:
        raise click.UsageError("文件名要以 .xes 或 .json 结尾，导出的格式由它决定。")
    # Written beside it and put in its place at the end: half a file is never taken for a whole one.
    half = file.with_name(f".{file.name}.part")
    try:
        with application(), half.open("wb") as out:
            made = operations.export(SYSTEM, first.date(), last.date(), form, out)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    if as_json:
        show({"file": str(file), "form": made.form, "cases": made.cases, "events": made.events})
    else:
        click.echo(f"已导出{made.cases}件办件的{made.events}个事件（{made.form}）：{file}")
