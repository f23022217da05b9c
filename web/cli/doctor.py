"""`doudi doctor`: is this installation whole? Each check is one function that returns what it found, or raises."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from web.cli.shared import application, as_json, show

Check = Callable[[Flask], str]
CHECKS: list[tuple[str, Check]] = []
QUICK = 1000


class Amiss(Exception):
    """The check found something wrong; the text says what and what to do."""


def check(name: str) -> Callable[[Check], Check]:
    """Adds a check."""

    def keep(function: Check) -> Check:
        CHECKS.append((name, function))
        return function

    return keep


@click.command()
@as_json
def command(as_json: bool) -> None:
    """检查安装是否完好，缺什么、怎么补，逐项说明；有缺项时退出码为 1。"""
    with application() as app:
        results = [examine(app, name, function) for name, function in CHECKS]
    ok = all(each["ok"] for each in results)
    if as_json:
        show({"ok": ok, "checks": results})
    else:
        for each in results:
            click.echo(f"{'✓' if each['ok'] else '✗'} {each['name']}：{each['message']}")
    if not ok:
        raise click.exceptions.Exit(1)


def examine(app: Flask, name: str, function: Check) -> dict[str, object]:
    """What one check says; a check that fails by itself has failed."""
    from engine.database import db

    try:
        return {"name": name, "ok": True, "message": function(app)}
    except Amiss as amiss:
        return {"name": name, "ok": False, "message": str(amiss)}
    except Exception as error:
        db.session.rollback()
        cause = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
        return {"name": name, "ok": False, "message": f"无法检查：{type(error).__name__}：{cause}"}


@check("Python")
def python(app: Flask) -> str:
    version = sys.version_info
    if not (3, 11) <= version[:2] <= (3, 13):
        raise Amiss(f"当前为 {version.major}.{version.minor}，请使用 3.11 至 3.13。")
    return f"{version.major}.{version.minor}.{version.micro}"


@check("数据库")
def database(app: Flask) -> str:
    from engine import migrations
    from engine.database import db

    with db.engine.connect() as connection:
        stand = migrations.stand(connection)
    if stand != migrations.head():
        raise Amiss("数据库的结构与程序不符，请运行 doudi db upgrade。")
    return f"{'SQLite' if db.engine.dialect.name == 'sqlite' else 'PostgreSQL'}，结构版本 {stand}"


@check("表达式引擎")
def feel(app: Flask) -> str:
    from engine.feel.sandbox import BUNDLE

    if not BUNDLE.exists():
        raise Amiss("表达式引擎尚未构建，请运行 script/build-assets。")
    from engine import feel as language

    if language.evaluate("1 + 1", {}) != 2:
        raise Amiss("表达式引擎算错了 1 + 1，请重新运行 script/build-assets。")
    return "已构建，可以计算"


@check("网页资源")
def assets(app: Flask) -> str:
    built = Path(app.root_path) / "static" / "built"
    files = [path for path in built.rglob("*") if path.is_file()] if built.exists() else []
    if not files:
        raise Amiss("网页资源尚未构建，请运行 script/build-assets。")
    return f"已构建，{len(files)}个文件"


@check("流程版本")
def release(app: Flask) -> str:
    from engine.database import db
    from engine.errors import NotFound
    from engine.releases import queries

    try:
        found = queries.current(db.session())
    except NotFound:
        raise Amiss("还没有发布任何流程版本，请运行 doudi release deploy bpmn/。") from None
    return f"{found.id[:12]}，{found.deployed_at:%Y-%m-%d} 由{found.deployed_by}发布"


@check("政策参数")
def parameters(app: Flask) -> str:
    from engine import clock
    from engine.database import db
    from engine.parameters import queries
    from engine.parameters.seed import entries

    today = clock.today()
    there = queries.on(db.session(), today)
    needed = {each.name for each in entries() if each.valid_from <= today <= (each.valid_to or today)}
    missing = sorted(needed - there.keys())
    if missing:
        raise Amiss(f"缺少{len(missing)}条（{'、'.join(missing[:3])}…），请运行 doudi parameters load。")
    return f"今天有{len(there)}条有效"


@check("密钥")
def key(app: Flask) -> str:
    if os.environ.get("DOUDI_KEY"):
        return "来自环境变量 DOUDI_KEY"
    path = Path(app.instance_path) / "data.key"
    if path.stat().st_mode & 0o077:
        raise Amiss(f"{path} 可被其他用户读取，请运行 chmod 600 {path}。")
    return f"{path} 只有本服务可读；请在别处另存一份，丢失后密文无法恢复"


@check("节假日")
def holidays(app: Flask) -> str:
    from engine import clock
    from engine.database import db
    from engine.holidays import queries

    calendar, today = queries.current(db.session()), clock.today()
    missing, how = queries.missing(calendar, today), "公布后请运行 doudi calendar load FILE，或在“工作日历”页面载入"
    if missing == today.year:
        raise Amiss(f"没有{missing}年的节假日安排，期限只能暂定；{how}。")
    if missing is not None:
        return f"{today.year}年已有；注意：{missing}年的还没有载入，跨年的期限为暂定；{how}"
    known = "和".join(f"{year}年" for year in (today.year, today.year + 1) if calendar.published(year))
    local = len(queries.local_days(db.session(), today.year))
    return f"{known}已有，{today.year}年有地方日历{local}天"


@check("日志")
def journal(app: Flask) -> str:
    from engine.database import db
    from engine.journal import queries

    found = queries.verify(db.session(), last=QUICK)
    if not found.ok:
        raise Amiss(f"最近的日志有{len(found.bad)}处不能证明完好，请运行 doudi journal verify。")
    return f"最近{found.verified}条校验通过"


@check("定时进程")
def heartbeat(app: Flask) -> str:
    from engine.database import db
    from engine.pulse import queries

    found = queries.status(db.session())
    if not found.processes:
        raise Amiss("定时进程从未运行，请运行 doudi timers。")
    if found.problems:
        raise Amiss("".join(found.problems))
    living = [each for each in found.processes if each.alive]
    return f"{len(living)}个在运行，{int(living[0].silent_seconds)}秒前有消息，延迟{found.lag_seconds:.0f}秒"


@check("消息通道")
def channels(app: Flask) -> str:
    from engine import clock
    from engine.database import db
    from engine.outbox import queries, settings

    given = settings.current()
    if given.problems:
        raise Amiss("".join(given.problems))
    failed = queries.backlog(db.session(), clock.wall())["failed"]
    if failed:
        raise Amiss(f"{failed}条消息没有发出，请在“消息通道”页查看原因并重新发送。")
    mail = f"邮件经{given.smtp.host}发出" if given.smtp else "没有设置邮件服务器，消息只在系统内送达"
    return f"{mail}；没有发送失败的消息"
