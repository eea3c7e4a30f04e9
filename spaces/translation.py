"""What a space writes in several languages."""

from modeltranslation.translator import TranslationOptions, register

from spaces.models import Space


@register(Space)
class SpaceTranslation(TranslationOptions):
    fields = ("description",)
