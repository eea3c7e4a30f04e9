"""What people do at a tablet: done once, however often it is sent, at the time it happened.

What arrives while somebody waits for the answer is done or refused, as anywhere else. What was
kept while there was no network is done as of then; where that cannot be, nobody is there any more
to be told, so it waits for the staff. Each ends, so that none holds up the others.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from booking.kiosk_words import (
    CLOCK_WRONG,
    FAILED,
    NO_SHOW_MEANWHILE,
    NOT_AT_TABLET,
    TOLD_TOO_LATE,
    TOO_LATE_TO_EXTEND,
    reason_in_words,
)
from booking.models import Kiosk, KioskEntry, Reservation, UsageSession
from booking.rules import not_allowed
from booking.services.attendance import CheckInRefused, start_walk_in
from booking.services.extending import extend
from booking.services.kiosk_tries import TriedTooOften
from booking.services.leaving import Said, leave
from booking.services.locking import in_transaction, sqlstate
from booking.services.refusing import UNIQUE_VIOLATION, BookingRefused
from booking.states import (
    KIOSK_LATE,
    KIOSK_LATEST,
    KIOSK_TRUSTED,
    KioskAct,
    KioskOutcome,
    ReservationState,
    SessionSource,
)
from machines.models import Machine
from members.models import Member
from members.services.badges import NotIdentified

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did at a tablet, and how long before it is told.

    `machine` is None where it is none of the space. `who` says who they are or raises
    NotIdentified. `is_awaited` is whether they stand there and wait for the answer. `answers` are
    kept as they came, `said` tells what is understood of them.
    """

    key: UUID
    act: KioskAct
    machine: Machine | None
    who: Callable[[], Member]
    ago: timedelta = timedelta(0)
    is_awaited: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)
    said: Callable[[], Sequence[Said]] = tuple

    @property
    def is_heard(self) -> bool:
        """Whether somebody is there to read the answer."""
        return self.is_awaited and self.ago <= KIOSK_LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a deed, and why not, in words for who did it."""

    entry: KioskEntry
    reasons: tuple[str, ...] = ()
    is_put_aside: bool = False
    """Whether we can neither do nor keep it: the tablet keeps it, and tries again another day."""

    @property
    def is_done(self) -> bool:
        """Whether the use of the machine was begun, ended or extended."""
        return self.entry.session_id is not None


def enter_all(*, kiosk: Kiosk, deeds: Iterable[Deed], now: datetime) -> list[Outcome]:
    """Do what a tablet kept, the oldest first, each in a transaction of its own.

    What has no outcome is kept by the tablet and sent again: where the database does not answer
    now, and where so much was wrong at the tablet lately that nobody is identified there. What we
    cannot even keep is put aside by the tablet, which says so: sent for ever it would only hide
    that something is wrong.
    """
    outcomes = []
    for deed in sorted(deeds, key=lambda each: -each.ago):
        try:
            outcomes.append(enter(kiosk=kiosk, deed=deed, now=now))
        except TriedTooOften:
            continue
        except (OperationalError, InterfaceError):
            logger.exception("Entry %s of tablet %s has to wait", deed.key, kiosk.pk)
        except Exception:
            logger.exception("Entry %s of tablet %s cannot be kept", deed.key, kiosk.pk)
            unsaved = KioskEntry(kiosk=kiosk, key=deed.key, act=deed.act)
            words = (reason_in_words(FAILED),)
            outcomes.append(Outcome(entry=unsaved, reasons=words, is_put_aside=True))
    return outcomes


def enter(*, kiosk: Kiosk, deed: Deed, now: datetime) -> Outcome:
    """Do `deed` as of when it happened; what was sent before is only answered again.

    Raises TriedTooOften where nobody waits for the answer. What fails for a reason that nobody
    thought of is logged, and is for the staff as well.
    """
    entry = KioskEntry(
        kiosk=kiosk,
        key=deed.key,
        act=deed.act,
        machine=deed.machine,
        happened_at=now - min(max(deed.ago, timedelta(0)), KIOSK_LATEST),
        received_at=now,
        answers=dict(deed.answers),
    )
    if (known := _known(entry, deed)) is not None:
        return known
    try:
        return _judged(entry, deed)
    except TriedTooOften as error:
        if not deed.is_heard:
            raise
        # Told, and not written down: whoever tries on and on fills no table.
        return Outcome(entry=entry, reasons=(error.message,))
    except BookingRefused as error:
        return _not_done(entry, deed, {str(each.code): each.message for each in error.refusals})
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # The same entry, sent twice at once: the other one was faster.
        if isinstance(error, IntegrityError) and sqlstate(error) == UNIQUE_VIOLATION:
            known = _known(entry, deed)
            if known is not None:
                return known
        logger.exception("Entry %s of tablet %s could not be done", deed.key, kiosk.pk)
        return _not_done(entry, deed, {FAILED: reason_in_words(FAILED)})


def settle(*, entry: KioskEntry, note: str, by: Member, now: datetime) -> KioskEntry:
    """Write down that staff has seen to what could not be done."""
    rows = KioskEntry.objects.to_settle().filter(pk=entry.pk)
    rows.update(outcome=KioskOutcome.SETTLED, note=note, settled_by=by, settled_at=now)
    entry.refresh_from_db()
    return entry


def _judged(entry: KioskEntry, deed: Deed) -> Outcome:
    """Do it, where it is known who did it and this tablet is for it."""
    if reasons := _identified(entry, deed) | _reasons_at_the_tablet(entry.kiosk, deed):
        return _not_done(entry, deed, reasons)
    return in_transaction(lambda: _done(entry, deed))


def _identified(entry: KioskEntry, deed: Deed) -> dict[str, str]:
    """Note who it was, as far as that is known; why it is not, by code. Raises TriedTooOften."""
    try:
        entry.member = deed.who()
    except TriedTooOften:
        raise
    except NotIdentified as error:
        entry.member = error.member
        return {str(error.problem): error.message}
    return {}


def _reasons_at_the_tablet(kiosk: Kiosk, deed: Deed) -> dict[str, str]:
    """Why this cannot be done at `kiosk`, whoever it is."""
    machine, codes = deed.machine, []
    if machine is None or kiosk.machine_id not in (None, machine.pk):
        codes.append(NOT_AT_TABLET)
    if deed.act == KioskAct.EXTEND and not deed.is_heard:
        codes.append(TOO_LATE_TO_EXTEND)
    if deed.ago > KIOSK_LATEST:
        codes.append(CLOCK_WRONG)
    elif deed.ago > KIOSK_TRUSTED:
        codes.append(TOLD_TOO_LATE)
    return {code: reason_in_words(code) for code in codes}


def _done(entry: KioskEntry, deed: Deed) -> Outcome:
    """Begin, end or extend the use, and note it; all or nothing."""
    member, machine, now = entry.member, deed.machine, entry.happened_at
    if member is None or machine is None:
        raise ValueError("who it was and where has to be known by now")
    entry.pk, entry.outcome = None, KioskOutcome.DONE
    entry.save(force_insert=True)
    if deed.act == KioskAct.CHECK_IN:
        entry.session = start_walk_in(
            machine=machine, member=member, by=member, now=now, source=SessionSource.KIOSK
        )
        if _was_given_away(entry):
            entry.outcome, entry.reasons = KioskOutcome.TO_SETTLE, [NO_SHOW_MEANWHILE]
    elif deed.act == KioskAct.CHECK_OUT:
        left = _left_by(member, machine, now)
        entry.session = leave(session=left, by=member, now=now, said=deed.said())
    else:
        entry.session = extend(session=_running_on(machine, now), by=member, now=now)
    entry.save(update_fields=["session", "outcome", "reasons"])
    return Outcome(entry=entry)


def _running_on(machine: Machine, at: datetime) -> UsageSession:
    """The use that was going on then: what has begun since is not what somebody left."""
    session = UsageSession.objects.open().filter(machine=machine, started_at__lte=at).first()
    if session is None:
        raise CheckInRefused([not_allowed(_("Nobody is using this machine."))])
    return session


def _left_by(member: Member, machine: Machine, at: datetime) -> UsageSession:
    """The use that was going on then, or that of `member` whose end a job has assumed meanwhile."""
    rows = UsageSession.objects.filter(machine=machine, started_at__lte=at)
    if not rows.open().exists():
        assumed = rows.left_late(at).filter(member=member).order_by("started_at").last()
        if assumed is not None:
            return assumed
    return _running_on(machine, at)


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


def _not_done(entry: KioskEntry, deed: Deed, reasons: Mapping[str, str]) -> Outcome:
    """Keep that it could not be, by code, for the staff where nobody waits for the answer."""
    entry.pk, entry.session = None, None
    entry.outcome = KioskOutcome.REFUSED if deed.is_heard else KioskOutcome.TO_SETTLE
    entry.reasons = list(reasons)
    try:
        in_transaction(lambda: entry.save(force_insert=True))
    except IntegrityError:
        if (known := _known(entry, deed)) is None:
            raise
        return known
    except DataError:
        if not entry.answers:
            raise
        # What they answered cannot be kept; that they were there can.
        entry.answers = {}
        return _not_done(entry, deed, reasons)
    return Outcome(entry=entry, reasons=tuple(reasons.values()))


def _known(entry: KioskEntry, deed: Deed) -> Outcome | None:
    """The answer to what was sent before; one tablet learns nothing of the entries of another."""
    known = KioskEntry.objects.filter(key=deed.key).first()
    if known is None:
        return None
    if known.kiosk_id != entry.kiosk_id:
        unsaved = KioskEntry(kiosk=entry.kiosk, key=deed.key, act=deed.act, machine=deed.machine)
        return Outcome(entry=unsaved, reasons=(_("This cannot be read."),))
    return _again(known, deed)


def _again(entry: KioskEntry, deed: Deed) -> Outcome:
    """The answer to what was sent before; a refusal that nobody read is for the staff."""
    if entry.outcome == KioskOutcome.REFUSED and not deed.is_awaited:
        rows = KioskEntry.objects.filter(pk=entry.pk, outcome=KioskOutcome.REFUSED)
        rows.update(outcome=KioskOutcome.TO_SETTLE)
        entry.refresh_from_db()
    told = () if entry.session_id else tuple(reason_in_words(code) for code in entry.reasons)
    return Outcome(entry=entry, reasons=told)
