"""What members say about their messages; reminders of what they have reserved follow."""

from datetime import datetime, timedelta

from django.db import transaction

from booking import notices
from booking.models import Reservation
from booking.services.changing import PARTS
from members.models import Member
from notifications.services.preferences import Choice, choose


@transaction.atomic
def change_messages(
    *,
    member: Member,
    language: str,
    reminder_offset: timedelta | None,
    choice: Choice,
    now: datetime,
) -> Member:
    """Keep what `member` chose; with another offset the reminders that wait move."""
    is_moved = member.reminder_offset != reminder_offset
    member.language, member.reminder_offset = language, reminder_offset
    member.save(update_fields=["language", "reminder_offset"])
    choose(member=member, choice=choice, now=now)
    if is_moved:
        ahead = Reservation.objects.upcoming(now).filter(member=member).select_related(*PARTS)
        rows = ahead.select_for_update(of=("self",)).order_by("pk")
        notices.keep_reminders_of_all(list(rows), now=now)
    return member
