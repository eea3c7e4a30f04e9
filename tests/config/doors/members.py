"""Who may open which page of members."""

from notifications.unsubscribing import Switch, key_of
from tests.config.doors.door import (
    LOGIN,
    Door,
    hidden,
    nothing,
    of_company,
    of_space,
    of_text,
    personal,
    public,
    staff,
)

DOORS = {
    "members:messages": staff(of_space),
    "members:message": staff(lambda w: [w.message.pk]),
    "members:message_html": staff(lambda w: [w.message.pk]),
    "members:message_templates": staff(of_space),
    "members:message_template": staff(of_text),
    "members:message_text": staff(of_text),
    "members:message_text_reset": staff(of_text, post=True),
    "members:profile": personal(nothing),
    "members:companies": personal(nothing),
    "members:company_people": hidden(of_company, post=True),
    "members:delegate_change": hidden(lambda w: [*of_company(w), w.delegate.pk], post=True),
    "members:delegate_remove": hidden(lambda w: [*of_company(w), w.delegate.pk], post=True),
    "members:invitation_withdraw": hidden(lambda w: [*of_company(w), w.invitation.pk], post=True),
    "members:invitation_accept": hidden(lambda w: [w.invitation.pk], post=True),
    "members:invitation_decline": hidden(lambda w: [w.invitation.pk], post=True),
    # The key in the mail is the permission, and looking turns nothing off.
    "members:unsubscribe": public(
        lambda w: [key_of(Switch(w.reservation.member_id, ("reminders",)))]
    ),
    "members:token_create": Door(nothing, LOGIN, 422, 422, post=True, leads_to_form=True),
    "members:token_revoke": hidden(lambda w: [w.token.pk], post=True),
}
