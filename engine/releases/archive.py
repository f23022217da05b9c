"""A release as one zip file and back. A zip comes from anywhere: what it claims of itself is not believed, every file
is read to a bound, and nothing is ever written to a folder from it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.errors import Invalid
from engine.releases.files import CATALOGUES, OFFERED, belongs

#: The whole zip, all that is in it unpacked, one file, and how many: ten times what is shipped.
LARGEST = 10 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
LARGEST_FILE = 2 * 1024 * 1024
MOST = 3000
#: What systems leave in zips beside what was meant.
_CRUMBS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
#: A fixed day, so that one release is always the same zip.
_DAY = (2000, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes], comment: str = "") -> bytes:
    """The files byte for byte; the comment says what they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(entry, files[path])
        made.comment = comment.encode()[:60_000]
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a zip, by path. One folder around all of them is left out.

    Raises Invalid with what is wrong and what to do: no zip, too much in it, foreign paths, files that no release
    holds (all of them at once), the same path twice, what is encrypted or no UTF-8."""
    if len(data) > LARGEST:
        raise _wrong(f"压缩包超过{LARGEST // 1024 // 1024}MB，请确认选对了文件。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            return _files(given)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _wrong(f"不是有效的 zip 压缩包，或者已经损坏（{type(error).__name__}），请重新导出。") from None


def _files(given: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [each for each in given.infolist() if not each.is_dir() and not _crumb(each.filename)]
    if len(entries) > MOST or len(given.infolist()) > 2 * MOST:
        raise _wrong(f"压缩包里有{len(given.infolist())}个文件，流程版本没有这么多，请确认选对了文件。")
    if not entries:
        raise _wrong("压缩包里没有文件。")
    names = {each.filename: _checked(each) for each in entries}
    around = _around(list(names.values()))
    places = {name: path.relative_to(around).as_posix() if around else path.as_posix() for name, path in names.items()}
    foreign = sorted(place for place in places.values() if not belongs(PurePosixPath(place)))
    if foreign:
        kinds = "、".join(sorted(CATALOGUES | set(OFFERED)))
        shown = "、".join(foreign[:10]) + ("等" if len(foreign) > 10 else "")
        raise _wrong(f"流程版本里只放 .bpmn、.dmn、.form、.html 文件和 {kinds}，请从压缩包中移走：{shown}。")
    if len({place.casefold() for place in places.values()}) < len(entries):
        raise _wrong("压缩包里有同名的文件（或只有大小写不同），分不清用哪个，请删去多余的。")
    found: dict[str, bytes] = {}
    room = LARGEST_UNPACKED
    for each in entries:
        found[places[each.filename]] = _read(given, each, min(LARGEST_FILE, room))
        room -= len(found[places[each.filename]])
    return found


def _checked(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where a file lies; Invalid for what leads out of the zip, for links and what is encrypted."""
    name = entry.filename
    parts = name.split("/")
    leads_out = name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts)
    if leads_out or len(name) > 200 or not name.isprintable():
        raise _wrong(f"压缩包里有不能用的路径“{name[:80]}”，没有导入任何文件。请只压缩流程版本的文件夹。")
    if entry.flag_bits & 0x1:
        raise _wrong("压缩包有密码，请去掉密码后再导入。")
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        raise _wrong(f"压缩包里的“{name}”是快捷方式（链接），不能导入。")
    return PurePosixPath(name)


def _read(given: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """One file, read to the bound whatever its head says of its size."""
    with given.open(entry) as source:
        data = source.read(most + 1)
    if len(data) > most:
        raise _wrong(f"压缩包解开后太大（“{entry.filename}”），没有导入任何文件。请确认选对了压缩包。")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise _wrong(f"“{entry.filename}”不是 UTF-8 编码，请另存为 UTF-8 编码后重新压缩。") from None
    if b"\0" in data:
        raise _wrong(f"“{entry.filename}”不是文本文件，不能导入。")
    return data


def _around(paths: list[PurePosixPath]) -> PurePosixPath | None:
    """The one folder that everything lies in, when a folder was zipped and not what is in it."""
    first = {path.parts[0] for path in paths}
    if len(first) != 1 or any(len(path.parts) == 1 for path in paths):
        return None
    # A zip of nothing but forms lies in `forms` by right.
    return None if first & {"decisions", "forms", "notices"} else PurePosixPath(first.pop())


def _crumb(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in _CRUMBS


def _wrong(message: str) -> Invalid:
    return Invalid.at("file", message)
