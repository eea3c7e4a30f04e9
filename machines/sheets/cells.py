"""From the cells of one line to a record, noting what is wrong or doubtful."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext as _

from machines.sheets import values
from machines.sheets.rows import Problem, Record
from machines.sheets.table import Line
from machines.vocabulary import FREE, KINDS, Field, Kind, folded, kind_of, why_not_a_machine
from members.states import Audience

T = TypeVar("T")

LONGEST = {Field.NAME: 130, Field.MAKE: 80, Field.MODEL: 80, Field.MATERIALS: 200,
           Field.WORK_AREA: 120, Field.NUMBER: 80, Field.ROOM: 80, Field.CATEGORY: 80,
           Field.POOL: 120, Field.FAULT: 300, Field.SERIAL: 80, Field.LOADED: 120,
           Field.FUNDER: 120}  # fmt: skip
LONGEST_DETAIL_NAME, LONGEST_DETAIL = 80, 200
PRICES = {
    Field.PRICE: Audience.MAKER,
    Field.PRICE_COMPANY: Audience.COMPANY,
    Field.PRICE_STAFF: Audience.STAFF,
}
DETAIL_NAMES = {"f": "Form"}
NOTHING = frozenset({"-", "–", "—", "n/a", "na", "k.a.", "k. a.", "n.a.", "?"})


class CellReader:
    """Reads one line; what it finds wrong stands in `problems`."""

    def __init__(
        self, *, line: Line, headers: Sequence[str], columns: Mapping[str, Field], title: str = ""
    ) -> None:
        self.line = line
        self.columns = columns
        self.title = title
        self.cells = dict(zip(headers, line.cells, strict=True))
        self.problems: list[Problem] = []
        self.details: list[tuple[str, str]] = []

    def record(self, *, is_kept: bool) -> Record | None:
        """The machine of this line; None, with an error noted, where it is none."""
        name, count = self._name(), 1
        if not self._cell(Field.KEY):
            name, count = values.counted(name)
        if not self._is_machine(name, is_kept=is_kept):
            return None
        category = self._text(Field.CATEGORY) or self.title
        room = self._text(Field.ROOM)
        make, model = _told_apart(self._text(Field.MAKE), self._text(Field.MODEL))
        training = self._yes_or_no(Field.TRAINING)
        prices = self._prices()
        self._collect_details()
        return Record(
            key=self._text(Field.KEY) or "",
            name=name,
            category=self._category(category or "", name, room or ""),
            tells_category=bool(category),
            make=make,
            model=model,
            room=room,
            number=self._text(Field.NUMBER),
            description=self._description(),
            materials=self._text(Field.MATERIALS),
            work_area=self._text(Field.WORK_AREA),
            needs_training=training,
            skills=self._skills(),
            fault=self._fault(),
            is_listed=self._is_listed(),
            pool=self._text(Field.POOL),
            serial=self._text(Field.SERIAL),
            loaded=self._text(Field.LOADED),
            funder=self._text(Field.FUNDER),
            owner=self._text(Field.OWNER),
            others_ahead=self._value(Field.OTHERS_AHEAD, values.days_of),
            bought=self._value(Field.BOUGHT, values.date_of),
            cost=self._value(Field.COST, values.cost_of),
            residual=self._value(Field.RESIDUAL, values.cost_of),
            life=self._value(Field.LIFE, values.years_of),
            quantity=self._value(Field.QUANTITY, values.quantity_of) or count,
            details=_once(self.details),
            has_all_details=self._header(Field.DETAILS) is not None,
            prices=prices,
        )

    def _header(self, field: Field) -> str | None:
        return next((name for name, each in self.columns.items() if each is field), None)

    def _cell(self, field: Field) -> str:
        header = self._header(field)
        return self.cells[header] if header else ""

    def _note(
        self, field: Field, message: str, *, error: bool = False, plain: bool = False
    ) -> None:
        header = self._header(field) or _("name")
        self.problems.append(
            Problem(
                line=self.line.number,
                column=header,
                value=self.cells.get(header, ""),
                message=message,
                is_error=error,
                can_be_overruled=plain,
            )
        )

    def _text(self, field: Field) -> str | None:
        """The cell on one line, None where the file has no such column."""
        header = self._header(field)
        if header is None:
            return None
        text = " ".join(self.cells[header].split())
        if field is not Field.NAME and text.casefold() in NOTHING and not self._cell(Field.KEY):
            return ""
        most = LONGEST.get(field, 180)
        if len(text) > most:
            self._note(field, _("Too long; cut after %(most)d characters.") % {"most": most})
            self.details.append((header[:LONGEST_DETAIL_NAME], text[:LONGEST_DETAIL]))
            text = text[:most].rstrip()
        return text

    def _name(self) -> str:
        """The name, without what marks it as an item of a list or refers to a footnote.

        Where it is missing, the model names the machine, else its kind, else its description.
        """
        name = self._text(Field.NAME) or ""
        if self._cell(Field.KEY):
            return name
        name = re.sub(r"^(?:[-–—*•·▪◦‣¨]|\d{1,2}[.)])\s+|[\s*†‡]+$", "", name)
        if not name and (self._header(Field.NAME) is None or self._has_facts()):
            name = self._make_and_model() or self._text(Field.DESCRIPTION) or ""
        return name[: LONGEST[Field.NAME]]

    def _make_and_model(self) -> str:
        make, model = self._text(Field.MAKE) or "", self._text(Field.MODEL) or ""
        parts = (make, model) if model else (self._text(Field.CATEGORY) or "", make)
        return " ".join(part for part in parts if part)

    def _has_facts(self) -> bool:
        """Whether a line without a name is one of a machine, not a title or a remark."""
        if self._cell(Field.MODEL) or self._cell(Field.NUMBER):
            return True
        return bool(self._cell(Field.CATEGORY)) and sum(map(bool, self.line.cells)) > 1

    def _is_machine(self, name: str, *, is_kept: bool) -> bool:
        if not name:
            self._note(Field.NAME, _("There is no name in this row."), error=True)
            return False
        if is_kept or self._cell(Field.KEY):
            return True
        if all(cell in {"", header} for header, cell in self.cells.items()):
            reason: object = _("This row repeats the header.")
        else:
            reason = why_not_a_machine(name, self._cell(Field.CATEGORY) or self.title)
        if reason:
            self._note(Field.NAME, str(reason), error=True, plain=True)
        return not reason

    def _category(self, category: str, name: str, room: str) -> tuple[str, str]:
        """The address and the name of the category."""
        if self._cell(Field.KEY) and slugify(category):
            return slugify(category)[:50], category
        description = self._cell(Field.DESCRIPTION)
        kind = kind_of(category=category, name=name, room="")
        if kind is None and not category:
            kind = kind_of(category="", name=description, room=room) or self._kind_of_header()
        if kind is None and slugify(category):
            return slugify(category)[:50], category
        kind = kind or KINDS[-1]
        return kind.slug, kind.names[0]

    def _kind_of_header(self) -> Kind | None:
        """A list of "printers" without a word more is one of 3D printers."""
        header = folded(self._header(Field.NAME) or "")
        words = {"printer": "3d-printer", "printers": "3d-printer", "printer name": "3d-printer"}
        return next((kind for kind in KINDS if kind.slug == words.get(header)), None)

    def _value(self, field: Field, read: Callable[[str], T]) -> T | None:
        """What `read` makes of the cell; what it cannot read is noted and kept as a detail."""
        header, text = self._header(field), self._cell(field)
        if not header or not text:
            return None
        try:
            return read(text)
        except values.Unclear as unclear:
            self._note(field, str(unclear))
            self.details.append((header, text))
            return None

    def _yes_or_no(self, field: Field) -> bool | None:
        header, cell = self._header(field), self._cell(field)
        if header and cell and folded(cell) == folded(header):
            return True
        has_figure = bool(re.search(r"[02-9]", cell))
        if has_figure and field is not Field.TRAINING and cell != "0":
            # A fee says that a training is asked for; days until a service say nothing.
            return self._value(field, values.word_of_yes_or_no)
        answer = self._value(field, values.yes_or_no)
        if answer and header and has_figure:
            self.details.append((header, cell))
        return answer

    def _prices(self) -> dict[Audience, Decimal]:
        prices = {}
        for field, audience in PRICES.items():
            price = self._value(field, partial(self._hourly, field))
            if price is not None:
                if price.note:
                    self._note(field, price.note)
                prices[audience] = price.amount
        unit = self._header(Field.PRICE_UNIT)
        if unit and not prices and self.cells[unit] and any(map(self._cell, PRICES)):
            self.details.append((unit, self.cells[unit]))
        return prices

    def _hourly(self, field: Field, text: str) -> values.Hourly:
        rest = text
        for run in re.findall(r"^\D*\d[\d.,'’ \u00a0]*(?:[-–—])?", text):
            rest = text[len(run) :]
        if folded(text) in FREE:
            return values.Hourly(Decimal(0))
        if re.match(r".*[\d.]\s*[-–—]\s*\d", text):
            raise values.Unclear(_("A range, not an amount; the machine comes without this price."))
        amount = values.amount_of(text[: len(text) - len(rest)])
        remarks = (rest, self._header(field) or "")
        return values.hourly(amount, self._cell(Field.PRICE_UNIT), *remarks)

    def _fault(self) -> str | None:
        """Why the machine stands still; "" where it does not, None where nothing is said."""
        if self._header(Field.FAULT) and self._cell(Field.FAULT):
            return self._text(Field.FAULT)
        stopped = self._stopped()
        status = self._cell(Field.STATUS)
        if stopped or values.is_down(status):
            header = self._header(Field.STOPPED) if stopped else None
            remark = " ".join(self._cell(Field.DESCRIPTION).split())
            said = status if values.is_down(status) else str(header).replace("_", " ")
            return ": ".join(part for part in (said, remark) if part)[: LONGEST[Field.FAULT]]
        return "" if status or stopped is not None else None

    def _stopped(self) -> bool | None:
        cell = self._cell(Field.STOPPED)
        if values.is_down(cell):
            return True
        return self._yes_or_no(Field.STOPPED)

    def _is_listed(self) -> bool | None:
        listed, archived = self._yes_or_no(Field.LISTED), self._yes_or_no(Field.ARCHIVED)
        if listed is None and archived is None:
            return False if values.is_gone(self._cell(Field.STATUS)) else None
        return listed is not False and not archived

    def _description(self) -> str | None:
        headers = [name for name, field in self.columns.items() if field is Field.DESCRIPTION]
        if not headers:
            return None
        told = (self.cells[name] for name in headers if self.cells[name])
        return "\n".join(told)

    def _skills(self) -> tuple[str, ...] | None:
        if self._header(Field.SKILLS) is None:
            return None
        names = (name.strip()[:120] for name in self._cell(Field.SKILLS).split("|"))
        return tuple(sorted({name for name in names if name}))

    def _collect_details(self) -> None:
        for header, field in self.columns.items():
            if field is Field.DETAIL and self.cells[header]:
                self.details.append((DETAIL_NAMES.get(header, header), self.cells[header]))
        for line in self._cell(Field.DETAILS).splitlines():
            name, _colon, value = line.partition(": ")
            if name and value:
                self.details.append((name, value))


def _told_apart(make: str | None, model: str | None) -> tuple[str | None, str | None]:
    """A make of several words with a figure is a model: some files call the column brand."""
    if make and not model and re.search(r"\d", make) and " " in make:
        return "", make
    return make, model


def _once(details: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each name once, on one line each, as long as fits; a colon would end the name."""
    found: dict[str, str] = {}
    for header, value in details:
        name = " ".join(header.replace(":", " ").split())[:LONGEST_DETAIL_NAME].strip()
        found.setdefault(name, " ".join(value.split())[:LONGEST_DETAIL].strip())
    return tuple((name, value) for name, value in found.items() if folded(name) and value)
