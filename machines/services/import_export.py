"""Inventories in and out: what machines are made or changed, and the file they make."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.text import slugify

from machines.models import Category, Machine, Pool, Spec
from machines.queries.inventory import MachineSheet, Prices, key_of, machines_of, sheet_of
from machines.services.events import mark_days
from machines.services.faults import report_fault
from machines.services.import_plan import ImportPreview, Unit
from machines.services.specs import measure
from machines.sheets.guard import guarded
from machines.vocabulary import INDUCTIONS, KINDS, LANGUAGES
from members.models import Member, Skill
from members.states import Audience
from spaces.models import Room, Space

TEXTS = ("name", "make", "model", "inventory_number", "description", "materials", "work_area")
EXPORTED = (
    "etabli key", "name", "category", "make", "model", "inventory number", "room", "description",
    "materials", "work area", "listed", "fault", "skills", "pool", "currency",
    "maker price per hour", "company price per hour", "staff price per hour", "sheet",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """The machines that an import made or changed, beside what their sheets were to say."""

    machine: Machine
    after: MachineSheet


def write_machines(preview: ImportPreview, *, by: Member | None, now: datetime) -> list[Written]:
    """Make and change the machines of a plan; the caller holds the transaction and the lock."""
    units = [unit for unit in preview.units if unit.machine is None or unit.changes]
    shelf = _Shelf(preview, units)
    for unit in units:
        shelf.fill(unit)
    Machine.objects.bulk_create([filled.row for filled in shelf.filled if filled.row.pk is None])
    for filled in shelf.filled:
        if filled.unit.machine is not None:
            filled.row.save()
        if filled.retired_at is not None:
            # It is back in service: the days since then count again.
            mark_days(filled.row, filled.retired_at, None, now)
    _write_sheets(shelf)
    measure([filled.row for filled in shelf.filled])
    for filled in shelf.filled:
        before = filled.unit.before
        if filled.unit.after.fault and not (before and before.fault):
            report_fault(
                machine=filled.row,
                summary=filled.unit.after.fault,
                stops_machine=True,
                by=by,
                now=now,
            )
    return [Written(filled.row, filled.unit.after) for filled in shelf.filled]


@dataclass(frozen=True, slots=True)
class _Filled:
    unit: Unit
    row: Machine
    retired_at: datetime | None


class _Shelf:
    """The rows around the machines, made where they are missing, and the machines filled in."""

    def __init__(self, preview: ImportPreview, units: list[Unit]) -> None:
        self.space = preview.space
        self.filled: list[_Filled] = []
        self.slugs = set(Machine.objects.filter(space=self.space).values_list("slug", flat=True))
        names = {unit.record.category[0]: unit.record.category[1] for unit in units}
        names |= {unit.after.category: "" for unit in units if unit.after.category not in names}
        self.categories = {slug: _category(slug, name) for slug, name in names.items()}
        self.rooms = {
            name: Room.objects.get_or_create(space=self.space, name=name)[0]
            for name in sorted({unit.after.room for unit in units if unit.after.room})
        }
        self.pools = {
            name: _pool(self.space, name)
            for name in sorted({unit.after.pool for unit in units if unit.after.pool})
        }
        self.skills = {
            name: _skill(name)
            for name in sorted({name for unit in units for name in unit.after.skills})
        }

    def fill(self, unit: Unit) -> None:
        """Put what the sheet will say on a new row or on the machine's own."""
        row = unit.machine or Machine(space=self.space, slug=self._slug(unit.after.name))
        for name in TEXTS:
            setattr(row, name, getattr(unit.after, name))
        row.import_key = unit.key
        row.category = self.categories[unit.after.category]
        row.room = self.rooms.get(unit.after.room)
        row.pool = self.pools.get(unit.after.pool)
        row.is_listed = unit.after.is_listed
        self.filled.append(_Filled(unit, row, row.retired_at))
        row.retired_at = None

    def _slug(self, name: str) -> str:
        """An address that no machine of the space has; it stays when the name changes."""
        slug = _free_slug(slugify(name)[:120] or "machine", self.slugs)
        self.slugs.add(slug)
        return slug


def _write_sheets(shelf: _Shelf) -> None:
    """The skills and the lines of the sheets, where they differ."""
    through = Machine.skills.through
    links, lines = [], []
    for filled in shelf.filled:
        before, after, row = filled.unit.before, filled.unit.after, filled.row
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


def _free_slug(stem: str, taken: Iterable[str]) -> str:
    """`stem`, with the first number that makes it an address nobody has."""
    slugs, slug, count = set(taken), stem, 1
    while slug in slugs:
        count += 1
        slug = f"{stem}-{count}"
    return slug


def _category(slug: str, name: str) -> Category:
    known = next((kind for kind in KINDS if kind.slug == slug), None)
    names = _in_every_language(known.names) if known else {"name": name or slug}
    return Category.objects.get_or_create(slug=slug, defaults=names)[0]


def _pool(space: Space, name: str) -> Pool:
    found = Pool.objects.filter(space=space, name=name).first()
    if found:
        return found
    stem = slugify(name)[:70] or "pool"
    taken = Pool.objects.filter(space=space, slug__startswith=stem).values_list("slug", flat=True)
    return Pool.objects.create(space=space, name=name, slug=_free_slug(stem, taken))


def _skill(name: str) -> Skill:
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


def inventory_csv(space: Space, prices: Prices) -> str:
    """The inventory of `space` as CSV: it changes nothing here and makes all of it elsewhere.

    It begins with a byte order mark, so that spreadsheets read its accents.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(EXPORTED)
    for machine in machines_of(space).in_service():
        sheet = sheet_of(machine, prices)
        writer.writerow(
            [guarded(cell) for cell in (key_of(machine), *_cells(sheet, space.currency))]
        )
    return "\ufeff" + out.getvalue()


def _cells(sheet: MachineSheet, currency: str) -> list[str]:
    return [
        sheet.name, sheet.category, sheet.make, sheet.model, sheet.inventory_number, sheet.room,
        sheet.description, sheet.materials, sheet.work_area, "yes" if sheet.is_listed else "no",
        sheet.fault, " | ".join(sorted(sheet.skills)), sheet.pool, currency,
        *(str(sheet.prices.get(audience, "")) for audience in Audience),
        "\n".join(f"{name}: {value}" for name, value in sheet.details.items()),
    ]  # fmt: skip
