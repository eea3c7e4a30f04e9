"""Who may open which page about use, tablets and badges."""

from tests.config.doors.door import (
    LOGIN,
    OPEN,
    Door,
    hidden,
    nothing,
    of_machine,
    of_space,
    personal,
    staff,
)

DOORS = {
    # Shows a browser that is no tablet how it becomes one, and nothing else.
    "booking:kiosk": Door(nothing, OPEN, OPEN, OPEN, post=True),
    "booking:kiosk_entries": Door(nothing, OPEN, OPEN, OPEN),
    "booking:kiosk_pair": Door(nothing, 422, 422, 422, post=True, leads_to_form=True),
    # Begins one's own use, where the rules allow it: here the machine is out of order.
    "booking:use_at_once": Door(of_machine, LOGIN, 302, 302, post=True),
    "booking:sessions": personal(nothing),
    "booking:session": hidden(lambda w: [w.session.pk]),
    "booking:session_leave": hidden(lambda w: [w.session.pk], post=True),
    "booking:session_extend": hidden(lambda w: [w.session.pk], post=True),
    "booking:session_correct": hidden(lambda w: [w.session.pk], post=True),
    "booking:space_use": staff(of_space),
    "booking:missed_use": staff(of_space, post=True),
    "booking:correction_decide": staff(lambda w: [w.space.slug, w.correction.pk], post=True),
    "booking:entry_settle": staff(lambda w: [w.space.slug, w.entry.pk], post=True),
    "booking:questions": staff(of_space),
    "booking:question_new": staff(of_space, post=True),
    "booking:question": staff(lambda w: [w.space.slug, w.question.pk], post=True),
    "booking:tablets": staff(of_space, post=True),
    "booking:tablet_change": staff(lambda w: [w.space.slug, w.entry.kiosk_id], post=True),
    "booking:space_badges": staff(of_space, post=True),
    "booking:space_badge_change": staff(lambda w: [w.space.slug, w.badge.pk], post=True),
    "members:badges": personal(nothing),
    "members:pin": Door(nothing, LOGIN, 422, 422, post=True, leads_to_form=True),
    "members:badge_confirm": hidden(lambda w: [w.badge.pk], post=True),
    "members:badge_revoke": hidden(lambda w: [w.badge.pk], post=True),
}
