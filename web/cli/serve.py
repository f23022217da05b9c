"""`doudi serve`: the web server. It starts nothing else; timers are a process of their own."""

from __future__ import annotations

import ctypes
import errno
import gc
import signal
import socket
from contextlib import suppress

import click

from web.cli.shared import application


def spare_memory() -> None:
    """Two arenas instead of one a thread, and freed memory goes back: a worker stays near 110 MB instead of 170.
    The numbers are glibc's M_ARENA_MAX and M_TRIM_THRESHOLD; where there is no glibc nothing happens."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(-8, 2)
        libc.mallopt(-1, 64 * 1024)


def settle() -> None:
    """Loads the release in force and takes it, with all the code, out of the garbage collector's rounds: walking
    through what stays for ever made a request wait 200 ms now and then."""
    from engine.database import db
    from engine.errors import NotFound
    from engine.releases import queries as releases

    with suppress(NotFound):  # A new installation has none yet.
        releases.load(releases.current(db.session()).id, db.session())
    db.session.remove()
    gc.collect()
    gc.freeze()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="监听端口。")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="线程数。")
def command(host: str, port: int, threads: int) -> None:
    """启动网页服务（waitress），直到按下 Ctrl-C。"""
    from waitress.server import create_server

    from engine.errors import DoudiError
    from web.security import uploads

    spare_memory()
    with application() as app:
        _require_tables()
        settle()
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise DoudiError(f"端口 {port} 已被占用，请先停止占用它的程序，或用 --port 换一个端口。") from None
            raise
        # What is larger than anything we take is refused by its head: a video neither fills the disk nor the memory.
        most = uploads.ceiling()
        server = create_server(app, sockets=[listening], threads=threads, ident="doudi", max_request_body_size=most)
    signal.signal(signal.SIGTERM, _leave)
    click.echo(f"兜底已启动：http://{host}:{port}")
    try:
        server.run()
    finally:
        server.close()


def _leave(_number: int, _frame: object) -> None:
    """SIGTERM: waitress finishes the requests under way and lets `run` return."""
    raise SystemExit(0)


def _require_tables() -> None:
    """Refuses to serve a database that this source does not fit."""
    from engine import migrations
    from engine.database import db
    from engine.errors import DoudiError

    with db.engine.connect() as connection:
        stand = migrations.stand(connection)
    if stand != migrations.head():
        raise DoudiError("数据库的结构与程序不符，请先运行 doudi db upgrade。")
