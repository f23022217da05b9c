"""Reading the filing register."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.filings.models import Filing, StaffKin

#: Relations as the forms code them, in words.
RELATIONS = {
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "sibling": "兄弟姐妹",
    "grandparent": "祖父母、外祖父母",
    "grandchild": "孙子女、外孙子女",
    "in_law": "姻亲",
    "uncle_aunt": "叔伯姑舅姨",
    "other": "其他",
    "self": "本人",
}
SOURCES = {"declared": "申请人申明", "register": "近亲属备案库", "self": "本户成员是工作人员"}


def kin(session: Session) -> list[StaffKin]:
    """The register of relatives, by staff member."""
    return list(session.scalars(select(StaffKin).order_by(StaffKin.staff_name, StaffKin.id)))


def of_case(session: Session, instance_id: int) -> list[Filing]:
    """The filings of a case."""
    return list(session.scalars(select(Filing).where(Filing.instance_id == instance_id).order_by(Filing.id)))
