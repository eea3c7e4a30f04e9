"""Fill an empty installation with five spaces and a year of believable life."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.timezone import now

from billing.services.inventory import import_inventory, read_for
from booking.services.blocking import materialise_maintenance
from booking.services.placing import Claim
from demo.make_bookings import HOUR, ask_for_an_exchange, book_first_free, book_together
from demo.make_calendars import follow
from demo.make_contracts import agree
from demo.make_devices import make_devices
from demo.make_displaced import take_the_rest_of_a_day
from demo.make_faults import need_an_extraction, report_faults
from demo.make_followed import follow_evening_courses
from demo.make_history import Historian
from demo.make_inventory import give_papers, lend
from demo.make_learning import teach
from demo.make_people import (
    certify,
    lose_a_channel,
    make_companies,
    make_logins,
    make_makers,
)
from demo.make_public import prove, publish
from demo.make_reports import mail_every_month
from demo.make_requests import (
    ask_for_approval,
    book_any_unit,
    book_in_confidence,
    wait_for_taken,
)
from demo.make_rules import set_rules
from demo.make_series import repeat_weekly
from demo.make_sheets import take_stock, write_sheets
from demo.make_spaces import (
    INVENTORIES,
    add_documents,
    add_prices,
    make_space,
    plan_upkeep,
)
from demo.make_stock import fill_the_shelves
from demo.make_texts import word_the_confirmation
from demo.make_upkeep import plan_what_comes_again
from demo.make_use import ask_at_check_out, stand_at_the_machines
from demo.people import DEMO_COMPANY
from demo.places import PLACES
from machines.models import Machine, Pool
from machines.services.faults import report_fault
from members.models import Company, Member, Skill
from reports.services.rollup import rebuild_all
from spaces.models import Space

SEED = 20_26
BAR = 32


class Command(BaseCommand):
    """Load the demo; where there are spaces already, nothing is done."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long the past is."""
        parser.add_argument("--days", type=int, default=365, help="of past (default: 365)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        """Load everything in one transaction, then compute the figures."""
        if Space.objects.exists():
            self.stdout.write("There is data already; nothing was loaded.")
            return
        moment = now()
        with transaction.atomic():
            self._load(moment, past=timedelta(days=days))
        bar = self._bar("Computing the figures")
        rebuild_all(now=moment, told=bar)
        admin = Member.objects.get(email="admin@etabli.example")
        publish(list(Space.objects.order_by("pk")), by=admin, now=moment)
        # Without figures about the new rows the first pages would be planned for an empty house.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write("")

    def _load(self, moment: datetime, *, past: timedelta) -> None:
        rng = Random(SEED)
        spaces = self._spaces(moment)
        logins = make_logins(spaces, now=moment)
        lose_a_channel(logins["maker"], now=moment)
        for space in spaces:
            write_sheets(space, by=logins["staff"], now=moment)
            take_stock(space, by=logins["staff"], now=moment)
        makers = make_makers(spaces, rng, now=moment)
        everybody = list(
            {person.pk: person for group in makers.values() for person in group}.values()
        )
        companies = make_companies(everybody, rng, logins["company"])
        skills = list(Skill.objects.all())
        certify([*everybody, logins["staff"], logins["company"]], skills, now=moment)
        certify(
            [logins["maker"]], [skill for skill in skills if "cnc" not in skill.slug], now=moment
        )
        self._history(spaces, makers, companies, rng, past=past, moment=moment)
        for space in spaces:
            fill_the_shelves(space, by=logins["staff"], rng=rng, now=moment)
        materialise_maintenance(now=moment)
        company = Company.objects.get(slug=DEMO_COMPANY)
        agree(company, at="renens", by=logins["company"], now=moment)
        self._bookings(logins, moment)
        follow(logins, company=company, space=spaces[0], now=moment)
        word_the_confirmation(at="geneve", by=logins["staff"], now=moment)
        mail_every_month(at="geneve", by=logins["staff"], now=moment)
        take_the_rest_of_a_day(of=logins["maker"], at="geneve", by=logins["staff"], now=moment)
        follow_evening_courses("wood", at="geneve", now=moment)
        make_devices(moment)
        plan_what_comes_again(at="geneve", by=logins["staff"], now=moment)
        self._papers(spaces, company, by=logins["admin"], moment=moment)
        need_an_extraction(at="zuerich", now=moment)
        report_faults(at="geneve", maker=logins["maker"], staff=logins["staff"], now=moment)
        teach(spaces, people=logins, makers=everybody, now=moment)
        stand_at_the_machines(logins, at="geneve", now=moment)
        prove(company, by=logins["company"], now=moment)

    def _spaces(self, moment: datetime) -> list[Space]:
        spaces = []
        for place in PLACES:
            space = make_space(place, now=moment)
            content = (INVENTORIES / place.inventory).read_bytes()
            sheet = read_for(space, content, filename=place.inventory)
            result = import_inventory(
                space=space, sheet=sheet, good_rows_only=False, by=None, now=moment
            )
            if not result.is_written:
                raise RuntimeError(f"{place.inventory} could not be imported")
            set_rules(space)
            ask_at_check_out(space)
            add_prices(space)
            add_documents(space)
            for weekday, machine in enumerate(space.machines.order_by("pk")[:4]):
                plan_upkeep(machine, weekday, now=moment)
            spaces.append(space)
        return spaces

    def _papers(
        self, spaces: list[Space], company: Company, *, by: Member, moment: datetime
    ) -> None:
        for space in spaces:
            give_papers(space, by=by, now=moment)
        lent = Machine.objects.filter(space__slug="renens").select_related("space").order_by("pk")
        lend(lent[0], owner=company, by=by, now=moment)

    def _history(
        self,
        spaces: list[Space],
        makers: dict[int, list[Member]],
        companies: list[Company],
        rng: Random,
        *,
        past: timedelta,
        moment: datetime,
    ) -> None:
        total = Machine.objects.count()
        bar = self._bar("Writing the past")
        done = 0

        def told() -> None:
            nonlocal done
            done += 1
            bar(done, total)

        for space, place in zip(spaces, PLACES, strict=True):
            Historian(
                space,
                makers=makers[space.pk],
                companies=companies,
                demand=place.busyness,
                rng=rng,
                past=past,
                now=moment,
            ).write(told)
        self.stdout.write("")

    def _bookings(self, logins: dict[str, Member], moment: datetime) -> None:
        """What the demo's own people have before them, and one machine that is down."""
        company = Company.objects.get(slug=DEMO_COMPANY)
        wishes = (
            ("geneve", "laser-cutter", "maker", 30 * HOUR, 2 * HOUR, "Lamp for the hallway", None),
            ("zuerich", "laser-cutter", "maker", 76 * HOUR, HOUR, "Front panel, 3 mm", None),
            ("geneve", "3d-printer", "maker", 3 * HOUR, 2 * HOUR, "Bracket for a bicycle", None),
            ("renens", "cnc-mill", "company", 26 * HOUR, 3 * HOUR, "Fixture, series 2", company),
            ("geneve", "laser-cutter", "company", 50 * HOUR, 2 * HOUR, "Prototype run", company),
        )
        for space, category, who, ahead, length, purpose, for_company in wishes:
            machines = Machine.objects.filter(space__slug=space, category__slug=category)
            for machine in machines.select_related("space", "category").order_by("pk"):
                if book_first_free(
                    machine,
                    member=logins[who],
                    after=moment + ahead,
                    length=length,
                    purpose=purpose,
                    now=moment,
                    company=for_company,
                ):
                    break
        book_together(
            [
                Machine.objects.filter(space__slug="renens", category__slug=category)
                .select_related("space", "category", "room")
                .order_by("pk")[0]
                for category in ("laser-cutter", "3d-printer")
            ],
            member=logins["maker"],
            after=moment + 52 * HOUR,
            purpose="Cover and insert for a lamp",
            now=moment,
        )
        self._requests(logins, company, moment)
        maker, staff, delegate = (logins[who] for who in ("maker", "staff", "company"))
        for category, space, claim, count in (
            ("3d-printer", "geneve", Claim(member=maker, by=maker, purpose="Robot club"), 6),
            ("laser-cutter", "zuerich", Claim(member=staff, by=staff, purpose="Evening course"), 8),
            (
                "laser-cutter",
                "renens",
                Claim(
                    member=delegate,
                    by=delegate,
                    company=company,
                    purpose="R&D slot",
                    is_confidential=True,
                ),
                None,
            ),
        ):
            after = moment + 74 * HOUR
            repeat_weekly(category, at=space, claim=claim, after=after, count=count, now=moment)
        ask_for_an_exchange(logins["maker"], now=moment)
        saw = Machine.objects.filter(space__slug="lugano", category__slug="wood").first()
        if saw:
            report_fault(
                machine=saw,
                summary="Blade is cracked, a new one is on its way",
                stops_machine=True,
                by=logins["staff"],
                now=moment - timedelta(hours=20),
            )

    def _requests(self, logins: dict[str, Member], company: Company, moment: datetime) -> None:
        """What they ask of others: any unit, an approval, time that is taken, discretion."""
        maker, delegate = logins["maker"], logins["company"]
        geneve = Machine.objects.filter(space__slug="geneve").select_related("space", "category")
        colleague = company.members.exclude(pk=delegate.pk).order_by("pk").first()
        for pool in Pool.objects.select_related("space").filter(space__slug="geneve")[:1]:
            book_any_unit(pool, member=maker, now=moment)
            book_in_confidence(
                pool, company=company, holder=colleague or delegate, by=delegate, now=moment
            )
        for lathe in geneve.filter(category__slug="metal")[:1]:
            ask_for_approval(lathe, member=maker, now=moment)
        wait_for_taken(geneve.filter(category__slug="laser-cutter"), member=maker, now=moment)

    def _bar(self, title: str) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            filled = BAR * done // max(total, 1)
            bar = "█" * filled + "░" * (BAR - filled)
            self.stdout.write(f"\r{title:<26} {bar} {100 * done // max(total, 1):3d} %", ending="")
            self.stdout.flush()

        return told
