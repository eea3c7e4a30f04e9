"""What is told about faults, for the staff who adapt its words; all that it tells is invented."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.notices import kinds, scenes
from booking.notices.samples import THE_HOLDER, THE_STAFF
from notifications.samples import Sample, Scene


def fault(scene: Scene) -> dict[str, Any]:
    """Somebody has seen it."""
    return {
        "name": "Camille",
        "machine": _("Laser cutter"),
        "space": scene.space,
        "zone": scene.zone.key,
        "summary": _("The lens is broken."),
        "known": "",
        "is_hazard": False,
        "is_stopped": True,
        "is_fixed": False,
        "url": scene.page("faults/1"),
    }


def fault_of_staff(scene: Scene) -> dict[str, Any]:
    """The staff has to see to it."""
    return fault(scene) | {"name": "Jonas", "reporter": "Camille Rochat", "by": ""}


def fault_hazard(scene: Scene) -> dict[str, Any]:
    """It could hurt somebody."""
    return fault_of_staff(scene) | {
        "summary": _("Sparks come out of the plug."),
        "is_hazard": True,
    }


def fault_late(scene: Scene) -> dict[str, Any]:
    """It should work by now."""
    return fault_of_staff(scene) | {"end_date": str(scene.today)}


def fault_judged(scene: Scene) -> dict[str, Any]:
    """The staff has looked at it."""
    return fault(scene) | {
        "what": "judged",
        "by": "Jonas Widmer",
        "note": "",
        "known": _("The new lens comes on Friday."),
        "end_date": str(scene.today + timedelta(days=3)),
    }


def stopped(scene: Scene) -> dict[str, Any]:
    """Its machine stands still, for now."""
    return scenes.failed(scene) | {
        "end_date": str(scene.today + timedelta(days=3)),
        "url": scene.page("reservations/1"),
    }


_of_fault = partial(
    Sample,
    group=gettext_lazy("Faults"),
    sent_to=THE_STAFF,
    context=fault_of_staff,
    facts="messages/_fault_facts",
)
_of_stop = partial(Sample, group=gettext_lazy("Displacements"), sent_to=THE_HOLDER)

SAMPLES = (
    _of_stop(
        kind=kinds.MACHINE_STOPPED,
        title=gettext_lazy("Machine out of order"),
        sent_when=gettext_lazy("When a machine stands still that somebody has reserved soon."),
        context=stopped,
    ),
    _of_stop(
        kind=kinds.MACHINE_WORKS,
        title=gettext_lazy("Machine works again"),
        sent_when=gettext_lazy("When it works again in time, after its holder was told."),
        context=scenes.reservation,
    ),
    _of_fault(
        kind=kinds.FAULT_REPORTED,
        title=gettext_lazy("Fault reported"),
        sent_when=gettext_lazy("When somebody at a machine reports that something is wrong."),
        context=fault_hazard,
        varies=True,
    ),
    _of_fault(
        kind=kinds.FAULT_ASSIGNED,
        title=gettext_lazy("Fault to look after"),
        sent_when=gettext_lazy("When somebody of the staff gives it to another."),
        sent_to=gettext_lazy("whoever is to look after it"),
    ),
    _of_fault(
        kind=kinds.FAULT_OVERDUE,
        title=gettext_lazy("Fault later than expected"),
        sent_when=gettext_lazy("When a machine was to be mended by now."),
        sent_to=gettext_lazy("whoever looks after it, else the staff"),
        context=fault_late,
    ),
    _of_fault(
        kind=kinds.FAULT_NEWS,
        title=gettext_lazy("How a report goes on"),
        sent_when=gettext_lazy(
            "When the staff has looked at a fault, writes about it or mended it."
        ),
        sent_to=gettext_lazy("whoever reported it"),
        context=fault_judged,
        varies=True,
    ),
)
