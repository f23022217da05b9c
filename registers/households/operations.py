"""Showing a number in full: only to those whose duty needs it, and never without a trace (个保法 art. 6, 28)."""

from __future__ import annotations

from sqlalchemy import select

from engine.actors import Actor
from engine.errors import NotFound
from engine.journal.verbs import Verb
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.transactions import Deed, act
from registers.cases.models import Case
from registers.households.models import Household, Person

#: What of a household's contact may be asked for, in words.
CONTACT = {"phone": "联系电话", "bank_account": "银行账号"}


def unmask_person(actor: Actor, instance_id: int, person_id: int) -> str:
    """The ID number of a member of the case's household, in full; the journal says who looked."""
    with act(Verb.DATA_UNMASKED, actor) as deed:
        instance, case = _asked(deed, actor, instance_id)
        person = deed.session.get(Person, person_id)
        if person is None or person.household_id != case.household_id:
            raise NotFound("这户没有这名成员，请刷新后再试。")
        deed.record(instance, after={"what": f"{person.name}身份证号"}, clause="pipl-2021:28")
    return person.id_number


def unmask_contact(actor: Actor, instance_id: int, key: str) -> str:
    """The phone or the bank account (`phone`, `bank_account`) of the case's household, in full."""
    with act(Verb.DATA_UNMASKED, actor) as deed:
        instance, case = _asked(deed, actor, instance_id)
        household = deed.session.get(Household, case.household_id)
        if household is None or key not in CONTACT:
            raise NotFound("没有登记这个号码。")
        deed.record(instance, after={"what": CONTACT[key]}, clause="pipl-2021:28")
    return household.contact.get(key) or ""


def _asked(deed: Deed, actor: Actor, instance_id: int) -> tuple[Instance, Case]:
    instance = deed.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    case = deed.session.get(Case, instance_id)
    if instance is None or case is None:
        raise NotFound("没有找到这件办件，请核对编号后再试。")
    veto.require(deed.session, Question("unmask", actor, instance=instance))
    return instance, case
