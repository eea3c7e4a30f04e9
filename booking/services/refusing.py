"""How a service says no, and how every no is kept: it is demand that could not be met."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError

from booking.facts import BookingRequest, Refusal
from booking.models import RefusedTry
from booking.rules import taken
from booking.services.locking import sqlstate
from booking.states import RefusalCode
from machines.models import Machine, Pool
from members.models import Member

EXCLUSION_VIOLATION = "23P01"
UNIQUE_VIOLATION = "23505"


class BookingRefused(Exception):
    """What was asked breaks rules; `refusals` holds every one of them."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__(", ".join(each.code for each in self.refusals))


class TimeTaken(BookingRefused):
    """Nothing stands in the way but somebody who has the time, or was faster."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(refusals or [taken()])


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise TimeTaken where TAKEN stands alone, else BookingRefused; nothing for nothing.

    What several rows are refused for alike is told once.
    """
    refusals = list(dict.fromkeys(refusals))
    if not refusals:
        return
    if {each.code for each in refusals} == {RefusalCode.TAKEN}:
        raise TimeTaken(*refusals)
    raise BookingRefused(refusals)


@contextmanager
def last_word_of_the_database() -> Iterator[None]:
    """Read the violation of a constraint that keeps people apart as TimeTaken."""
    try:
        yield
    except IntegrityError as error:
        if sqlstate(error) == EXCLUSION_VIOLATION:
            raise TimeTaken from error
        raise


@contextmanager
def refused_tries_kept(
    *,
    member: Member | None,
    request: BookingRequest,
    now: datetime,
    machine: Machine | None = None,
    pool: Pool | None = None,
    together: Sequence[Machine] = (),
) -> Iterator[None]:
    """Keep who wanted what when, and why not; put it around the transaction that is refused.

    Of machines that were wanted `together` each keeps what was said of it.
    """
    try:
        yield
    except BookingRefused as error:
        RefusedTry.objects.bulk_create(
            RefusedTry(
                machine=target,
                pool=pool,
                member=member,
                starts_at=request.starts_at,
                ends_at=request.ends_at,
                codes=codes,
                created_at=now,
            )
            for target in (together or (machine,))
            if (codes := _codes_of(target, error.refusals))
        )
        raise


def _codes_of(machine: Machine | None, refusals: Iterable[Refusal]) -> list[str]:
    """What was said of `machine`, or of everything that was wanted."""
    pk = machine.pk if machine else None
    return [each.code for each in refusals if each.machine_id in {None, pk}]
