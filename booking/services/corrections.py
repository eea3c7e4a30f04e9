"""Sessions that were not as they were written down: asked for, decided, corrected.

What stood before is kept as a version that the database lets nobody change, and the figures of
the days concerned are computed again.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from booking import notices
from booking.facts import Refusal
from booking.models import Correction, Reservation, SessionVersion, UsageSession
from booking.rules import not_allowed
from booking.services.changing import touch_days
from booking.services.entering import no_use
from booking.services.locking import in_transaction, lock
from booking.services.refusing import TimeTaken, refuse
from booking.services.usage import make_way
from booking.states import CorrectionState, RefusalCode, SessionSource
from machines.models import Machine
from machines.services.usage_events import mark_metered
from members.models import Member
from members.permissions import is_staff_of
from spaces.intervals import Interval

PARTS = ("machine__space", "machine__room", "member", "reservation__company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How a session really was; without a member it was nobody who is known."""

    machine: Machine
    member: Member | None
    started_at: datetime
    ended_at: datetime


def ask(
    *, session: UsageSession, truth: Truth, reason: str, by: Member, now: datetime
) -> Correction:
    """Ask the staff to correct `session`, and tell them so.

    Raises BookingRefused; a session waits for one decision at a time.
    """

    def work() -> Correction:
        row = _locked(session, truth)
        refuse([*_not_theirs(row, by), *_not_true(row, truth, now), *_asked_already(row)])
        correction = _write(row, truth, reason=reason, by=by, now=now)
        notices.correction_asked(correction, now=now)
        return correction

    return in_transaction(work)


def correct(
    *, session: UsageSession, truth: Truth, reason: str, by: Member, now: datetime
) -> Correction:
    """Correct `session` at once; for staff of its space.

    Raises BookingRefused, and TimeTaken where the machine was used by somebody else then.
    """

    def work() -> Correction:
        row = _locked(session, truth)
        refuse([*_not_staff(row, by), *_not_true(row, truth, now), *_asked_already(row)])
        correction = _write(row, truth, reason=reason, by=by, now=now)
        return _decided(correction, row, is_yes=True, decision="", by=by, now=now)

    return in_transaction(work)


def decide(
    *, correction: Correction, is_yes: bool, decision: str, by: Member, now: datetime
) -> Correction:
    """Accept or deny what was asked for, and tell who asked; for staff of the space.

    Raises BookingRefused, and TimeTaken where the machine was used by somebody else then.
    """

    def work() -> Correction:
        row = _locked(correction.session, _truth_of(correction))
        kept = Correction.objects.select_related("machine__space", "member", "asked_by").get(
            pk=correction.pk
        )
        refuse([*_not_staff(row, by), *_decided_already(kept)])
        return _decided(kept, row, is_yes=is_yes, decision=decision, by=by, now=now)

    return in_transaction(work)


def put_end_right(*, session: UsageSession, by: Member, now: datetime) -> UsageSession:
    """Have a use whose end a job assumed end at `now`, when who used the machine left it.

    Nobody decides: it replaces what nobody told. What was assumed is kept as a version. Raises
    BookingRefused, and TimeTaken where the machine was used by somebody else since.
    """

    def work() -> UsageSession:
        truth = Truth(
            machine=session.machine,
            member=session.member,
            started_at=session.started_at,
            ended_at=now,
        )
        row = _locked(session, truth)
        refuse([*_not_theirs(row, by), *no_use(row.started_at, now, now=now), *_asked_already(row)])
        reason = _("Checked out after the end had been assumed.")
        correction = _write(row, truth, reason=reason, by=by, now=now)
        correction.state = CorrectionState.ACCEPTED
        correction.decided_by, correction.decided_at = by, now
        correction.save(update_fields=["state", "decided_by", "decided_at"])
        _rewrite(row, correction, now, source=SessionSource(row.source))
        return row

    return in_transaction(work)


def may_ask(session: UsageSession, by: Member) -> bool:
    """Whether `by` may ask for a correction: whoever used the machine by it, or staff."""
    return session.ended_at is not None and not _not_theirs(session, by)


def _locked(session: UsageSession, truth: Truth) -> UsageSession:
    """The row as it is now, held with both machines until the transaction ends."""
    lock(machines={session.machine_id, truth.machine.pk})
    rows = UsageSession.objects.select_for_update(of=("self",)).select_related(*PARTS)
    return rows.get(pk=session.pk)


def _write(
    row: UsageSession, truth: Truth, *, reason: str, by: Member, now: datetime
) -> Correction:
    return Correction.objects.create(
        session=row,
        machine=truth.machine,
        member=truth.member,
        started_at=truth.started_at,
        ended_at=truth.ended_at,
        reason=reason,
        asked_by=by,
        asked_at=now,
    )


