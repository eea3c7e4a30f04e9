"""What staff had looked at is imported by a worker: once, whole or not at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from booking.models import HistoryImport, UsageSession
from booking.services import bringing
from booking.services.bringing import MOST_ATTEMPTS, import_waiting
from booking.services.history.importing import import_draft
from booking.services.history.sources import keep_upload
from booking.services.history.undoing import ask_for_undo
from booking.services.inventory import NothingToTakeBack
from machines.models import ImportDraft
from machines.services.drafts import (
    DRAFTS_KEPT,
    TakenOver,
    ask_for_import,
    forget_drafts,
    give_up,
    take,
)
from machines.states import DraftState
from members.models import Member, Role
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

Wanted = Callable[[], ImportDraft]

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOG = b"machine,start,end\nSaw,2025-03-04 9:00,10:00\nMill,2025-03-04 9:00,10:00\n"


@pytest.fixture
def space() -> Space:
    space: Space = SpaceFactory()
    MachineFactory(space=space, name="Saw")
    return space


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory(space=space).member


@pytest.fixture
def wanted(space: Space, staff: Member) -> Wanted:
    def want() -> ImportDraft:
        draft = keep_upload(space=space, member=staff, files=[("log.csv", LOG)], now=NOW)
        ask_for_import(draft, good_rows_only=True, language="de", now=NOW)
        return draft

    return want


def work(now: datetime = NOW) -> int:
    return import_waiting(clock=lambda: now)


def test_what_was_asked_for_twice_comes_once(wanted: Wanted) -> None:
    first, second = wanted(), wanted()
    ask_for_import(first, good_rows_only=True, language="de", now=NOW)
    assert work() == 2
    assert work() == 0
    assert UsageSession.objects.count() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.outcome["counts"] == {"new": 1, "known": 0, "left_out": 0, "rejected": 1}
    assert second.outcome["counts"]["known"] == 1
    [rejected] = first.outcome["rejected"]
    assert (rejected["line"], rejected["value"]) == (3, "Mill")
    assert rejected["message"] == "Keine Maschine heisst so. Sagen Sie, welche es ist."
    assert not bytes(first.content)


def test_who_works_there_no_more_brings_nothing(wanted: Wanted) -> None:
    draft = wanted()
    Role.objects.all().delete()
    work()
    draft.refresh_from_db()
    assert draft.state == DraftState.FAILED
    assert draft.outcome["problem"]
    assert not HistoryImport.objects.exists()


def test_what_fails_is_tried_again_and_then_given_up(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, other = wanted(), wanted()
    tried = []

    def broken(row: ImportDraft, *, now: datetime) -> None:
        if row.pk == draft.pk:
            tried.append(row.attempts)
            raise RuntimeError
        import_draft(row, now=now)

    monkeypatch.setattr(bringing.importing, "import_draft", broken)
    work()
    assert ImportDraft.objects.get(pk=other.pk).state == DraftState.DONE
    # Whatever held it up may be over in a minute, and in some more.
    found = []
    for minutes in (0.9, 1, 2.9, 3):
        work(NOW + minutes * MINUTE)
        found.append((len(tried), ImportDraft.objects.get(pk=draft.pk).state))
    waiting, failed = DraftState.WAITING, DraftState.FAILED
    assert found == [(1, waiting), (2, waiting), (2, waiting), (MOST_ATTEMPTS, failed)]
    assert tried == [1, 2, MOST_ATTEMPTS]


def test_who_lost_a_file_to_another_worker_leaves_nothing_of_it(wanted: Wanted) -> None:
    """With the connection goes the lock that kept others from it."""
    late = wanted()
    take(late, now=NOW)
    again = ImportDraft.objects.get(pk=late.pk)
    take(again, now=NOW + MINUTE)
    with pytest.raises(TakenOver):
        import_draft(late, now=NOW)
    give_up(late)
    assert not HistoryImport.objects.exists()
    import_draft(again, now=NOW)
    assert ImportDraft.objects.get(pk=late.pk).state == DraftState.DONE
    with pytest.raises(TakenOver):
        import_draft(again, now=NOW)
    assert HistoryImport.objects.count() == UsageSession.objects.count() == 1


def test_whoever_was_killed_with_it_too_often_is_not_killed_again(wanted: Wanted) -> None:
    draft = wanted()
    ImportDraft.objects.update(attempts=MOST_ATTEMPTS)
    work()
    assert ImportDraft.objects.get(pk=draft.pk).state == DraftState.FAILED
    assert not HistoryImport.objects.exists()


def test_a_file_that_cannot_be_read_says_why(wanted: Wanted) -> None:
    draft = wanted()
    ImportDraft.objects.update(content=b"")
    work()
    assert ImportDraft.objects.get(pk=draft.pk).outcome == {"problem": "Die Datei ist leer."}


def test_what_became_of_a_file_is_kept_for_a_day(wanted: Wanted) -> None:
    done = wanted()
    work()
    waits = wanted()
    forget_drafts(now=NOW + DRAFTS_KEPT)
    assert ImportDraft.objects.count() == 2
    forget_drafts(now=NOW + DRAFTS_KEPT + timedelta(seconds=1))
    assert list(ImportDraft.objects.values_list("pk", flat=True)) == [waits.pk]
    assert done.pk != waits.pk


@pytest.fixture
def unwanted(wanted: Wanted, staff: Member) -> HistoryImport:
    wanted()
    assert work() == 1
    history = HistoryImport.objects.get()
    ask_for_undo(history=history, by=staff, now=NOW)
    history.refresh_from_db()
    return history


def test_imports_are_taken_back_before_others_come(
    unwanted: HistoryImport, wanted: Wanted, staff: Member
) -> None:
    with pytest.raises(NothingToTakeBack):
        ask_for_undo(history=unwanted, by=staff, now=NOW)
    again = wanted()
    assert work() == 2
    unwanted.refresh_from_db()
    assert (unwanted.undone_by, unwanted.undo_outcome) == (staff, {"gone": 1, "kept": 0})
    again.refresh_from_db()
    assert again.outcome["counts"]["new"] == 1


@pytest.mark.parametrize("why", ["no role", "forgotten"])
def test_who_works_there_no_more_takes_nothing_back(unwanted: HistoryImport, why: str) -> None:
    if why == "no role":
        Role.objects.all().delete()
    else:
        HistoryImport.objects.update(undone_by=None)
    assert work() == 1
    unwanted.refresh_from_db()
    assert (unwanted.is_being_undone, unwanted.undo_outcome) == (False, {"failed": True})
    assert UsageSession.objects.exists()


def test_what_cannot_be_taken_back_is_tried_again_later(
    unwanted: HistoryImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_told: object) -> None:
        raise RuntimeError

    now = NOW
    with monkeypatch.context() as patch:
        patch.setattr(bringing, "undo_import", broken)
        for attempt in range(MOST_ATTEMPTS):
            assert unwanted.is_being_undone
            assert work(now) == 1
            assert work(now) == 0
            unwanted.refresh_from_db()
            now += MINUTE * 2**attempt
    assert (unwanted.is_being_undone, unwanted.undo_outcome) == (False, {"failed": True})
    assert work(now) == 0
    HistoryImport.objects.update(undo_asked_at=now, undo_attempts=MOST_ATTEMPTS)
    assert work(now) == 1
    assert not HistoryImport.objects.to_be_undone(now).exists()
    ask_for_undo(history=unwanted, by=unwanted.undone_by, now=now)
    assert work(now) == 1
    assert not UsageSession.objects.exists()
