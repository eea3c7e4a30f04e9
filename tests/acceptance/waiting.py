"""Actions of the waitlist."""

from booking.models import Offer, WaitlistEntry
from booking.rules import not_allowed
from booking.services import waitlist
from booking.services.refusing import BookingRefused
from booking.states import WishState
from members.models import Member
from tests.acceptance.answers import Action, Answer, accepted
from tests.acceptance.form import Facts
from tests.acceptance.world import World

OPEN = (WishState.WAITING, WishState.OFFERED)


def join_waiting_list(world: World, step: Facts) -> Answer:
    """Wait for time that is taken."""
    # A wish is known by who waits; nothing refers to it by a name.
    step.get("as")
    waitlist.join(world.wish(step), now=world.now)
    return accepted()


def leave_waiting_list(world: World, step: Facts) -> Answer:
    """Give up what one waits for."""
    person = world.person(step["by"])
    wishes = WaitlistEntry.objects.filter(member=person, state__in=OPEN)
    if "target" in step:
        pool = world.pools.get(step["target"])
        wishes = (
            wishes.filter(pool=pool)
            if pool
            else wishes.filter(machine__slug=step["target"].lower())
        )
    for key, field in (("start", "earliest_at"), ("end", "latest_at")):
        if key in step:
            wishes = wishes.filter(**{field: world.moment(step[key])})
    wish = wishes.order_by("joined_at").first()
    if wish is None:
        raise BookingRefused([not_allowed(f"{person} does not wait for anything.")])
    waitlist.leave(wish=wish, by=person, now=world.now)
    return accepted()


def accept_offer(world: World, step: Facts) -> Answer:
    """Take the time that was offered last."""
    person, name = world.person(step["by"]), step.get("as")
    row = waitlist.accept(offer=_last_offer(person), by=person, now=world.now)
    if name is not None:
        world.reservations[name] = row
    return accepted(status=row.state, unit=world.name_of(row.machine))


def decline_offer(world: World, step: Facts) -> Answer:
    """Pass the time on that was offered last."""
    person = world.person(step["by"])
    waitlist.decline(offer=_last_offer(person), by=person, now=world.now)
    return accepted()


def _last_offer(person: Member) -> Offer:
    offer = Offer.objects.filter(entry__member=person).order_by("made_at", "pk").last()
    if offer is None:
        raise BookingRefused([not_allowed(f"Nothing was ever offered to {person}.")])
    return offer


ACTIONS: tuple[Action, ...] = (join_waiting_list, leave_waiting_list, accept_offer, decline_offer)
