"""The form of a device: what it is, what it tells of, when its machine works."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.metering.states import BY_BROKER, WITH_PLUG, Dialect
from machines.models import Device, HeardTopic, Machine


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A device of one space."""

    machines = forms.ModelMultipleChoiceField(
        label=_("Machines"),
        queryset=Machine.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("What it tells of. A plug or a printer tells of one."),
    )

    class Meta:
        model = Device
        fields = (
            "name",
            "dialect",
            "topic",
            "start_watts",
            "stop_watts",
            "start_seconds",
            "stop_seconds",
            "silent_seconds",
            "switches_plug",
            "fail_safe",
        )
        help_texts = {
            "topic": _("As it stands in its topics, such as shellyplugs-7c87ce or laser."),
            "start_watts": _("From this power on the machine works."),
            "stop_watts": _("Between the two it goes on as it was."),
            "start_seconds": _("How long the power must last, so that a lamp is no cut."),
            "stop_seconds": _("How long a pause may last without ending the run."),
            "silent_seconds": _("Who says nothing for longer is not known to work."),
            "switches_plug": _("It is never switched off while the machine draws power."),
            "fail_safe": _("When the database or this program is away."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        device: Device = self.instance
        field: Any = self.fields["machines"]
        field.queryset = Machine.objects.in_service().filter(space=device.space).order_by("name")
        if device.pk is not None:
            present = device.meters.filter(removed_at=None)
            self.initial["machines"] = list(present.values_list("machine_id", flat=True))

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("The device"), ("name", "dialect", "topic", "machines")),
                (
                    _("When the machine works"),
                    (
                        "start_watts",
                        "stop_watts",
                        "start_seconds",
                        "stop_seconds",
                        "silent_seconds",
                    ),
                ),
                (_("The plug"), ("switches_plug", "fail_safe")),
            )
        ]

    def clean(self) -> dict[str, Any]:
        """A name where it is heard by one, one machine to a plug, limits in order."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        start, stop = told.get("start_watts"), told.get("stop_watts")
        if stop is not None and stop <= 0:
            self.add_error("stop_watts", gettext("This must be more than nothing."))
        if start is not None and stop is not None and start < stop:
            self.add_error(
                "start_watts", gettext("This cannot be less than where the machine rests.")
            )
        if told.get("silent_seconds") == 0:
            self.add_error("silent_seconds", gettext("This must be more than nothing."))
        if told.get("dialect") in BY_BROKER:
            self._heard_by_broker(told)
        if told.get("switches_plug") and told.get("dialect") not in WITH_PLUG:
            self.add_error("switches_plug", gettext("This device has no plug to be switched."))
        return told

    def _heard_by_broker(self, told: dict[str, Any]) -> None:
        topic = told.get("topic")
        if not topic:
            self.add_error("topic", gettext("Say by which name it is heard."))
        elif self._is_somebody_elses(told["dialect"], topic):
            self.add_error("topic", gettext("Another device has this name already."))
        machines = told.get("machines")
        if machines is not None and len(machines) > 1:
            self.add_error("machines", gettext("A plug or a printer tells of one machine."))

    def _is_somebody_elses(self, dialect: str, topic: str) -> bool:
        others = Device.objects.in_service().exclude(pk=self.instance.pk)
        return others.filter(dialect=dialect, topic=topic).exists()


def found_on_broker(stranger: HeardTopic) -> dict[str, str]:
    """How the form of a new device begins, where it was heard on the broker."""
    name = stranger.topic.rpartition("/")[2]
    return {"name": name[:80], "dialect": Dialect(stranger.dialect), "topic": stranger.topic}
