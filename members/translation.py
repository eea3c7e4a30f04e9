"""What members read in several languages."""

from modeltranslation.translator import TranslationOptions, register

from members.models import Skill


@register(Skill)
class SkillTranslation(TranslationOptions):
    fields = ("name",)
