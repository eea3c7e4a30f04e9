"""Every kind of message about reservations, for the staff who adapt its words."""

from functools import partial

from django.utils.translation import gettext_lazy

from booking.notices import inductions, kinds, scenes, series
from notifications.samples import Sample

THE_HOLDER = gettext_lazy("whoever has the reservation")
THE_STAFF = gettext_lazy("everybody of the staff")

_of_reservation = partial(
    Sample,
    group=gettext_lazy("Reservations"),
    sent_to=THE_HOLDER,
    context=scenes.reservation,
)
_of_request = partial(_of_reservation, group=gettext_lazy("Requests"))
_of_displacement = partial(
    _of_reservation, group=gettext_lazy("Displacements"), context=scenes.displaced
)
_of_offer = partial(
    Sample,
    group=gettext_lazy("Waitlist"),
    sent_to=gettext_lazy("whoever waits"),
    context=scenes.offer,
)
_of_series = partial(
    Sample,
    group=gettext_lazy("Series"),
    sent_to=THE_HOLDER,
    context=scenes.series,
    facts="messages/_series_facts",
)
_of_exchange = partial(
    Sample,
    group=gettext_lazy("Exchanges"),
    sent_to=gettext_lazy("whoever is asked"),
    context=scenes.exchange,
)
_of_company = partial(
    Sample,
    group=gettext_lazy("Companies"),
    sent_to=gettext_lazy("everybody who books for the company"),
    context=scenes.guarantee,
)

_of_induction = partial(
    Sample,
    group=gettext_lazy("Inductions"),
    sent_to=gettext_lazy("whoever asked for a seat"),
    context=scenes.induction,
    facts="messages/_induction_facts",
)

_of_use = partial(
    Sample,
    group=gettext_lazy("Use of machines"),
    sent_to=gettext_lazy("whoever used the machine"),
    context=scenes.overrun,
)
_of_paper = partial(
    Sample,
    group=gettext_lazy("What people have for a time"),
    sent_when=gettext_lazy("Days before it ends, as the rules of the space say."),
    facts="messages/_ending_facts",
)

