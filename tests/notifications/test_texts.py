"""The words of a space: kept with their history, used when a message goes out, never its end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from members.models import Member
from notifications import texts
from notifications.adapting import Wording
from notifications.delivery import deliver_due
from notifications.fields import TextFaulty
from notifications.models import Message, MessageText
from notifications.rendering import render
from notifications.states import MessageState
from tests.factories.members import MemberFactory
from tests.factories.notifications import CONTEXT, MessageFactory
from tests.smtp import Mailbox

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
ABOUT = {"space_key": "7", "kind": "reservation_confirmed", "language": "en"}
OWN = Wording(
    subject="See you: {machine}",
    text="Hi {name}!\n\n# {machine} is yours\n\n{facts}\n\nFor {company} only.\n\n"
    "Mind https://lab.example/rules first.\n\nYour page:\n{url}",
)


@pytest.fixture
def staff() -> Member:
    return MemberFactory.create()


def adapt(staff: Member, wording: Wording = OWN, **changes: Any) -> None:
    with override("en"):
        texts.adapt(**ABOUT | changes, wording=wording, by=staff, now=NOW)


def message(**context: Any) -> Message:
    return MessageFactory.create(space_key="7", context=CONTEXT | context)


def deliver() -> None:
    deliver_due(clock=lambda: NOW, lasting=timedelta(minutes=1))


def test_a_message_goes_out_in_the_words_of_its_space(staff: Member) -> None:
    adapt(staff)
    rendered = render(message())
    assert rendered.subject == "See you: Laser cutter"
    assert rendered.text.startswith(
        "Hi Ada!\n\nLaser cutter is yours\n\nMachine: Laser cutter\n"
        "When: Tuesday 5 May 2026, 10:00–12:00 (Europe/Zurich, UTC+2)\n"
    )
    assert "only" not in rendered.text
    assert "\n\n--\nSent by Établi for Atelier." in rendered.text


def test_its_html_is_made_by_the_house(staff: Member) -> None:
    adapt(staff)
    html = render(message(machine="<b>R&D</b>")).html
    assert "<h1>&lt;b&gt;R&amp;D&lt;/b&gt; is yours</h1>" in html
    assert '<a href="https://lab.example/rules">https://lab.example/rules</a>' in html
    assert f'<a class="act" href="{CONTEXT["url"]}">Your page</a>' in html
    assert "<dl>" in html
    assert "Sent by Établi for Atelier." in html


def test_what_a_member_wrote_is_never_a_link_or_markup(staff: Member) -> None:
    adapt(staff, Wording("{machine}", "{facts}\n\nYou said: {purpose}\n{url} is your page."))
    html = render(message(purpose="https://bad.example <script>")).html
    assert "You said: https://bad.example &lt;script&gt;" in html
    assert 'href="https://bad.example' not in html


def test_staff_cannot_write_markup(staff: Member) -> None:
    adapt(staff, Wording("{machine}", "<script>alert(1)</script>\n{facts}\n{url}"))
    html = render(message()).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert ">Open</a>" in html


def test_other_spaces_kinds_and_languages_keep_the_words_of_the_house(staff: Member) -> None:
    adapt(staff)
    french = MessageFactory.create(
        space_key="7", recipient=MemberFactory.create(language="fr"), context=dict(CONTEXT)
    )
    others = (
        MessageFactory.create(space_key="8"),
        MessageFactory.create(space_key=""),
        MessageFactory.create(space_key="7", kind="reservation_reminder"),
        french,
    )
    assert not any(render(each).subject.startswith("See you") for each in others)


def test_an_empty_field_in_the_subject_leaves_the_one_of_the_house(staff: Member) -> None:
    adapt(staff, Wording("For {company}", OWN.text))
    assert render(message()).subject.startswith("Reserved: Laser cutter")
    assert render(message(company="Orbe")).subject == "For Orbe"


def test_a_subject_is_one_line(staff: Member) -> None:
    adapt(staff)
    assert "\n" not in render(message(machine="x\r\nBcc: all@example.org")).subject


@pytest.mark.parametrize(
    "wording",
    [
        Wording("{facts}", "x"),
        Wording("x", "{password}"),
        Wording("x", "{facts} and more"),
        Wording("x {", "y"),
    ],
)
def test_what_cannot_be_filled_is_not_kept(staff: Member, wording: Wording) -> None:
    with pytest.raises(TextFaulty):
        adapt(staff, wording)
    assert not MessageText.objects.exists()


def test_every_change_is_kept_with_who_made_it(staff: Member) -> None:
    adapt(staff)
    adapt(staff)
    adapt(staff, Wording("Again", OWN.text))
    with override("en"):
        texts.reset(**ABOUT, by=staff, now=NOW + timedelta(days=1))
        texts.reset(**ABOUT, by=staff, now=NOW + timedelta(days=2))
    told = [(row.subject, row.changed_by) for row in texts.history_of(**ABOUT)]
    assert told == [("", staff), ("Again", staff), (OWN.subject, staff)]
    assert texts.wording_in(**ABOUT) is None
    assert render(message()).subject.startswith("Reserved")


def test_a_space_knows_which_kinds_it_words_itself(staff: Member) -> None:
    adapt(staff)
    adapt(staff, kind="reservation_moved", language="fr")
    adapt(staff, space_key="8", kind="reservation_cancelled")
    adapt(staff, kind="reservation_cancelled")
    texts.reset(**ABOUT | {"kind": "reservation_cancelled"}, by=staff, now=NOW)
    assert texts.adapted_in("7") == {("reservation_confirmed", "en"), ("reservation_moved", "fr")}


def test_who_leaves_leaves_the_history(staff: Member) -> None:
    adapt(staff)
    staff.delete()
    assert texts.history_of(**ABOUT).get().changed_by is None


def test_words_that_no_longer_serve_do_not_hold_a_message_up(
    staff: Member, smtp_server: Mailbox
) -> None:
    adapt(staff)
    MessageText.objects.update(text="A field of long ago: {gone}")
    row = message()
    deliver()
    row.refresh_from_db()
    assert row.state == MessageState.SENT
    assert row.subject.startswith("Reserved: Laser cutter")
    assert "TextFaulty" in row.last_error
    assert "{gone}" in row.last_error
    (mail,) = smtp_server.mails
    assert "Reserved: Laser cutter" in mail["Subject"]


def test_the_words_cost_one_query_and_none_without_a_space(
    staff: Member, django_assert_num_queries: Any
) -> None:
    adapt(staff)
    message()
    MessageFactory.create()
    rows = Message.objects.select_related("recipient__preference").order_by("pk")
    own, house = rows
    with django_assert_num_queries(1):
        render(own)
    with django_assert_num_queries(0):
        render(house)