def _decided(
    correction: Correction,
    row: UsageSession,
    *,
    is_yes: bool,
    decision: str,
    by: Member,
    now: datetime,
) -> Correction:
    correction.session = row
    correction.state = CorrectionState.ACCEPTED if is_yes else CorrectionState.DENIED
    correction.decided_by, correction.decided_at, correction.decision = by, now, decision
    correction.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    notices.correction_decided(correction, now=now)
    if is_yes:
        _rewrite(row, correction, now)
    return correction


def _rewrite(
    row: UsageSession,
    correction: Correction,
    now: datetime,
    *,
    source: SessionSource | None = None,
) -> None:
    """Keep what `row` said, and have it say what is true; raises TimeTaken.

    `source` is who tells, where it is not the staff that decides.
    """
    truth = _truth_of(correction)
    _keep_version(row, correction, now)
    old_machine, moments = row.machine, [row.started_at, row.ended_at or now]
    times_change = (row.started_at, row.ended_at) != (truth.started_at, truth.ended_at)
    if source or times_change or row.source == SessionSource.METER:
        # It is known now, and told by whoever decided: no meter takes it back.
        row.end_is_assumed, row.assumed_end_at = False, None
        row.source = source or SessionSource.STAFF
        row.save(update_fields=["end_is_assumed", "assumed_end_at", "source"])
    make_way(truth.machine, Interval(truth.started_at, truth.ended_at))
    _refuse_overlap(row, truth)
    if not _is_of(row.reservation, truth):
        row.reservation = None
    row.machine, row.member = truth.machine, truth.member
    if truth.member is None:
        # It was nobody; only who is forgotten leaves behind what they were.
        row.audience, row.companies = "", None
    row.started_at, row.ended_at = truth.started_at, truth.ended_at
    row.save()
    mark_metered(old_machine.pk, moments[0])
    touch_days(old_machine, *moments)
    touch_days(truth.machine, truth.started_at, truth.ended_at)


def _keep_version(row: UsageSession, correction: Correction, now: datetime) -> None:
    SessionVersion.objects.create(
        session=row,
        correction=correction,
        machine=row.machine,
        member=row.member,
        reservation=row.reservation,
        started_at=row.started_at,
        ended_at=row.ended_at,
        source=row.source,
        end_is_assumed=row.end_is_assumed,
        replaced_at=now,
    )


def _refuse_overlap(row: UsageSession, truth: Truth) -> None:
    others = UsageSession.objects.filter(machine=truth.machine).exclude(pk=row.pk)
    if others.touching(truth.started_at, truth.ended_at).exists():
        message = _("Somebody used the machine then already.")
        raise TimeTaken(Refusal(code=RefusalCode.TAKEN, message=message, field="start"))


def _is_of(reservation: Reservation | None, truth: Truth) -> bool:
    """Whether the use is still that of `reservation`: on its machine, by its holder or company."""
    if reservation is None or reservation.machine_id != truth.machine.pk or truth.member is None:
        return False
    if reservation.member_id == truth.member.pk:
        return True
    company = reservation.company
    return company is not None and company.delegates.filter(member=truth.member).exists()


def _truth_of(correction: Correction) -> Truth:
    return Truth(
        machine=correction.machine,
        member=correction.member,
        started_at=correction.started_at,
        ended_at=correction.ended_at,
    )


def _not_theirs(row: UsageSession, by: Member) -> list[Refusal]:
    if by.is_active and (row.member_id == by.pk or is_staff_of(by, row.machine.space)):
        return []
    return [not_allowed(_("This is not your use of the machine."))]


def _not_staff(row: UsageSession, by: Member) -> list[Refusal]:
    if is_staff_of(by, row.machine.space):
        return []
    return [not_allowed(_("Only staff of the space may correct what was written down."))]


def _not_true(row: UsageSession, truth: Truth, now: datetime) -> list[Refusal]:
    """Why this cannot be how it was."""
    if row.ended_at is None:
        return [not_allowed(_("This use still goes on: check out first."))]
    if truth.machine.space_id != row.machine.space_id:
        return [not_allowed(_("A use cannot move to another space."))]
    written = (row.machine_id, row.member_id, row.started_at, row.ended_at)
    if written == (
        truth.machine.pk,
        truth.member.pk if truth.member else None,
        truth.started_at,
        truth.ended_at,
    ):
        return [not_allowed(_("This is what is written down already."))]
    return no_use(truth.started_at, truth.ended_at, now=now, longest=row.ended_at - row.started_at)


def _asked_already(row: UsageSession) -> list[Refusal]:
    if Correction.objects.open().filter(session=row).exists():
        return [not_allowed(_("Somebody asked for a correction of it already: decide first."))]
    return []


def _decided_already(correction: Correction) -> list[Refusal]:
    if correction.state == CorrectionState.OPEN:
        return []
    return [not_allowed(_("This has been decided on already."))]
