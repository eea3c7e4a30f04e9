"""Staff sets what an hour on a machine costs each audience."""

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import HourlyPrice
from billing.queries import price_list
from members.states import Audience
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory

pytestmark = pytest.mark.django_db


def test_prices_are_set_changed_and_taken_away(client: Client) -> None:
    machine = MachineFactory()
    HourlyPrice.objects.create(machine=machine, audience="staff", amount=5)
    client.force_login(RoleFactory(space=machine.space).member)
    page = f"/spaces/{machine.space.slug}/machines/{machine.slug}/prices/"
    assert 'value="5.00"' in client.get(page).text
    answer = client.post(page, {"maker": "12.50", "company": "30", "staff": ""})
    assert answer.status_code == 302
    assert price_list(machine) == {"maker": Decimal("12.50"), "company": Decimal(30)}
    wrong = client.post(page, {"maker": "-1", "company": "31"})
    assert wrong.status_code == 422
    assert 'value="31"' in wrong.text
    assert price_list(machine)[Audience.COMPANY] == Decimal(30)
