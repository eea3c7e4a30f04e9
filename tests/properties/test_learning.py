"""What holds of certifications and seats whatever happens.

`PROPERTIES=long` plays more and other stories.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.models import Induction, InductionPlace
from booking.services import inductions
from booking.services.disuse import follow_use
from booking.services.refusing import BookingRefused
from booking.states import PlaceState
from members.models import Certification, SkillTerms
from members.services import certifications as services
from tests.factories.booking import UsageSessionFactory
from tests.factories.inductions import InductionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory, SkillFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
IS_LONG = os.environ.get("PROPERTIES") == "long"
FEW = settings(max_examples=100 if IS_LONG else 10, derandomize=not IS_LONG)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever an example writes is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Fact(NamedTuple):
    """What was once so of a certification."""

    end: date | None
    revoked: datetime | None
    rest: tuple[object, ...]


def facts() -> dict[int, Fact]:
    """All certifications as they are."""
    fields = ("key", "member", "skill", "space", "start_date", "expiry_date", "granted_by")
    return {
        pk: Fact(end, revoked, tuple(rest))
        for pk, end, revoked, *rest in Certification.objects.values_list(
            "pk", "end_date", "revoked_at", *fields
        )
    }


def is_kept(before: dict[int, Fact], after: dict[int, Fact]) -> bool:
    """Whether nothing of what was is lost, and no last day moved back."""
    return all(
        pk in after
        and after[pk].rest == was.rest
        and (was.revoked is None or after[pk].revoked == was.revoked)
        and (after[pk].end == was.end or (after[pk].end or NOW.date()) > (was.end or NOW.date()))
        for pk, was in before.items()
    )


VANDALS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"revoked_at": None},
    {"end_date": date(2020, 6, 1)},
    {"start_date": date(2020, 1, 1)},
    {"granted_by": None},
)
"""What somebody with a direct line to the tables may try: to delete, or to write these."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "terms", "use", "job", "revoke", "vandal"]),
        st.integers(0, 2),
        st.integers(0, 400),
    ),
    max_size=14,
)


@given(steps=STEPS)
@FEW
def test_the_history_of_certifications_is_never_lost(steps: list[tuple[str, int, int]]) -> None:
    with taken_back():
        machine, skill = MachineFactory.create(), SkillFactory.create()
        machine.skills.add(skill)
        staff = RoleFactory.create(space=machine.space).member
        people = MemberFactory.create_batch(3)
        terms = SkillTerms.objects.create(space=machine.space, skill=skill, disuse_months=6)
        moment, before = NOW, facts()
        for what, who, days in steps:
            moment += days * DAY / 4
            rows = Certification.objects.filter(member=people[who])
            if what == "grant":
                services.grant(
                    member=people[who], skill=skill, space=machine.space, by=staff, now=moment
                )
            elif what == "terms":
                terms.validity_months, terms.disuse_months = who or None, days % 12 or None
                services.save_terms(terms=terms)
            elif what == "use":
                UsageSessionFactory.create(
                    machine=machine, member=people[who], started_at=moment, ended_at=moment
                )
            elif what == "job":
                follow_use(moment)
            elif what == "revoke" and (row := rows.first()):
                services.revoke(certification=row, by=staff, reason="x", now=moment)
            elif what == "vandal":
                vandalise(rows, VANDALS[days % len(VANDALS)])
            after = facts()
            assert is_kept(before, after), what
            before = after


def vandalise(rows: Any, change: dict[str, Any] | None) -> None:
    """Try to lose history; the database may say no."""
    try:
        with transaction.atomic():
            rows.update(**change) if change else rows.delete()
    except DatabaseError:
        pass


@given(
    seats=st.integers(1, 3),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=20),
)
@FEW
def test_seats_go_to_who_asked_first(seats: int, steps: list[tuple[bool, int]]) -> None:
    with taken_back():
        made = InductionFactory.create(starts_at=NOW + 3 * DAY, seats=seats)
        people = MemberFactory.create_batch(6)
        for number, (comes, who) in enumerate(steps):
            act(made, people[who], comes=comes, now=NOW + number * timedelta(minutes=1))
            coming = list(made.places.coming().order_by("joined_at", "pk"))
            assert [place.state for place in coming] == [
                PlaceState.SEATED if at < seats else PlaceState.WAITING for at in range(len(coming))
            ]
            assert len({place.member_id for place in coming}) == len(coming)


def act(induction: Induction, member: Any, *, comes: bool, now: datetime) -> None:
    """Ask for a seat or give back what one has; who may not is told so."""
    try:
        if comes:
            inductions.join(induction=induction, member=member, by=member, now=now)
            return
        place = InductionPlace.objects.coming().filter(induction=induction, member=member).first()
        if place is not None:
            inductions.leave(place=place, by=member, now=now)
    except BookingRefused:
        pass
