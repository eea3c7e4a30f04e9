"""What is the same everywhere."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import ENVIRONMENT

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
BASE_URL = ENVIRONMENT.base_url
DEBUG = False

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "ninja",
    "schedule",
    "spaces",
    "notifications",
    "members",
    "machines",
    "billing",
    "booking",
    "reports",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.problems.problems_only",
    "config.watch.jobs_watched",
    "config.fragments.fragments_apart",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# What breaks is written where the process writes: Django alone would only mail it, to nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": []},
        # What people mistype, and hosts that scanners invent, would bury the rest.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

ROOT_URLCONF = "config.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "members.context.workplaces",
            ]
        },
    },
    {
        # The lanes of calendars and the tables of reports: items by the hundred (docs/decisions).
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
    },
]

_database = urlsplit(ENVIRONMENT.database_url)
DATABASE_POOL = {"min_size": 1, "max_size": 8, "timeout": 10}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname or "",
        "PORT": _database.port or "",
        # One that a restart of the server has closed is not handed to anybody.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": DATABASE_POOL,
            # Only what spaces.prepared sends is prepared; without this nothing could be.
            "prepare_threshold": 5,
            # Nobody waits for ever for a machine that a hung transaction holds.
            # Compiling a query takes longer than any of ours runs.
            "options": (
                "-c lock_timeout=10s -c idle_in_transaction_session_timeout=300s -c jit=off"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A request never waits for Redis: what pages cache lives in the database they need anyway.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # The counters of failed sign-ins live here: a full table would forget them.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "rates": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "rates",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
API_CALLS_PER_MINUTE = 1_200
JOBS_LOOKED_AFTER_EVERY: timedelta | None = timedelta(seconds=30)
# Per address; one large provider of mail may press the button for many of its readers.
UNSUBSCRIBES_PER_MINUTE = 60

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_FORMS = {
    "signup": "members.forms.MemberSignupForm",
    "reset_password_from_key": "members.forms.NewPasswordForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
# Only languages in which every sentence is there: nobody gets half a page (tests/config).
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("de", _("German")),
    ("it", _("Italian")),
]
# What spaces write themselves (descriptions, categories, skills) has room for four.
MODELTRANSLATION_LANGUAGES = ("en", "fr", "de", "it")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr", "de", "it")
FORMAT_MODULE_PATH = ["config.formats"]
# Ours before what packages say, and before both what we would rather have them say.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "packages"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.Collected"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

_email = urlsplit(ENVIRONMENT.email_url)
EMAIL_HOST = _email.hostname or "127.0.0.1"
EMAIL_PORT = _email.port or 25
EMAIL_HOST_USER = unquote(_email.username or "")
EMAIL_HOST_PASSWORD = unquote(_email.password or "")
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
EMAIL_USE_SSL = _email.scheme == "smtps"
EMAIL_TIMEOUT = CHANNEL_TIMEOUT = 10
EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = "Établi <noreply@etabli.example>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_ASKED_FOR_BY_RULES = (
    "reservation_reminder",
    "reservation_ending",
    "reservation_coming",
    "check_in_missed",
    "maintenance_due",
    "stock_low",
    "induction_reminder",
    "certification_ends",
    "membership_ends",
    "contract_ends",
)
# Who is asked before a message of a kind is sent: the outbox does not know what it is about.
MESSAGES_ASKED_ABOUT = dict.fromkeys(
    (*_ASKED_FOR_BY_RULES, "use_overruns", "machine_still_in_use"), "booking.reminding.is_wanted"
) | {"saved_report": "reports.mailing.is_wanted"}
# Who says what else is told with it, because it follows without a gap.
MESSAGES_TOLD_TOGETHER = {"reservation_reminder": "booking.stays.neighbours_of"}
# And who says whether it goes by mail, where its reader has other channels too.
MESSAGES_GO_BY = dict.fromkeys(_ASKED_FOR_BY_RULES, "booking.going.ways_of")

# Addresses that people type are called on the open internet only, and in these networks of ours.
PRIVATE_NETWORKS_ALLOWED = ENVIRONMENT.private_networks_allowed
# Signs what is pushed to browsers (`manage.py make_vapid_key` makes one); without it nothing is.
VAPID_PRIVATE_KEY = ENVIRONMENT.vapid_private_key
# The broker of the devices (`manage.py mqtt_bridge`); without one, they tell over HTTP only.
MQTT_URL = ENVIRONMENT.mqtt_url
# Signs certificates for programs (`manage.py make_credential_key` makes one); without it none is.
CREDENTIAL_PRIVATE_KEY = ENVIRONMENT.credential_private_key
# The public halves of keys that signed before: what they signed is still to be checked.
CREDENTIAL_KEYS_RETIRED = ENVIRONMENT.credential_keys_retired

CELERY_BROKER_URL = ENVIRONMENT.redis_url
CELERY_BEAT_SCHEDULER = "notifications.beat:HeartbeatScheduler"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The database row is the truth; a Celery message is only a wake-up that may be lost.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
