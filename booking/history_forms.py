"""Bringing files of the past, and saying how they are to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.history.columns import Field
from booking.history.entries import EntryKind, MachineChoice
from booking.history.fabmanager import is_export
from booking.history.instances import LONGEST_INSTANCE, instance_of
from booking.history.logs import MAX_BYTES, Reading
from booking.services.history.places import Places
from booking.services.history.sources import Source
from machines.models import Machine

MOST_FILES = 10
MOST_NAMES = 200
"""How many names are mapped one by one; the rest become what the unknown ones do."""

_KNOWN = _(
    "Files of %(instances)s were brought here already: name the same one for more of it. Another "
    "address stands for other machines and reservations."
)

LOOKED_AT = 1000
"""How many bytes tell what a file is."""

DAY_FIRST, MONTH_FIRST = "day", "month"


class FilesInput(forms.ClearableFileInput):
    """One file or several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files, each of which is looked at."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """A list of them."""
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("At most %(most)d files at once."), params={"most": MOST_FILES}
            )
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class HistoryUploadForm(forms.Form):
    """One log, or the files of a fab-manager; `instances` are those that came before."""

    file = FilesField(
        label=_("Log, or the files of fab-manager"),
        help_text=_("One CSV or XLSX of up to 30 MB, or several JSON files of fab-manager."),
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json,text/*"}),
    )

    instance = forms.CharField(
        label=_("Which fab-manager"),
        help_text=_(
            "Its address, for files of one: with another address the same numbers are other "
            "machines and reservations."
        ),
        max_length=LONGEST_INSTANCE,
        required=False,
    )

    def __init__(self, *args: Any, instances: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instances:
            self.fields["instance"].initial = instances[0]
            self.fields["instance"].help_text = _KNOWN % {"instances": ", ".join(instances)}

    def clean_instance(self) -> str:
        """As it is kept."""
        return instance_of(self.cleaned_data["instance"])

    def clean(self) -> dict[str, Any]:
        """Files of a fab-manager say which one."""
        told = self.cleaned_data
        if not told.get("instance", "") and any(map(_is_export, told.get("file", ()))):
            self.add_error("instance", _("Say which fab-manager these files are of."))
        return told

    def clean_file(self) -> Any:
        """Refuse before reading what is too big, and several tables at once."""
        files = self.cleaned_data["file"]
        if sum(file.size for file in files) > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)d MB."), params={"size": MAX_BYTES // 1_000_000}
            )
        if len(files) > 1 and not all(file.name.casefold().endswith(".json") for file in files):
            raise forms.ValidationError(_("Bring one table at a time."))
        return files


def _is_export(file: Any) -> bool:
    """Whether an upload is of a fab-manager; it is read from its start all the same."""
    file.seek(0)
    is_one = is_export(file.read(LOOKED_AT))
    file.seek(0)
    return is_one


class HistoryReadingForm(forms.Form):
    """What each column means, what took place, and which machine is which."""

    kind = forms.ChoiceField(
        label=_("Where no column tells, a row is"),
        choices=[(each.value, each.label) for each in EntryKind if each != EntryKind.NOTHING],
    )
    order = forms.ChoiceField(
        label=_("Dates in figures"),
        choices=[(DAY_FIRST, _("day first: 5.12.")), (MONTH_FIRST, _("month first: 12/5"))],
    )
    unknown = forms.ChoiceField(
        label=_("Names that no machine has become"), choices=MachineChoice.choices, required=False
    )

    def __init__(
        self,
        *args: Any,
        source: Source,
        reading: Reading,
        places: Places,
        names: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source, self.names = source, names[:MOST_NAMES]
        self._reading = reading
        headers = source.log.headers if source.log else ()
        fields = [("", _("do not read")), *((each.value, each.label) for each in Field)]
        for at, header in enumerate(headers):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=header,
                choices=fields,
                required=False,
                initial=source.log.columns.get(header, "") if source.log else "",
            )
        self._offer_machines(places.machines)
        self.fields["unknown"].initial = reading.unknown
        if source.log is None:
            del self.fields["kind"], self.fields["order"]
        else:
            self.fields["kind"].initial = reading.kind
            self.fields["order"].initial = MONTH_FIRST if source.log.month_first else DAY_FIRST

    def _offer_machines(self, machines: Sequence[Machine]) -> None:
        offered = [
            *(("", _("as below")), (MachineChoice.NEW.value, MachineChoice.NEW.label)),
            *((each.value, each.label) for each in (MachineChoice.RETIRED, MachineChoice.SKIP)),
            *((str(each.pk), each.name) for each in machines),
        ]
        for at, name in enumerate(self.names):
            self.fields[f"machine-{at}"] = forms.ChoiceField(
                label=name,
                choices=offered,
                required=False,
                initial=self._reading.machines.get(name, ""),
            )

    def clean(self) -> dict[str, Any]:
        """One column for each field."""
        seen: dict[str, str] = {}
        for at, header in enumerate(self.source.log.headers if self.source.log else ()):
            field = self.cleaned_data.get(f"column-{at}", "")
            if field and field in seen:
                message = _("“%(other)s” is read as this already.") % {"other": seen[field]}
                self.add_error(f"column-{at}", message)
            seen[field] = header
        return self.cleaned_data

    def reading(self) -> Reading:
        """The reading as chosen; only on a valid form."""
        told = self.cleaned_data
        chosen = {name: told[f"machine-{at}"] for at, name in enumerate(self.names)}
        kept = {name: of for name, of in self._reading.machines.items() if name not in chosen}
        machines = {**kept, **{name: of for name, of in chosen.items() if of}}
        if self.source.log is None:
            return replace(self._reading, machines=machines, unknown=told["unknown"])
        columns = {
            header: told[f"column-{at}"]
            for at, header in enumerate(self.source.log.headers)
            if told[f"column-{at}"]
        }
        return Reading(
            columns=columns,
            kind=EntryKind(told["kind"]),
            month_first=told["order"] == MONTH_FIRST,
            machines=machines,
            unknown=told["unknown"],
        )

    def column_rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each column's select beside the first cell that says something."""
        samples = self.source.log.samples() if self.source.log else []
        return [(self[f"column-{at}"], sample) for at, sample in enumerate(samples)]

    def machine_rows(self, counts: Mapping[str, int]) -> list[tuple[forms.BoundField, int]]:
        """Each name's select beside how many rows have it."""
        return [(self[f"machine-{at}"], counts[name]) for at, name in enumerate(self.names)]
