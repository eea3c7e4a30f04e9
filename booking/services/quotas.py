"""Setting how much people and companies may hold or use."""

from booking.models import Quota


def save_quota(*, quota: Quota) -> Quota:
    """Keep `quota` as it is; it counts for whatever is reserved from now on."""
    quota.save()
    return quota


def remove_quota(*, quota: Quota) -> None:
    """Have nothing count against `quota` any more."""
    quota.delete()
