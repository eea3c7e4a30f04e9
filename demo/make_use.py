"""At the machines of the demo: a badge, a tablet, questions, something to set right."""

import uuid
from datetime import datetime, timedelta

from booking.models import Answer, KioskEntry, Question, UsageSession
from booking.services.corrections import Truth, ask
from booking.services.kiosks import register_kiosk
from booking.states import KioskAct, KioskOutcome, QuestionKind, RefusalCode, Result
from demo.people import BADGE, BADGE_PIN
from machines.models import Category
from members.models import Member
from members.services.badges import enrol_badge
from spaces.models import Space

MINUTE = timedelta(minutes=1)
ANSWERED = 12
ASKED = {
    "laser-cutter": ((QuestionKind.RESULT, ""), (QuestionKind.CONDITION, "")),
    "3d-printer": (
        (QuestionKind.MATERIAL, "g"),
        (QuestionKind.RESULT, ""),
        (QuestionKind.CONDITION, ""),
    ),
}
"""What is asked at check-out, by category, and in which unit."""


def ask_at_check_out(space: Space) -> None:
    """The questions of a space, for the categories that it has."""
    for category in Category.objects.filter(machines__space=space).distinct():
        for position, (kind, unit) in enumerate(ASKED.get(category.slug, ())):
            Question.objects.create(
                space=space,
                category=category,
                kind=kind,
                unit=unit,
                position=position,
                is_required=kind == QuestionKind.RESULT,
            )


def stand_at_the_machines(logins: dict[str, Member], *, at: str, now: datetime) -> None:
    """A badge of the maker, a tablet, answers, and two things for the staff to look at."""
    space, maker, staff = Space.objects.get(slug=at), logins["maker"], logins["staff"]
    enrol_badge(member=maker, read=BADGE, name="Key fob", by=maker, now=now, pin=BADGE_PIN)
    kiosk, _code = register_kiosk(space=space, machine=None, name="Door", by=staff, now=now)
    used = UsageSession.objects.filter(machine__space=space, ended_at__isnull=False)
    latest = list(used.select_related("machine__space", "member").order_by("-ended_at")[:ANSWERED])
    _answer(latest)
    KioskEntry.objects.create(
        kiosk=kiosk,
        key=uuid.uuid4(),
        act=KioskAct.CHECK_IN,
        machine=latest[1].machine,
        member=maker,
        happened_at=now - 50 * MINUTE,
        received_at=now - 41 * MINUTE,
        outcome=KioskOutcome.TO_SETTLE,
        reasons=[RefusalCode.TAKEN],
    )
    own = latest[2]
    UsageSession.objects.filter(pk=own.pk).update(member=maker, reservation=None)
    if own.ended_at is None or own.ended_at - own.started_at < 20 * MINUTE:
        return
    truth = Truth(
        machine=own.machine,
        member=maker,
        started_at=own.started_at,
        ended_at=own.ended_at - 10 * MINUTE,
    )
    ask(session=own, truth=truth, reason="I left ten minutes earlier", by=maker, now=now)


def _answer(sessions: list[UsageSession]) -> None:
    """How it went, wherever that is asked."""
    asked = {
        question.category_id: question
        for question in Question.objects.filter(kind=QuestionKind.RESULT)
        if sessions and question.space_id == sessions[0].machine.space_id
    }
    Answer.objects.bulk_create(
        Answer(
            session=session,
            question=asked[session.machine.category_id],
            value=Result.PARTLY if number % 5 == 0 else Result.WELL,
        )
        for number, session in enumerate(sessions)
        if session.machine.category_id in asked
    )
