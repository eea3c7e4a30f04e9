"""A message that a space of the demo words itself."""

from datetime import datetime

from django.utils.translation import override

from members.models import Member
from notifications.adapting import Wording
from notifications.texts import adapt
from spaces.models import Space

KIND = "reservation_confirmed"
WORDS = {
    "en": Wording(
        subject="See you soon: {machine}, {when}",
        text="Hello {name},\n\n# {news}\n\n{facts}\n\n"
        "Safety glasses are in the red drawer. Please sweep the bench before you leave; whoever "
        "comes after you will be glad.\n\nOpen the reservation:\n{url}",
    ),
    "fr": Wording(
        subject="À bientôt\u202f: {machine}, {when}",
        text="Bonjour {name},\n\n# {news}\n\n{facts}\n\n"
        "Les lunettes de protection sont dans le tiroir rouge. Merci de balayer l’établi avant de "
        "partir\u202f; la personne suivante en sera contente.\n\n"
        "Ouvrir la réservation\u202f:\n{url}",
    ),
}


def word_the_confirmation(*, at: str, by: Member, now: datetime) -> None:
    """Let the space `at` confirm reservations in its own words, in two languages."""
    space = Space.objects.get(slug=at)
    for language, wording in WORDS.items():
        with override(language):
            adapt(
                space_key=str(space.pk),
                kind=KIND,
                language=language,
                wording=wording,
                by=by,
                now=now,
            )
