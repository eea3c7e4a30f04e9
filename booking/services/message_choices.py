"""What members say about their messages; reminders of what they have reserved follow."""

from datetime import datetime, timedelta

from django.db import transaction

from booking.notices.own_offset import remind_as_chosen
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
        remind_as_chosen(member, now=now)
    return member
