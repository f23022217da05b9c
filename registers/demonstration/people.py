"""Synthetic people for demonstrations and tests. None is real: their ID numbers carry the area code 640298, which
GB/T 2260 assigns to no county, with a valid checksum (GB 11643)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

#: 宁夏 (64), a county code that does not exist.
AREA_CODE = "640298"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"

SURNAMES = "马王李张杨丁白海哈纳田金沙罗陈刘吴何周赵"
MALE = ("建国", "志强", "玉柱", "学军", "占江", "生海", "有福", "国栋", "文斌", "彦龙", "小军", "宝山", "进财")
FEMALE = ("秀兰", "玉花", "桂英", "翠萍", "淑琴", "凤霞", "小梅", "红燕", "月琴", "晓芳", "春玲", "雪梅", "金花")
VILLAGES = ("hongliu", "shazao", "huyang")


@dataclass
class Person:
    """A synthetic person."""

    name: str
    id_number: str
    birth: date
    male: bool


@dataclass
class Family:
    """A synthetic family: its head, the others who live with it, and how it stands, in yuan a month."""

    head: Person
    others: list[tuple[Person, str]] = field(default_factory=list)
    village: str = "hongliu"
    phone: str = ""
    bank_account: str = ""
    wage: int = 0
    business: int = 0
    transfer: int = 0
    rigid: int = 0
    savings: int = 0
    car: bool = False

    @property
    def size(self) -> int:
        return 1 + len(self.others)


def id_number(birth: date, sequence: int, male: bool) -> str:
    """An ID number that fits a birth date and a sex; `sequence` (0–498) tells people of one day apart."""
    body = f"{AREA_CODE}{birth:%Y%m%d}{sequence * 2 + (1 if male else 0):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECKS[total % 11]


def person(random: Random, surname: str, age: int, male: bool, today: date) -> Person:
    """Somebody of about that age."""
    birth = today - timedelta(days=int(age * 365.25) + random.randrange(360))
    given = random.choice(MALE if male else FEMALE)
    return Person(surname + given, id_number(birth, random.randrange(499), male), birth, male)


def family(random: Random, today: date, poor: bool) -> Family:
    """A family; a poor one lies under the line of 2026 (560 yuan a head), another above it."""
    surname = random.choice(SURNAMES)
    male = random.random() < 0.6
    home = Family(
        head=person(random, surname, random.randrange(35, 72), male, today),
        village=random.choice(VILLAGES),
        phone=f"130{random.randrange(10**8):08d}",
        bank_account=bank_account(random),
    )
    for _ in range(random.choice((0, 1, 1, 2, 2, 3))):
        relation, age, other_male = random.choice(
            (("spouse", random.randrange(35, 70), not male), ("child", random.randrange(4, 17), random.random() < 0.5))
        )
        if relation == "spouse" and any(r == "spouse" for _, r in home.others):
            relation, age = "parent", random.randrange(70, 88)
        name = random.choice(SURNAMES) if relation == "spouse" else surname
        home.others.append((person(random, name, age, other_male, today), relation))
    per_head = random.randrange(120, 500) if poor else random.randrange(620, 1400)
    total = per_head * home.size
    home.transfer = random.choice((0, 120, 180)) if total > 200 else 0
    home.wage = total - home.transfer
    home.rigid = random.choice((0, 0, 0, 60, 100)) if not poor else 0
    home.savings = random.randrange(0, 15000)
    return home


def bank_account(random: Random) -> str:
    """A 19-digit account number with a valid Luhn digit; the prefix 999999 belongs to no bank."""
    digits = [int(d) for d in f"999999{random.randrange(10**12):012d}"]
    total = sum(sum(divmod(d * 2, 10)) if i % 2 == 0 else d for i, d in enumerate(reversed(digits)))
    return "".join(map(str, digits)) + str(-total % 10)
