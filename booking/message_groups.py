"""What members are told about reservations, in groups that they may turn off or not.

Whatever others do to the time of a member, and whatever only that member can decide, is always
told.
"""

from django.utils.translation import gettext_lazy as _

from booking.notices import inductions, kinds, series
from notifications.kinds import Group

GROUPS = (
    Group(
        key="reminders",
        label=_("Reminders"),
        help=_(
            "Before a reservation or an induction begins, before the end, and where nobody has"
            " checked in."
        ),
        kinds=(*kinds.WITH_RESERVATION, kinds.CHECK_IN_MISSED, kinds.INDUCTION_SOON),
        is_news=False,
    ),
    Group(
        key="use",
        label=_("Use of machines"),
        help=_("When your time at a machine is over, you forgot to check out, or must wait."),
        kinds=(kinds.USE_OVERRUNS, kinds.CHECK_OUT_ASSUMED, kinds.STILL_IN_USE),
        is_news=False,
    ),
    Group(
        key="endings",
        label=_("What runs out"),
        help=_("Before a certification, a membership or a contract ends."),
        kinds=(kinds.CERTIFICATION_ENDS, kinds.MEMBERSHIP_ENDS, kinds.CONTRACT_ENDS),
        is_news=False,
    ),
    Group(
        key="others",
        label=_("Reminders of others’ reservations"),
        help=_("For staff, with planned maintenance, and for those who book for a company."),
        kinds=(kinds.COMING, kinds.MAINTENANCE_DUE),
        is_news=False,
    ),
    Group(
        key="stock",
        label=_("What is low"),
        help=_("For staff: when no more than the minimum is left of something in stock."),
        kinds=(kinds.STOCK_LOW,),
        is_news=False,
    ),
    Group(
        key="confirmations",
        label=_("Confirmations"),
        help=_("Of what you reserve, move or cancel yourself. What others change is always told."),
        kinds=(
            *kinds.CALENDAR_NEWS,
            kinds.REQUESTED,
            series.CONFIRMED,
            series.REQUESTED,
            series.MOVED,
            series.CANCELLED,
        ),
        is_of_own_acts=True,
    ),
    Group(
        key="approvals",
        label=_("Approved requests"),
        help=_("When staff says yes to a request of yours. A no is always told."),
        kinds=(kinds.APPROVED, series.APPROVED),
    ),
    Group(
        key="gaps",
        label=_("Dates missing in a series"),
        help=_("When a series of yours goes on, and a date of it could not be reserved."),
        kinds=(series.GAPS,),
    ),
    Group(
        key="offers_over",
        label=_("Offers that are over"),
        help=_("When freed time went to the next in line, or an exchange was declined."),
        kinds=(kinds.OFFER_EXPIRED, kinds.OFFER_TAKEN_BACK, kinds.EXCHANGE_DECLINED),
    ),
    Group(
        key="faults",
        label=_("Faults"),
        help=_("How what you reported goes on, machines that work again, and what you look after."),
        kinds=(
            kinds.FAULT_NEWS,
            kinds.FAULT_ASSIGNED,
            kinds.FAULT_OVERDUE,
            kinds.MACHINE_WORKS,
        ),
    ),
    Group(
        # A decision, but one that is asked of everybody who books for the company.
        key="kept_dates",
        label=_("Dates kept for a company"),
        help=_("For those who book for it: dates that are given back unless somebody confirms."),
        kinds=(kinds.GUARANTEE,),
    ),
    Group(
        key="decisions",
        label=_("What you are asked to decide"),
        help=_("Offers, proposals, exchanges, and requests and reports to the staff."),
        kinds=(
            kinds.OFFER,
            kinds.EXCHANGE,
            kinds.DISPLACED_PROPOSED,
            kinds.TO_DECIDE,
            kinds.FAULT_REPORTED,
            kinds.CORRECTION_TO_DECIDE,
            series.TO_DECIDE,
        ),
        is_essential=True,
    ),
    Group(
        key="losses",
        label=_("What others change"),
        help=_("When your time is moved, cancelled, denied or given back."),
        kinds=(
            kinds.HANDED_OVER,
            kinds.DENIED,
            kinds.EXPIRED,
            kinds.NO_SHOW,
            kinds.MACHINE_STOPPED,
            kinds.CORRECTION_DECIDED,
            kinds.DISPLACED_MOVED,
            kinds.DISPLACED_CANCELLED,
            kinds.DISPLACED_EXPIRED,
            series.NOT_GIVEN,
        ),
        is_essential=True,
    ),
    Group(
        key="inductions",
        label=_("Your inductions"),
        help=_("When there is a seat for you, and when an induction is not as it was planned."),
        kinds=(inductions.SEAT, inductions.CHANGED, inductions.CANCELLED),
        is_essential=True,
    ),
)
