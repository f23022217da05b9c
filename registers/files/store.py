"""Where the bytes lie: sealed files below one folder of the installation, each under a name that nobody can guess.

Why not in the database: a case has twenty photos, and a database of a township would be a hundred times as large, its
backup with it. Why a name of its own and not the hash: equal papers of two families must not share a file that the
retention of one would take from the other; the hash stands in the row, and the same file twice in one case is one.

A file is written whole, under a temporary name, synced and then renamed, *before* its row is committed: a row always
has its file. A crash in between leaves a file without a row, which `sweep` finds.
"""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from engine import secrets
from engine.errors import DoudiError

LOST = "附件的文件读不出来，请管理员检查安装目录的 files 文件夹和密钥；办件里的其他内容没有影响。"
_folder: Path | None = None


def use(folder: Path) -> None:
    """Keeps files below `folder`, which need not exist yet."""
    global _folder
    _folder = folder


def keep(data: bytes) -> str:
    """Writes a file, sealed; gives its name. Raises DoudiError when the disk does not take it."""
    name = random.token_hex(16)
    place = _place(name)
    rough = place.with_suffix(".part")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(rough, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.seal_bytes(data, name))
            out.flush()
            os.fsync(out.fileno())
        rough.rename(place)
        _sync(place.parent)
    except OSError as error:
        rough.unlink(missing_ok=True)
        raise DoudiError("附件没有保存：服务器的磁盘写不进去。请稍后再试，仍不行请联系管理员。") from error
    return name


def read(name: str) -> bytes:
    """The bytes under a name. Raises DoudiError when they are lost or were changed."""
    try:
        return secrets.unseal_bytes(_place(name).read_bytes(), name)
    except Exception as error:
        raise DoudiError(LOST) from error


def drop(name: str | None) -> None:
    """Removes a file that no row names (any more)."""
    if name:
        _place(name).unlink(missing_ok=True)


def aged(folder: str, before: datetime) -> Iterator[Path]:
    """The files of one of the 256 folders that were written before an instant of the wall clock."""
    home = _home() / folder
    if not home.is_dir():
        return
    for each in home.iterdir():
        if datetime.fromtimestamp(each.stat().st_mtime, UTC) < before:
            yield each


def _home() -> Path:
    if _folder is None:
        raise RuntimeError("no folder is set: call registers.files.store.use at start")
    return _folder


def _place(name: str) -> Path:
    if not name.isalnum() or not name.isascii():
        raise ValueError("no name of the store")
    return _home() / name[:2] / name


def _sync(folder: Path) -> None:
    """The new name must survive a power cut as the row does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
