"""The page on which calendars are opened and revoked."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking.models import Feed
from booking.services.feeds import create_feed
from booking.states import FeedKind
from members.models import Member
from tests.booking.following import titles
from tests.booking.lively import NOW, Lively, signed_in
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db

PAGE = "/profile/calendars/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def maker(lively: Lively) -> Client:
    return signed_in(lively.maker)


def page(client: Client, **asked: str) -> str:
    return unescape(client.get(PAGE, asked).content.decode())


def offered(client: Client, **asked: str) -> list[str]:
    """What the form offers, in its order."""
    form = client.get(PAGE, asked).context["form"]
    return [value for _group, choices in form.fields["about"].choices for value, _name in choices]


def opened(client: Client, about: str, name: str = "") -> Any:
    return client.post(PAGE, {"about": about, "name": name})


def path_of(response: Any) -> str:
    """The address that is shown, without the place."""
    address = response.context["address"]
    return address[address.index("/api/") :]


def test_the_address_is_shown_once_and_opens_the_calendar(maker: Client) -> None:
    response = opened(maker, "mine", "My phone")
    assert response.status_code == 200
    address = response.context["address"]
    shown = response.content.decode()
    assert address in shown
    assert f"webcal://{address.partition('://')[2]}" in shown
    assert titles(path_of(response)) == ["Speedy 400 at Atelier Zürich"]
    again = page(maker)
    assert address not in again
    assert "My phone" in again
    assert Feed.objects.get().hint in again


def test_everybody_may_follow_what_is_theirs_and_the_spaces(maker: Client, lively: Lively) -> None:
    assert offered(maker) == ["mine", f"space:{lively.space.pk}"]


def test_those_of_a_company_and_the_staff_may_follow_more(lively: Lively) -> None:
    company = CompanyFactory()
    DelegateFactory(company=company, member=lively.staff)
    assert offered(signed_in(lively.staff)) == [
        "mine",
        f"company:{company.pk}",
        f"space:{lively.space.pk}",
        f"duty:{lively.space.pk}",
    ]


def test_a_machine_is_offered_where_its_page_leads_here(maker: Client, lively: Lively) -> None:
    machine = reverse("booking:machine", args=[lively.space.slug, lively.laser.slug])
    about = f"machine:{lively.laser.pk}"
    assert f'href="{PAGE}?about={about}"' in maker.get(machine).content.decode()
    assert about in offered(maker, about=about)
    assert f'<option value="{about}" selected>' in page(maker, about=about)
    assert len(titles(path_of(opened(maker, about)))) > 1


@pytest.mark.parametrize(
    "about", ["", "machine:0", "machine:x", f"machine:{'9' * 5000}", "company:1", "duty:1", "\0"]
)
def test_what_may_not_be_followed_is_refused_beside_its_field(maker: Client, about: str) -> None:
    response = opened(maker, about, "my phone")
    assert response.status_code == 422
    assert response.context["form"].errors["about"]
    assert "my phone" in response.content.decode()
    assert not Feed.objects.exists()


def test_a_machine_that_has_no_page_for_me_is_not_offered(maker: Client, lively: Lively) -> None:
    lively.mill.is_listed = False
    lively.mill.save()
    about = f"machine:{lively.mill.pk}"
    assert about not in offered(maker, about=about)
    assert opened(maker, about).status_code == 422


def test_the_pages_lead_here(lively: Lively) -> None:
    company = DelegateFactory(member=lively.maker).company
    for client, address, about in (
        (signed_in(lively.maker), reverse("booking:reservations"), "mine"),
        (
            signed_in(lively.maker),
            reverse("booking:company", args=[company.slug]),
            f"company:{company.pk}",
        ),
        (
            signed_in(lively.staff),
            reverse("booking:board", args=[lively.space.slug]),
            f"space:{lively.space.pk}",
        ),
    ):
        assert f'href="{PAGE}?about={about}"' in client.get(address).content.decode()
        assert f'value="{about}" selected' in page(client, about=about)


def test_an_address_is_revoked_by_its_owner_alone(maker: Client, lively: Lively) -> None:
    response = opened(maker, "mine")
    feed = Feed.objects.get()
    address = reverse("booking:calendar_revoke", args=[feed.pk])
    assert signed_in(MemberFactory()).post(address).status_code == 404
    assert Client().get(path_of(response)).status_code == 200
    answer = maker.post(address, follow=True)
    assert "opens nothing any more" in unescape(answer.content.decode())
    assert "Nothing yet" in page(maker)
    assert Client().get(path_of(response)).status_code == 404


def test_one_that_is_closed_says_so(lively: Lively) -> None:
    staff: Member = lively.staff
    create_feed(member=staff, kind=FeedKind.DUTY, space=lively.space, now=NOW)
    assert "closed:" not in page(signed_in(staff))
    staff.roles.all().delete()
    assert "closed: you may not see this any more" in page(signed_in(staff))


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_fixed(
    lively: Lively, count: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(lively.maker)
    for _number in range(count):
        create_feed(member=lively.maker, kind=FeedKind.MINE, now=NOW)
        create_feed(member=lively.maker, kind=FeedKind.MACHINE, machine=lively.laser, now=NOW)
        create_feed(member=lively.maker, kind=FeedKind.SPACE, space=lively.space, now=NOW)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)
