"""YAML by hand: what is written is what is meant, and what cannot be read says where."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.scenarios.loader import DEEPEST, LARGEST, Unreadable, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 2026-01-05", "2026-01-05"),
        ("a: 10:30", "10:30"),
        ("a: 2026-01-05 09:00", "2026-01-05 09:00"),
        ("a: on", "on"),
        ("a: yes", "yes"),
        ("a: 0123", "0123"),
        ("a: 1e3", "1e3"),
        ("a: 0x10", "0x10"),
        ("a: +3wd", "+3wd"),
        ("a: true", True),
        ("a: 780", 780),
        ("a: -5", -5),
        ("a: 780.50", 780.5),
        ("a:", None),
        ("a: null", None),
        ('a: "13000000000"', "13000000000"),
        ("a: 640298197501011234", "640298197501011234"),
        ("a: 一家三口", "一家三口"),
    ],
)
def test_words_stay_what_they_are(text, value):
    assert load(text.encode()) == {"a": value}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a: 1\nb: 2\na: 3", "第3行：“a”写了两次"),
        (b"a: {b: 1, b: 2}", "“b”写了两次"),
        (b"a: &x [1]\nb: *x", "第2行：不能用锚点"),
        (b"a: [1, 2", "写法有误"),
        (b"a: !!python/object/apply:os.system [ls]", "写法有误"),
        (b"? [1, 2]\n: 3", "冒号前面只能写一个词"),
        ("情景".encode("gbk"), "UTF-8"),
        (b"a: \x00", "写法有误"),
        (b"a: 1\n---\nb: 2", "写法有误"),
        (b"x" * (LARGEST + 1), "文件太大"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "嵌套太深"),
        (b"[" * 20_000, "嵌套太深"),
    ],
)
def test_what_cannot_be_read_says_so_in_words(data, words):
    with pytest.raises(Unreadable, match=words):
        load(data)


def test_a_name_is_text_whatever_it_looks_like():
    assert load(b"5: a\ntrue: b\n2026-01-05: {7: c}") == {"5": "a", "true": "b", "2026-01-05": {"7": "c"}}


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_that_somebody_writes_breaks_the_reader(data):
    with suppress(Unreadable):
        load(data)
