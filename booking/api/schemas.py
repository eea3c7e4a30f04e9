"""What the API takes and gives for machines and reservations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from booking.facts import Refusal
from booking.services.carts import MOST_MACHINES
from booking.states import MAX_SPAN, ExchangeState, RefusalCode, ReservationKind, ReservationState
from machines.api import OpeningInterval, Paging, Window
from machines.measuring.names import Measurable

NO_ZERO = r"^[^\x00]*$"
"""The one character that a PostgreSQL text cannot hold."""


Slug = Annotated[str, Field(max_length=140, pattern=NO_ZERO)]


LONGEST_MINUTES = int(MAX_SPAN.total_seconds()) // 60


class Body(Schema):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class IntervalOut(Schema):
    """A half-open span."""

    starts_at: datetime
    ends_at: datetime


class BusyInterval(IntervalOut):
    """Time that cannot be booked, and what it is kept for; never by whom."""

    kind: str


class Availability(Schema):
    """What is open, what is busy and what can still be booked."""

    open: list[IntervalOut]
    busy: list[BusyInterval]
    free: list[IntervalOut]


class MachineFilters(Paging):
    """Which machines of the catalogue."""

    space: Slug | None = None
    category: Slug | None = None
    skill: Slug | None = None
    q: Annotated[
        str | None,
        Field(
            max_length=80,
            pattern=NO_ZERO,
            description=(
                "all of these words, and what is asked for in numbers: "
                "laser ≥ 600 × 400 mm that cuts 6 mm acrylic"
            ),
        ),
    ] = None
    near: Annotated[
        str | None, Field(max_length=60, description="latitude,longitude: nearest spaces first")
    ] = None
    free_from: AwareDatetime | None = None
    free_until: AwareDatetime | None = None


class Named(Schema):
    """Something with an address and a name."""

    slug: str
    name: str


class MachineOut(Schema):
    """A machine of the catalogue."""

    id: int
    slug: str
    name: str
    space: str
    category: Named
    pool: str | None
    room: str | None
    make: str
    model: str
    loaded: str
    skills: list[Named]
    url: str


class MachineList(Schema):
    """A page of machines."""

    items: list[MachineOut]
    next: str | None
    understood: Annotated[
        list[str], Field(description="what `q` was taken to ask for in numbers, in words")
    ]


class SlotFilters(Paging, Window):
    """What is looked for; without an end, in the week from the start."""

    duration: Annotated[int, Field(ge=1, le=LONGEST_MINUTES, description="in minutes")]
    category: Slug | None = None
    space: Slug | None = None


class SlotOut(IntervalOut):
    """The first time at which a machine could be booked, no shorter than its rules ask."""

    machine: MachineOut
    url: Annotated[str, Field(description="the form to reserve it, filled in")]


class SlotList(Schema):
    """Offers, one per machine, earliest first."""

    items: list[SlotOut]
    next: str | None


class SpecOut(Schema):
    """A line of the sheet."""

    name: str
    value: str
    unit: str


class MeasureOut(Schema):
    """What the machine has or can do in numbers, from `low` to `high`; read from its sheet."""

    key: Measurable
    material: str
    low: Decimal
    high: Decimal
    unit: str


class PhotoOut(Schema):
    """A photo, and what it shows in the language of the answer."""

    url: str
    alt: str


class DocumentOut(Schema):
    """A manual or sheet under a licence; a restricted one is for certified members only."""

    title: str
    url: str
    language: str
    version: str
    licence: str
    restricted: bool


class PolicyOut(Schema):
    """The rules, in whole minutes of real time and in days."""

    lead_minutes: int
    horizon_days: int
    shortest_minutes: int
    longest_minutes: int
    grid_minutes: int
    setup_minutes: int
    turnaround_minutes: int
    staff_needed: bool
    membership_needed: bool
    cancellation_window_minutes: int
    grace_period_minutes: int


class PriceOut(Schema):
    """What an hour costs one audience."""

    audience: str
    hourly: Decimal
    currency: str


class StateOut(Schema):
    """What the machine does now, and until when as far as it is known."""

    state: str
    until: datetime | None


class MachineDetail(MachineOut):
    """The whole sheet."""

    description: str
    materials: str
    work_area: str
    photo: str | None
    photos: list[PhotoOut]
    specs: list[SpecOut]
    measures: list[MeasureOut]
    documents: list[DocumentOut]
    policy: PolicyOut
    prices: list[PriceOut]
    state: StateOut
    opening: list[OpeningInterval]


class HolderIn(Body):
    """A time, and in whose name it is asked for; moments carry an offset."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    purpose: Annotated[str, Field(max_length=200, pattern=NO_ZERO)] = ""
    company: Annotated[
        str | None, Field(description="the slug of a company you act for", pattern=NO_ZERO)
    ] = None
    confidential: bool = False
    for_member: Annotated[
        int | None, Field(description="for whom: staff for anybody, delegates for colleagues")
    ] = None


