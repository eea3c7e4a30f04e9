"""A person's reservations as a list by day: the items of lanes, on no machine's lane."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.lane_parts import Item, ItemKind
from booking.lane_words import LaneWords
from booking.models import Reservation


class AgendaDay(NamedTuple):
    """The items of one local day, in the order in which they came."""

    day: date
    items: list[Item]


def agenda_of(
    reservations: Iterable[tuple[Reservation, str]], address_of: Callable[[Reservation], str]
) -> list[AgendaDay]:
    """Reservations by the local day of their start, each on the clock of its own space.

    Each comes with what it is called; `machine.space` and `company` loaded. They keep the order
    in which they come.
    """
    words = LaneWords()
    days = groupby(reservations, key=lambda each: _local(each[0], each[0].starts_at).date())
    return [
        AgendaDay(day, [_item(row, name, words, address_of(row)) for row, name in those])
        for day, those in days
    ]


def _local(reservation: Reservation, moment: datetime) -> datetime:
    return moment.astimezone(reservation.machine.space.zone)


def _item(row: Reservation, name: str, words: LaneWords, address: str) -> Item:
    marks, note = words.marks_of(row.state, is_confidential=row.is_confidential)
    about = (row.machine.space.name, row.company.name if row.company else "", row.purpose)
    return Item(
        0,
        0,
        ItemKind.OWN if row.company is None else ItemKind.COMPANY,
        _times(_local(row, row.starts_at), _local(row, row.ends_at)),
        name,
        int(row.starts_at.timestamp()),
        int(row.ends_at.timestamp()),
        detail=" · ".join(filter(None, about)),
        href=address,
        reservation=row.pk,
        marks=marks,
        note=note,
    )


def _times(start: datetime, end: datetime) -> str:
    """Two wall times; with the day where it changes, with the season where the clock does."""
    changes = start.utcoffset() != end.utcoffset()
    first = f"{start:%H:%M} ({start:%Z})" if changes else f"{start:%H:%M}"
    last = f"{end:%H:%M} ({end:%Z})" if changes else f"{end:%H:%M}"
    if end.date() != start.date():
        last = f"{date_format(end, _('D j M'))} {last}"
    return f"{first}–{last}"
