"""What a form about machines offers to choose from."""

from django.conf import settings
from django.utils.translation import get_language, override

from machines.models import Category
from machines.vocabulary import KINDS, LANGUAGES
from members.models import Skill

Choices = list[tuple[str, str]]


def category_choices() -> Choices:
    """Every category by its address, and the usual ones that nobody has used yet."""
    known = {each.slug: each.name for each in Category.objects.all()}
    language = get_language() or ""
    at = LANGUAGES.index(language) if language in LANGUAGES else 0
    usual = {kind.slug: str(kind.names[at]) for kind in KINDS}
    return sorted((usual | known).items(), key=lambda each: each[1].casefold())


def skill_choices() -> Choices:
    """Every skill by the name that files know it by, as it is called in the reader's language."""
    skills = list(Skill.objects.order_by("name"))
    with override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        names = [skill.name for skill in skills]
    return [(name, skill.name) for name, skill in zip(names, skills, strict=True)]
