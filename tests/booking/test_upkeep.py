"""Planned maintenance holds its machine at once, and shows what stands in its way."""

import re

import pytest
import time_machine
from django.test import Client

from booking.models import Reservation
from booking.states import ReservationKind
from spaces.intervals import DAY
from tests.booking.lively import NOW, TUESDAY, Lively, reserve

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "Clean the mirrors",
    "first": "2026-10-21",
    "start": "10:00",
    "end": "12:00",
    "repeat": "once",
}


def plan(
    client: Client, lively: Lively, *, keep: int | None = None, **other: str
) -> tuple[str, str]:
    """The page of the preview and that after saving, where the reservation `keep` stays."""
    address = f"/spaces/atelier/machines/{lively.mill.slug}/maintenance/"
    typed = {**TYPED, **other}
    preview = client.post(address, {**typed, "step": "preview"}).text
    seen = re.search(r'name="previewed" value="(\w+)"', preview)
    assert seen is not None, preview
    step = {"step": "save", "previewed": seen[1]}
    if keep is not None:
        step[f"to-{keep}"] = re.findall(r'<option value="(keep-\w+)"', preview)[0]
    saved = client.post(address, {**typed, **step}, follow=True).text
    return preview, saved


def held(lively: Lively) -> list[Reservation]:
    rows = Reservation.objects.filter(machine=lively.mill, purpose=TYPED["title"])
    return list(rows.maintenance())


@pytest.mark.parametrize("repeat", ["once", "weekly"])
def test_a_plan_holds_the_machine_at_once_and_lets_it_go_at_once(
    client: Client, lively: Lively, repeat: str
) -> None:
    client.force_login(lively.staff)
    with time_machine.travel(NOW, tick=False):
        _preview, saved = plan(client, lively, repeat=repeat)
        assert "Not held" not in saved
        row = held(lively)[0]
        assert (row.kind, row.purpose) == (ReservationKind.MAINTENANCE, "Clean the mirrors")

        removal = re.findall(r'action="(\S+/remove/)"', saved)[0]
        page = client.post(removal, follow=True).text
        assert "Nothing is planned in the months to come." in page
    assert held(lively) == []


def test_what_stands_in_the_way_is_named_before_and_after(client: Client, lively: Lively) -> None:
    client.force_login(lively.staff)
    there = reserve(lively.mill, "11:00", "12:30", TUESDAY + DAY)
    with time_machine.travel(NOW, tick=False):
        preview, saved = plan(client, lively, keep=there.pk)
        assert "Leave it as it is" in preview
        assert "Not held while this stands in the way" in saved
        for page in (preview, saved):
            assert f'href="/reservations/{there.pk}/"' in page
    assert held(lively) == []
