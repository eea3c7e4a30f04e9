"""The pages of notifications, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    maker={
        "channels": "/profile/channels/",
    },
    no_pages={
        "notifications:channel_add": "an action",
        "notifications:channel_change": "an action",
        "notifications:channel_remove": "an action",
        "notifications:channel_switch_on": "an action",
        "notifications:channel_test": "an action",
    },
)
