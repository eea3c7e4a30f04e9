"""Files that take long, made one at a time: a worker that is killed leaves nothing half done.

The row is the truth: it waits until its file lies in the store and its reader was told, in one
transaction. Who makes files holds a lock of its connection; whatever ends the worker frees it,
and the next one begins that file anew, under the same name.
"""

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.utils.translation import override

from machines.services.progress import progress_of
from members.models import Member
from notifications import outbox
from notifications.alone import alone
from reports.exports.naming import filename_of
from reports.exports.writing import write
from reports.filters import Filters, FiltersForm
from reports.models import Export
from reports.models.export import FOLDER, KEPT
from reports.notices import export_ready
from reports.permissions import may_see, may_see_sessions
from reports.queries.shown import may_see_parts
from reports.states import Content, ExportState, Format
from reports.wording import period_in_words

logger = logging.getLogger(__name__)

LOCK = 0x0E7AB0F1
"""Who makes files holds it: other work must find free workers beside."""

MOST_ATTEMPTS = 3
PART = "part"
"""What stands in the query of a file that is made for each part that it shows."""

MOST_WAITING = 5
"""Files that one member may wait for."""


class TooManyWaiting(Exception):
    """The member waits for enough files already."""


@transaction.atomic
def ask_for_export(
    *,
    filters: Filters,
    content: Content,
    form: Format,
    member: Member,
    language: str,
    now: datetime,
) -> Export:
    """The row of a file that a worker will make; the same one while it waits already.

    Raises TooManyWaiting.
    """
    # Whoever presses twice at once asks one after the other.
    Member.objects.select_for_update().get(pk=member.pk)
    wanted = {
        "member": member,
        "content": content,
        "format": form,
        "query": filters.query,
        "language": language,
    }
    theirs = Export.objects.waiting().filter(member=member)
    waiting = theirs.filter(**wanted).first()
    if waiting is not None:
        return waiting
    if theirs.count() >= MOST_WAITING:
        raise TooManyWaiting
    title = f"{filters.scope.full_name}, {period_in_words(filters.period)}"
    return Export.objects.create(
        **wanted,
        title=title[:200],
        filename=filename_of(filters, content, form),
        created_at=now,
    )


def make_exports(*, clock: Callable[[], datetime]) -> int:
    """Make every file that waits; how many. Does nothing while another worker is at it."""
    made = 0
    with alone(LOCK) as is_ours:
        while is_ours and (export := Export.objects.waiting().first()) is not None:
            make_export(export, now=clock())
            made += 1
    return made


def make_export(export: Export, *, now: datetime) -> None:
    """Make one file and tell its reader; what cannot be made is given up after some attempts."""
    Export.objects.filter(pk=export.pk).update(attempts=F("attempts") + 1, done=0)
    try:
        export.refresh_from_db()
        if export.attempts > MOST_ATTEMPTS:
            _give_up(export, now)
            return
        with tempfile.TemporaryFile() as out:
            file = cast("BinaryIO", out)
            _fill(export, file, now)
            _keep(export, file, now)
    except Exception:
        # Whatever is wrong with one, the others must be made.
        logger.exception("The file %s could not be made", export.pk)
        if export.attempts == MOST_ATTEMPTS:
            _give_up(export, now)


def filters_of(export: Export, *, now: datetime) -> Filters | None:
    """What its file is about, if its reader may still see it."""
    form = FiltersForm(QueryDict(export.query), now=now)
    if not form.is_valid() or not export.member.is_active:
        return None
    may = may_see if export.content == Content.REPORT else may_see_sessions
    return form.filters if may(export.member, form.filters.scope) else None


def may_fetch(export: Export, *, now: datetime) -> bool:
    """Whether its reader may still see all that its file shows."""
    parts = QueryDict(export.query).getlist(PART)
    return filters_of(export, now=now) is not None and may_see_parts(export.member, parts)


def forget_exports(*, now: datetime) -> int:
    """Throw away what is kept no longer, files without a row too; how many rows."""
    old = list(Export.objects.out_of_date(now))
    for export in old:
        default_storage.delete(export.path)
        outbox.withdraw(subject_key=export.subject_key)
        export.delete()
    if default_storage.exists(FOLDER):
        for path in [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]:
            if default_storage.get_modified_time(path) <= now - KEPT:
                default_storage.delete(path)
    return len(old)


def _fill(export: Export, out: BinaryIO, now: datetime) -> None:
    filters = filters_of(export, now=now)
    if filters is None:
        raise PermissionError(f"{export.member_id} may not read {export.query}")
    with override(export.language), progress_of(export) as told:
        parts = write(
            out,
            filters=filters,
            content=Content(export.content),
            form=Format(export.format),
            person=export.member,
            told=told,
            now=now,
        )
    query = QueryDict(filters.query, mutable=True)
    query.setlist(PART, parts)
    export.query = query.urlencode(safe=":/@")


def _keep(export: Export, out: BinaryIO, now: datetime) -> None:
    """Put the file into the store, then say that it is there."""
    size = out.tell()
    out.seek(0)
    default_storage.delete(export.path)
    default_storage.save(export.path, File(out))
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            state=ExportState.READY, query=export.query, size=size, finished_at=now
        )
        outbox.post(export_ready(export, now=now))


def _give_up(export: Export, now: datetime) -> None:
    Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED, finished_at=now)
