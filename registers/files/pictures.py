"""Pictures: read with care, turned upright, made small, freed of what they say about place, time and phone."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps

from engine import clock
from engine.errors import Invalid
from registers.files.limits import Limits

THUMB, QUALITY = 360, 88
#: What a screen needs of a photo.
SCREEN = 1800
BROKEN = "照片打不开，文件可能没有传完整。请重新拍照或者重新保存后上传。"
#: Decoding takes memory by the pixel: one picture at a time, whatever number of people upload.
_one = threading.Lock()


@dataclass(frozen=True)
class Told:
    """What a picture says of itself."""

    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    camera: str = ""


@dataclass(frozen=True)
class Look:
    """A picture that can be read: its size when upright."""

    width: int
    height: int
    told: Told
    thumb: bytes


def look(data: bytes, form: str, limits: Limits) -> Look:
    """Reads a picture of one format. Its size comes from its header and is judged before a single pixel is decoded.
    Raises Invalid for one that is too large or broken."""
    with _one, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with Image.open(io.BytesIO(data), formats=[form]) as opened:
                _bounded(opened.size, limits)
                told = _told(opened)
                opened.draft("RGB", (THUMB * 2, THUMB * 2))  # A JPEG is decoded small; its data are read to the end.
                upright = ImageOps.exif_transpose(opened)
                turned = _turned(opened)
                width, height = _size(data, form)
                small = _plain(upright)
                small.thumbnail((THUMB, THUMB))
                thumb = _jpeg(small, 80)
        except Invalid:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Invalid.at("file", _huge(limits)) from None
        except Exception:
            raise Invalid.at("file", BROKEN) from None
    return Look(*((height, width) if turned else (width, height)), told, thumb)


def clean(data: bytes, *, longest: int | None = None) -> tuple[bytes, str]:
    """(picture, type) made anew from its pixels, upright: nothing that it says of place, time and phone, and nothing
    that was hidden behind it, comes along. A PNG stays one when its size stays, since scans are sharp."""
    with _one, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
            keeps = opened.format == "PNG" and longest is None
            if longest is not None:
                opened.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(opened)
            if longest is not None:
                upright.thumbnail((longest, longest))
            if keeps:
                out = io.BytesIO()
                bare = upright.convert("RGBA" if upright.mode in ("P", "PA", "LA") else upright.mode)
                bare.info.clear()
                bare.save(out, "PNG")
                return out.getvalue(), "image/png"
            return _jpeg(_plain(upright), QUALITY), "image/jpeg"


def _size(data: bytes, form: str) -> tuple[int, int]:
    """The true size: drafting changes what the opened picture says."""
    with Image.open(io.BytesIO(data), formats=[form]) as opened:
        return opened.size


def _bounded(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width * height > limits.pixels or max(size) > limits.side:
        raise Invalid.at("file", _huge(limits))
    if min(size) < 1:
        raise Invalid.at("file", BROKEN)


def _huge(limits: Limits) -> str:
    return f"照片的尺寸太大（超过 {limits.pixels // 10_000} 万像素）。请用手机的普通照片模式重拍，或者缩小后上传。"


def _plain(image: Image.Image) -> Image.Image:
    """On white, without transparency."""
    if image.mode in ("RGBA", "LA", "PA", "P"):
        whole = image.convert("RGBA")
        ground = Image.new("RGB", whole.size, "white")
        ground.paste(whole, mask=whole.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.info.clear()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _turned(image: Image.Image) -> bool:
    try:
        return image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    except Exception:
        return False


def _told(image: Image.Image) -> Told:
    """What the picture says; whatever cannot be read is as if it were not there."""
    try:
        exif = image.getexif()
        inner, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        taken = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        at = _instant(taken, inner.get(ExifTags.Base.OffsetTimeOriginal))
        camera = " ".join(_text(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model)).strip()
        lat = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
        lon = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    except Exception:
        return Told()
    known = lat is not None and lon is not None
    return Told(at, lat if known else None, lon if known else None, camera[:80])


def _text(given: Any) -> str:
    return "".join(each for each in str(given or "") if each.isprintable())


def _instant(given: Any, offset: Any) -> datetime | None:
    """`2026:03:05 10:22:31`, by the phone's own zone when it says one, else as clocks here show it."""
    text = _text(given).strip()
    try:
        plain = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- its zone follows
    except ValueError:
        return None
    try:
        zone = datetime.strptime(_text(offset).strip(), "%z").tzinfo
    except ValueError:
        zone = clock.ZONE
    return plain.replace(tzinfo=zone).astimezone(clock.ZONE)


def _degrees(given: Any, side: Any, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(each) for each in given)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not 0 <= found <= most:
        return None
    return round(-found if _text(side).strip().upper() == negative else found, 6)
