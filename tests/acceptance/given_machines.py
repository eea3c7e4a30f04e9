"""The machines and pools that a case gives, each machine with a policy of its own."""

from datetime import timedelta
from typing import Any, NamedTuple

from booking.states import DEFAULT_OFFER_HOLD, MAX_SPAN, ReservationKind
from machines.models import Category, Machine, Pool
from members.models import Skill
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.world import World
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import SkillFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = timedelta(days=5000)
TERMS = {
    "setup_min": ("setup", MINUTE, timedelta(0)),
    "turnaround_min": ("turnaround", MINUTE, timedelta(0)),
    "lead_min": ("lead_time", MINUTE, timedelta(0)),
    "min_min": ("shortest", MINUTE, timedelta(0)),
    "max_min": ("longest", MINUTE, MAX_SPAN),
    "grid_min": ("grid", MINUTE, MINUTE),
    "cancel_until_h": ("cancellation_window", HOUR, timedelta(0)),
    "grace_min": ("grace_period", MINUTE, NEVER),
    "early_check_in_min": ("early_check_in", MINUTE, timedelta(0)),
    "auto_close_min": ("auto_close_after", MINUTE, NEVER),
    "hold_h": ("approval_hold", HOUR, NEVER),
}
"""The rules of a machine: our field, its unit, and what stands for a rule that is not given."""

WITHOUT_HORIZON = 1000
IN_SERVICE, OUT_OF_SERVICE = "in_service", "out_of_service"


class Rules(NamedTuple):
    """What holds for every machine of the case alike."""

    membership_needed: bool
    offer_hold_min: float | None


def add_machine(world: World, given: Facts, rules: Rules) -> Machine:
    """Write one machine, and when it does not work."""
    name = given["id"]
    category = {"category": category_of(given["category"])} if "category" in given else {}
    machine: Machine = MachineFactory(space=world.space, slug=name.lower(), name=name, **category)
    world.machines[name] = machine
    needs = given.get("needs", [])
    for skill in [needs] if isinstance(needs, str) else needs:
        machine.skills.add(skill_of(skill))
    _set_policy(machine, given, rules)
    _break(world, machine, given)
    return machine


def _set_policy(machine: Machine, given: Facts, rules: Rules) -> None:
    terms: dict[str, Any] = {
        field: otherwise if given.get(key) is None else given[key] * unit
        for key, (field, unit, otherwise) in TERMS.items()
    }
    hold = rules.offer_hold_min
    PolicyFactory(
        machine=machine,
        horizon_days=given.get("horizon_days", WITHOUT_HORIZON),
        membership_needed=rules.membership_needed,
        approval_needed=given.get("approval", False),
        offer_hold=DEFAULT_OFFER_HOLD if hold is None else hold * MINUTE,
        **terms,
    )


def _break(world: World, machine: Machine, given: Facts) -> None:
    for each in given.each("maintenance"):
        span = world.interval(each)
        ReservationFactory(
            machine=machine,
            member=None,
            kind=ReservationKind.MAINTENANCE,
            starts_at=span.start,
            ends_at=span.end,
            created_at=world.now,
        )
    for each in given.each("down"):
        span = world.interval(each)
        FaultFactory(machine=machine, starts_at=span.start, ends_at=span.end)
    status = given.get("status", IN_SERVICE)
    if status == OUT_OF_SERVICE:
        FaultFactory(machine=machine, starts_at=world.now)
    elif status != IN_SERVICE:
        raise NotUnderstood(f"“{status}” is not a status of a machine")


def add_pool(world: World, given: Facts) -> None:
    """Write a pool of machines that the case has given."""
    name = given["id"]
    pool: Pool = Pool.objects.create(space=world.space, slug=name.lower(), name=name)
    world.pools[name] = pool
    for unit in map(world.machine, given["units"]):
        unit.pool = pool
        unit.save()


def category_of(slug: str) -> Category:
    """The category of that name, made where it is missing."""
    found, _is_new = Category.objects.get_or_create(slug=slug, defaults={"name": slug})
    return found


def skill_of(name: str) -> Skill:
    """What has to be learned, made where it is missing."""
    found = Skill.objects.filter(slug=name).first()
    return found or SkillFactory(slug=name, name=name)
