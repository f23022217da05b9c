"""Who may add a file to a case, take one back, make a copy of the whole dossier."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import SEEING

#: Whose duty it is to put papers into a file: all who see cases but those who only pay.
ADDING = tuple(each for each in SEEING if each not in ("accountant", "finance"))
#: Who takes back a file that somebody else added.
TAKING_BACK = ("director", "deputy", "discipline")
#: Who takes a whole dossier along.
EXPORTING = (
    "clerk",
    "investigator",
    "director",
    "deputy",
    "head",
    "discipline",
    "county_check",
    "county_review",
    "county_decide",
)
DUTIES = {
    "attach": (ADDING, "向这件办件上传附件"),
    "detach": (ADDING, "撤回这件办件的附件"),
    "export": (EXPORTING, "制作这件办件的案卷"),
}


@veto.register
def dossier(session: Session, question: Question) -> Answer:
    """Adding files to a case, taking one back, exporting its dossier: by role in its area. Who may not see the case is
    asked that first."""
    if question.verb not in DUTIES or question.instance is None:
        return ABSTAIN
    roles, what = DUTIES[question.verb]
    if any(question.actor.holds(role, question.instance.area) for role in roles):
        return allow()
    return forbid(f"您的职责不包括{what}。")


@veto.register
def own_files(session: Session, question: Question) -> Answer:
    """A file is taken back by whoever added it, else by the director, a deputy or the discipline office."""
    given = question.facts.get("file")
    if question.verb != "detach" or given is None or question.actor.is_system:
        return ABSTAIN
    if given.added_by_id == question.actor.id:
        return ABSTAIN
    if any(question.actor.holds(role, question.instance.area) for role in TAKING_BACK):
        return ABSTAIN
    return forbid(f"这份附件由{given.added_by}上传，由其本人或者中心主任撤回。")
