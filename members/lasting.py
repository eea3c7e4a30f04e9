"""How long certifications last: by the calendar, and by use."""

from datetime import date

from dateutil.relativedelta import relativedelta

from members.states import CertificateState


def months_after(day: date, months: int | None) -> date | None:
    """The same day so many months later, or the last of a shorter month; None without months."""
    return None if months is None else day + relativedelta(months=months)


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two last days, of which None never comes."""
    return min(filter(None, (one, other)), default=None)


def kept_until(end: date, *, used: date, disuse_months: int, expiry: date | None) -> date:
    """The last day once the skill was used on a day, which counts while it was certified."""
    if used > end:
        return end
    later = earlier(months_after(used, disuse_months), expiry)
    return max(end, later or end)


def state_on(day: date, *, start: date, end: date | None, is_revoked: bool) -> CertificateState:
    """What a certification with these dates is worth on a day."""
    if is_revoked:
        return CertificateState.REVOKED
    if day < start:
        return CertificateState.FUTURE
    return CertificateState.VALID if end is None or day <= end else CertificateState.EXPIRED
