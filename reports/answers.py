"""The questions that people bring to the figures, answered in sentences. Pure.

What is said follows from the figures that it links to, and where they say too little, the
answer is that. `reports/page.py` draws the figures; no sentence names a person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports.figures import HOUR, Share, Totals
from reports.filters import Stage
from reports.peaks import Peak, fullest, quietest
from reports.report import WeekHour
from reports.wording import hours_in_words, listed, percent_in_words, round_hours
from reports.wording import whole_percent_in_words as in_percent

MOST_GROUPS = 3
"""So many kinds of machines are told of, the most wanted first."""

MOST_NAMES = 4
IDLE_PERCENT = 5
"""A machine that is used less than this stands idle."""

LEAST_USE = 10 * HOUR
"""With less use and less booked than this, nothing is said of habits."""

DAYS_OF_MONTH = Decimal(365) / 12
LEAST_DAYS = 14
"""What happened in fewer days is not told as so much a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Machines that stand in for one another, and what was wanted of them in vain.

    `saturation` tells of the hours of the week when every unit was busy; `unmet` are the
    seconds that were wanted and taken.
    """

    name: str
    units: int
    saturation: Mapping[WeekHour, Share]
    people_refused: int
    unmet: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The figures that the answers are made of; without groups, nothing is known of demand.

    Of a period that is not over yet less can be said: its `stage` tells.
    """

    days: int
    totals: Totals
    before: Totals | None
    machines: Sequence[tuple[str, Share]]
    use: Mapping[WeekHour, Share]
    groups: Sequence[Group]
    tries_refused: int
    people_refused: int
    seconds_refused: int
    wishes_unmet: int
    stage: Stage = Stage.OVER


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, what is to be said, and the section of the page that holds the figures."""

    question: str
    sentences: Sequence[str]
    section: str


def answers_of(drawn: Drawn) -> list[Answer]:
    """What can be said, in the order in which people ask."""
    if max(drawn.totals.seconds("used"), drawn.totals.seconds("booked")) < LEAST_USE:
        return [Answer(_("What can be said?"), [_too_little()], "figures")]
    questions = QUESTIONS
    if drawn.stage == Stage.TO_COME:
        questions = QUESTIONS_AHEAD
    return [answer for ask in questions if (answer := ask(drawn)) is not None]


def _reserved(drawn: Drawn) -> Answer:
    rate = percent_in_words(drawn.totals.share("booked_rate"))
    sentence = _("%(rate)s of the available time is reserved so far.") % {"rate": rate}
    return Answer(_("How much is reserved?"), [sentence], "figures")


def _too_little() -> str:
    return _(
        "Too little: fewer than ten hours were booked or used in this period. A longer one, or a "
        "larger selection, can tell more."
    )


def _when_full(drawn: Drawn) -> Answer | None:
    if not drawn.groups:
        return None
    found = [
        (group, peak) for group in drawn.groups if (peak := fullest(group.saturation)) is not None
    ]
    found.sort(key=lambda each: (-each[0].people_refused, -each[1].share.numerator))
    sentences = [_full(group, peak) for group, peak in found[:MOST_GROUPS]]
    if not sentences:
        sentences = [_never_full(drawn)]
    return Answer(_("When is it full?"), sentences, "saturation")


def _full(group: Group, peak: Peak) -> str:
    words = {
        "when": when_in_words(peak),
        "name": group.name,
        "share": in_percent(peak.share),
    }
    if group.units > 1:
        return _("%(name)s: %(when)s every unit was busy for %(share)s of the time.") % words
    return _("%(name)s: %(when)s it was busy for %(share)s of the time.") % words


def _never_full(drawn: Drawn) -> str:
    if drawn.days < LEAST_DAYS + 7:
        return _(
            "Of the hours of the week too few have come round to say. A period of three weeks or "
            "more can tell."
        )
    return _("Never for long: at no hour of the week was everything busy for half of the time.")


def _refused(drawn: Drawn) -> Answer | None:
    sentences = []
    if drawn.people_refused:
        sentences.append(
            ngettext(
                "%(count)s person asked for time that was taken, %(hours)s\u00a0h in all.",
                "%(count)s people asked for time that was taken, %(hours)s\u00a0h in all.",
                drawn.people_refused,
            )
            % {
                "count": number_format(drawn.people_refused, force_grouping=True),
                "hours": hours_in_words(drawn.seconds_refused),
            }
        )
        sentences += _most_wanted(drawn)
    elif drawn.tries_refused:
        sentences.append(
            ngettext(
                "%(count)s try was refused because time was taken, for %(hours)s\u00a0h. It is not "
                "known any more whose it was.",
                "%(count)s tries were refused because time was taken, for %(hours)s\u00a0h in all. "
                "It is not known any more whose they were.",
                drawn.tries_refused,
            )
            % {
                "count": number_format(drawn.tries_refused, force_grouping=True),
                "hours": hours_in_words(drawn.seconds_refused),
            }
        )
    if drawn.wishes_unmet:
        sentences.append(
            ngettext(
                "%(count)s wish on the waitlist was not met.",
                "%(count)s wishes on the waitlist were not met.",
                drawn.wishes_unmet,
            )
            % {"count": number_format(drawn.wishes_unmet, force_grouping=True)}
        )
    if not sentences and not drawn.groups:
        return None
    return Answer(
        _("Who was turned away?"),
        sentences or [_("Nobody, as far as we know: no try was refused because time was taken.")],
        "demand",
    )


def _most_wanted(drawn: Drawn) -> list[str]:
    group = max(drawn.groups, key=lambda each: each.people_refused, default=None)
    if group is None or len(drawn.groups) == 1 or not group.people_refused:
        return []
    return [
        ngettext(
            "Most wanted: %(name)s, by %(count)s of them.",
            "Most wanted: %(name)s, by %(count)s of them.",
            group.people_refused,
        )
        % {"name": group.name, "count": number_format(group.people_refused, force_grouping=True)}
    ]


def _one_more(drawn: Drawn) -> Answer | None:
    group = max(drawn.groups, key=lambda each: each.unmet, default=None)
    if group is None or drawn.days < LEAST_DAYS:
        return None
    hours = round_hours(group.unmet * DAYS_OF_MONTH / drawn.days)
    if hours:
        sentence = ngettext(
            "%(name)s: one more would have been used for about %(count)s hour a month.",
            "%(name)s: one more would have been used for about %(count)s hours a month.",
            hours,
        ) % {"name": group.name, "count": number_format(hours, force_grouping=True)}
    else:
        sentence = _("Hardly: less than an hour a month was wanted in vain.")
    return Answer(_("Would one more be used?"), [sentence], "demand")


def _idle(drawn: Drawn) -> Answer | None:
    idle = [
        name
        for name, share in sorted(drawn.machines, key=lambda each: (_order(each[1]), each[0]))
        if share.percent is not None and share.percent < IDLE_PERCENT
    ]
    sentences = []
    if idle:
        sentences.append(
            _("Used for less than %(share)s of the time: %(names)s.")
            % {
                "share": in_percent(Share(IDLE_PERCENT, 100)),
                "names": _first_names(idle),
            }
        )
    quiet = quietest(drawn.use, units=max(1, len(drawn.machines)))
    if quiet is not None:
        sentences.append(
            _("Quietest %(when)s: %(share)s of the time was used.")
            % {"when": when_in_words(quiet), "share": in_percent(quiet.share)}
        )
    return Answer(_("What stands idle?"), sentences, "machines") if sentences else None


def _first_names(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    if rest <= 1:
        return listed(names)
    others = ngettext("%(count)s other", "%(count)s others", rest) % {"count": rest}
    return listed([*names[:MOST_NAMES], others])


def _no_shows(drawn: Drawn) -> Answer | None:
    share = drawn.totals.share("no_show_rate_count")
    if not share.denominator:
        return None
    if not share.numerator and drawn.stage == Stage.RUNNING:
        sentences = [_("So far everybody who had reserved came.")]
    elif not share.numerator:
        sentences = [_("Everybody who had reserved came.")]
    else:
        sentences = [
            ngettext(
                "For %(count)s of %(due)s reservations nobody came: "
                "%(hours)s\u00a0h were kept in vain.",
                "For %(count)s of %(due)s reservations nobody came: "
                "%(hours)s\u00a0h were kept in vain.",
                share.denominator,
            )
            % {
                "count": number_format(share.numerator, force_grouping=True),
                "due": number_format(share.denominator, force_grouping=True),
                "hours": hours_in_words(drawn.totals.seconds("no_show")),
            }
        ]
        if released := drawn.totals.seconds("released"):
            sentences.append(
                _("%(hours)s\u00a0h of them were given back to others in time.")
                % {"hours": hours_in_words(released)}
            )
    return Answer(_("Who does not come?"), sentences, "hours")


def _extremes(drawn: Drawn) -> Answer | None:
    known = [(name, share) for name, share in drawn.machines if share.percent is not None]
    if len(known) < 2:  # noqa: PLR2004
        return None
    known.sort(key=lambda each: (-_order(each[1]), each[0]))
    (most, most_share), (least, least_share) = known[0], known[-1]
    sentence = _("%(most)s is used most, %(much)s of the time, and %(least)s least, %(little)s.")
    return Answer(
        _("What is used most, what least?"),
        [
            sentence
            % {
                "most": most,
                "much": percent_in_words(most_share),
                "least": least,
                "little": percent_in_words(least_share),
            }
        ],
        "machines",
    )


def _order(share: Share) -> float:
    return float(share.percent or 0)


def _compared(drawn: Drawn) -> Answer | None:
    if drawn.before is None:
        return None
    rate, earlier = drawn.totals.share("use_rate"), drawn.before.share("use_rate")
    if rate.percent is None:
        return None
    words = {"rate": percent_in_words(rate), "before": percent_in_words(earlier)}
    if earlier.percent is None:
        sentence = _("Utilisation is %(rate)s. Of the earlier period there are no figures.")
    elif drawn.stage == Stage.RUNNING:
        sentence = _("So far utilisation is %(rate)s; it was %(before)s in the earlier period.")
    elif rate.percent > earlier.percent:
        sentence = _("Yes: utilisation is %(rate)s, and was %(before)s in the earlier period.")
    elif rate.percent < earlier.percent:
        sentence = _("No: utilisation is %(rate)s, and was %(before)s in the earlier period.")
    else:
        sentence = _("As much: utilisation is %(rate)s, as in the earlier period.")
    return Answer(_("Is it used more than before?"), [sentence % words], "figures")


def _how_sure(drawn: Drawn) -> Answer | None:
    share = drawn.totals.assumed_share
    if share.percent is None:
        return None
    if not share.numerator:
        sentence = _("All use on record was told by people or meters.")
    elif drawn.totals.with_assumed:
        sentence = _(
            "%(share)s of the used hours is assumed from bookings, because nobody told the end."
        )
    else:
        sentence = _(
            "%(share)s of the use on record is only assumed, and is left out of these figures."
        )
    words = {"share": percent_in_words(share)}
    return Answer(_("How sure is this?"), [sentence % words], "sources")


QUESTIONS: tuple[Callable[[Drawn], Answer | None], ...] = (
    _when_full,
    _refused,
    _one_more,
    _idle,
    _extremes,
    _no_shows,
    _compared,
    _how_sure,
)


QUESTIONS_AHEAD: tuple[Callable[[Drawn], Answer | None], ...] = (_reserved, _refused)
"""What can be asked before anything can have been used."""


def when_in_words(peak: Peak) -> str:
    """Hours of the week, such as “on Thursdays from 17:00 to 20:00”."""
    return _("%(on_days)s from %(start)s:00 to %(end)s:00") % {
        "on_days": _on_weekday(peak.weekday),
        "start": peak.start,
        "end": peak.end,
    }


def _on_weekday(weekday: int) -> str:
    return (
        pgettext("when", "on Mondays"),
        pgettext("when", "on Tuesdays"),
        pgettext("when", "on Wednesdays"),
        pgettext("when", "on Thursdays"),
        pgettext("when", "on Fridays"),
        pgettext("when", "on Saturdays"),
        pgettext("when", "on Sundays"),
    )[weekday]
