"""Staff writes the sheet of a machine; makers find it by numbers. Staff counts what is there."""

import pytest
from playwright.sync_api import expect

from machines.models import Machine
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True)]

CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code", "code_128"]; }
  async detect() { return window.before ? [{ rawValue: window.before }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
"""
"""A browser that reads codes, which this one cannot: it sees what `window.before` says."""

SIZES = pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])


@SIZES
def test_a_machine_is_shown_and_found_by_what_it_can_do(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    address = "/spaces/atelier/machines/speedy/sheet/"
    page = browsing.open(address, lively.staff, viewport=viewport)
    photo = {"name": "laser.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
    page.get_by_label("Photo", exact=True).set_input_files(photo)
    page.get_by_label("English").first.fill("The laser with its lid open")
    page.get_by_role("button", name="Add the photo").click()
    expect(page.get_by_role("img", name="The laser with its lid open")).to_be_visible()
    page.get_by_label("Work area").fill("60 x 40 cm")
    page.get_by_label("Materials").fill("acrylic up to 8 mm")
    page.get_by_role("button", name="Save the specifications").click()
    expect(page.locator("#specs")).to_contain_text("work area: 600 × 400")
    expect(page.locator("#specs")).to_contain_text("cuts acrylic: up to 8")
    inspect(page, f"sheet-written-{viewport['width']}")
    seen = browsing.open("/machines/", lively.maker, viewport=viewport)
    seen.get_by_label("Search").fill("laser ≥ 600 × 400 mm that cuts 6 mm acrylic")
    expect(seen.get_by_text("Understood:")).to_be_visible()
    expect(seen.locator("#results article")).to_have_count(1)
    inspect(seen, f"found-by-numbers-{viewport['width']}")
    seen.get_by_role("link", name="Speedy 400").click()
    expect(seen.get_by_role("img", name="The laser with its lid open")).to_be_visible()


@SIZES
def test_a_space_is_counted(browsing: Browsing, lively: Lively, viewport: dict[str, int]) -> None:
    for number, machine in enumerate(lively.space.machines.order_by("name"), 1):
        Machine.objects.filter(pk=machine.pk).update(inventory_number=f"AT-{number}")
    page = browsing.open("/spaces/atelier/stocktakes/", lively.staff, viewport=viewport)
    page.get_by_role("button", name="Start a stocktake").click()
    field = page.get_by_label("Inventory number")
    for code, told in (("AT-1", "found"), ("AT-1", "counted already"), ("AT-77", "unknown")):
        # As a handheld scanner does: it types, and presses Enter.
        field.fill(code)
        field.press("Enter")
        expect(page.locator(".scanned strong")).to_have_text(told)
        expect(field).to_have_value("")
    expect(page.locator(".kpis")).to_contain_text("1 of 4")
    inspect(page, f"stocktake-{viewport['width']}")
    page.get_by_role("button", name="Close the stocktake").click()
    expect(page.locator("main")).to_contain_text("3 machines are missing")


def test_a_phone_reads_labels_with_its_camera(browsing: Browsing, lively: Lively) -> None:
    address = f"https://printed.example/at/atelier/{lively.laser.slug}/"
    page = browsing.open("/spaces/atelier/stocktakes/", lively.staff, viewport=PHONE)
    page.add_init_script(CAMERA)
    page.get_by_role("button", name="Start a stocktake").click()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator("video")).to_be_visible()
    page.evaluate("address => { window.before = address }", address)
    expect(page.locator(".scanned")).to_contain_text("Speedy 400")
    # It stays before the camera, and is counted once.
    page.wait_for_timeout(500)
    expect(page.locator(".rows li")).to_have_count(1)
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("video")).to_be_hidden()
