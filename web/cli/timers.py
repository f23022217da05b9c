"""`doudi timers`: the process in which deadlines happen, and how it does."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.shared import application, as_json, show, synchronise

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="只处理一遍现在到期的事项，然后结束。")
@click.option("--status", is_flag=True, help="显示定时进程的状况：延迟、到期、失败；有问题时退出码为 1。")
@click.option("--metrics", "port", type=click.IntRange(1, 65535), help="在本机的这个端口提供 /metrics 和 /healthz。")
@as_json
def command(once: bool, status: bool, port: int | None, as_json: bool) -> None:
    """启动定时进程：到期的事项逐件触发，催办逐级提醒，消息逐条送达；停机期间错过的会按先后补上。

    PostgreSQL 上可同时运行多个；SQLite 上只能运行一个。
    """
    with application() as app:
        if status:
            _status(as_json)
            return
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        with _place():
            _run(app, once, port)


def _run(app: Flask, once: bool, port: int | None) -> None:
    from engine.pulse.operations import Heart
    from timers.firing import Tally
    from timers.scheduler import Timers
    from web.metrics.timers import serving

    heart = Heart("timers")

    def beat(tally: Tally) -> None:
        heart.fired, heart.failed = tally.fired, tally.failed
        back = heart.beat()
        if back:
            log.warning("the machine's clock was put back by %s: deadlines seem further away than they are", back)

    before = synchronise if app.config["DEMO"] else lambda: None
    if once:
        fired = Timers(nullcontext, before=before, beat=beat).once()
        click.echo(f"触发了{fired}件到期事项。")
        return
    running = Timers(app.app_context, before=before, beat=beat)
    running.handle_signals()
    with serving(app, port) if port else nullcontext():
        click.echo("定时进程已启动，按 Ctrl-C 停止。")
        running.run()
        heart.stop()
    click.echo("定时进程已停止。")


def _place() -> AbstractContextManager[Any]:
    """On SQLite the place of the one timers process; on PostgreSQL there is room for any number."""
    from engine.database import db
    from timers.alone import alone

    url = db.engine.url
    if db.engine.dialect.name != "sqlite" or not url.database:
        return nullcontext()
    return alone(Path(url.database))


def _status(as_json: bool) -> None:
    from engine.database import db
    from engine.pulse import queries

    found = queries.status(db.session())
    if as_json:
        data = {"ok": not found.problems, "problems": found.problems, **asdict(found)}
        data["due"], data["failed"] = found.due_timers + found.due_rungs, found.failed_timers
        for each in data["processes"]:
            each["started_at"] = each["started_at"].isoformat()
        show(data)
    else:
        for line in _lines(found):
            click.echo(line)
    if found.problems:
        raise click.exceptions.Exit(1)


def _lines(found: Any) -> list[str]:
    lines = [
        f"延迟：{found.lag_seconds:.0f} 秒",
        f"到期未触发：定时 {found.due_timers} 件，催办 {found.due_rungs} 级",
        f"等待中的定时：{found.waiting_timers} 件",
        f"触发失败、正在重试：{found.failed_timers} 件",
        f"消息：待发 {found.messages.get('waiting', 0)}，失败 {found.messages.get('failed', 0)}",
    ]
    lines += [f"  {each['timer']}（办件{each['instance']}）：{each['error']}" for each in found.failures]
    for each in found.processes:
        state = "运行中" if each.alive else f"已 {int(each.silent_seconds)} 秒没有消息"
        lines.append(f"进程 {each.host}:{each.pid}，{state}，触发 {each.fired}，失败 {each.failed}")
    if found.recount:
        lines.append(f"正在重算期限（{found.recount['reason']}）：{found.recount['seen']}/{found.recount['total']}")
    return lines + [f"注意：{each}" for each in found.problems]
