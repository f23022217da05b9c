"""What an identity number says of its holder (GB 11643), in words that a page shows beside the number.

The first six digits are the place where the number was first given, by the codes of that year (GB/T 2260): not
necessarily where somebody is registered now.
"""

from __future__ import annotations

from engine import clock
from engine.forms import kinds
from engine.forms.model import Field
from engine.forms.places import home

#: What a field may take from a number in the same object, and what it is called.
TELLS = {"birth": "出生日期", "sex": "性别", "home": "号码首次登记地"}


def told(found: kinds.Identity, what: str) -> str:
    """One of TELLS as text: an ISO day, 男 or 女, a place."""
    if what == "birth":
        return found.birth.isoformat()
    return found.sex if what == "sex" else home(found.area)


def words(found: kinds.Identity) -> str:
    """The whole of it in one line: 1955-03-01 出生 · 男 · 71 岁 · 号码首次登记地：宁夏回族自治区石嘴山市平罗县."""
    age = found.age(clock.today())
    place = home(found.area)
    return f"{found.birth} 出生 · {found.sex} · {age} 岁 · {TELLS['home']}：{place or '不在对照表中'}"


def answer(field: Field, found: kinds.Identity) -> str:
    """What a field that takes its value from a number (`by_id`) would be posted with."""
    text = told(found, field.by_id[1]) if field.by_id else ""
    return next((each.value for each in field.options if each.label == text), text)
