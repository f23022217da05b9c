"""Finding a case by a part of its number or of the applicant's name without reading every case.

Each case keeps a few words by which it is looked for (`CaseTerm`): the name from each of its letters on, the number
from each of its parts on. What somebody types is found at the beginning of such a word, which is one range of an index.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, event, func, literal, or_, select
from sqlalchemy.orm import Session, attributes

from engine import secrets
from registers.cases.models import Case, CaseTerm
from registers.households import ties
from registers.households.models import Person

#: Names are looked for from each of their first letters on; what is longer is the name of an organisation.
LONGEST_NAME = 12
#: Digits of the number within its year.
DIGITS = 4
#: Behind every letter that a word can go on with.
LAST = "\U0010ffff"
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]")
MASKED = re.compile(r"\d{6}\*{4,}[\dX]{4}")
#: So many cases with a word, and it is no word to begin with: the list itself is walked instead.
COMMON = 2000


def normal(text: str) -> str:
    """What was typed, as words are kept: no blanks around, full-width signs as plain ones, no difference of case."""
    plain = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return text.strip().translate(plain).casefold()


def of_case(number: str, applicant: str) -> set[str]:
    """The words of a case."""
    whole, name = normal(number), normal(applicant)[:LONGEST_NAME]
    found = {whole, *(name[start:] for start in range(len(name)))}
    rest = re.search(r"\d.*", whole)
    if rest:
        found |= {rest[0], rest[0].rpartition("-")[2]}
    return {each for each in found if each}


def is_id_number(text: str) -> bool:
    """Whether a text is a whole ID number, which no address and no saved filter may hold."""
    return bool(ID_NUMBER.fullmatch(normal(text).upper()))


def range_of(text: str) -> ColumnElement[bool]:
    """The words that begin with what was typed; digits alone also mean the number within its year."""
    word = normal(text)
    begins = (CaseTerm.term >= word) & (CaseTerm.term < word + LAST)
    if word.isascii() and word.isdigit() and len(word) < DIGITS:
        return or_(begins, CaseTerm.term == word.zfill(DIGITS))
    return begins


def common(session: Session, text: str) -> bool:
    """Whether so many cases have the word that a list had better be walked until a page is full."""
    some = select(literal(1)).where(range_of(text)).limit(COMMON + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > COMMON


def matches(session: Session, text: str) -> ColumnElement[bool]:
    """The cases whose number or applicant a text is a part of, or one of whose household it is the ID number of, whole
    or masked as pages show it."""
    typed = normal(text).upper()
    if ID_NUMBER.fullmatch(typed):
        return of_number(secrets.fingerprint(typed))
    if MASKED.fullmatch(typed):
        return of_person(Person.masked == f"{typed[:6]}********{typed[-4:]}")
    if common(session, text):
        # Asked of each row of a list that ends early, instead of for thousands of cases that it never shows.
        part = text.strip()
        return or_(Case.applicant.contains(part, autoescape=True), Case.number.contains(part, autoescape=True))
    return Case.instance_id.in_(select(CaseTerm.instance_id).where(range_of(text)))


def of_number(fingerprint: str) -> ColumnElement[bool]:
    """The cases of the households of whoever has this ID number (a keyed hash), also under another number."""
    return of_person(Person.fingerprint.in_(ties.numbers([fingerprint])))


def of_person(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The cases of the households of such people."""
    return Case.household_id.in_(select(Person.household_id).where(which))


def write(connection: sa.Connection, case: Case) -> None:
    """Keeps the words of a case."""
    rows = [{"instance_id": case.instance_id, "term": each} for each in sorted(of_case(case.number, case.applicant))]
    connection.execute(CaseTerm.__table__.insert(), rows)


@event.listens_for(Case, "after_insert")
def _made(_mapper: Any, connection: sa.Connection, case: Case) -> None:
    write(connection, case)


@event.listens_for(Case, "after_update")
def _changed(_mapper: Any, connection: sa.Connection, case: Case) -> None:
    if any(attributes.get_history(case, name).has_changes() for name in ("number", "applicant")):
        connection.execute(CaseTerm.__table__.delete().where(CaseTerm.instance_id == case.instance_id))
        write(connection, case)
