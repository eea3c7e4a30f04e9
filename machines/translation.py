"""What the catalogue says in several languages."""

from modeltranslation.translator import TranslationOptions, register

from machines.models import Category, Machine, Photo


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Machine)
class MachineTranslation(TranslationOptions):
    fields = ("description",)


@register(Photo)
class PhotoTranslation(TranslationOptions):
    fields = ("alt",)
