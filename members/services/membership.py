"""What members say about themselves."""

from members.models import Member


def change_profile(*, member: Member, name: str, language: str, timezone: str) -> Member:
    """Keep how `member` is called, is written to, and which clock is shown beside a space's."""
    member.name = name
    member.language = language
    member.timezone = timezone
    member.save(update_fields=["name", "language", "timezone"])
    return member
