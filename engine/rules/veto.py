"""The one veto: every "may X do Y to Z" is asked here and answered with a reason in words and a clause.

A rule answers allow, forbid, unknown or abstain. One forbid decides; else one unknown does (unknown is never allow:
the person is told what must be found out first); else one allow; when every rule abstains the answer is forbid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NotFound, Refused
from engine.people import directory


class Verdict(Enum):
    """The four answers."""

    ALLOW = "allow"
    FORBID = "forbid"
    UNKNOWN = "unknown"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class Answer:
    """What a rule says: the verdict, the reason in Chinese, the clause that it rests on."""

    verdict: Verdict
    reason: str = ""
    clause: str | None = None
    #: To whom it is refused, the thing does not exist: they are not even told that they may not.
    hidden: bool = False
    #: Whose duty it is, when it is allowed only to a stand-in as such.
    stead: Actor | None = None

    def __bool__(self) -> bool:
        return self.verdict is Verdict.ALLOW


ABSTAIN = Answer(Verdict.ABSTAIN)


def allow(reason: str = "", clause: str | None = None) -> Answer:
    """Says yes."""
    return Answer(Verdict.ALLOW, reason, clause)


def forbid(reason: str, clause: str | None = None, *, hidden: bool = False) -> Answer:
    """Says no; the reason is what the person reads. `hidden`: as if there were no such thing."""
    return Answer(Verdict.FORBID, reason, clause, hidden)


def unknown(reason: str, clause: str | None = None) -> Answer:
    """Says that something must be found out first."""
    return Answer(Verdict.UNKNOWN, reason, clause)


@dataclass(frozen=True)
class Question:
    """May `actor` do `verb` to `item` or `instance`? `facts` carries what else a rule may need.

    Verbs: `claim`, `complete`, `hand_in` (completing with what the form gives the flow, in `facts["flow"]`, and with
    all that stands on it, in `facts["values"]`; `facts["starting"]` when it begins a case), `view`,
    `start`, `retry`, `deploy`, `set_parameter`, `propose_parameter`,
    `confirm_parameter`, `withdraw_parameter`, `manage_accounts`, `object`,
    `back_enter`, `confirm_back_entry`, `register_kin`, `see_overdue`, `unmask`, `move_clock`,
    `manage_channels`, `edit_calendar`, `return` (send a case back from an item), `take_back` (one's own act), `reopen`,
    `sign` (as a further signer of an item), `attach`, `detach` (taking back a file, in `facts["file"]`), `export`.
    """

    verb: str
    actor: Actor
    instance: Any = None
    item: Any = None
    facts: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[Session, Question], Answer]


class Veto:
    """The rules of an installation, in the order in which they were registered."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def register(self, rule: Rule) -> Rule:
        """Adds a rule; the same one only once. Usable as a decorator."""
        if rule not in self._rules:
            self._rules.append(rule)
        return rule

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(self._rules)

    def ask(self, session: Session, question: Question) -> Answer:
        """The deciding answer. A stand-in is judged as the person that they are: with their own grants first, then with
        those of each for whom they stand in; and in somebody's stead only what that person might do as well. So no
        recusal and no separation of duties is got around by naming a stand-in, whichever of the two it binds."""
        actor = question.actor
        if not actor.lenders:
            return self._judge(session, question)
        found = own = self._judge(session, replace(question, actor=actor.own()))
        wanted = question.facts.get("in_stead_of")
        if wanted is None and getattr(question.item, "holder_id", None) == actor.id:
            wanted = directory.kept_for(session, question.item, actor.id or 0)
        if own and wanted is None:
            return own
        for lender in actor.lenders:
            if own and lender.id != wanted:
                continue
            answer = self._instead(session, question, lender)
            if answer:
                return answer
            if own.hidden or not answer.hidden:
                found = answer
        return own or found

    def _instead(self, session: Session, question: Question, lender: Actor) -> Answer:
        """In a lender's stead: neither the stand-in as a person nor the lender may be barred."""
        person = self._judge(session, replace(question, actor=question.actor.beside(lender)))
        if not person:
            return person
        facts = {**question.facts, "stand_in": question.actor.id}
        theirs = self._judge(session, replace(question, actor=lender, facts=facts))
        if theirs:
            return replace(person, stead=lender)
        if theirs.hidden:
            return theirs
        words = f"这一项要凭{lender.name}的职责办理，{lender.name}本人不能办这件，替班的人也不能办。请由其他人员办理。"
        return replace(theirs, reason=words)

    def _judge(self, session: Session, question: Question) -> Answer:
        """Every rule's answer weighed; what is hidden from somebody decides before what they may not do."""
        answers = [rule(session, question) for rule in self._rules]
        for answer in answers:
            if answer.hidden:
                return answer
        for verdict in (Verdict.FORBID, Verdict.UNKNOWN, Verdict.ALLOW):
            for answer in answers:
                if answer.verdict is verdict:
                    return answer
        return forbid("没有规则允许您办理这件事。请联系系统管理员。")

    def require(self, session: Session, question: Question) -> Answer:
        """The answer when it is allow; else raises Refused with its reason and clause, NotFound for what is hidden."""
        answer = self.ask(session, question)
        if answer.hidden:
            raise NotFound(answer.reason)
        if not answer:
            raise Refused(answer.reason, verdict=answer.verdict.value, clause=answer.clause)
        deed = session.info.get("deed")
        if answer.stead is not None and deed is not None and deed.actor.id == question.actor.id:
            deed.in_stead_of(answer.stead)  # Whatever it writes from now on names both.
        return answer


veto = Veto()