SAMPLES = (
    _of_reservation(
        kind=kinds.CONFIRMED,
        title=gettext_lazy("Confirmation"),
        sent_when=gettext_lazy("As soon as a machine is reserved."),
    ),
    _of_reservation(
        kind=kinds.REMINDER,
        title=gettext_lazy("Reminder"),
        sent_when=gettext_lazy("Before it begins, as early as the rules of the space say."),
    ),
    _of_reservation(
        kind=kinds.ENDING,
        title=gettext_lazy("Reminder of the end"),
        sent_when=gettext_lazy("Before it ends, as early as the rules of the space say."),
    ),
    _of_reservation(
        kind=kinds.CHECK_IN_MISSED,
        title=gettext_lazy("Check-in missing"),
        sent_when=gettext_lazy("When its grace period runs and nobody has checked in."),
        context=scenes.missed,
        varies=True,
    ),
    _of_reservation(
        kind=kinds.COMING,
        title=gettext_lazy("Coming reservation"),
        sent_when=gettext_lazy("Before it begins, as early as the rules of the space say."),
        sent_to=gettext_lazy("colleagues and staff, as the rules say"),
        context=scenes.coming,
    ),
    _of_reservation(
        kind=kinds.MAINTENANCE_DUE,
        title=gettext_lazy("Planned maintenance"),
        sent_when=gettext_lazy(
            "Before planned maintenance, as early as the rules of the space say."
        ),
        sent_to=THE_STAFF,
        context=scenes.upkeep,
    ),
    _of_reservation(
        kind=kinds.MOVED,
        title=gettext_lazy("New time"),
        sent_when=gettext_lazy("When its time or its machine was changed, or it was extended."),
        context=scenes.moved,
        varies=True,
    ),
    _of_reservation(
        kind=kinds.CANCELLED,
        title=gettext_lazy("Cancellation"),
        sent_when=gettext_lazy("When it was cancelled, by the member or by the staff."),
    ),
    _of_reservation(
        kind=kinds.RESTORED,
        title=gettext_lazy("Cancellation undone"),
        sent_when=gettext_lazy("When somebody undid the cancellation."),
    ),
    _of_reservation(
        kind=kinds.NO_SHOW,
        title=gettext_lazy("No-show"),
        sent_when=gettext_lazy("When nobody checked in in time and the rest was given back."),
    ),
    _of_request(
        kind=kinds.REQUESTED,
        title=gettext_lazy("Request received"),
        sent_when=gettext_lazy("When something is asked for that the staff is to approve."),
        context=scenes.request,
    ),
    _of_request(
        kind=kinds.TO_DECIDE,
        title=gettext_lazy("Request to decide"),
        sent_when=gettext_lazy("When something is asked for that the staff is to approve."),
        sent_to=THE_STAFF,
        context=scenes.to_decide,
    ),
    _of_request(
        kind=kinds.APPROVED,
        title=gettext_lazy("Request approved"),
        sent_when=gettext_lazy("When the staff has approved the request."),
    ),
    _of_request(
        kind=kinds.DENIED,
        title=gettext_lazy("Request denied"),
        sent_when=gettext_lazy("When the staff has denied the request, with the reason."),
        context=scenes.decided,
    ),
    _of_request(
        kind=kinds.EXPIRED,
        title=gettext_lazy("Request expired"),
        sent_when=gettext_lazy("When nobody decided in time."),
    ),
    _of_displacement(
        kind=kinds.DISPLACED_MOVED,
        title=gettext_lazy("On another machine"),
        sent_when=gettext_lazy("When the machine fails and another one takes over its time."),
        context=scenes.taken_over,
    ),
    _of_displacement(
        kind=kinds.DISPLACED_PROPOSED,
        title=gettext_lazy("Another time proposed"),
        sent_when=gettext_lazy("When the machine fails and another time is kept for an answer."),
    ),
    _of_displacement(
        kind=kinds.DISPLACED_EXPIRED,
        title=gettext_lazy("Proposal expired"),
        sent_when=gettext_lazy("When nobody answered and the time kept was given back."),
    ),
    _of_displacement(
        kind=kinds.DISPLACED_CANCELLED,
        title=gettext_lazy("Cancelled by a failure"),
        sent_when=gettext_lazy("When the machine fails and no other time is kept."),
        context=scenes.failed,
    ),
    _of_offer(
        kind=kinds.OFFER,
        title=gettext_lazy("Freed time offered"),
        sent_when=gettext_lazy("When time becomes free that somebody waits for."),
    ),
    _of_offer(
        kind=kinds.OFFER_EXPIRED,
        title=gettext_lazy("Offer expired"),
        sent_when=gettext_lazy("When nobody accepted in time."),
    ),
    _of_offer(
        kind=kinds.OFFER_TAKEN_BACK,
        title=gettext_lazy("Offer taken back"),
        sent_when=gettext_lazy("When the time offered cannot be had after all."),
    ),
    _of_use(
        kind=kinds.USE_OVERRUNS,
        title=gettext_lazy("Time is over"),
        sent_when=gettext_lazy("When somebody stays past the end, and again when others wait."),
    ),
    _of_use(
        kind=kinds.STILL_IN_USE,
        title=gettext_lazy("Machine still in use"),
        sent_when=gettext_lazy("When somebody before them has not left."),
        sent_to=gettext_lazy("whoever has reserved the machine next"),
        context=scenes.held_up,
    ),
    _of_use(
        kind=kinds.CHECK_OUT_ASSUMED,
        title=gettext_lazy("Check-out assumed"),
        sent_when=gettext_lazy("When nobody checked out, and the job did."),
    ),
    _of_use(
        kind=kinds.CORRECTION_TO_DECIDE,
        title=gettext_lazy("Correction to decide"),
        sent_when=gettext_lazy("When a member says that a use was written down wrongly."),
        sent_to=THE_STAFF,
        context=scenes.correction,
    ),
    _of_use(
        kind=kinds.CORRECTION_DECIDED,
        title=gettext_lazy("Correction decided"),
        sent_when=gettext_lazy("When the staff has corrected a use, or has not."),
        context=scenes.corrected,
        varies=True,
    ),
    _of_series(
        kind=series.CONFIRMED,
        title=gettext_lazy("Series reserved"),
        sent_when=gettext_lazy("As soon as a series is reserved; one message for all its dates."),
    ),
    _of_series(
        kind=series.REQUESTED,
        title=gettext_lazy("Series asked for"),
        sent_when=gettext_lazy("When a series is asked for that the staff is to approve."),
        context=scenes.series_request,
    ),
    _of_series(
        kind=series.TO_DECIDE,
        title=gettext_lazy("Series to decide"),
        sent_when=gettext_lazy("When a series is asked for that the staff is to approve."),
        sent_to=THE_STAFF,
        context=scenes.series_to_decide,
    ),
    _of_series(
        kind=series.APPROVED,
        title=gettext_lazy("Series approved"),
        sent_when=gettext_lazy("When the staff has approved the dates of a series."),
    ),
    _of_series(
        kind=series.NOT_GIVEN,
        title=gettext_lazy("Series denied or expired"),
        sent_when=gettext_lazy("When the staff has denied dates of a series, or did not decide."),
        context=scenes.series_not_given,
    ),
    _of_series(
        kind=series.MOVED,
        title=gettext_lazy("Series moved"),
        sent_when=gettext_lazy("When dates of a series were given new times."),
        context=scenes.series_request,
    ),
    _of_series(
        kind=series.CANCELLED,
        title=gettext_lazy("Dates of a series cancelled"),
        sent_when=gettext_lazy("When dates of a series were cancelled."),
    ),
    _of_series(
        kind=series.GAPS,
        title=gettext_lazy("Dates that could not be reserved"),
        sent_when=gettext_lazy("When a series goes on and some of its new dates are taken."),
        context=scenes.series_with_gaps,
    ),
    _of_exchange(
        kind=kinds.EXCHANGE,
        title=gettext_lazy("Exchange proposed"),
        sent_when=gettext_lazy("When a member proposes to exchange times or to hand one over."),
        varies=True,
    ),
    _of_exchange(
        kind=kinds.EXCHANGE_DECLINED,
        title=gettext_lazy("Exchange declined"),
        sent_when=gettext_lazy("When the other member does not want to."),
        sent_to=gettext_lazy("whoever proposed it"),
        context=scenes.offer,
    ),
    _of_exchange(
        kind=kinds.HANDED_OVER,
        title=gettext_lazy("Handed over"),
        sent_when=gettext_lazy("When another member has taken the reservation over."),
        sent_to=THE_HOLDER,
        context=scenes.handed_over,
    ),
    _of_company(
        kind=kinds.GUARANTEE,
        title=gettext_lazy("Guaranteed date to confirm"),
        sent_when=gettext_lazy("Before a date that is kept for a company becomes free for all."),
    ),
    Sample(
        kind=kinds.STOCK_LOW,
        title=gettext_lazy("Stock is low"),
        group=gettext_lazy("Stock"),
        sent_when=gettext_lazy(
            "When no more than the minimum is left, as the rules of the space say."
        ),
        sent_to=THE_STAFF,
        context=scenes.stock,
        facts="messages/_stock_facts",
    ),
    _of_induction(
        kind=inductions.SEAT,
        title=gettext_lazy("Seat in an induction"),
        sent_when=gettext_lazy("When somebody gets a seat, at once or from the line."),
        varies=True,
    ),
    _of_induction(
        kind=inductions.CANCELLED,
        title=gettext_lazy("Induction cancelled"),
        sent_when=gettext_lazy("When too few people come, or staff calls it off."),
        context=scenes.induction_cancelled,
    ),
    _of_induction(
        kind=inductions.CHANGED,
        title=gettext_lazy("Induction without a machine"),
        sent_when=gettext_lazy("When a machine of it is not free, and it takes place without it."),
        sent_to=gettext_lazy("whoever asked for a seat, and who teaches"),
        context=scenes.induction_changed,
    ),
    _of_induction(
        kind=kinds.INDUCTION_SOON,
        title=gettext_lazy("Reminder of an induction"),
        sent_when=gettext_lazy("Before it begins, as early as the rules of the space say."),
        sent_to=gettext_lazy("whoever has a seat"),
    ),
    _of_paper(
        kind=kinds.CERTIFICATION_ENDS,
        title=gettext_lazy("Certification ends"),
        sent_to=gettext_lazy("whoever has it, and staff, as the rules say"),
        context=scenes.certification,
        varies=True,
    ),
    _of_paper(
        kind=kinds.MEMBERSHIP_ENDS,
        title=gettext_lazy("Membership ends"),
        sent_to=gettext_lazy("whoever has it, and staff, as the rules say"),
        context=scenes.membership,
        facts="",
        varies=True,
    ),
    _of_paper(
        kind=kinds.CONTRACT_ENDS,
        title=gettext_lazy("Contract ends"),
        sent_to=gettext_lazy("those who book for the company, and staff, as the rules say"),
        context=scenes.contract,
    ),
)
