"""What the page of a tablet sends: each entry is read by itself, and one that is broken ends.

Nothing of it is trusted: what lies in a browser may be of an older page, or of anybody's making.
"""

import json
import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, ValidationError

from booking.answer_forms import AnswersForm
from booking.models import Kiosk
from booking.queries.kiosks import machines_known_to
from booking.queries.questions import Asked, asked_by_machine
from booking.sealing import SealBroken, opened, purpose_of
from booking.services.kiosk_entries import Deed
from booking.services.kiosk_tries import tried_at
from booking.services.leaving import Said
from booking.states import KIOSK_LATEST, KioskAct
from machines.models import Machine
from members.models import Member
from members.services.badges import NotIdentified, identify
from members.states import IdentityProblem

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100
LONGEST_SEAL = 20_000
LONGEST_ANSWER = 300
LONGEST_NUMBER = 18
"""Digits of a number that any of our columns keeps; a time that has more is none."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_CLOCK = timedelta(days=365_000) // timedelta(milliseconds=1)
"""The last moment that a clock is taken to show, on either side of 1970: what is said beyond it is
no clock's."""

MOST, BEYOND = 2**63 - 1, 2**63
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""As browsers write it: the answer has to have the very same key."""

FIELD = re.compile(r"q\d{1,18}(_much|_words)?", re.ASCII)
"""What the fields of questions are called (booking/answer_forms.py)."""


class SentUnreadable(Exception):
    """This was not sent by our page."""


class SentEntry(Schema):
    """One thing that was done at a tablet; `sealed` is who, with what PIN, and what they said."""

    key: str = Field(pattern=UUID)
    act: KioskAct
    machine: int = Field(ge=1, le=MOST)
    at: int = Field(ge=-MOST, le=MOST, description="milliseconds since 1970, on its clock")
    awaited: bool = False
    sealed: str = Field(max_length=LONGEST_SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What can be done, the keys of what cannot even be read, and how wrong the clock is."""

    deeds: Sequence[Deed]
    unreadable: Sequence[str]
    skew: timedelta


def received(body: bytes, tablet: Kiosk, now: datetime) -> Received:
    """What `tablet` has sent; raises SentUnreadable where it is no list of entries at all."""
    sent_at, rows = _sent(body)
    entries: list[SentEntry] = []
    unreadable: list[str] = []
    for row in rows:
        try:
            entries.append(SentEntry.model_validate(row))
        except ValidationError as error:
            logger.warning("Tablet %s sent what cannot be read: %s", tablet.pk, error.error_count())
            # What has no name cannot be answered; no page of ours keeps such a thing.
            key = row.get("key") if isinstance(row, dict) else None
            unreadable += [key] if isinstance(key, str) else []
    machines = machines_known_to(tablet, {each.machine for each in entries})
    left = {each.machine for each in entries if each.act == KioskAct.CHECK_OUT}
    asked = asked_by_machine(machine for pk, machine in machines.items() if pk in left)
    deeds: list[Deed] = []
    for entry in entries:
        machine, about = machines.get(entry.machine), asked.get(entry.machine, Asked())
        deeds.append(_deed(entry, machine, tablet, sent_at, now, asked=about))
    shown = timedelta(milliseconds=min(max(sent_at, -LATEST_CLOCK), LATEST_CLOCK))
    skew = shown - (now - EPOCH)
    return Received(deeds=deeds, unreadable=unreadable, skew=skew)


def answers_in(told: Mapping[str, object]) -> dict[str, str]:
    """What was answered to questions, without what no database keeps."""
    return {
        name: _clean(str(value))[:LONGEST_ANSWER]
        for name, value in told.items()
        if FIELD.fullmatch(name) and isinstance(value, str | int)
    }


def _sent(body: bytes) -> tuple[int, list[Any]]:
    """What the clock of the tablet says now, and what it kept."""
    try:
        told = json.loads(body, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise SentUnreadable from error
    if not isinstance(told, dict):
        raise SentUnreadable
    sent_at, rows = told.get("sent_at"), told.get("entries")
    if not isinstance(sent_at, int) or not isinstance(rows, list) or len(rows) > MOST_AT_ONCE:
        raise SentUnreadable
    return sent_at, rows


def _number(digits: str) -> int:
    """A whole number; of one that is too long for any use nothing but its sign is read."""
    if len(digits) <= LONGEST_NUMBER:
        return int(digits)
    return -BEYOND if digits.startswith("-") else BEYOND


def _deed(
    entry: SentEntry,
    machine: Machine | None,
    tablet: Kiosk,
    sent_at: int,
    now: datetime,
    *,
    asked: Asked,
) -> Deed:
    """What was sent, by the age that the clock of the tablet gives it: that clock may be wrong."""
    told = _unsealed(entry, tablet)
    answers = told.get("answers") if told else None
    answers = answers_in(answers) if isinstance(answers, dict) else {}
    oldest = KIOSK_LATEST // timedelta(milliseconds=1) + 1
    age = min(max(0, sent_at - entry.at), oldest)
    return Deed(
        key=uuid.UUID(entry.key),
        act=entry.act,
        machine=machine,
        who=lambda: tried_at(tablet, lambda: _who(told, tablet, now), now=now),
        ago=timedelta(milliseconds=age),
        is_awaited=entry.awaited,
        answers=answers,
        # Read where what fails has an end (booking/services/kiosk_entries.py).
        said=lambda: _said(entry, asked, answers),
    )


def _unsealed(entry: SentEntry, tablet: Kiosk) -> dict[str, Any] | None:
    """What was sealed for just this; None where it was sealed for something else, or not by us."""
    purpose = purpose_of(entry.key, entry.act, entry.machine, entry.at)
    try:
        return opened(entry.sealed, tablet.space_id, purpose)
    except SealBroken:
        return None


def _who(told: dict[str, Any] | None, tablet: Kiosk, now: datetime) -> Member:
    if told is None:
        message = _("What this tablet kept cannot be read. Hold your badge to the reader again.")
        raise NotIdentified(IdentityProblem.UNREADABLE, message)
    read, pin = (_clean(str(told.get(name, ""))) for name in ("badge", "pin"))
    return identify(read=read, pin=pin, space=tablet.space, now=now)


def _said(entry: SentEntry, asked: Asked, answers: dict[str, str]) -> Sequence[Said]:
    """What is understood of the answers; whoever left has left, whatever we make of them."""
    if entry.act != KioskAct.CHECK_OUT:
        return ()
    return AnswersForm(answers, asked=asked).said_as_far_as_valid()


def _clean(text: str) -> str:
    """Without zeros and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
