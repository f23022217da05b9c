"""The family of a story: synthetic people with valid check digits, the same at every telling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from registers.demonstration.people import bank_account, id_number, person

SEXES = {"male": True, "female": False}
#: Who lives there when the file does not say.
DEFAULT = {
    "head": {"surname": "马", "age": 51, "sex": "male"},
    "others": [
        {"relation": "spouse", "surname": "李", "age": 49, "sex": "female"},
        {"relation": "child", "surname": "马", "age": 12, "sex": "male"},
    ],
}
WORK = {"child": "student", "spouse": "farming", "parent": "unable"}
#: Names that expressions know already.
RESERVED = ("home", "flow", "today", "now", "parameters")
HOME = ("village", "hukou", "phone", "bank_account", "address")


class Unlikely(ValueError):
    """What of the people cannot be, in words."""


def household(given: Mapping[str, Any], seed: str, today: date) -> dict[str, Any]:
    """What expressions see of the people: `head`, `others`, `home`, and everybody else by the name that the file gives
    them. Raises Unlikely."""
    random = Random(seed)  # noqa: S311 -- synthetic people
    taken: set[str] = set()
    made: dict[str, Any] = {"head": _person(given.get("head") or DEFAULT["head"], "head", random, today, taken)}
    others = given.get("others", DEFAULT["others"] if "head" not in given else [])
    if not isinstance(others, list):
        raise Unlikely("“others”应是一列人，每人一行。")
    made["others"] = [_person(each, f"others 第{n}人", random, today, taken) for n, each in enumerate(others, 1)]
    home = {
        "village": "hongliu",
        "hukou": "rural",
        "phone": f"130{random.randrange(10**8):08d}",
        "bank_account": bank_account(random),
        "address": f"{random.randrange(1, 9)}组{random.randrange(1, 60)}号",
    }
    made["home"] = home | {key: given[key] for key in HOME if key in given} | {"size": 1 + len(made["others"])}
    for name, one in given.items():
        if name not in ("head", "others", *HOME):
            if not name.isidentifier() or name in RESERVED:
                raise Unlikely(f"人员“{name}”不能这样叫，请用字母、数字和下划线另起一个名称。")
            made[name] = _person(one, name, random, today, taken)
    return made


def _person(given: Any, where: str, random: Random, today: date, taken: set[str]) -> dict[str, Any]:
    """Whatever else the file says of somebody is kept beside what is made up."""
    if not isinstance(given, Mapping):
        raise Unlikely(f"“{where}”应写成 {{surname: 马, age: 51, sex: male}}。")
    sex, age = given.get("sex", random.choice(("male", "female"))), given.get("age", 40)
    if sex not in SEXES:
        raise Unlikely(f"“{where}”的 sex 应为 male 或 female。")
    if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= 120:
        raise Unlikely(f"“{where}”的 age 应为 0 至 120 的整数。")
    male = SEXES[sex]
    one = person(random, str(given.get("surname", "王")), age, male, today)
    born = one.birth
    if "born" in given:
        try:
            born = date.fromisoformat(str(given["born"]))
        except ValueError:
            raise Unlikely(f"“{where}”的 born 应为日期，如 1946-03-02。") from None
    number = id_number(born, random.randrange(499), male)
    while number in taken:
        number = id_number(born, random.randrange(499), male)
    taken.add(number)
    relation = str(given.get("relation", "head" if where == "head" else "other"))
    return {
        "health": "healthy",
        "disability": "none",
        "work": WORK.get(relation, "farming"),
        **given,
        "name": str(given.get("name", one.name)),
        "id_number": str(given.get("id_number", number)),
        "born": born.isoformat(),
        "age": today.year - born.year - ((today.month, today.day) < (born.month, born.day)),
        "sex": sex,
        "relation": relation,
    }
