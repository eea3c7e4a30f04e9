"""Messages as tests need them."""

from datetime import UTC, datetime

import factory

from notifications.channels.webhook import new_secret
from notifications.models import Endpoint, Message, Preference
from tests.factories.members import MemberFactory

CONTEXT = {
    "name": "Ada",
    "machine": "Laser cutter",
    "space": "Atelier",
    "place": "Hall, Atelier, Zürich",
    "zone": "Europe/Zurich",
    "starts_at": "2026-05-05T08:00:00+00:00",
    "ends_at": "2026-05-05T10:00:00+00:00",
    "purpose": "",
    "company": "",
    "by": "",
    "url": "http://127.0.0.1:8000/reservations/1/",
}


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    """A confirmation due since noon of 2026-05-01."""

    class Meta:
        model = Message

    recipient = factory.SubFactory(MemberFactory)
    kind = "reservation_confirmed"
    subject_key = factory.Sequence(lambda n: f"reservation:{n}")
    dedupe_key = factory.Sequence(lambda n: f"message-{n}")
    context = factory.LazyFunction(lambda: dict(CONTEXT))
    send_after = datetime(2026, 5, 1, 12, tzinfo=UTC)


class PreferenceFactory(factory.django.DjangoModelFactory[Preference]):
    """A member who wants what is usual."""

    class Meta:
        model = Preference

    member = factory.SubFactory(MemberFactory)


class EndpointFactory(factory.django.DjangoModelFactory[Endpoint]):
    """A webhook that nobody answers."""

    class Meta:
        model = Endpoint

    member = factory.SubFactory(MemberFactory)
    channel = "webhook"
    name = factory.Sequence(lambda n: f"Program {n}")
    address = factory.Sequence(lambda n: {"url": f"https://hooks.example.org/{n}"})
    keys = factory.LazyFunction(lambda: {"secret": new_secret()})
