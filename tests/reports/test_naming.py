"""Two files about different things never have one name."""

from datetime import UTC, date, datetime

from machines.models import Category, Machine, Pool
from members.models import Company
from reports.exports.naming import filename_of, proof_name
from reports.filters import Filters, Period, Scope
from reports.models import Export, Statement
from reports.states import Content, Format
from spaces.models import Space

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def named(scope: Scope, content: Content = Content.REPORT, **changes: object) -> str:
    return filename_of(Filters(scope=scope, period=OCTOBER, **changes), content, Format.PDF)


def test_a_name_says_what_a_file_is_about() -> None:
    space, other = Space(slug="laser", name="Laser"), Space(slug="bern", name="Bern")
    category, company = Category(slug="laser", name="Laser"), Company(slug="laser", name="Laser")
    names = [
        named(Scope.of_network()),
        named(Scope.of_company(company)),
        named(Scope.of_category(category)),
        *(
            named(scope)
            for place in (space, other)
            for scope in (
                Scope.of_space(place),
                Scope.of_category(category, place),
                Scope.of_pool(Pool(slug="laser", name="Laser", space=place)),
                Scope.of_machine(Machine(slug="laser", name="Laser", space=place)),
            )
        ),
        named(Scope.of_space(space), with_assumed=False),
        named(Scope.of_space(space), Content.SESSIONS),
    ]
    assert len(set(names)) == len(names) == 13
    assert "utilisation-machine-laser@bern-2026-10-01-2026-10-31.pdf" in names
    assert "utilisation-space-laser-2026-10-01-2026-10-31-without-assumed.pdf" in names


def test_the_longest_names_fit_and_still_tell_apart() -> None:
    space = Space(slug="s" * 50)
    machines = [Machine(slug="m" * 139 + end, space=space) for end in "ab"]
    names = {named(Scope.of_machine(each), Content.REPORT, with_assumed=False) for each in machines}
    assert len(names) == 2
    most = Export._meta.get_field("filename").max_length
    assert all(len(name) <= most for name in names)


def test_proofs_of_one_company_and_period_have_names_of_their_own() -> None:
    company, space = Company(pk=1, slug="acme"), Space(pk=1, slug="bern")
    proofs = [
        Statement(
            company=company,
            space=place,
            first_date=OCTOBER.first,
            last_date=OCTOBER.last,
            content={},
            issued_at=datetime(2026, 11, 2, tzinfo=UTC),
        )
        for place in (None, space, space)
    ]
    names = {proof_name(proof) for proof in proofs}
    assert len(names) == 3
    assert sum(name.startswith("proof-acme@bern-2026-10-01-2026-10-31-") for name in names) == 2
