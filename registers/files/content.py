"""What a file really is: judged by its bytes, never by its name or by what a browser says of it.

Each refusal says what the file is and what to do. Nothing is decoded before its size is known from its header.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from engine.errors import Invalid
from registers.files import pdf, pictures
from registers.files.limits import Limits, current
from registers.files.pictures import Told

#: Where the problem is told; a page puts its own field's name in its place.
FIELD = "file"
CHUNK = 256 * 1024
TAKEN = "可以上传 JPG、PNG、WebP 照片和 PDF 扫描件"
#: (offset, first bytes, what it is and what to do)
OTHERS = (
    (0, b"MZ", "这是程序，不是照片或扫描件，不能上传"),
    (0, b"\x7fELF", "这是程序，不是照片或扫描件，不能上传"),
    (0, b"PK", "这是压缩包或 Word、Excel 文件。压缩包请解开后逐份上传，文档请另存为 PDF"),
    (0, b"Rar!", "这是压缩包，请解开后逐份上传"),
    (0, b"7z\xbc\xaf", "这是压缩包，请解开后逐份上传"),
    (0, b"\x1f\x8b", "这是压缩包，请解开后逐份上传"),
    (0, b"\xd0\xcf\x11\xe0", "这是旧版 Word、Excel 文件，请另存为 PDF 再上传"),
    (0, b"GIF8", "这是 GIF 动图，请截图或另存为 JPG 再上传"),
    (0, b"BM", "这是 BMP 图片，请另存为 JPG 再上传"),
    (0, b"II*\x00", "这是 TIFF 图片，请另存为 JPG 或 PDF 再上传"),
    (0, b"MM\x00*", "这是 TIFF 图片，请另存为 JPG 或 PDF 再上传"),
    (0, b"ID3", "这是录音，不能上传"),
    (0, b"\x1aE\xdf\xa3", "这是视频，不能上传。请截取画面存为照片"),
)
#: Brands of the `ftyp` box that say a picture of an iPhone; every other is a video or a sound.
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True)
class Judged:
    """A file that may be kept."""

    data: bytes
    type: str
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    told: Told | None = None
    thumb: bytes | None = None


def refuse(message: str) -> Invalid:
    return Invalid.at(FIELD, f"{message}。")


def read(stream: BinaryIO) -> bytes:
    """The whole file, read piece by piece and refused as soon as it is too large: no more than the limit is ever held.
    Raises Invalid for one that is empty or too large."""
    limits, found = current(), bytearray()
    while piece := stream.read(CHUNK):
        found += piece
        if len(found) > limits.size:
            raise refuse(too_large(limits))
    if not found:
        raise refuse("文件是空的，没有内容。请重新拍照或扫描后上传")
    return bytes(found)


def too_large(limits: Limits) -> str:
    return f"文件超过 {limits.megabytes} MB。照片请用普通画质拍摄，扫描件请分开或者压缩后上传；视频不能上传"


def judge(data: bytes) -> Judged:
    """What the bytes are. Raises Invalid in words for whatever is no readable photo or scan."""
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(b"\xff\xd8\xff"):
        return _picture(data, "JPEG", digest)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(data, "PNG", digest)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _picture(data, "WEBP", digest)
    if data[:5] == b"%PDF-":
        return Judged(data, "application/pdf", digest, pages=pdf.pages(data, current()))
    raise refuse(f"{_other(data)}。{TAKEN}")


def _picture(data: bytes, form: str, digest: str) -> Judged:
    found = pictures.look(data, form, current())
    return Judged(
        data,
        f"image/{form.lower()}",
        digest,
        width=found.width,
        height=found.height,
        told=found.told,
        thumb=found.thumb,
    )


def _other(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        if data[8:12] in HEIC:
            return "这是苹果手机的 HEIC 照片。请在手机“设置—相机—格式”里选“兼容性最佳”后重拍，或者另存为 JPG 再上传"
        return "这是视频或录音，不能上传。请截取画面存为照片"
    for offset, first, words in OTHERS:
        if data[offset:].startswith(first):
            return words
    if data.lstrip()[:1] == b"<":
        return "这是网页或文本，不是照片或扫描件。请打印为 PDF 再上传"
    return "这不是照片或扫描件，或者文件已经损坏"
