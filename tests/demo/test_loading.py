"""The demo is loaded as `make demo` does it, with a shorter past."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now

from booking.models import Reservation, UsageSession
from members.models import Member
from spaces.models import Space


@pytest.mark.django_db(transaction=True)
def test_the_demo_fills_an_empty_house_and_leaves_a_full_one_alone(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_demo", "--days=30")
    assert Space.objects.count() == 5
    assert UsageSession.objects.filter(started_at__lt=now() - timedelta(days=25)).exists()
    for who in ("maker", "staff", "company", "admin"):
        assert client.login(email=f"{who}@etabli.example", password="atelier-demo")
    counted = Member.objects.count(), Reservation.objects.count()
    capsys.readouterr()
    call_command("load_demo", "--days=30")
    assert capsys.readouterr().out == "There is data already; nothing was loaded.\n"
    assert counted == (Member.objects.count(), Reservation.objects.count())
