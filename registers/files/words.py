"""Kinds of attachments, and what a person reads about one."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from registers.files.models import Attachment

KINDS = {
    "photo": "照片",
    "application": "申请书扫描件",
    "id_card": "身份证复印件",
    "household_book": "户口簿复印件",
    "proof": "证明材料",
    "record": "签字的记录",
    "receipt": "回证、收据",
    "other": "其他",
}
#: On these a whole ID number can be read: looking at one is unmasking it.
SHOWS_NUMBERS = frozenset({"id_card", "household_book"})
#: The kind that a form's field means, by its key; what is not named here is a photo when it is a picture.
OF_FIELD = {
    "papers": "proof",
    "evidence": "proof",
    "evidence_files": "proof",
    "scans": "proof",
    "scan": "record",
    "minutes": "record",
    "report": "record",
    "photos": "photo",
}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
LONGEST_NAME = 120


def kind_of(field: str) -> str:
    """What is uploaded in a field of a form, by the last part of its name."""
    return OF_FIELD.get(field.rsplit(".", 1)[-1], "other")


def tidy(name: str, type_: str) -> str:
    """The name without folders, control characters and a false ending: what it is called ends in what it is."""
    base = PurePath(name.replace("\\", "/")).name
    base = "".join(each for each in base if each.isprintable() and each not in '<>:"/|?*')
    stem = base.rsplit(".", 1)[0] if "." in base.strip(".") else base
    stem = stem.strip(" .")[:LONGEST_NAME] or "附件"
    return stem + ENDINGS[type_]


def size(count: int) -> str:
    """820 KB, 3.2 MB."""
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(count // 1024, 1)} KB"


def taken(given: Attachment) -> str:
    """When and where a photo was taken, as far as it says so."""
    told = given.told or {}
    parts = []
    if given.taken_at is not None:
        parts.append(f"拍摄于 {given.taken_at:%Y-%m-%d %H:%M}")
        if not told.get("exif"):
            parts[-1] += "（手机记录）"
    if told.get("lat") is not None:
        lat, lon = told["lat"], told["lon"]
        parts.append(f"{'北' if lat >= 0 else '南'}纬 {abs(lat):.5f}°，{'东' if lon >= 0 else '西'}经 {abs(lon):.5f}°")
    return "；".join(parts)


def doubt(given: Attachment) -> str:
    """What somebody who checks a photo should look at: it was taken on another day than the visit (else than the day
    of its upload), or does not say when. Empty for what is no photo."""
    if not given.is_image or given.kind != "photo":
        return ""
    if given.taken_at is None:
        return "照片没有拍摄时间，可能是截图或转发的，请核实"
    day = given.taken_at.date()
    if given.happened_on is not None:
        return _apart(day, given.happened_on, "表单上的日期")
    return _apart(day, given.added_at.date(), "上传")


def _apart(day: object, other: object, what: str) -> str:
    days = (day - other).days  # type: ignore[operator]
    if days == 0:
        return ""
    return f"拍摄日期比{what}{'晚' if days > 0 else '早'} {abs(days)} 天，请核实"


def when(given: datetime | None) -> str:
    return f"{given:%Y-%m-%d %H:%M}" if given else ""
