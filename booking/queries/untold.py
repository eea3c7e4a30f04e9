"""Of which reservations somebody has yet to hear, sorted out by the database.

The jobs come by every minute: they load what is to be told now, and nothing that was told before.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from booking.models import Reservation
from booking.reminders import Rule, offsets_of
from booking.states import ReminderEvent, ReminderTo
from members.models import Delegate, Role
from members.states import Audience
from notifications.models import Message

ABOUT = Concat(Value("reservation:"), Cast(OuterRef("pk"), CharField()))
MOMENT = Func(
    OuterRef("starts_at"),
    template="replace(to_char(%(expressions)s AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || '+00:00'",
    output_field=CharField(),
)


class _Turn(NamedTuple):
    """The reminder whose turn it is for what begins between `nearer` and `offset` from now."""

    to: ReminderTo
    category: int | None
    is_of_company: bool
    nearer: timedelta
    offset: timedelta


def untold(
    rows: QuerySet[Reservation],
    rules: Sequence[Rule],
    event: ReminderEvent,
    sides: Collection[ReminderTo],
    now: datetime,
) -> QuerySet[Reservation]:
    """Those of `rows` of whose start somebody on one of `sides` is to hear now, and has not.

    Makers and staff are not told apart: it leaves in too many rather than too few.
    """
    named = {rule.category for rule in rules if rule.event == event and rule.category is not None}
    wanted = Q(pk__in=[])
    for turn in set(_turns(rules, event, sides, named)):
        elsewhere = ~Q(machine__category__in=named)
        where = elsewhere if turn.category is None else Q(machine__category=turn.category)
        whose = Q(company__isnull=not turn.is_of_company)
        when = Q(starts_at__gt=now + turn.nearer, starts_at__lte=now + turn.offset)
        # Looked at in this order: the messages only of what the turn is about.
        wanted |= when & whose & where & Q(Exists(_unaware(turn)))
    return rows.filter(wanted)


def _turns(
    rules: Sequence[Rule],
    event: ReminderEvent,
    sides: Collection[ReminderTo],
    named: Collection[int],
) -> Iterator[_Turn]:
    for to, category, audience in product(sides, (None, *named), Audience):
        is_of_company = audience == Audience.COMPANY
        if to == ReminderTo.BOOKERS and not is_of_company:
            continue
        offsets = offsets_of(rules, event, to, category=category, audience=audience)
        for nearer, offset in pairwise((timedelta(0), *reversed(offsets))):
            yield _Turn(to, category, is_of_company, nearer, offset)


def _unaware(turn: _Turn) -> QuerySet[Any]:
    """Who is to hear it and was not told, holders aside: a message's key ends as theirs would."""
    readers: QuerySet[Any] = (
        Delegate.objects.booking().filter(company=OuterRef("company"))
        if turn.to == ReminderTo.BOOKERS
        else Role.objects.filter(space=OuterRef("machine__space"), member__is_active=True)
    )
    reader = Cast("member_id", CharField())
    how_early = Value(f":{int(turn.offset.total_seconds())}")
    uid = Cast(OuterRef("uid"), CharField())
    readers = readers.exclude(member_id=Coalesce(OuterRef("member_id"), Value(0))).alias(
        about=ABOUT,
        tail=Concat(Value(":"), uid, Value(":"), MOMENT, Value(":"), reader, how_early),
    )
    told = Message.objects.filter(
        subject_key=OuterRef("about"), dedupe_key__endswith=OuterRef("tail")
    )
    return readers.filter(~Exists(told))
