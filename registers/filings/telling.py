"""Who hears that somebody has to find out whether an account is whom a filing names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.actors import Actor, cut
from engine.outbox.operations import enqueue
from registers.filings.staff import Staff


def tell_namesakes(session: Session, staff: Staff, area: str, sender: Actor, now: datetime) -> None:
    """The director and the discipline office of the township; whoever bears the name is not told which relatives."""
    for role in ("director", "discipline"):
        enqueue(
            session,
            kind="move",
            subject=f"近亲属备案里的{staff.name}与账号同名，等待核实",
            body=f"{len(staff.accounts)}个账号与{staff.name}同名，没有身份证号可以认人。核实以前，同名的账号一律先回避。"
            "请在“近亲属备案”中逐个核实。",
            role=role,
            area=cut(area, "township"),
            sender=sender,
            now=now,
        )
