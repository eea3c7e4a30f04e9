"""One writer per space at a time, for what is decided about all of its machines together."""

from spaces.models import Space


def hold_machines_of(space_id: int) -> None:
    """Let nobody else write machines, needs or faults of the space until the transaction ends.

    Taken before the locks of companies, members, pools and machines, so that nobody who holds one
    of those waits for it.
    """
    Space.objects.select_for_update(no_key=True).only("pk").get(pk=space_id)
