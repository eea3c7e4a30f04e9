"""What the sample messages tell: all of it is invented, a preview never shows what happened."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from machines.states import StockUnit
from machines.stock_words import quantity_in_words
from notifications.samples import Scene


def reservation(scene: Scene) -> dict[str, Any]:
    """Two hours on a laser cutter in a week."""
    return {
        "name": "Camille",
        "machine": _("Laser cutter"),
        "space": scene.space,
        "place": f"{_('Ground floor')}, {scene.space}",
        "zone": scene.zone.key,
        "starts_at": scene.at(7, 10),
        "ends_at": scene.at(7, 12),
        "purpose": _("Front panels for the exhibition"),
        "company": "",
        "by": "",
        "url": scene.page("reservations/1"),
    }


def coming(scene: Scene) -> dict[str, Any]:
    """A colleague has reserved it."""
    return reservation(scene) | {"name": "Jonas", "holder": "Camille Rochat"}


def missed(scene: Scene) -> dict[str, Any]:
    """It has begun, and half an hour is left to come."""
    return reservation(scene) | {"released_at": scene.at(7, 10, 30)}


def upkeep(scene: Scene) -> dict[str, Any]:
    """The staff has something to do."""
    return reservation(scene) | {
        "name": "Jonas",
        "purpose": _("Clean the lenses"),
        "url": scene.page("maintenance"),
    }


def stock(scene: Scene) -> dict[str, Any]:
    """Less than half a spool is left."""
    return {
        "name": "Jonas",
        "space": scene.space,
        "zone": scene.zone.key,
        "item": "PETG",
        "left": "420\u00a0g",
        "minimum": "500\u00a0g",
        "reorder": quantity_in_words(Decimal(4000), StockUnit.GRAM),
        "supplier": "Filamenta",
        "article_number": "PETG-175-BK",
        "low_since": scene.at(0, 9),
        "url": scene.page("stock/1"),
    }


def membership(scene: Scene) -> dict[str, Any]:
    """It ends in a month."""
    return {
        "name": "Camille",
        "space": scene.space,
        "zone": scene.zone.key,
        "end_date": str(scene.today + timedelta(days=30)),
        "url": scene.page("machines"),
    }


def certification(scene: Scene) -> dict[str, Any]:
    """Without it the laser cutter cannot be used any more."""
    return membership(scene) | {"skill": _("Laser cutter"), "machine": _("Laser cutter")}


def induction(scene: Scene) -> dict[str, Any]:
    """An evening in a week."""
    return {
        "name": "Camille",
        "skill": _("Laser cutter"),
        "machine": _("Laser cutter"),
        "space": scene.space,
        "place": scene.space,
        "zone": scene.zone.key,
        "starts_at": scene.at(7, 18),
        "ends_at": scene.at(7, 20),
        "moved_up": False,
        "url": scene.page("inductions/1"),
    }


def induction_changed(scene: Scene) -> dict[str, Any]:
    """One of its machines is away."""
    return induction(scene) | {"without": _("3D printer")}


def induction_cancelled(scene: Scene) -> dict[str, Any]:
    """Nobody else wanted to come."""
    return induction(scene) | {
        "reason": _("Too few people asked for a seat."),
        "url": scene.page("inductions"),
    }


def contract(scene: Scene) -> dict[str, Any]:
    """That of a company."""
    return membership(scene) | {
        "company": "Lémano Robotique Sàrl",
        "url": scene.page("companies/lemano-robotique"),
    }


def moved(scene: Scene) -> dict[str, Any]:
    """It was the day before."""
    return reservation(scene) | {
        "previous_starts_at": scene.at(6, 14),
        "previous_ends_at": scene.at(6, 16),
        "is_longer": False,
    }


def request(scene: Scene) -> dict[str, Any]:
    """The staff has two days to decide."""
    return reservation(scene) | {"released_at": scene.at(2, 18)}


def decided(scene: Scene) -> dict[str, Any]:
    """The staff said no, and why."""
    return reservation(scene) | {
        "by": "Jonas Widmer",
        "reason": _("The exhaust is being cleaned that morning. Please ask for the afternoon."),
    }


def to_decide(scene: Scene) -> dict[str, Any]:
    """The staff is asked."""
    return request(scene) | {
        "name": "Jonas",
        "member": "Camille Rochat",
        "url": scene.page("requests/1"),
    }


def handed_over(scene: Scene) -> dict[str, Any]:
    """Somebody else has it now."""
    return reservation(scene) | {"taken_by": "Nadia Bernasconi"}


def failed(scene: Scene) -> dict[str, Any]:
    """Its machine cannot be used."""
    return reservation(scene) | {
        "reason": _("The lens is broken; the new one comes on Friday."),
        "lost_machine": _("Laser cutter"),
        "lost_space": scene.space,
        "url": scene.page("displacements/1"),
    }


def taken_over(scene: Scene) -> dict[str, Any]:
    """Another machine has the time instead."""
    return failed(scene) | {"machine": _("Laser cutter, large")}


def displaced(scene: Scene) -> dict[str, Any]:
    """Another time is kept until the holder answers."""
    return moved(scene) | taken_over(scene) | {"released_at": scene.at(2, 18)}


def overrun(scene: Scene) -> dict[str, Any]:
    """Somebody should have left by now."""
    return reservation(scene) | {
        "purpose": "",
        "is_awaited": False,
        "url": scene.page("sessions/1"),
    }


def held_up(scene: Scene) -> dict[str, Any]:
    """Somebody has to wait for them."""
    return reservation(scene) | {"expected_end_at": scene.at(7, 14)}


def correction(scene: Scene) -> dict[str, Any]:
    """The staff is asked to write another end."""
    return moved(scene) | {
        "purpose": "",
        "name": "Jonas",
        "member": "Camille Rochat",
        "holder": "Camille Rochat",
        "reason": _("I left at four, and forgot to check out."),
        "url": scene.page("spaces/atelier/use"),
    }


def corrected(scene: Scene) -> dict[str, Any]:
    """They did."""
    return correction(scene) | {
        "name": "Camille",
        "is_accepted": True,
        "reason": "",
        "by": "Jonas Widmer",
        "url": scene.page("sessions/1"),
    }


def offer(scene: Scene) -> dict[str, Any]:
    """It is kept until tomorrow."""
    return reservation(scene) | {
        "purpose": "",
        "released_at": scene.at(1, 9),
        "url": scene.page("offers/1"),
    }


def exchange(scene: Scene) -> dict[str, Any]:
    """Somebody offers it for another one."""
    return offer(scene) | {
        "asked_by": "Nadia Bernasconi",
        "note": _("Could we swap? My train is late on that day."),
        "return_machine": _("Laser cutter"),
        "return_starts_at": scene.at(8, 14),
        "return_ends_at": scene.at(8, 16),
        "url": scene.page("exchanges/1"),
    }


def guarantee(scene: Scene) -> dict[str, Any]:
    """It is kept for a company."""
    return offer(scene) | {
        "company": "Lémano Robotique Sàrl",
        "url": scene.page("companies/lemano-robotique"),
    }


def series(scene: Scene) -> dict[str, Any]:
    """Three evenings, a week apart."""
    return {
        "name": "Camille",
        "machine": _("Laser cutter"),
        "space": scene.space,
        "zone": scene.zone.key,
        "pattern": _("Every week, 18:00–20:00, three times"),
        "dates": [_evening(scene, week) for week in (1, 2, 3)],
        "left_out": [],
        "purpose": _("Evening course"),
        "company": "",
        "by": "",
        "reason": "",
        "url": scene.page("series/1"),
    }


def series_request(scene: Scene) -> dict[str, Any]:
    """The staff has two days to decide on them."""
    return series(scene) | {"released_at": scene.at(2, 18)}


def series_to_decide(scene: Scene) -> dict[str, Any]:
    """The staff is asked about them."""
    return series_request(scene) | {
        "name": "Jonas",
        "member": "Camille Rochat",
        "url": scene.page("requests/1"),
    }


def series_not_given(scene: Scene) -> dict[str, Any]:
    """The staff said no to them, and why."""
    return series(scene) | {
        "by": "Jonas Widmer",
        "reason": _("The exhaust is being cleaned that morning. Please ask for the afternoon."),
    }


def series_with_gaps(scene: Scene) -> dict[str, Any]:
    """A fourth one that somebody else has."""
    told = {"reason": _("Someone else has this time.")}
    return series(scene) | {"dates": [], "left_out": [_evening(scene, 4) | told]}


def _evening(scene: Scene, week: int) -> dict[str, str]:
    return {"starts_at": scene.at(7 * week, 18), "ends_at": scene.at(7 * week, 20)}
