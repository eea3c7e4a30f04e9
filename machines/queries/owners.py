"""Who can own a machine: a company, or another space; each by a key that files and forms use."""

from collections.abc import Iterator

from members.models import Company
from spaces.models import Space

Owner = Company | Space

COMPANY, SPACE = "company", "space"


def key_of_owner(owner: Owner | None) -> str:
    """`company:…` or `space:…` with its address; "" for none."""
    if owner is None:
        return ""
    return f"{SPACE if isinstance(owner, Space) else COMPANY}:{owner.slug}"


def owner_of(key: str) -> Owner | None:
    """Whom a key means; None where it means nobody."""
    kind, _colon, slug = key.partition(":")
    if kind == SPACE:
        return Space.objects.filter(slug=slug).first()
    return Company.objects.filter(slug=slug).first() if kind == COMPANY else None


def owners_of(keys: set[str]) -> dict[str, Owner]:
    """Whom each of `keys` means, in two queries; keys of nobody are left out."""
    slugs = {key.partition(":")[2] for key in keys}
    if not slugs:
        return {}
    found: list[Owner] = [
        *Company.objects.filter(slug__in=slugs),
        *Space.objects.filter(slug__in=slugs),
    ]
    return {key_of_owner(each): each for each in found if key_of_owner(each) in keys}


def owners_by_name() -> dict[str, str]:
    """The key of every owner by its key and, where no other has it, by its name; two queries."""
    keys: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for kind, slug, name in _everybody():
        key = f"{kind}:{slug}"
        keys[key] = key
        names.setdefault(name.casefold(), []).append(key)
    return keys | {name: found[0] for name, found in names.items() if len(found) == 1}


def choices_of_owners(space: Space) -> list[tuple[str, str]]:
    """Every company, and every space but `space`, as a form offers them; two queries."""
    return [
        (f"{kind}:{slug}", name)
        for kind, slug, name in _everybody()
        if (kind, slug) != (SPACE, space.slug)
    ]


def _everybody() -> Iterator[tuple[str, str, str]]:
    for kind, rows in ((COMPANY, Company.objects), (SPACE, Space.objects)):
        for slug, name in rows.order_by("name").values_list("slug", "name"):
            yield kind, slug, name
