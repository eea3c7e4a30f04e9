"""Leaving a machine: the check-out, what is said at it, and what follows from that."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking.models import Answer, Question, UsageSession
from booking.services.attendance import check_out
from booking.services.corrections import put_end_right
from booking.services.locking import in_transaction, lock
from booking.services.reporting import Report, TooManyReports, report_at_machine
from booking.services.spreading import hold_units
from booking.states import Condition, QuestionKind
from machines.models import Consumable
from machines.queries.dependencies import stopped_with
from machines.services.holding import hold_machines_of
from machines.services.stock import take
from machines.states import Found
from members.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer: a value, how much of it, and what was said in words."""

    question: Question
    value: str = ""
    item: Consumable | None = None
    """Of what the space has, which `value` is called."""

    quantity: Decimal | None = None
    unit: str = ""
    words: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether the machine is not left as it should be."""
        is_condition = self.question.kind == QuestionKind.CONDITION
        return is_condition and self.value != Condition.GOOD

    @property
    def is_danger(self) -> bool:
        """Whether nobody is to use the machine before somebody has looked at it."""
        return self.is_bad and self.value == Condition.DANGER


def leave(
    *, session: UsageSession, by: Member, now: datetime, said: Sequence[Said] = ()
) -> UsageSession:
    """Check out, keep what was said, take what was used from the stock, report a bad state.

    Where a job has ended the use meanwhile, at an end that it could only assume, that is put
    right. Raises CheckInRefused as checking out does, and TimeTaken where somebody used the
    machine between the assumed end and the true one.
    """

    def work() -> UsageSession:
        # Before the machine itself is held: its space and pools come first (HOUSE, the order of
        # locks), and a report of anything bad is written with the space held.
        if any(each.is_bad for each in said):
            hold_machines_of(session.machine.space_id)
        if any(each.is_danger for each in said):
            hold_units(stopped_with(session.machine))
        row = _ended(session, by=by, now=now)
        for each in said:
            _keep(row, each)
            if each.is_bad:
                _report(row, each, by=by, now=now)
        _take(row, said, by=by, now=now)
        return row

    return in_transaction(work)


def _ended(session: UsageSession, *, by: Member, now: datetime) -> UsageSession:
    lock(machines=[session.machine_id])
    if UsageSession.objects.left_late(now).filter(pk=session.pk).exists():
        return put_end_right(session=session, by=by, now=now)
    return check_out(session=session, by=by, now=now)


def _keep(row: UsageSession, said: Said) -> None:
    Answer.objects.create(
        session=row,
        question=said.question,
        asked=said.question.words_in(get_language()),
        value=said.value,
        quantity=said.quantity,
        unit=said.unit if said.quantity is not None else "",
        words=said.words,
    )


def _report(row: UsageSession, said: Said, *, by: Member, now: datetime) -> None:
    """Tell the staff; where they are told too often the answer itself says it all the same."""
    summary = said.words or _("Said at check-out: the machine needs a look.")
    report = Report(summary=summary, found=Found.BROKE, is_hazard=said.is_danger)
    with suppress(TooManyReports):
        report_at_machine(machine=row.machine, report=report, by=by, now=now)


def _take(row: UsageSession, said: Sequence[Said], *, by: Member, now: datetime) -> None:
    """What was used of what the space has, each item once whatever asked for it.

    Items in the order of their ids, as all take them.
    """
    items: dict[int, Consumable] = {}
    used: dict[int, Decimal] = {}
    for each in said:
        if each.item is not None and each.quantity:
            items[each.item.pk] = each.item
            used[each.item.pk] = used.get(each.item.pk, Decimal(0)) + each.quantity
    for pk in sorted(used):
        take(item=items[pk], quantity=used[pk], session_key=row.subject_key, by=by, now=now)
