"""Files are what their bytes are. Each refusal says what to do; nothing is unfolded before its size is known."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from PIL import Image

from engine.errors import Invalid
from registers.files import content, limits, pictures, words
from tests.support import scans


def why(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        content.judge(data)
    (problem,) = refused.value.data["problems"]
    assert problem["field"] == content.FIELD
    return problem["message"]


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (scans.photo(), "image/jpeg"),
        (scans.photo(form="PNG"), "image/png"),
        (scans.photo(form="WEBP"), "image/webp"),
        (scans.pdf(3), "application/pdf"),
    ],
)
def test_photos_and_scans_are_taken(data, type_):
    found = content.judge(data)
    assert found.type == type_
    assert found.pages == (3 if type_ == "application/pdf" else None)
    assert (found.thumb is None) == (type_ == "application/pdf")
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("data", "words_"),
    [
        (b"MZ\x90\x00" + bytes(200), "程序"),
        (scans.zipped(), "压缩包"),
        (scans.heic(), "兼容性最佳"),
        (scans.video(), "视频"),
        (b"GIF89a" + bytes(40), "GIF"),
        (b"<html><script>alert(1)</script></html>", "网页"),
        (b"just text", "不是照片或扫描件"),
        (b"\xff\xd8\xff" + bytes(300), "没有传完整"),
        (scans.photo(800, 600)[:900], "没有传完整"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "没有传完整"),
        (b"%PDF-1.7\nnothing of a document", "打不开"),
        (scans.pdf(password="geheim"), "密码"),
        (scans.pdf(script=True), "打印为 PDF"),
        (scans.launching(), "打印为 PDF"),
        (scans.pdf(inside=scans.zipped()), "打印为 PDF"),
    ],
)
def test_what_is_no_photo_or_scan_is_refused_in_words(data, words_):
    assert words_ in why(data)


def test_a_picture_that_unfolds_to_gigabytes_is_refused_by_its_header():
    bomb = scans.png_of(50_000, 50_000)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert "尺寸太大" in why(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert "尺寸太大" in why(scans.png_of(30_000, 10))


def test_a_stream_is_read_no_further_than_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "_current", limits.Limits(size=1_000_000))
    asked = []

    class Endless(io.RawIOBase):
        def read(self, count=-1):
            asked.append(count)
            return bytes(count)

    with pytest.raises(Invalid, match="超过 0 MB"):
        content.read(Endless())
    assert sum(asked) <= 1_000_000 + content.CHUNK


def test_an_empty_file_is_said_to_be_empty():
    with pytest.raises(Invalid, match="空的"):
        content.read(io.BytesIO())


def test_a_photo_tells_when_and_where():
    told = content.judge(scans.photo(taken="2026:03:05 10:22:31", place=True)).told
    assert told.at.isoformat() == "2026-03-05T10:22:31+08:00"
    assert (told.lat, told.lon) == (38.906, 106.545)
    assert told.camera == "Phone 9"


def test_a_photo_that_says_nonsense_says_nothing():
    told = content.judge(scans.photo(taken="yesterday")).told
    assert (told.at, told.lat) == (None, None)


def test_a_photo_is_turned_upright_and_says_nothing_once_it_leaves():
    given = scans.photo(120, 80, taken="2026:03:05 10:22:31", place=True, orientation=6)
    judged = content.judge(given)
    assert (judged.width, judged.height) == (80, 120)
    for made in (judged.thumb, pictures.clean(given)[0], pictures.clean(given, longest=60)[0]):
        with Image.open(io.BytesIO(made)) as image:
            assert not image.getexif()
            assert image.width < image.height
            red, green, _ = image.convert("RGB").getpixel((image.width // 2, image.height // 8))
            assert red > 150 > green


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_leave_clean_too(form):
    made, type_ = pictures.clean(scans.photo(form=form, taken="2026:03:05 10:22:31", place=True))
    assert type_ == ("image/png" if form == "PNG" else "image/jpeg")
    with Image.open(io.BytesIO(made)) as image:
        assert not image.getexif()


def test_what_is_hidden_behind_a_photo_does_not_leave_with_it():
    both = scans.photo() + scans.zipped(data=b"hidden " * 50)
    assert content.judge(both).type == "image/jpeg"
    assert b"PK\x03\x04" not in pictures.clean(both)[0]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("马某身份证.JPG", "马某身份证.jpg"),
        ("photo.exe", "photo.jpg"),
        ("C:\\照片\\入户 1.jpeg", "入户 1.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ('a"b\r\nX-Evil: 1.jpg', "abX-Evil 1.jpg"),
        ("", "附件.jpg"),
        (".jpg", "jpg.jpg"),
    ],
)
def test_names_are_tidied(name, called):
    assert words.tidy(name, "image/jpeg") == called
