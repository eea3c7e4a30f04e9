"""Members who exchange times or hand one over: proposed, accepted by the other, judged for both."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from billing.models import ContractEntry
from billing.services.contracts import charge
from booking import notices
from booking.facts import BookingRequest
from booking.models import Exchange, Quota, Reservation
from booking.queries.exchanges import proposals_of, times_of_others
from booking.recurring import Pattern
from booking.services import series
from booking.services.exchanges import (
    Proposal,
    accept,
    decline,
    expire_exchanges,
    propose,
    withdraw,
)
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.reservations import cancel, move
from booking.states import (
    ExchangeState,
    Frequency,
    OnConflict,
    QuotaAccount,
    QuotaScope,
    QuotaWindow,
    ReservationState,
)
from machines.models import Machine
from members.models import Member
from members.states import Scope
from notifications.models import Message
from notifications.rendering import render
from tests.booking.api.conftest import client_of
from tests.factories.billing import ContractFactory
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOKEN = re.compile('name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def laser() -> Machine:
    return MachineFactory(name="Laser")


@pytest.fixture
def other_laser(laser: Machine) -> Machine:
    return MachineFactory(space=laser.space, category=laser.category, name="Other laser")


@pytest.fixture
def mine(laser: Machine) -> Reservation:
    """Of Ana, on the laser."""
    return ReservationFactory(
        machine=laser, member__name="Ana", starts_at=NOW + 3 * DAY, purpose="Lamp", created_at=NOW
    )


@pytest.fixture
def theirs(other_laser: Machine) -> Reservation:
    """Of Ben, on the other laser, for longer."""
    start = NOW + 5 * DAY
    return ReservationFactory(
        machine=other_laser,
        member__name="Ben",
        starts_at=start,
        ends_at=start + 2 * HOUR,
        created_at=NOW,
    )


def holder(row: Reservation) -> Member:
    assert row.member is not None
    return row.member


def swap(mine: Reservation, theirs: Reservation) -> Exchange:
    return propose(Proposal(reservation=mine, in_return=theirs, by=holder(mine)), now=NOW)


def hand_over(mine: Reservation, to: Member) -> Exchange:
    return propose(
        Proposal(reservation=mine, address=to.email, by=holder(mine), note="Ill"), now=NOW
    )


def fresh(row: Reservation) -> Reservation:
    return Reservation.objects.select_related("machine", "member", "company").get(pk=row.pk)


def told(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind, state="pending").order_by("pk"))


def place(row: Reservation) -> tuple[int, datetime, datetime]:
    return row.machine_id, row.starts_at, row.ends_at


def test_a_swap_gives_each_the_place_of_the_other(mine: Reservation, theirs: Reservation) -> None:
    before = place(mine), place(theirs)
    made = swap(mine, theirs)
    assert (made.proposed_to, made.expires_at) == (theirs.member, NOW + 2 * DAY)
    (letter,) = told(notices.EXCHANGE)
    assert letter.recipient == theirs.member
    text = render(letter).text
    assert "Ana offers you the time below for yours: Other laser, Saturday 9 May 2026" in text
    assert "Lamp" not in text
    assert (place(fresh(mine)), place(fresh(theirs))) == before

    accept(exchange=made, by=holder(theirs), now=NOW + HOUR)
    one, other = fresh(mine), fresh(theirs)
    assert (place(other), place(one)) == before
    assert (one.member, one.purpose, one.sequence) == (mine.member, "Lamp", 1)
    assert {row.recipient for row in told(notices.MOVED)} == {mine.member, theirs.member}
    for letter in told(notices.MOVED):
        assert "SEQUENCE:1" in render(letter).attachment
        # Who had the time is not told to who got it.
        assert ("Ben" in render(letter).text) == (letter.recipient == theirs.member)
    assert {row.context["starts_at"] for row in told(notices.REMINDER)} == {
        one.starts_at.isoformat(),
        other.starts_at.isoformat(),
    }
    assert told(notices.EXCHANGE) == []


def test_two_times_of_one_machine_that_meet_change_places(
    mine: Reservation, laser: Machine
) -> None:
    """Neither row can be written first, but together they can."""
    next_to = ReservationFactory(
        machine=laser, starts_at=mine.ends_at, ends_at=mine.ends_at + HOUR, created_at=NOW
    )
    accept(exchange=swap(mine, next_to), by=holder(next_to), now=NOW)
    assert (fresh(mine).starts_at, fresh(next_to).starts_at) == (mine.ends_at, mine.starts_at)


def test_who_is_not_certified_for_the_other_machine_gets_nothing(
    mine: Reservation, theirs: Reservation, other_laser: Machine
) -> None:
    skill = SkillFactory(name="Other induction")
    other_laser.skills.add(skill)
    made = swap(mine, theirs)
    # What the one lacks is not told to the other.
    with pytest.raises(BookingRefused, match="NOT_ALLOWED") as refused:
        accept(exchange=made, by=holder(theirs), now=NOW)
    assert "Other induction" not in refused.value.refusals[0].message
    CertificationFactory(member=mine.member, skill=skill)
    accept(exchange=made, by=holder(theirs), now=NOW)
    assert fresh(mine).machine == other_laser


def test_who_accepts_is_told_what_they_lack_themselves(
    mine: Reservation, theirs: Reservation, laser: Machine
) -> None:
    laser.skills.add(SkillFactory(name="Laser induction"))
    with pytest.raises(BookingRefused, match="NOT_CERTIFIED") as refused:
        accept(exchange=swap(mine, theirs), by=holder(theirs), now=NOW)
    assert "Laser induction" in refused.value.refusals[0].message


def test_quotas_count_what_each_gets_and_not_what_each_gives(
    mine: Reservation, theirs: Reservation, laser: Machine
) -> None:
    quota = Quota.objects.create(
        space=laser.space,
        account=QuotaAccount.MEMBER,
        scope=QuotaScope.CATEGORY,
        window=QuotaWindow.MONTH,
        duration=2 * HOUR,
    )
    accept(exchange=swap(mine, theirs), by=holder(theirs), now=NOW)
    quota.duration = HOUR
    quota.save()
    back = propose(
        Proposal(reservation=fresh(mine), in_return=fresh(theirs), by=holder(mine)), now=NOW
    )
    with pytest.raises(BookingRefused, match="QUOTA"):
        accept(exchange=back, by=holder(theirs), now=NOW)


def test_a_hand_over_takes_it_out_of_one_calendar_and_puts_it_into_another(
    mine: Reservation,
) -> None:
    cleo, uid = MemberFactory(name="Cleo"), mine.uid
    notices.reservation_confirmed(mine, by=None, now=NOW)
    made = hand_over(mine, cleo)
    assert "Ill" in render(told(notices.EXCHANGE)[0]).text
    accept(exchange=made, by=cleo, now=NOW)
    row = fresh(mine)
    assert (row.member, row.state, row.created_by) == (cleo, "confirmed", mine.member)
    assert row.uid != uid
    (gone,), (new,) = told(notices.HANDED_OVER), told(notices.CONFIRMED)
    assert (gone.recipient, new.recipient) == (mine.member, cleo)
    assert "Cleo has taken over your reservation of Laser." in render(gone).text
    for text in (f"UID:{uid}", "METHOD:CANCEL", "SEQUENCE:1"):
        assert text in render(gone).attachment
    assert f"UID:{row.uid}" in render(new).attachment
    assert [each.recipient for each in told(notices.REMINDER)] == [cleo]


def test_who_may_not_use_the_machine_cannot_take_it_over(mine: Reservation, laser: Machine) -> None:
    laser.skills.add(SkillFactory())
    cleo = MemberFactory()
    with pytest.raises(BookingRefused, match="NOT_CERTIFIED"):
        accept(exchange=hand_over(mine, cleo), by=cleo, now=NOW)
    assert fresh(mine).member == mine.member


def test_what_staff_approved_waits_again_for_another_person(
    mine: Reservation, laser: Machine
) -> None:
    PolicyFactory(machine=laser, approval_needed=True)
    staff, cleo = RoleFactory(space=laser.space).member, MemberFactory()
    accept(exchange=hand_over(mine, cleo), by=cleo, now=NOW)
    assert fresh(mine).state == ReservationState.PENDING
    assert [each.recipient for each in told(notices.TO_DECIDE)] == [staff]
    assert [each.recipient for each in told(notices.HANDED_OVER)] == [mine.member]


def test_the_minutes_of_a_contract_follow(laser: Machine) -> None:
    contract = ContractFactory(space=laser.space)
    booker, colleague = DelegateFactory.create_batch(2, company=contract.company)
    row = ReservationFactory(
        machine=laser,
        member=booker.member,
        company=contract.company,
        starts_at=NOW + 3 * DAY,
        purpose="Secret",
        is_confidential=True,
        created_at=NOW,
    )
    charge(
        company=contract.company,
        space=laser.space,
        span=row.span,
        subject_key=row.subject_key,
        by=None,
        now=NOW,
    )

    def used() -> int:
        return sum(ContractEntry.objects.values_list("minutes", flat=True))

    accept(exchange=hand_over(row, colleague.member), by=colleague.member, now=NOW)
    assert (used(), fresh(row).company) == (60, contract.company)
    # Outside the company nothing of it goes along.
    cleo = MemberFactory()
    made = propose(Proposal(reservation=fresh(row), address=cleo.email, by=booker.member), now=NOW)
    assert "Secret" not in render(told(notices.EXCHANGE)[-1]).text
    accept(exchange=made, by=cleo, now=NOW)
    kept = fresh(row)
    assert (used(), kept.company, kept.purpose, kept.is_confidential) == (0, None, "", False)


def test_the_minutes_of_a_swap_are_those_of_the_new_time(
    theirs: Reservation, laser: Machine
) -> None:
    contract = ContractFactory(space=laser.space, included_minutes=100)
    booker = DelegateFactory(company=contract.company).member
    row = ReservationFactory(
        machine=laser, member=booker, company=contract.company, starts_at=NOW + DAY, created_at=NOW
    )
    made = swap(row, theirs)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        accept(exchange=made, by=holder(theirs), now=NOW)
    contract.included_minutes = 120
    contract.save()
    accept(exchange=made, by=holder(theirs), now=NOW)
    assert sum(ContractEntry.objects.values_list("minutes", flat=True)) == 120


@pytest.mark.parametrize("how", ["moved", "cancelled", "begun", "late", "withdrawn", "declined"])
def test_what_is_over_cannot_be_accepted(mine: Reservation, theirs: Reservation, how: str) -> None:
    made, moment = swap(mine, theirs), NOW
    if how == "moved":
        asked = BookingRequest(starts_at=NOW + 7 * DAY, ends_at=NOW + 7 * DAY + HOUR)
        move(reservation=mine, request=asked, by=holder(mine), now=NOW)
    elif how == "cancelled":
        cancel(reservation=theirs, by=holder(theirs), now=NOW)
    elif how == "begun":
        Reservation.objects.filter(pk=mine.pk).update(state=ReservationState.IN_USE)
    elif how == "late":
        moment = made.expires_at
    elif how == "withdrawn":
        withdraw(exchange=made, by=holder(mine), now=NOW)
    else:
        decline(exchange=made, by=holder(theirs), now=NOW)
        assert [each.recipient for each in told(notices.EXCHANGE_DECLINED)] == [mine.member]
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        accept(exchange=made, by=holder(theirs), now=moment)
    assert fresh(theirs).machine == theirs.machine


def test_only_the_two_decide(mine: Reservation, theirs: Reservation, laser: Machine) -> None:
    made = swap(mine, theirs)
    staff = RoleFactory(space=laser.space).member
    for act, people in (
        (accept, (holder(mine), staff, MemberFactory())),
        (decline, (holder(mine), MemberFactory())),
        (withdraw, (holder(theirs), MemberFactory())),
    ):
        for person in people:
            with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
                act(exchange=made, by=person, now=NOW)


def test_what_can_be_proposed(mine: Reservation, theirs: Reservation, laser: Machine) -> None:
    stranger = MemberFactory()
    elsewhere = ReservationFactory(starts_at=NOW + 2 * DAY)
    pending = ReservationFactory(
        machine=laser, starts_at=NOW + 8 * DAY, state=ReservationState.PENDING
    )
    assert list(times_of_others(mine, now=NOW)) == [theirs]
    for proposal in (
        Proposal(reservation=mine, by=stranger, address=stranger.email),
        Proposal(reservation=mine, by=holder(mine), address=holder(mine).email),
        Proposal(reservation=mine, by=holder(mine)),
        Proposal(reservation=mine, by=holder(mine), in_return=elsewhere),
        Proposal(reservation=mine, by=holder(mine), in_return=pending),
        Proposal(reservation=pending, by=holder(pending), address=stranger.email),
    ):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            propose(proposal, now=NOW)
    swap(mine, theirs)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        hand_over(mine, stranger)


def test_the_job_closes_what_nobody_answered_once(mine: Reservation, theirs: Reservation) -> None:
    made = swap(mine, theirs)
    assert expire_exchanges(made.expires_at - HOUR) == 0
    assert expire_exchanges(made.expires_at) == 1
    assert expire_exchanges(made.expires_at) == 0
    assert Exchange.objects.get().state == ExchangeState.EXPIRED
    assert [each.recipient for each in told(notices.EXCHANGE_DECLINED)] == [mine.member]
    assert told(notices.EXCHANGE) == []


def test_without_the_job_a_late_proposal_makes_room_for_the_next(
    mine: Reservation, theirs: Reservation
) -> None:
    made = swap(mine, theirs)
    assert not proposals_of(holder(theirs), now=made.expires_at).to_answer
    again = Proposal(reservation=mine, address=MemberFactory().email, by=holder(mine))
    propose(again, now=made.expires_at)
    made.refresh_from_db()
    assert made.state == ExchangeState.EXPIRED


def test_what_else_was_proposed_about_the_times_is_over(
    mine: Reservation, theirs: Reservation
) -> None:
    other = ReservationFactory(machine=mine.machine, starts_at=NOW + 9 * DAY, created_at=NOW)
    rival = propose(Proposal(reservation=other, in_return=mine, by=holder(other)), now=NOW)
    accept(exchange=swap(mine, theirs), by=holder(theirs), now=NOW)
    rival.refresh_from_db()
    assert rival.state == ExchangeState.WITHDRAWN


def test_proposals_take_one_query(
    mine: Reservation, theirs: Reservation, django_assert_num_queries: Any
) -> None:
    swap(mine, theirs)
    for _more in range(2):
        row = ReservationFactory(
            machine=mine.machine, starts_at=NOW + (10 + _more) * DAY, created_at=NOW
        )
        swap(row, theirs)
    with django_assert_num_queries(1):
        found = proposals_of(holder(theirs), now=NOW)
        assert [each.reservation.what for each in found.to_answer] == ["Laser"] * 3
        assert {str(each.proposed_by) for each in found.to_answer} >= {"Ana"}


class TestPages:
    """The form, the answer, and who is told what."""

    @pytest.fixture(autouse=True)
    def frozen(self) -> Any:
        """The clock stands still."""
        with time_machine.travel(NOW, tick=False):
            yield

    def client(self, member: Member | None) -> Client:
        """A browser in which somebody has signed in."""
        client = Client()
        client.force_login(member)  # type: ignore[arg-type]
        return client

    def test_a_swap_is_proposed_without_learning_whose_time_it_is(
        self, mine: Reservation, theirs: Reservation
    ) -> None:
        client, address = self.client(mine.member), reverse("booking:exchange_new", args=[mine.pk])
        page = client.get(address).text
        assert "Other laser" in page
        assert "Ben" not in page
        answer = client.post(address, {"act": "swap", "in_return": theirs.pk, "note": "Please"})
        made = Exchange.objects.get()
        assert answer["Location"] == reverse("booking:exchange", args=[made.pk])
        assert "Ben" not in client.get(answer["Location"]).text
        assert "proposed by you" in client.get("/reservations/").text
        page = self.client(theirs.member).get(answer["Location"]).text
        assert "Ana" in page
        assert "Please" in page
        assert "your answer is awaited" in self.client(theirs.member).get("/reservations/").text

    def test_a_hand_over_to_oneself_says_so_and_keeps_what_was_typed(
        self, mine: Reservation
    ) -> None:
        address = reverse("booking:exchange_new", args=[mine.pk])
        own = {"act": "hand-over", "to-email": holder(mine).email.upper(), "to-note": "Ill"}
        answer = self.client(mine.member).post(address, own)
        assert answer.status_code == 422
        for text in ("Choose somebody else", holder(mine).email.upper(), "Ill"):
            assert text in answer.text

    def test_nobody_learns_whether_a_member_has_an_address(self, mine: Reservation) -> None:
        MemberFactory(name="Cleo", email="cleo@example.org")
        client, address = self.client(mine.member), reverse("booking:exchange_new", args=[mine.pk])

        def pages(email: str) -> list[str]:
            """What is shown of a proposal to that address, open and withdrawn."""
            answer = client.post(address, {"act": "hand-over", "to-email": email, "to-note": "Ill"})
            page = answer["Location"]
            pk = page.rstrip("/").rpartition("/")[2]
            opened = client.get(page).text
            client.post(reverse("booking:exchange_withdraw", args=[pk]))
            told = (opened, client.get(page).text)
            return [TOKEN.sub("", text).replace(email, "").replace(f"/{pk}/", "") for text in told]

        known = pages("cleo@example.org")
        assert known == pages("nobody@example.org")
        assert "Cleo" not in str(known)
        assert Message.objects.filter(kind=notices.EXCHANGE).count() == 1

    def test_it_is_answered_by_a_button(self, mine: Reservation) -> None:
        cleo = MemberFactory()
        made = hand_over(mine, cleo)
        client = self.client(cleo)
        page = reverse("booking:exchange", args=[made.pk])
        accept_it = reverse("booking:exchange_accept", args=[made.pk])
        assert accept_it in client.get(page).text
        client.post(accept_it)
        assert fresh(mine).member == cleo
        assert client.post(accept_it)["Location"] == page
        staff = RoleFactory(space=mine.machine.space, member__name="Sam").member
        assert str(cleo) in self.client(staff).get(page).text
        kept = self.client(staff).get(reverse("booking:reservation", args=[mine.pk])).text
        assert page in kept

    def test_what_cannot_change_hands_has_no_form(self, mine: Reservation) -> None:
        Reservation.objects.filter(pk=mine.pk).update(state=ReservationState.PENDING)
        answer = self.client(mine.member).get(reverse("booking:exchange_new", args=[mine.pk]))
        assert answer.status_code == 302

    def test_over_the_api(self, mine: Reservation, theirs: Reservation) -> None:
        ana, ben = (client_of(holder(row), Scope.BOOK) for row in (mine, theirs))
        url, json = "/api/v1/", "application/json"
        body = {"in_return": theirs.pk, "note": "Please"}
        made = ana.post(f"{url}reservations/{mine.pk}/exchange", body, content_type=json)
        assert made.status_code == 201, made.content
        pk = made.json()["id"]
        assert ana.post(f"{url}exchanges/{pk}/accept").status_code == 422
        assert ben.get(f"{url}exchanges/{pk}").json()["state"] == "open"
        assert ben.post(f"{url}exchanges/{pk}/accept").json()["state"] == "accepted"
        assert ana.post(f"{url}exchanges/{pk}/withdraw").status_code == 422
        answer = ana.post(f"{url}reservations/{mine.pk}/exchange", {}, content_type=json)
        assert answer.status_code == 422
        moved = ben.post(
            f"{url}reservations/{theirs.pk}/exchange",
            {"to_email": "nobody@example.org"},
            content_type=json,
        )
        assert moved.status_code == 201


def test_a_date_that_is_handed_over_leaves_its_series(laser: Machine) -> None:
    PolicyFactory(machine=laser, horizon_days=60)
    ana, cleo = MemberFactory(name="Ana"), MemberFactory(name="Cleo")
    first = datetime(2026, 5, 5, 18)
    made = series.reserve_series(
        Claim(member=ana, by=ana),
        target=laser,
        pattern=Pattern(frequency=Frequency.WEEKLY),
        start=first,
        end=first + HOUR,
        on_conflict=OnConflict.SKIP,
        now=NOW,
    )
    row, rest = made.rows[1], len(made.rows) - 1
    accept(exchange=hand_over(row, cleo), by=cleo, now=NOW)
    assert series.materialise(NOW + HOUR) == series.HorizonReport()
    gone = series.cancel_all(series=made.series, by=ana, now=NOW + HOUR)
    assert (len(gone), row in gone) == (rest, False)
    assert (fresh(row).member, fresh(row).state) == (cleo, ReservationState.CONFIRMED)
    assert not made.series.gaps.exists()
