"""The `doudi` command. Commands are loaded when they are called, so that `doudi release lint` starts at once.

Every failure is one Chinese line on stderr and an exit code that is not 0; `DOUDI_DEBUG=1` shows the traceback.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

#: command → (module of web.cli, what `doudi --help` says)
COMMANDS = {
    "account": ("account", "账号：建立、列出"),
    "bench": ("bench", "测量性能"),
    "calendar": ("calendar", "工作日历：载入放假安排、登记地方假日"),
    "db": ("db", "数据库：建表和升级"),
    "demo": ("demo", "在空库中建立演示数据"),
    "doctor": ("doctor", "检查安装是否完好，缺什么说什么"),
    "due": ("due", "计算期限的到期日并说明理由"),
    "events": ("events", "过程数据：导出 XES、OCEL，供流程挖掘"),
    "journal": ("journal", "日志：校验"),
    "parameters": ("parameters", "政策参数：载入、查看、提出修改、确认"),
    "release": ("release", "流程版本：检查、发布、列出"),
    "scenarios": ("scenarios", "演练情景并报告流程覆盖率"),
    "serve": ("serve", "启动网页服务"),
    "timers": ("timers", "启动定时进程"),
}


class Commands(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return import_module(f"web.cli.{COMMANDS[cmd_name][0]}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, words) for name, (_, words) in sorted(COMMANDS.items())])

    def __call__(self, *given: Any, **named: Any) -> None:
        """Runs the command of this process and ends it."""
        sys.exit(run())


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """兜底：乡镇社会救助办理系统。"""


def run(arguments: list[str] | None = None) -> int:
    """Runs a command; its exit code."""
    try:
        return main.main(args=arguments, prog_name="doudi", standalone_mode=False) or 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("已中止。")
        return 130
    except click.exceptions.NoArgsIsHelpError as help_:
        click.echo(help_.ctx.get_help() if help_.ctx else "")
        return 2
    except click.ClickException as wrong:
        _say(_in_chinese(wrong))
        return wrong.exit_code
    except BrokenPipeError:
        sys.stdout = None  # Whoever read our output went away; nothing is left to say.
        return 141
    except Exception as error:
        if os.environ.get("DOUDI_DEBUG") == "1":
            raise
        _say(_words(error))
        return 1


def _say(line: str) -> None:
    click.echo(" ".join(line.split()), err=True)


def _words(error: Exception) -> str:
    from engine.errors import DoudiError

    if isinstance(error, DoudiError):
        problems: Any = error.data.get("problems") or []
        return error.message + "".join(str(each["message"]) for each in problems if each["message"] != error.message)
    kind = type(error).__name__
    if type(error).__module__.startswith(("sqlalchemy", "psycopg", "sqlite3")):
        cause = str(getattr(error, "orig", None) or error)
        if "no such table" in cause or "UndefinedTable" in type(getattr(error, "orig", error)).__name__:
            return "数据库还没有建表，请先运行 doudi db upgrade。"
        return f"数据库出错，请检查 DATABASE_URL 和数据库服务：{kind}：{cause}"
    if isinstance(error, OSError):
        return f"无法读写文件或端口：{error.strerror or error}{f'（{error.filename}）' if error.filename else ''}"
    return f"系统遇到未预料的情况（{kind}：{error}）。设 DOUDI_DEBUG=1 再运行一次可看到详情。"


def _in_chinese(wrong: click.ClickException) -> str:
    hint = "用 --help 查看用法。"
    if isinstance(wrong, click.NoSuchOption):
        return f"没有选项 {wrong.option_name}。{hint}"
    if isinstance(wrong, click.MissingParameter):
        name = wrong.param.human_readable_name if wrong.param else wrong.param_hint or ""
        return f"缺少参数 {name}。{hint}"
    if isinstance(wrong, click.BadParameter):
        name = wrong.param.human_readable_name if wrong.param else wrong.param_hint or ""
        return f"参数 {name} 的值不正确：{wrong.message}"
    if isinstance(wrong, click.UsageError):
        given = wrong.message.removeprefix("No such command ").rstrip(".") if "No such command" in wrong.message else ""
        return f"没有命令 {given}。{hint}" if given else f"命令用法不对（{wrong.message}）。{hint}"
    return wrong.message
