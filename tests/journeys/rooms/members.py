"""The pages of members, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    visitor={
        "unsubscribe": "/messages/unsubscribe/{switch}/",
    },
    maker={
        "profile": "/profile/",
        "companies": "/companies/",
        "company-people": "/companies/{company}/people/",
    },
    staff={
        "messages": "/spaces/atelier/messages/",
        "message": "/messages/{message}/",
        "message-failed": "/messages/{failed}/",
        "message-templates": "/spaces/atelier/messages/templates/",
        "message-template": "/spaces/atelier/messages/templates/reservation_confirmed/en/",
        "message-template-away": "/spaces/atelier/messages/templates/displaced_proposed/fr/"
        "?reader=away",
        "message-text": "/spaces/atelier/messages/templates/reservation_confirmed/en/words/",
    },
    no_pages={
        "members:delegate_change": "an action",
        "members:delegate_remove": "an action",
        "members:invitation_accept": "an action",
        "members:invitation_decline": "an action",
        "members:invitation_withdraw": "an action",
        "members:message_html": "shown inside the page of a message",
        "members:message_text_reset": "an action",
        "members:token_create": "an action",
        "members:token_revoke": "an action",
    },
)
