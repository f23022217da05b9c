"""Which files a draft may hold: the names of a release's files, texts of a size that a person writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from engine.errors import Invalid
from engine.releases.files import CATALOGUES, OFFERED, belongs

#: The largest file that an editor may save.
LARGEST = 2 * 1024 * 1024
LONGEST = 200
#: What stands in no file name on any system that a release may be unpacked on.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


def check(path: str) -> str:
    """The path when a release may hold a file there; else raises Invalid with what is wrong and what would do."""
    parts = path.split("/")
    if not path or len(path) > LONGEST or _FORBIDDEN.search(path):
        raise Invalid.at("path", "文件名过长或含有不能用的字符，请改名。")
    if any(part in ("", ".", "..") or part != part.strip() for part in parts) or len(parts) > 4:
        raise Invalid.at("path", f"“{path}”不是流程版本里的位置，请放在版本文件夹之内。")
    if not belongs(PurePosixPath(path)):
        names = "、".join(sorted(CATALOGUES | set(OFFERED)))
        raise Invalid.at("path", f"流程版本里只放 .bpmn、.dmn、.form、.html 文件和 {names}，“{path}”不能放进来。")
    return path


def text(data: bytes) -> bytes:
    """The bytes when they are a text of a bearable size; else raises Invalid. Whether the text is a sound model is not
    asked: a half-drawn one is kept too."""
    if len(data) > LARGEST:
        raise Invalid.at("file", f"文件超过{LARGEST // 1024 // 1024}MB，没有保存。请拆成几个文件。")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid.at("file", "文件不是 UTF-8 编码，没有保存。请另存为 UTF-8 编码再试。") from None
    if b"\0" in data:
        raise Invalid.at("file", "文件里有空字符，不是文本文件，没有保存。")
    return data


def free(path: str, known: Iterable[str]) -> str:
    """The path of a new file; raises Invalid when another one differs from it in upper and lower case only, since no
    Windows folder can hold both."""
    for each in known:
        if each != path and each.casefold() == path.casefold():
            raise Invalid.at("path", f"已经有“{each}”，只有大小写不同，请改名。")
    return path
