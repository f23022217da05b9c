"""`doudi timers`: the process in which deadlines happen."""

from __future__ import annotations

import json
import logging
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.shared import application, synchronise

if TYPE_CHECKING:
    from flask import Flask


def heartbeat_file(app: Flask) -> Path:
    """Where this installation's timers say that they live."""
    return Path(app.instance_path) / "timers.json"


@click.command()
@click.option("--once", is_flag=True, help="只处理一遍现在到期的事项，然后结束。")
def command(once: bool) -> None:
    """启动定时进程：到期的定时事项逐件触发，消息逐条送达。可同时运行多个；停机期间错过的会补上。"""
    from timers.scheduler import Timers

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with application() as app:

        def beat(fired: int) -> None:
            from engine import clock

            path = heartbeat_file(app)
            new = path.with_suffix(f".{os.getpid()}")
            new.write_text(json.dumps({"at": clock.wall().isoformat(), "pid": os.getpid(), "fired": fired}))
            new.replace(path)

        before = synchronise if app.config["DEMO"] else lambda: None
        if once:
            fired = Timers(nullcontext, before=before, beat=beat).once()
            click.echo(f"触发了{fired}件到期事项。")
            return
        running = Timers(app.app_context, before=before, beat=beat)
        running.handle_signals()
        click.echo("定时进程已启动，按 Ctrl-C 停止。")
        running.run()
        click.echo("定时进程已停止。")
