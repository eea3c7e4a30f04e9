"""The pages of account, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    visitor={
        "login": "/account/login/",
        "login-passkey": "/account/2fa/webauthn/login/",
        "signup": "/account/signup/",
        "reset": "/account/password/reset/",
        "reset-done": "/account/password/reset/done/",
        "reset-key-bad": "/account/password/reset/key/1-bad/",
        "reset-key-done": "/account/password/reset/key/done/",
        "verification-sent": "/account/confirm-email/",
        "confirm-bad": "/account/confirm-email/bad/",
        "inactive": "/account/inactive/",
    },
    maker={
        "email": "/account/email/",
        "password": "/account/password/change/",
        "mfa": "/account/2fa/",
        "totp": "/account/2fa/totp/activate/",
        "webauthn": "/account/2fa/webauthn/",
        "webauthn-add": "/account/2fa/webauthn/add/",
        "sessions": "/account/sessions/",
        "logout": "/account/logout/",
    },
    no_pages={
        "account_confirm_login_code": "signing in by a code in a mail is not offered",
        "account_set_password": "everybody here has a password",
        "admin": "Django's plain admin, for superusers",
        "api": "the API",
        "favicon": "leads to the icon",
        "health": "for programs",
        "mfa_authenticate": "seen while signing in with a second factor, below",
        "mfa_download_recovery_codes": "a file",
        "offline": "shown where there is no network: tests/journeys/test_offline.py",
        "service_worker": "a script",
        "set_language": "an action",
    },
)
