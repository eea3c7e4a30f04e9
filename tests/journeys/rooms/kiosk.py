"""The pages about use, tablets and badges, and what is none."""

from datetime import timedelta

from booking.models import UsageSession
from booking.states import KioskAct, KioskOutcome, QuestionKind
from tests.booking.lively import Lively, at
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import (
    BadgeFactory,
    CorrectionFactory,
    KioskEntryFactory,
    KioskFactory,
    PinFactory,
    QuestionFactory,
)
from tests.journeys.rooms.room import Names, Room


def furnish(lively: Lively) -> Names:
    """A use that was corrected once and is asked about again, a tablet, badges, questions."""
    used = UsageSessionFactory.create(
        machine=lively.mill,
        member=lively.maker,
        started_at=at("06:00"),
        ended_at=at("07:00"),
        end_is_assumed=True,
    )
    CorrectionFactory.create(session=used, reason="I left at seven, and forgot to check out.")
    KioskFactory.create(stands_at=lively.laser, created_by=lively.staff)
    KioskEntryFactory.create(
        machine=lively.laser,
        member=lively.maker,
        act=KioskAct.CHECK_OUT,
        happened_at=at("10:30"),
        kiosk__name="Tablet at the door",
    )
    BadgeFactory.create(member=lively.maker)
    BadgeFactory.create(member=lively.maker, name="Card from the desk", space=lively.space)
    KioskEntryFactory.create(
        kiosk__name="Tablet at the lasers",
        machine=lively.mill,
        member=lively.maker,
        session=used,
        happened_at=at("06:00"),
        received_at=at("06:09"),
        outcome=KioskOutcome.DONE,
    )
    PinFactory.create(member=lively.maker, locked_until=at("11:40") + timedelta(minutes=9))
    for kind in QuestionKind:
        choices = ["Well", "Badly"] if kind == QuestionKind.CHOICE else []
        question = QuestionFactory.create(machine=lively.mill, kind=kind, choices=choices)
    running = UsageSession.objects.open().get(machine=lively.mill)
    return {"session": used.pk, "question": question.pk, "running_session": running.pk}


ROOM = Room(
    maker={
        "my-use": "/sessions/",
        "session": "/sessions/{session}/",
        "session-leave": "/sessions/{running_session}/leave/",
        "badges": "/profile/badges/",
    },
    staff={
        "session-correct": "/sessions/{session}/correct/",
        "space-use": "/spaces/atelier/use/",
        "missed-use": "/spaces/atelier/use/new/",
        "questions": "/spaces/atelier/questions/",
        "question-new": "/spaces/atelier/questions/new/",
        "question": "/spaces/atelier/questions/{question}/",
        "tablets": "/spaces/atelier/tablets/",
        "space-badges": "/spaces/atelier/badges/",
    },
    no_pages={
        "booking:kiosk": "shown on a tablet: tests/journeys/test_kiosk.py",
        "booking:kiosk_entries": "for the script of the tablet",
        "booking:kiosk_pair": "an action",
        "booking:use_at_once": "an action",
        "booking:session_extend": "an action",
        "booking:correction_decide": "an action",
        "booking:entry_settle": "an action",
        "booking:tablet_change": "an action",
        "booking:space_badge_change": "an action",
        "members:pin": "an action",
        "members:badge_confirm": "an action",
        "members:badge_revoke": "an action",
    },
    furnish=furnish,
)
