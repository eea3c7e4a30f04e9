"""What the jobs call to mind: reminders that are posted when they are due, to one person each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from billing.models import Contract
from booking.models import InductionPlace, Reservation
from booking.notices import inductions
from booking.notices.kinds import (
    CERTIFICATION_ENDS,
    CHECK_IN_MISSED,
    COMING,
    CONTRACT_ENDS,
    INDUCTION_SOON,
    MAINTENANCE_DUE,
    MEMBERSHIP_ENDS,
    STOCK_LOW,
)
from booking.notices.reminders import identity_of
from booking.notices.telling import context_of, page
from booking.queries.calling import Due
from booking.queries.people import bookers_of, staff_of
from booking.states import ReminderEvent, ReminderTo
from machines.models import Consumable
from machines.stock_words import quantity_in_words
from members.models import Certification, Company, Member, Membership
from notifications import outbox
from notifications.models import Message
from spaces.models import Space

KINDS = {
    ReminderEvent.START: COMING,
    ReminderEvent.CHECK_IN: CHECK_IN_MISSED,
    ReminderEvent.MAINTENANCE: MAINTENANCE_DUE,
    ReminderEvent.CERTIFICATION: CERTIFICATION_ENDS,
    ReminderEvent.MEMBERSHIP: MEMBERSHIP_ENDS,
    ReminderEvent.CONTRACT: CONTRACT_ENDS,
    ReminderEvent.STOCK: STOCK_LOW,
    ReminderEvent.INDUCTION: INDUCTION_SOON,
}


class _Letter(NamedTuple):
    """What is due, to one of those who are told."""

    due: Due
    reader: Member
    key: str


def call_to_mind(dues: Sequence[Due], *, now: datetime) -> int:
    """Post what is due to everybody who is to be told and was not; how many messages."""
    letters = list(_letters(dues))
    new = outbox.unknown(each.key for each in letters)
    fresh = [each for each in letters if each.key in new]
    outbox.post(*(_written(each, now) for each in fresh))
    return len(fresh)


def _letters(dues: Sequence[Due]) -> Iterator[_Letter]:
    """One letter for each reader; who holds a thing is told as its holder only."""
    staff = staff_of({each.space.pk for each in dues if each.to == ReminderTo.STAFF})
    companies = {company.pk for each in dues if (company := _company_of(each)) is not None}
    bookers = bookers_of(companies) if companies else {}
    for due in dues:
        holder, company = _holder_of(due), _company_of(due)
        readers: Iterable[Member] = {
            ReminderTo.HOLDER: [holder] if holder else [],
            ReminderTo.BOOKERS: bookers.get(company.pk, []) if company else [],
            ReminderTo.STAFF: staff.get(due.space.pk, []),
        }[due.to]
        for reader in readers:
            if due.to == ReminderTo.HOLDER or reader != holder:
                yield _Letter(due, reader, _key(due, reader))


def _key(due: Due, reader: Member) -> str:
    """What the reminder is known by: it does not change with the rule that asked for it."""
    seconds = int(due.call.offset.total_seconds())
    return f"{KINDS[due.event]}:{_identity(due)}:{reader.pk}:{seconds}"


def _identity(due: Due) -> str:
    """The thing and the moment that it is about; another moment is another reminder."""
    subject = due.subject
    if isinstance(subject, Reservation):
        return identity_of(subject, subject.starts_at)
    if isinstance(subject, Consumable):
        return f"{subject.pk}:{subject.low_since}"
    if isinstance(subject, InductionPlace):
        return f"{subject.pk}:{subject.induction.starts_at}"
    return f"{subject.pk}:{subject.end_date}"


def _subject_key(due: Due) -> str:
    if isinstance(due.subject, Reservation):
        return due.subject.subject_key
    if isinstance(due.subject, InductionPlace):
        return inductions.key_of(due.subject)
    return f"{due.event}:{due.subject.pk}"


def _holder_of(due: Due) -> Member | None:
    return None if isinstance(due.subject, Contract | Consumable) else due.subject.member


def _company_of(due: Due) -> Company | None:
    """For which company it is, where those who book for it are told."""
    if due.to != ReminderTo.BOOKERS or isinstance(
        due.subject, Certification | Membership | Consumable | InductionPlace
    ):
        return None
    return due.subject.company


def _written(letter: _Letter, now: datetime) -> Message:
    due, reader = letter.due, letter.reader
    with override(reader.language):
        context = _context(due, reader)
    return outbox.draft(
        recipient=reader,
        space_key=str(due.space.pk),
        kind=KINDS[due.event],
        subject_key=_subject_key(due),
        dedupe_key=letter.key,
        context=context | {"to": due.to.value},
        send_after=now,
        expires_at=due.call.until,
    )


def _context(due: Due, reader: Member) -> dict[str, Any]:
    """What the templates need; `holder` is there for whom it is not their own."""
    holder = _holder_of(due)
    if isinstance(due.subject, InductionPlace):
        return inductions.facts_of(due.subject.induction, reader)
    told: dict[str, Any] = {"holder": str(holder) if holder and holder != reader else ""}
    if isinstance(due.subject, Reservation):
        told = context_of(due.subject, by=None) | told
        if due.until is not None:
            told["released_at"] = due.until.isoformat()
        if due.event == ReminderEvent.MAINTENANCE:
            told |= _of_upkeep(due.subject)
    else:
        told |= {"space": due.space.name, "zone": due.space.timezone}
        if isinstance(due.subject, Consumable):
            told |= _of_stock(due.space, due.subject)
        else:
            told |= {"end_date": str(due.subject.end_date), **_of_paper(due, due.subject)}
    return told | {"name": reader.name}


def _of_upkeep(row: Reservation) -> dict[str, str]:
    """The job by its title, and the page of the plan."""
    title = row.event.title if row.event else ""
    url = page("maintenance", row.machine.space.slug, row.machine.slug)
    return {"purpose": title, "url": url}


def _of_stock(space: Space, item: Consumable) -> dict[str, str]:
    """What is low, how much of it is left, and what is ordered where."""
    wanted = {"left": item.quantity, "minimum": item.minimum, "reorder": item.reorder}
    return {
        "item": item.name,
        "low_since": str(item.low_since),
        "supplier": item.supplier.name if item.supplier else "",
        "article_number": item.article_number,
        "url": settings.BASE_URL + reverse("machines:consumable", args=[space.slug, item.pk]),
        **{
            name: "" if quantity is None else quantity_in_words(quantity, item.unit)
            for name, quantity in wanted.items()
        },
    }


def _of_paper(due: Due, subject: Certification | Membership | Contract) -> dict[str, str]:
    """What ends, and where more is said about it."""
    space = due.space
    catalogue = f"{page('catalogue')}?space={space.slug}"
    if isinstance(subject, Certification):
        names = ", ".join(machine.name for machine in due.machines)
        return {"skill": str(subject.skill), "machine": names, "url": catalogue}
    if isinstance(subject, Contract):
        name, args = "company", [subject.company.slug]
        if due.to == ReminderTo.STAFF:
            name, args = "space_company", [space.slug, *args]
        return {
            "company": subject.company.name,
            "reference": subject.reference,
            "url": page(name, *args),
        }
    return {"url": catalogue}
