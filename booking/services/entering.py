"""Use that nobody recorded while it lasted, written down afterwards by hand."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from booking.facts import Refusal
from booking.models import UsageSession
from booking.rules import not_allowed
from booking.services.changing import touch_days
from booking.services.locking import in_transaction, lock
from booking.services.refusing import TimeTaken, refuse
from booking.services.usage import make_way
from booking.states import MAX_SPAN, RefusalCode, SessionSource
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of
from spaces.intervals import Interval


def enter_session(
    *, machine: Machine, member: Member | None, span: Interval, by: Member, now: datetime
) -> UsageSession:
    """Write down that `member` used `machine` for `span`, which is over; for staff of the space.

    Raises BookingRefused, and TimeTaken where the machine was used by anybody meanwhile.
    """

    def work() -> UsageSession:
        refuse(_reasons_not_to_enter(machine, span, by, now))
        lock(machines=[machine.pk])
        make_way(machine, span)
        others = UsageSession.objects.filter(machine=machine)
        if others.touching(span.start, span.end).exists():
            raise TimeTaken(_used_already())
        session = UsageSession.objects.create(
            machine=machine,
            member=member,
            started_at=span.start,
            ended_at=span.end,
            source=SessionSource.STAFF,
        )
        touch_days(machine, span.start, span.end)
        return session

    return in_transaction(work)


def _reasons_not_to_enter(
    machine: Machine, span: Interval, by: Member, now: datetime
) -> list[Refusal]:
    if not is_staff_of(by, machine.space):
        return [not_allowed(_("Only staff of the space may write down use."))]
    return no_use(span.start, span.end, now=now)


def no_use(
    start: datetime, end: datetime, *, now: datetime, longest: timedelta = MAX_SPAN
) -> list[Refusal]:
    """Why nobody can have used a machine from `start` to `end`."""
    if end <= start:
        message = _("The end must lie after the start.")
        return [Refusal(code=RefusalCode.TOO_SHORT, message=message, field="end")]
    if end - start > max(longest, MAX_SPAN):
        message = _("No use lasts that long: look at the days again.")
        return [Refusal(code=RefusalCode.TOO_LONG, message=message, field="end")]
    if end > now:
        return [not_allowed(_("Only use that is over can be written down."))]
    return []


def _used_already() -> Refusal:
    return Refusal(
        code=RefusalCode.TAKEN,
        message=_("Somebody used the machine then already."),
        field="start",
    )
