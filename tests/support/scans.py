"""Real bytes of photos, scans and of what only looks like them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import ExifTags, Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

PLACE = ((38.0, 54.0, 21.6), (106.0, 32.0, 42.0))


def photo(
    width: int = 120,
    height: int = 80,
    *,
    form: str = "JPEG",
    taken: str = "",
    place: bool = False,
    orientation: int = 1,
    colour: Any = (180, 40, 40),
) -> bytes:
    """A picture whose left half has a colour and whose right half is white, with what a phone writes into it."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(colour, (0, 0, width // 2, height))
    exif = Image.Exif()
    if orientation != 1:
        exif[ExifTags.Base.Orientation] = orientation
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
        exif[ExifTags.Base.Model] = "Phone 9"
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N",
                ExifTags.GPS.GPSLatitude: PLACE[0],
                ExifTags.GPS.GPSLongitudeRef: "E",
                ExifTags.GPS.GPSLongitude: PLACE[1],
            }
        )
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def pdf(pages: int = 1, *, script: bool = False, password: str = "", inside: bytes = b"") -> bytes:
    """A PDF of blank pages; with a program, a password or a file inside."""
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(width=420, height=595)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x');")}
        made.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if inside:
        made.add_attachment("inside.zip", inside)
    if password:
        made.encrypt(password)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def launching() -> bytes:
    """A PDF that starts a program when it is opened."""
    made = PdfWriter()
    made.add_blank_page(width=420, height=595)
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    made.root_object[NameObject("/OpenAction")] = action
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def zipped(name: str = "a.txt", data: bytes = b"a") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises so many pixels, and whose few bytes unfold to them: nothing of it is made here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer, packed = zlib.compressobj(9), b""
    for _ in range(64):
        packed += packer.compress(bytes(65536))
    packed += packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


def video() -> bytes:
    return b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)
