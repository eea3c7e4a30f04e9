"""How a browser becomes a tablet of a space, and ceases to be one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from booking.models import Kiosk
from booking.services.kiosks import (
    PairingRefused,
    kiosk_of,
    new_code,
    pair,
    register_kiosk,
    revoke_kiosk,
)
from booking.states import PAIRING_HOLD
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)


def announced() -> tuple[Kiosk, str]:
    return register_kiosk(
        space=SpaceFactory(), machine=None, name="Door", by=MemberFactory(), now=NOW
    )


def test_a_code_pairs_once_and_the_secret_is_known_from_then_on() -> None:
    kiosk, code = announced()
    assert code not in kiosk.code_digest
    paired, secret = pair(code=f" {code.lower()[:4]} {code.lower()[4:]}", now=NOW)
    assert paired == kiosk
    assert kiosk_of(secret, NOW) == kiosk
    with pytest.raises(PairingRefused):
        pair(code=code, now=NOW)


def test_a_code_is_too_old_after_a_while() -> None:
    _kiosk, code = announced()
    with pytest.raises(PairingRefused):
        pair(code=code, now=NOW + PAIRING_HOLD)


def test_a_revoked_tablet_opens_nothing() -> None:
    kiosk, code = announced()
    _kiosk, secret = pair(code=code, now=NOW)
    kiosk.refresh_from_db()
    revoke_kiosk(kiosk=kiosk, now=NOW)
    revoke_kiosk(kiosk=kiosk, now=NOW + timedelta(days=1))
    assert kiosk.revoked_at == NOW
    assert kiosk_of(secret, NOW) is None
    assert kiosk_of("", NOW) is None


def test_a_new_code_gives_the_place_to_another_tablet() -> None:
    kiosk, code = announced()
    _kiosk, old = pair(code=code, now=NOW)
    code = new_code(kiosk=kiosk, now=NOW)
    assert kiosk_of(old, NOW + timedelta(minutes=2)) == kiosk
    _kiosk, new = pair(code=code, now=NOW)
    assert kiosk_of(old, NOW) is None
    assert kiosk_of(new, NOW) == kiosk


def test_staff_announces_pairs_and_revokes_on_the_pages(client: Client) -> None:
    machine = MachineFactory()
    staff = RoleFactory(space=machine.space).member
    client.force_login(staff)
    address = f"/spaces/{machine.space.slug}/tablets/"
    assert client.post(address, {"name": ""}).status_code == 422
    with time_machine.travel(NOW, tick=False):
        page = client.post(address, {"name": "Door", "machine": machine.pk})
        code = page.context["code"]
        tablet = Client()
        assert "Pair this tablet" in tablet.get("/kiosk/").text
        assert tablet.post("/kiosk/pair/", {"code": "ABCD2345"}).status_code == 422
        assert tablet.post("/kiosk/pair/", {"code": code}).status_code == 302
        assert machine.name in tablet.get("/kiosk/").text
        # It is known by itself: nobody is signed in, and nothing else is open.
        assert tablet.get(address).status_code == 302
        kiosk = Kiosk.objects.get()
        again = client.post(f"{address}{kiosk.pk}/", {"step": "code"})
        assert again.context["code"] != code
        # Another language there asks for the page again.
        assert client.get(f"{address}{kiosk.pk}/")["Location"] == address
        client.post(f"{address}{kiosk.pk}/", {"step": "revoke"})
        assert "Pair this tablet" in tablet.get("/kiosk/").text


def test_codes_are_not_guessed_by_trying(client: Client, settings: object) -> None:
    settings.UNSUBSCRIBES_PER_MINUTE = 3
    with time_machine.travel(NOW, tick=False):
        answers = [client.post("/kiosk/pair/", {"code": "X"}).status_code for _try in range(4)]
    assert answers == [422, 422, 422, 429]
