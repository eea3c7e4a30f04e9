"""Staff give a device a key; what it tells becomes use that nobody checked in for."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from booking.models import UsageSession
from booking.services.metering import follow_meters
from machines.models import Device
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_device_gets_a_key_and_tells(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/devices/", lively.staff, viewport=viewport)
    page.get_by_role("link", name="New device").click()
    page.get_by_label("Name", exact=True).fill("Controller of the laser")
    page.get_by_label("Machines").select_option("Speedy 400")
    page.get_by_role("button", name="Save the device").click()
    page.get_by_role("button", name="Make a key").click()
    secret = page.locator("#secret").inner_text()
    inspect(page, f"device-key-{viewport['width']}")
    tells(secret)
    sees_it(page)
    inspect(page, f"devices-{viewport['width']}")


def tells(secret: str) -> None:
    """The device tells of an hour's job, with its clock two minutes ahead."""
    moment = now()
    told = [("1", "started", moment - 2 * HOUR), ("2", "stopped", moment - HOUR)]
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).post(
        "/api/v1/usage-events",
        {
            "events": [{"id": key, "kind": kind, "at": at.isoformat()} for key, kind, at in told],
            "sent_at": (moment + timedelta(minutes=2)).isoformat(),
        },
        content_type="application/json",
    )
    assert answer.json()["new"] == 2
    follow_meters(moment)
    assert UsageSession.objects.get(source="meter").machine == Device.objects.get().machines.get()


def sees_it(page: Page) -> None:
    """What it told last, and that its clock is wrong."""
    page.get_by_role("link", name="Devices", exact=True).first.click()
    row = page.get_by_role("row", name="Controller of the laser")
    expect(row).to_contain_text("120 s off")
    row.get_by_role("link").click()
    expect(page.get_by_role("region", name="What it told last")).to_contain_text("stopped")
    page.get_by_role("link", name="Devices", exact=True).first.click()
