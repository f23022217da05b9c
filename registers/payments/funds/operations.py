"""Lines of a fund's ledger that people write: one proposes, another one, of the county's finance office, confirms."""

from __future__ import annotations

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.parameters import queries as parameters
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.benefits.reasons import yuan
from registers.payments.funds import book, queries
from registers.payments.funds.models import FundProposal
from registers.payments.words import ENTRY_KINDS, fund_name

#: What may be written by hand; payments and what banks give back come from runs alone.
BY_HAND = ("opening", "appropriation", "correction")
CLAUSE = "sc-649:5"
LONGEST = 300
MOST = 10**12


def propose(actor: Actor, *, area: str, fund: str, kind: str, amount: int, voucher: str, note: str) -> FundProposal:
    """A line for this month; `amount` in fen, negative only for a correction. Raises Invalid with the wrong field."""
    note = written("note", note, longest=LONGEST, empty="请写明这笔款项的来由。")
    voucher = written("voucher", voucher, longest=60, empty="请填写凭证号。")
    if kind not in BY_HAND:
        raise Invalid.at("kind", "请选择上年结转、拨入或更正。")
    if not 0 < abs(amount) < MOST or (amount < 0 and kind != "correction"):
        raise Invalid.at("amount", "金额应大于0；只有更正可以是负数。")
    with act(Verb.FUND_PROPOSED, actor) as deed:
        veto.require(deed.session, Question("enter_fund", actor, facts={"area": area}))
        if fund not in queries.keys(parameters.on(deed.session, clock.today())):
            raise Invalid.at("fund", "请选择资金专账。")
        made = FundProposal(
            area=area,
            fund=fund,
            month=f"{deed.now:%Y-%m}",
            kind=kind,
            amount=amount,
            voucher=voucher,
            note=note,
            proposed_by_id=actor.id,
            proposed_by=actor.name,
            proposed_at=deed.now,
        )
        deed.session.add(made)
        deed.record(deed.subject("funds"), after=_said(made), reason=note, clause=CLAUSE)
    return made


def decide(actor: Actor, proposal_id: int, *, confirm: bool) -> FundProposal:
    """The finance office confirms a line, or not. Raises Conflict when it was decided, or when the account would fall
    below zero by it."""
    with act(Verb.FUND_ENTERED if confirm else Verb.FUND_REFUSED, actor) as deed:
        made = deed.session.get(FundProposal, proposal_id, with_for_update=True, populate_existing=True)
        if made is None:
            raise NotFound("没有找到这笔登记，请刷新后再试。")
        veto.require(deed.session, Question("confirm_fund", actor, facts={"area": made.area}))
        if made.state != "proposed":
            raise Conflict(f"这笔登记已由{made.decided_by}处理。")
        made.state, made.decided_by, made.decided_at = "confirmed" if confirm else "refused", actor.name, deed.now
        if confirm:
            if queries.balance(deed.session, made.area, made.fund) + made.amount < 0:
                raise Conflict("登记后专账余额会小于0，请核对金额。")
            book.entry(
                deed.session,
                f"proposal:{made.id}",
                area=made.area,
                fund=made.fund,
                month=made.month,
                kind=made.kind,
                amount=made.amount,
                voucher=made.voucher,
                note=made.note,
                made_by=f"{made.proposed_by}、{actor.name}",
                made_at=deed.now,
            )
        deed.record(deed.subject("funds"), after=_said(made), clause=CLAUSE)
    return made


def _said(made: FundProposal) -> dict[str, str]:
    sign = "-" if made.amount < 0 else ""
    return {"fund": fund_name(made.fund), "kind": ENTRY_KINDS[made.kind], "yuan": sign + yuan(abs(made.amount))}
