"""Whatever several tablets and phones do, however often and in which order it arrives.

One open session per unit, no two that overlap, each entry done once, none of them lost, and what
a correction replaced still there. `PROPERTIES=long` plays more and longer stories.
"""

import contextlib
import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.models import KioskEntry, SessionVersion, UsageSession
from booking.services.attendance import close_forgotten, start_walk_in, stop_session
from booking.services.corrections import Truth, correct
from booking.services.kiosk_entries import Deed, enter_all
from booking.services.refusing import BookingRefused
from booking.states import KioskAct, KioskOutcome
from tests.factories.kiosk import KioskFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

IS_LONG = os.environ.get("PROPERTIES") == "long"
NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

which = st.integers(0, 1)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("tablet"), which, which, st.sampled_from(KioskAct)),
        st.tuples(st.just("phone"), which, which, st.sampled_from(KioskAct)),
        st.tuples(st.just("send"), which, st.permutations(range(6)), st.booleans()),
        st.tuples(st.just("correct"), which, st.integers(-30, 30), st.integers(-30, 30)),
        st.tuples(st.just("wait"), st.sampled_from([1, 7, 45, 600])),
    ),
    min_size=8,
    max_size=30,
)


class Story:
    """Two machines, two people, two tablets that have no network until they send."""

    def __init__(self) -> None:
        self.now = NOW
        self.machines = [MachineFactory.create()]
        self.machines.append(MachineFactory.create(space=self.machines[0].space))
        self.people = [MemberFactory.create(), MemberFactory.create()]
        self.staff = RoleFactory.create(space=self.machines[0].space).member
        self.tablets = [
            KioskFactory.create(stands_at=self.machines[0], secret_digest=str(number))
            for number in range(2)
        ]
        self.kept: list[list[tuple[uuid.UUID, datetime, Any]]] = [[], []]
        self.keys: set[uuid.UUID] = set()

    def tablet(self, machine: int, person: int, act: KioskAct) -> None:
        told = {"act": act, "machine": self.machines[machine], "who": lambda: self.people[person]}
        key = uuid.uuid4()
        self.keys.add(key)
        self.kept[person].append((key, self.now, told))

    def phone(self, machine: int, person: int, act: KioskAct) -> None:
        common: dict[str, Any] = {"machine": self.machines[machine], "by": self.people[person]}
        with contextlib.suppress(BookingRefused):
            if act == KioskAct.CHECK_IN:
                start_walk_in(**common, member=self.people[person], now=self.now)
            elif act == KioskAct.CHECK_OUT:
                stop_session(**common, now=self.now)

    def send(self, tablet: int, order: list[int], is_answered: bool) -> None:
        """Everything that is kept, in any order; where the answer is lost it is kept on."""
        kept = self.kept[tablet][:6]
        deeds = [
            Deed(key=key, ago=self.now - at, is_awaited=False, **told) for key, at, told in kept
        ]
        shuffled = [deeds[number] for number in order if number < len(deeds)]
        outcomes = enter_all(kiosk=self.tablets[tablet], deeds=shuffled, now=self.now)
        assert {each.entry.key for each in outcomes} == {each.key for each in shuffled}
        if is_answered:
            self.kept[tablet] = self.kept[tablet][6:]

    def correct(self, number: int, start: int, end: int) -> None:
        sessions = UsageSession.objects.exclude(ended_at=None).select_related("machine__space")
        session = sessions.order_by("-pk")[number : number + 1].first()
        if session is None or session.ended_at is None:
            return
        truth = Truth(
            machine=session.machine,
            member=session.member,
            started_at=session.started_at + start * MINUTE,
            ended_at=session.ended_at + end * MINUTE,
        )
        before = (session.started_at, session.ended_at)
        with contextlib.suppress(BookingRefused):
            correct(session=session, truth=truth, reason="", by=self.staff, now=self.now)
            version = SessionVersion.objects.filter(session=session).latest("pk")
            assert (version.started_at, version.ended_at) == before

    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        close_forgotten(self.now)

    def holds(self) -> None:
        """No constraint is trusted: what must hold is counted."""
        for one, other in combinations(UsageSession.objects.all(), 2):
            if one.machine_id != other.machine_id:
                continue
            assert one.ended_at is not None or other.ended_at is not None, "two are open"
            apart = (one.ended_at is not None and one.ended_at <= other.started_at) or (
                other.ended_at is not None and other.ended_at <= one.started_at
            )
            assert apart, f"{one.pk} and {other.pk} overlap"
        done = KioskEntry.objects.filter(session__isnull=False)
        begun = list(done.filter(act=KioskAct.CHECK_IN).values_list("session", flat=True))
        assert len(begun) == len(set(begun)), "an entry began two sessions"

    def ends(self) -> None:
        """Once the network is back every entry has its outcome: done, or for the staff."""
        for tablet in range(2):
            while self.kept[tablet]:
                self.send(tablet, list(range(6)), is_answered=True)
        entries = KioskEntry.objects.filter(key__in=self.keys)
        assert entries.count() == len(self.keys)
        lost = entries.filter(session=None).exclude(outcome=KioskOutcome.TO_SETTLE)
        assert not lost.exists()


@settings(
    max_examples=200 if IS_LONG else 8,
    derandomize=not IS_LONG,
    suppress_health_check=list(HealthCheck),
)
@given(story=acts)
@pytest.mark.django_db
def test_nothing_is_lost_doubled_or_overlapping(story: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        played = Story()
        for name, *told in story:
            getattr(played, name)(*told)
            played.holds()
        played.ends()
        played.holds()
        transaction.set_rollback(True)
