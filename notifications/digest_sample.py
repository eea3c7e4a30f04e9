"""A believable mail of the day: the first kinds of messages there are, gathered."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from notifications.digests import essence
from notifications.kinds import DIGEST
from notifications.rendering import put_into_words
from notifications.samples import SAMPLES, Sample, Scene, sample_message

PARTS = 2


def _of_the_day(scene: Scene) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    kinds = [sample for sample in SAMPLES.values() if sample.is_of_space][:PARTS]
    parts = [sample_message(sample, scene, language=language) for sample in kinds]
    for part in parts:
        put_into_words(part)
    return {"name": "Camille", "parts": [essence(part) for part in parts]}


SAMPLE = Sample(
    kind=DIGEST,
    title=gettext_lazy("Mail of the day"),
    group=gettext_lazy("Accounts"),
    sent_when=gettext_lazy("Once a day, in place of each message by itself."),
    sent_to=gettext_lazy("whoever chose so"),
    context=_of_the_day,
    is_of_space=False,
)
