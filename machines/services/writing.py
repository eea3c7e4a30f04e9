"""Making machines and changing them, sheet by sheet: what every form, import and undo ends in."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.text import slugify

from machines.models import Category, Machine, Pool, Spec
from machines.queries.inventory import AS_THEY_ARE, MachineSheet
from machines.queries.owners import owners_of
from machines.services.events import mark_days
from machines.services.faults import report_fault
from machines.services.measures import measure
from machines.vocabulary import INDUCTIONS, KINDS, LANGUAGES
from members.models import Company, Member, Skill
from spaces.models import Room, Space

TEXTS = ("name", "make", "model", "inventory_number", "description", "materials", "work_area")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A machine to be made, or one to be changed: what its sheet says and is to say.

    `key` is what an import finds it by; None leaves that as it is. `kind` is the name of its
    category, where that may be new. `service` says whether it is to be in service from now on;
    None leaves that as it is.
    """

    machine: Machine | None
    before: MachineSheet | None
    after: MachineSheet
    key: str | None = None
    kind: str = ""
    service: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A machine that was made or changed, beside what its sheet said and says."""

    machine: Machine
    before: MachineSheet | None
    after: MachineSheet
    revived_from: datetime | None = None
    """Since when it had been retired, where it is back in service."""

    is_retired: bool = False
    """Whether it has left service now."""


AT_ONCE = 250
"""How many machines are written between two tellings of how far it is."""

Tell = Callable[[int, int], None]
"""Is told how many machines of how many are written."""


def untold(done: int, total: int) -> None:
    """Where nobody waits for it."""


def write_sheets(
    space: Space,
    drafts: Sequence[Draft],
    *,
    by: Member | None,
    now: datetime,
    tell: Tell = untold,
) -> list[Written]:
    """Make and change machines of `space`; the caller holds the transaction and the lock."""
    shelf = _Shelf(space, drafts, by=by, now=now)
    written: list[Written] = []
    for start in range(0, len(drafts), AT_ONCE):
        tell(start, len(drafts))
        written += _write(shelf, drafts[start : start + AT_ONCE], by=by, now=now)
    return written


def _write(
    shelf: "_Shelf", drafts: Sequence[Draft], *, by: Member | None, now: datetime
) -> list[Written]:
    written = [shelf.fill(draft) for draft in drafts]
    Machine.objects.bulk_create([each.machine for each in written if each.before is None])
    for each in written:
        if each.before is not None:
            each.machine.save()
        if each.revived_from is not None:
            # It is back in service: the days since then count again.
            mark_days(each.machine, each.revived_from, None, now)
        if each.is_retired:
            mark_days(each.machine, now, None, now)
    _write_lists(shelf, written)
    measure([each.machine for each in written])
    for each in written:
        if each.after.fault and not (each.before and each.before.fault):
            report_fault(
                machine=each.machine,
                summary=each.after.fault,
                stops_machine=True,
                by=by,
                now=now,
            )
    return written


class _Shelf:
    """The rows around the machines, made where they are missing; machines are filled from it."""

    def __init__(
        self, space: Space, drafts: Sequence[Draft], *, by: Member | None, now: datetime
    ) -> None:
        self.space, self._by, self._now = space, by, now
        self._slugs = set(Machine.objects.filter(space=space).values_list("slug", flat=True))
        sheets = [draft.after for draft in drafts]
        names = {draft.after.category: draft.kind for draft in reversed(drafts)}
        self._categories = {slug: _category(slug, name) for slug, name in names.items()}
        self._rooms = _rooms(space, {sheet.room for sheet in sheets if sheet.room})
        self._pools = _pools(space, {sheet.pool for sheet in sheets if sheet.pool})
        self.skills = {
            name: skill_named(name)
            for name in sorted({name for each in sheets for name in each.skills})
        }
        self._owners = owners_of({sheet.owner for sheet in sheets if sheet.owner})

    def fill(self, draft: Draft) -> Written:
        """Put what the sheet is to say on a new row or on the machine's own."""
        before, after = draft.before, draft.after
        row = draft.machine or Machine(space=self.space, slug=self._slug(after.name))
        revived_from = row.retired_at if draft.service else None
        is_retired = draft.service is False and row.retired_at is None
        for name in (*TEXTS, *AS_THEY_ARE):
            # What stays the same is not written: a description may be told in another language.
            if before is None or getattr(before, name) != getattr(after, name):
                setattr(row, name, getattr(after, name))
        if after.loaded != (before.loaded if before else ""):
            row.loaded_at, row.loaded_by = self._now, self._by
        if draft.key is not None:
            row.import_key = draft.key
        row.category = self._categories[after.category]
        row.room = self._rooms.get(after.room)
        row.pool = self._pools.get(after.pool)
        row.is_listed = after.is_listed
        owner = self._owners.get(after.owner)
        row.owner_company = owner if isinstance(owner, Company) else None
        row.owner_space = owner if isinstance(owner, Space) else None
        if row.owner is None:
            row.others_ahead_days = None
        if draft.service is not None:
            row.retired_at = None if draft.service else (row.retired_at or self._now)
        return Written(
            machine=row,
            before=before,
            after=after,
            revived_from=revived_from,
            is_retired=is_retired,
        )

    def _slug(self, name: str) -> str:
        """An address that no machine of the space has; it stays when the name changes."""
        slug = _free_slug(slugify(name)[:120] or "machine", self._slugs)
        self._slugs.add(slug)
        return slug


