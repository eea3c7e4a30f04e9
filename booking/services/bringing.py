"""Files that staff looked at, imported one at a time by a worker, and imports taken back.

The row of the file is the truth: it waits until all of it is written, in one transaction with its
outcome. Whatever ends the worker leaves nothing of it behind, and the next one begins anew after
a while.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.services import inventory
from booking.models import HistoryImport
from booking.services.history import importing
from booking.services.history.undoing import give_undo_up, take_undo, undo_import
from booking.services.inventory import NothingToTakeBack
from booking.services.refusing import BookingRefused
from machines.models import ImportDraft
from machines.services.drafts import TakenOver, give_up, take
from machines.sheets import SheetUnreadable
from machines.states import FilePurpose
from members.permissions import is_staff_of
from notifications.alone import alone

logger = logging.getLogger(__name__)

LOCK = 0x0E7AB0F3
"""Who imports holds it: other work must find free workers beside."""

MOST_ATTEMPTS = 3


def import_waiting(*, clock: Callable[[], datetime]) -> int:
    """Take imports back that wait for it, then import every file that waits; how many in all.

    Does nothing while another worker is at it.
    """
    count = 0
    with alone(LOCK) as is_ours:
        while is_ours and _next_is_done(clock()):
            count += 1
    return count


def _next_is_done(now: datetime) -> bool:
    history = HistoryImport.objects.to_be_undone(now).select_related("space", "undone_by").first()
    if history is not None:
        undo_file(history, now=now)
        return True
    draft = ImportDraft.objects.waiting(now).first()
    if draft is not None:
        import_file(draft, now=now)
    return draft is not None


def undo_file(history: HistoryImport, *, now: datetime) -> None:
    """Take one import back; what cannot be taken back stays, and may be asked for again."""
    take_undo(history, now=now)
    by = history.undone_by
    if by is None or history.undo_attempts > MOST_ATTEMPTS:
        give_undo_up(history)
        return
    try:
        undo_import(history=history, by=by, now=now)
    except (BookingRefused, NothingToTakeBack):
        give_undo_up(history)
    except Exception:
        logger.exception("The import %s could not be taken back", history.pk)
        if history.undo_attempts == MOST_ATTEMPTS:
            give_undo_up(history)


def import_file(draft: ImportDraft, *, now: datetime) -> None:
    """Import one file; what cannot be imported is given up, and says why where that is known."""
    take(draft, now=now)
    if draft.attempts > MOST_ATTEMPTS:
        give_up(draft)
        return
    with override(draft.language):
        if not (draft.member.is_active and is_staff_of(draft.member, draft.space)):
            give_up(draft, _("You do not work for this space any more."))
            return
        try:
            _import(draft, now)
        except SheetUnreadable as error:
            give_up(draft, str(error))
        except TakenOver:
            logger.warning("The file %s was taken over by another worker", draft.pk)
        except Exception:
            # Whatever is wrong with one, the others must be imported.
            logger.exception("The file %s could not be imported", draft.pk)
            if draft.attempts == MOST_ATTEMPTS:
                give_up(draft)


def _import(draft: ImportDraft, now: datetime) -> None:
    if draft.purpose == FilePurpose.INVENTORY:
        inventory.import_draft(draft, now=now)
    else:
        importing.import_draft(draft, now=now)