class BookingIn(HolderIn):
    """A request for a machine, or for any unit of a pool."""

    machine: int | None = None
    pool: int | None = None

    @model_validator(mode="after")
    def one_target(self) -> Self:
        """Either, not both."""
        if (self.machine is None) == (self.pool is None):
            raise ValueError("either machine or pool")
        return self


class CartIn(HolderIn):
    """A request for several machines of one space at once, in the order given."""

    machines: Annotated[list[int], Field(min_length=1, max_length=MOST_MACHINES)]
    any_unit: Annotated[
        list[int],
        Field(
            max_length=MOST_MACHINES,
            description="those of `machines` for which another unit of their pool will do",
        ),
    ] = []


class MoveIn(Body):
    """What to change; what is left out stays."""

    machine: int | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    purpose: Annotated[str | None, Field(max_length=200, pattern=NO_ZERO)] = None


class DenialIn(Body):
    """Why a request is denied; its holder is told."""

    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=NO_ZERO)]


class ExchangeIn(Body):
    """What you would have for your time, or the member who is to have it: one of the two."""

    in_return: Annotated[int | None, Field(description="the time of another member")] = None
    to_email: Annotated[str, Field(max_length=254, pattern=NO_ZERO)] = ""
    note: Annotated[str, Field(max_length=300, pattern=NO_ZERO)] = ""


class ExchangeOut(Schema):
    """A proposal between two members, and what became of it."""

    id: int
    reservation: int
    in_return: int | None
    state: ExchangeState
    note: str
    expires_at: datetime


class ReservationFilters(Paging):
    """Which reservations, of those that the caller may see."""

    mine: bool = False
    space: str | None = None
    from_: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None
    state: ReservationState | None = None


class ReservationOut(Schema):
    """A reservation, for those inside it and the staff; to others it is busy time only."""

    id: int
    uid: str
    bundle: Annotated[
        str | None, Field(description="what is reserved, moved and cancelled together")
    ]
    machine: int
    machine_name: str
    pool: Annotated[
        int | None, Field(description="any unit of it will do: until check-in it may be another")
    ]
    space: str
    kind: ReservationKind
    state: ReservationState
    starts_at: datetime
    ends_at: datetime
    member: int | None
    created_by: int | None
    decided_by: Annotated[int | None, Field(description="who approved or denied it")]
    decision: Annotated[str, Field(description="why")]
    cancelled_by: int | None
    cancelled_late: bool
    company: str | None
    purpose: str
    confidential: bool
    amount: Decimal | None
    currency: str
    created_at: datetime


class ReservationList(Schema):
    """A page of reservations."""

    items: list[ReservationOut]
    next: str | None


class CartOut(Schema):
    """The reservations of a cart, one for each machine, and the price of all together."""

    bundle: str | None
    items: list[ReservationOut]
    amount: Decimal | None
    currency: str


class RefusalOut(Schema):
    """Why not: a code for programs, a message for people."""

    code: RefusalCode
    message: str
    field: str | None


class RefusalOfOne(RefusalOut):
    """Why not, where of several machines one is meant."""

    machine: int


API_FIELDS = {"start": "starts_at", "end": "ends_at"}
"""What the API calls the fields that the rules name."""


def refusal_out(refusal: Refusal) -> RefusalOut:
    """A refusal in the words of the API."""
    field = API_FIELDS.get(refusal.field or "", refusal.field)
    told = RefusalOut(code=refusal.code, message=refusal.message, field=field)
    if refusal.machine_id is None:
        return told
    return RefusalOfOne(**told.dict(), machine=refusal.machine_id)


class QuoteOut(Schema):
    """The price, told before anyone commits."""

    amount: Decimal
    hourly: Decimal
    currency: str


class CheckResult(Schema):
    """Every refusal that applies, and the price; no refusals means that it can be booked."""

    refusals: list[RefusalOut]
    quote: QuoteOut | None
    free_units: Annotated[int | None, Field(description="of a pool, at that time")] = None


class QuoteOfOne(Schema):
    """What one machine of several would cost."""

    machine: int
    amount: Decimal
    hourly: Decimal


class CartCheck(Schema):
    """Every refusal that applies to all machines or to one, and the prices."""

    refusals: list[RefusalOfOne | RefusalOut]
    quotes: list[QuoteOfOne]
    amount: Decimal | None
    currency: str


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None


class BookingProblem(Problem):
    """Why a reservation is not possible: every rule that does not hold."""

    refusals: list[RefusalOfOne | RefusalOut] = []