def _write_lists(shelf: _Shelf, written: Sequence[Written]) -> None:
    """The skills and the lines of the sheets, where they differ."""
    through = Machine.skills.through
    links, lines = [], []
    for each in written:
        before, after, row = each.before, each.after, each.machine
        if before and before.skills != after.skills:
            row.skills.set([shelf.skills[name] for name in after.skills])
        if before and before.details != after.details:
            row.specs.all().delete()
        if before is None:
            links += [
                through(machine_id=row.pk, skill_id=shelf.skills[name].pk) for name in after.skills
            ]
        if before is None or before.details != after.details:
            lines += [
                Spec(machine=row, position=at, name=name, value=value)
                for at, (name, value) in enumerate(after.details.items())
            ]
    through.objects.bulk_create(links)
    Spec.objects.bulk_create(lines)


def _free_slug(stem: str, taken: Collection[str]) -> str:
    """`stem`, with the first number that makes it an address nobody has."""
    slug, count = stem, 1
    while slug in taken:
        count += 1
        slug = f"{stem}-{count}"
    return slug


def _category(slug: str, name: str) -> Category:
    known = next((kind for kind in KINDS if kind.slug == slug), None)
    names = _in_every_language(known.names) if known else {"name": name or slug}
    return Category.objects.get_or_create(slug=slug, defaults=names)[0]


def _rooms(space: Space, names: set[str]) -> dict[str, Room]:
    """The rooms of these names, made where they are missing."""
    found = {room.name: room for room in space.rooms.filter(name__in=names)}
    missing = [Room(space=space, name=name) for name in sorted(names - set(found))]
    return found | {room.name: room for room in Room.objects.bulk_create(missing)}


def _pools(space: Space, names: set[str]) -> dict[str, Pool]:
    """The pools of these names, made where they are missing."""
    pools = list(space.pools.order_by("-pk"))
    found = {pool.name: pool for pool in pools if pool.name in names}
    slugs, missing = {pool.slug for pool in pools}, []
    for name in sorted(names - set(found)):
        slug = _free_slug(slugify(name)[:70] or "pool", slugs)
        slugs.add(slug)
        missing.append(Pool(space=space, name=name, slug=slug))
    return found | {pool.name: pool for pool in Pool.objects.bulk_create(missing)}


def skill_named(name: str) -> Skill:
    """The skill that any language calls so, made where there is none."""
    called = reduce(or_, (Q(**{f"name_{code}": name}) for code in LANGUAGES))
    found = Skill.objects.filter(called).first()
    if found:
        return found
    stem = slugify(name)[:40] or "skill"
    taken = Skill.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    known = next((kind for kind in KINDS if INDUCTIONS[0] + kind.names[0] == name), None)
    names = (
        _in_every_language(
            [before + said for before, said in zip(INDUCTIONS, known.names, strict=True)]
        )
        if known
        else {"name": name}
    )
    return Skill.objects.create(**names, slug=_free_slug(stem, taken))


def _in_every_language(names: Iterable[str]) -> dict[str, str]:
    return {f"name_{code}": said for code, said in zip(LANGUAGES, names, strict=True)}
