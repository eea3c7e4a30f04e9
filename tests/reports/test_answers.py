"""What the figures say in words: drawn figures in, sentences out, in every language."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.utils import translation

from reports.answers import Drawn, Group, answers_of
from reports.figures import HOUR, Share, Totals
from reports.filters import Stage

THURSDAY_EVENING = {(3, hour): Share(3 * HOUR, 4 * HOUR) for hour in (17, 18, 19)}

LASERS = Group(
    name="Laser cutters",
    units=2,
    saturation=THURSDAY_EVENING,
    people_refused=14,
    unmet=61 * HOUR,
)
MILL = Group(name="CNC mill", units=1, saturation={}, people_refused=1, unmet=0)


def totals(**hours: int) -> Totals:
    counts = {"due_count", "no_show_count"}
    return Totals({name: n if name in counts else n * HOUR for name, n in hours.items()})


DRAWN = Drawn(
    days=31,
    totals=totals(
        opening=400,
        used=100,
        booked=120,
        no_show=9,
        released=4,
        used_assumed=10,
        due_count=60,
        no_show_count=5,
    ),
    before=totals(opening=400, used=80),
    machines=[
        ("Speedy", Share(64, 100)),
        ("Zing", Share(30, 100)),
        ("Lathe", Share(4, 100)),
        ("Saw", Share(0, 100)),
        ("Away", Share(0, 0)),
    ],
    use={(1, hour): Share(HOUR, 20 * HOUR) for hour in (9, 10, 11)},
    groups=[MILL, LASERS],
    tries_refused=22,
    people_refused=15,
    seconds_refused=70 * HOUR,
    wishes_unmet=1,
)


def said(drawn: Drawn) -> dict[str, str]:
    return {each.question: " ".join(each.sentences) for each in answers_of(drawn)}


def test_a_month_in_words() -> None:
    assert said(DRAWN) == {
        "When is it full?": (
            "Laser cutters: on Thursdays from 17:00 to 20:00 every unit was busy for 75\u00a0% of "
            "the time."
        ),
        "Who was turned away?": (
            "15 people asked for time that was taken, 70.0\u00a0h in all. "
            "Most wanted: Laser cutters, by 14 of them. "
            "1 wish on the waitlist was not met."
        ),
        "Would one more be used?": (
            "Laser cutters: one more would have been used for about 60 hours a month."
        ),
        "What stands idle?": (
            "Used for less than 5\u00a0% of the time: Saw and Lathe. "
            "Quietest on Tuesdays from 9:00 to 12:00: 5\u00a0% of the time was used."
        ),
        "What is used most, what least?": (
            "Speedy is used most, 64.0\u00a0% of the time, and Saw least, 0.0\u00a0%."
        ),
        "Who does not come?": (
            "For 5 of 60 reservations nobody came: 9.0\u00a0h were kept in vain. "
            "4.0\u00a0h of them were given back to others in time."
        ),
        "Is it used more than before?": (
            "Yes: utilisation is 25.0\u00a0%, and was 20.0\u00a0% in the earlier period."
        ),
        "How sure is this?": (
            "10.0\u00a0% of the used hours is assumed from bookings, because nobody told the end."
        ),
    }


def test_of_a_period_that_runs_nothing_is_said_as_if_it_were_over() -> None:
    empty = totals(opening=400, used=100, booked=120, due_count=60)
    words = said(replace(DRAWN, stage=Stage.RUNNING, totals=empty))
    assert words["Who does not come?"] == "So far everybody who had reserved came."
    assert words["Is it used more than before?"] == (
        "So far utilisation is 25.0\u00a0%; it was 20.0\u00a0% in the earlier period."
    )


def test_of_a_period_to_come_it_is_said_what_is_reserved() -> None:
    ahead = replace(DRAWN, stage=Stage.TO_COME, totals=totals(opening=400, booked=120))
    assert set(said(ahead)) == {"How much is reserved?", "Who was turned away?"}
    assert said(ahead)["How much is reserved?"].startswith("30.0\u00a0% of the available time")


def test_every_answer_names_the_section_that_holds_its_figures() -> None:
    sections = {"figures", "saturation", "demand", "machines", "hours", "sources"}
    assert {each.section for each in answers_of(DRAWN)} == sections


def test_one_machine_is_told_of_as_one() -> None:
    one = replace(LASERS, name="Speedy", units=1)
    drawn = replace(DRAWN, groups=[one], machines=DRAWN.machines[:1], people_refused=1)
    words = said(drawn)
    assert words["When is it full?"] == (
        "Speedy: on Thursdays from 17:00 to 20:00 it was busy for 75\u00a0% of the time."
    )
    assert words["Who was turned away?"].startswith("1 person asked for time")
    assert "Most wanted" not in words["Who was turned away?"]
    assert "What is used most, what least?" not in words


def test_too_little_is_said_to_be_too_little() -> None:
    [answer] = answers_of(replace(DRAWN, totals=totals(opening=400, used=9)))
    assert answer.sentences[0].startswith("Too little:")
    short = said(replace(DRAWN, days=8, groups=[replace(LASERS, saturation={})]))
    assert "A period of three weeks or more" in short["When is it full?"]
    assert "Would one more be used?" not in short


def test_what_was_never_full_or_refused_is_said_so() -> None:
    calm = replace(LASERS, saturation={}, people_refused=0, unmet=1700)
    words = said(
        replace(
            DRAWN,
            groups=[calm],
            tries_refused=0,
            people_refused=0,
            wishes_unmet=0,
            machines=[],
            use={},
        )
    )
    assert words["When is it full?"].startswith("Never for long:")
    assert words["Who was turned away?"].startswith("Nobody, as far as we know")
    assert words["Would one more be used?"].startswith("Hardly:")
    assert "What stands idle?" not in words


def test_tries_of_people_who_are_forgotten_are_told_nevertheless() -> None:
    words = said(replace(DRAWN, tries_refused=3, people_refused=0, wishes_unmet=0))
    assert words["Who was turned away?"] == (
        "3 tries were refused because time was taken, for 70.0\u00a0h in all. "
        "It is not known any more whose they were."
    )


def test_of_a_company_neither_saturation_nor_refusals_are_told() -> None:
    words = said(replace(DRAWN, groups=[], tries_refused=0, people_refused=0, wishes_unmet=0))
    assert not {"When is it full?", "Who was turned away?", "Would one more be used?"} & set(words)


@pytest.mark.parametrize(
    ("before", "begins"),
    [
        (totals(opening=400, used=100), "As much:"),
        (totals(opening=400, used=101), "No:"),
        (totals(), "Utilisation is 25.0\u00a0%. Of the earlier period there are no figures."),
    ],
)
def test_the_comparison_is_honest(before: Totals, begins: str) -> None:
    assert said(replace(DRAWN, before=before))["Is it used more than before?"].startswith(begins)


def test_without_a_comparison_none_is_told() -> None:
    assert "Is it used more than before?" not in said(replace(DRAWN, before=None))


def test_many_idle_machines_are_counted() -> None:
    idle = [(f"Machine {n}", Share(0, 100)) for n in range(7)]
    assert (
        "Machine 0, Machine 1, Machine 2, Machine 3 and 3 others."
        in (said(replace(DRAWN, machines=idle))["What stands idle?"])
    )


def test_what_is_known_of_use_is_told_by_its_kind() -> None:
    told = replace(DRAWN, totals=totals(opening=400, used=100, booked=120, due_count=3))
    words = said(told)
    assert words["How sure is this?"] == "All use on record was told by people or meters."
    assert words["Who does not come?"] == "Everybody who had reserved came."
    row = {"opening": 400 * HOUR, "used": 100 * HOUR, "used_assumed": 10 * HOUR}
    without = said(replace(DRAWN, totals=Totals(row, with_assumed=False)))
    assert "left out of these figures" in without["How sure is this?"]
    assert "Who does not come?" not in without


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_language_says_it_all(language: str) -> None:
    with translation.override(language):
        words = said(DRAWN)
    assert len(words) == 8
    assert "Laser cutters" in " ".join(words.values())
    assert not any("%(" in text for text in words.values())
