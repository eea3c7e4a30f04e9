"""What people do at a tablet: done once, however often it is sent, at the time it happened.

What arrives while somebody waits for the answer is done or refused, as anywhere else. What was
kept while there was no network is done as of then; where that cannot be, nobody is there any more
to be told, so it waits for the staff.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from booking.kiosk_words import reason_in_words
from booking.models import Kiosk, KioskEntry, Reservation, UsageSession
from booking.rules import not_allowed
from booking.services.attendance import CheckInRefused, start_walk_in
from booking.services.leaving import Said, leave
from booking.services.locking import in_transaction, sqlstate
from booking.services.refusing import UNIQUE_VIOLATION, BookingRefused
from booking.states import (
    KIOSK_LATE,
    KIOSK_LATEST,
    KioskAct,
    KioskOutcome,
    ReservationState,
    SessionSource,
)
from machines.models import Machine
from members.models import Member
from members.services.badges import NotIdentified

logger = logging.getLogger(__name__)

NO_SHOW_MEANWHILE = "NO_SHOW_MEANWHILE"
"""Somebody came in time, and the tablet could not say so before their time was given away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did at a tablet, and how long before it is told.

    `who` says who they are or raises NotIdentified. `is_awaited` is whether they stand there and
    wait for the answer. `answers` are kept as they came, `said` is what was understood of them.
    """

    key: UUID
    act: KioskAct
    machine: Machine
    who: Callable[[], Member]
    ago: timedelta = timedelta(0)
    is_awaited: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)
    said: Sequence[Said] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a deed, and why not, in words for who did it."""

    entry: KioskEntry
    reasons: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether the use of the machine was begun or ended."""
        return self.entry.session_id is not None


def enter_all(*, kiosk: Kiosk, deeds: Iterable[Deed], now: datetime) -> list[Outcome]:
    """Do what a tablet kept, the oldest first, each in a transaction of its own.

    One that fails is logged and has no outcome: the tablet keeps it, and it does not hold up the
    others.
    """
    outcomes = []
    for deed in sorted(deeds, key=lambda each: -each.ago):
        try:
            outcomes.append(enter(kiosk=kiosk, deed=deed, now=now))
        except Exception:
            logger.exception("Entry %s of tablet %s could not be done", deed.key, kiosk.pk)
    return outcomes


def enter(*, kiosk: Kiosk, deed: Deed, now: datetime) -> Outcome:
    """Do `deed` as of when it happened; what was sent before is only answered again."""
    known = KioskEntry.objects.filter(key=deed.key).first()
    if known is not None:
        return _again(known, deed)
    entry = KioskEntry(
        kiosk=kiosk,
        key=deed.key,
        act=deed.act,
        machine=deed.machine,
        happened_at=now - min(max(deed.ago, timedelta(0)), KIOSK_LATEST),
        received_at=now,
        answers=dict(deed.answers),
    )
    try:
        entry.member = deed.who()
    except NotIdentified as error:
        entry.member = error.member
        return _not_done(entry, deed, [str(error.problem)], [error.message])
    try:
        return in_transaction(lambda: _done(entry, deed))
    except BookingRefused as error:
        codes = [str(each.code) for each in error.refusals]
        return _not_done(entry, deed, codes, [each.message for each in error.refusals])
    except IntegrityError as error:
        # The same entry, sent twice at once: the other one was faster.
        if sqlstate(error) != UNIQUE_VIOLATION:
            raise
        return _again(KioskEntry.objects.get(key=deed.key), deed)


def settle(*, entry: KioskEntry, note: str, by: Member, now: datetime) -> KioskEntry:
    """Write down that staff has seen to what could not be done."""
    rows = KioskEntry.objects.to_settle().filter(pk=entry.pk)
    rows.update(outcome=KioskOutcome.SETTLED, note=note, settled_by=by, settled_at=now)
    entry.refresh_from_db()
    return entry


def _done(entry: KioskEntry, deed: Deed) -> Outcome:
    """Begin or end the use, and note it; all or nothing."""
    if entry.member is None:
        raise ValueError("somebody has to be known by now")
    entry.pk, entry.outcome = None, KioskOutcome.DONE
    entry.save(force_insert=True)
    if deed.act == KioskAct.CHECK_IN:
        entry.session = start_walk_in(
            machine=deed.machine,
            member=entry.member,
            by=entry.member,
            now=entry.happened_at,
            source=SessionSource.KIOSK,
        )
        if _was_given_away(entry):
            entry.outcome, entry.reasons = KioskOutcome.TO_SETTLE, [NO_SHOW_MEANWHILE]
    else:
        entry.session = leave(
            session=_running_on(deed.machine, entry.happened_at),
            by=entry.member,
            now=entry.happened_at,
            said=deed.said,
        )
    entry.save(update_fields=["session", "outcome", "reasons"])
    return Outcome(entry=entry)


def _running_on(machine: Machine, at: datetime) -> UsageSession:
    """The use that was going on then: what has begun since is not what somebody left."""
    session = UsageSession.objects.open().filter(machine=machine, started_at__lte=at).first()
    if session is None:
        raise CheckInRefused([not_allowed(_("Nobody is using this machine."))])
    return session


def _was_given_away(entry: KioskEntry) -> bool:
    """Whether the time of who came was freed because the tablet could not tell."""
    missed = Reservation.objects.filter(
        machine=entry.machine,
        member=entry.member,
        state=ReservationState.NO_SHOW,
        starts_at__lte=entry.happened_at,
        ends_at__gt=entry.happened_at,
        released_at__gt=entry.happened_at,
    )
    return missed.exists()


def _not_done(entry: KioskEntry, deed: Deed, codes: list[str], reasons: list[str]) -> Outcome:
    """Keep that it could not be, for the staff where nobody waits for the answer."""
    is_awaited = deed.is_awaited and deed.ago <= KIOSK_LATE
    entry.pk, entry.session = None, None
    entry.outcome = KioskOutcome.REFUSED if is_awaited else KioskOutcome.TO_SETTLE
    entry.reasons = codes
    try:
        in_transaction(lambda: entry.save(force_insert=True))
    except IntegrityError:
        return _again(KioskEntry.objects.get(key=deed.key), deed)
    return Outcome(entry=entry, reasons=tuple(reasons))


def _again(entry: KioskEntry, deed: Deed) -> Outcome:
    """The answer to what was sent before; a refusal that nobody read is for the staff."""
    if entry.outcome == KioskOutcome.REFUSED and not deed.is_awaited:
        rows = KioskEntry.objects.filter(pk=entry.pk, outcome=KioskOutcome.REFUSED)
        rows.update(outcome=KioskOutcome.TO_SETTLE)
        entry.refresh_from_db()
    told = () if entry.session_id else tuple(reason_in_words(code) for code in entry.reasons)
    return Outcome(entry=entry, reasons=told)
