"""One operation = one transaction = one journal entry.

    with act(Verb.ITEM_CLAIMED, actor) as deed:
        item = deed.session.get(…)
        …
        deed.record(instance, after={"item": item.name})

Leaving the block without an exception commits; anything else rolls back, so that nothing is ever half done.
Only functions in an `operations.py` open an act (script/laws holds this).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine import clock
from engine.actors import Actor
from engine.database import db, first_of
from engine.errors import Conflict
from engine.journal.chain import digest
from engine.journal.models import JournalEntry, JournalStream
from engine.journal.verbs import Verb

log = logging.getLogger(__name__)


class Head(Protocol):
    """Whatever keeps the head of a stream: an instance row, or a JournalStream row."""

    stream: str
    journal_seq: int
    journal_hash: str


class Deed:
    """An operation under way. `now` is one business instant for the whole of it."""

    def __init__(self, session: Session, verb: Verb, actor: Actor) -> None:
        self.session = session
        self.verb = verb
        self.actor = actor
        self.now: datetime = clock.now()
        self.recorded: JournalEntry | None = None
        self.dismissed = False

    def in_stead_of(self, lender: Actor) -> None:
        """The act is done by a stand-in as such: journal and signatures name both."""
        if self.actor.stead is None:
            self.actor = self.actor.instead_of(lender)

    def dismiss(self) -> None:
        """Nothing happened in the law's sense: what was put in order meanwhile is kept without an entry."""
        self.dismissed = True

    def record(
        self,
        head: Head,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
        clause: str | None = None,
        acted_at: datetime | None = None,
    ) -> JournalEntry:
        """Writes the entry of this operation at the head of a stream whose row this transaction has locked."""
        if self.recorded is not None:
            raise RuntimeError("an operation writes exactly one journal entry")
        noted = self.session.info.get("noted")
        if noted:
            after = {**(after or {}), **noted}
        entry = JournalEntry(
            stream=head.stream,
            seq=head.journal_seq + 1,
            verb=self.verb.value,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            instance_id=getattr(head, "id", None),
            before=before,
            after=after,
            reason=reason,
            clause=clause,
            acted_at=acted_at or self.now,
            entered_at=clock.wall().astimezone(clock.ZONE),
            prev=head.journal_hash,
        )
        entry.hash = digest(entry)
        head.journal_seq, head.journal_hash = entry.seq, entry.hash
        self.session.add(entry)
        self.recorded = entry
        return entry

    def subject(self, stream: str) -> JournalStream:
        """The locked head of a stream that is no instance (`accounts`, `parameters`, …); made when new."""
        mine = (
            select(JournalStream)
            .where(JournalStream.stream == stream)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        head = self.session.scalar(mine)
        if head is None:
            # Two first operations on a new stream may come at once: one makes the row, both lock it in turn.
            first_of(self.session, JournalStream, stream=stream, journal_seq=0, journal_hash="")
            head = self.session.scalar(mine)
        return head


@contextmanager
def act(verb: Verb, actor: Actor) -> Iterator[Deed]:
    """Opens the transaction of one operation; raises RuntimeError when one is open or no entry was recorded."""
    session = db.session()
    if session.info.get("deed") is not None:
        raise RuntimeError("an operation was called inside another: call its inner function instead")
    session.commit()  # Ends the read transaction of this request; what it loaded stays usable.
    session.info["noted"] = {}
    session.info["afterwards"] = later = []
    try:
        session.connection(execution_options={"writes": True})
        # Its instant is taken after the wait for other writers.
        session.info["deed"] = deed = Deed(session, verb, actor)
        yield deed
        if deed.recorded is None and not deed.dismissed:
            raise RuntimeError(f"operation {verb} wrote no journal entry")
        session.flush()
        session.commit()
    except StaleDataError:
        session.rollback()
        raise Conflict from None
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("deed", None)
        session.info.pop("noted", None)
        session.info.pop("afterwards", None)
    _follow(later)


@contextmanager
def scratch() -> Iterator[Session]:
    """A transaction for bookkeeping that no law looks at and no journal keeps: what somebody typed and did not hand
    in, heartbeats, delivery attempts. Anything that changes a case, a ledger, an account or a rule is an act."""
    session = db.session()
    if session.info.get("deed") is not None:
        raise RuntimeError("bookkeeping was begun inside an operation")
    session.commit()
    session.info["afterwards"] = later = []
    try:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("afterwards", None)
    _follow(later)


def once(session: Session, key: Hashable, ask: Callable[[], Any]) -> Any:
    """What a page asks many times is asked once: the answer is kept while the same transaction goes on reading. Inside
    an operation it is asked anew each time, since the operation itself may change it."""
    if session.info.get("deed") is not None:
        return ask()
    begun, known = session.info.get("known", (None, {}))
    if key in known and begun is session.get_transaction():
        return known[key]
    answer = ask()
    if begun is not session.get_transaction():  # Asking may have begun it.
        known = {}
        session.info["known"] = session.get_transaction(), known
    known[key] = answer
    return answer


def note(session: Session, **facts: Any) -> None:
    """What the entry of the act under way says beside what its operation writes: the files that came with a form."""
    noted = session.info.get("noted")
    if noted is None:
        raise RuntimeError("there is no operation whose entry could say it")
    noted.update(facts)


def afterwards(session: Session, function: Callable[[], object]) -> None:
    """Lets a function run right after the open transaction has been committed; never when it is rolled back.

    It is a short cut, not a promise: the process may die in between. Whatever must happen is a row that this very
    transaction wrote and that a chore finds as well.
    """
    later = session.info.get("afterwards")
    if later is None:
        raise RuntimeError("there is no open transaction that something could follow")
    later.append(function)


def _follow(later: list[Callable[[], object]]) -> None:
    """Runs them in a session of their own, so that what fails there leaves alone what the caller has in hand."""
    if not later:
        return
    mine = db.session()
    for each in later:
        db.session.registry.set(db.session.session_factory())
        try:
            each()
        except Exception:  # The act is done and stays done.
            log.exception("what follows an operation failed; its chore comes again")
        finally:
            db.session.remove()
            db.session.registry.set(mine)
