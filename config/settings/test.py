"""The tests: quick passwords, plain static files, everything else as it is."""

import os

from config.settings.base import *

SECRET_KEY = "only-for-tests"
# For a `flush` that is quick (tests/management).
INSTALLED_APPS = [*INSTALLED_APPS, "tests"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Files are found where they lie: nothing is collected for a test.
WHITENOISE_AUTOREFRESH = True
# Tests that run side by side have a database each, and so a queue each: a wake-up of one
# must not be taken by the other's worker.
_SIDE = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CELERY_BROKER_URL = f"{CELERY_BROKER_URL.rpartition('/')[0]}/{_SIDE}"
# Measurements and races on this machine are not to be slowed down.
API_CALLS_PER_MINUTE = 1_000_000
# A busy machine makes nobody fail: what must end does so by a limit that its test sets.
EMAIL_TIMEOUT = CHANNEL_TIMEOUT = 120
DATABASE_POOL["timeout"] = 120
# The servers that tests listen with.
PRIVATE_NETWORKS_ALLOWED = ("127.0.0.0/8",)
# Tests look when they want to: a thread would look into their transactions.
JOBS_LOOKED_AFTER_EVERY = None
CREDENTIAL_PRIVATE_KEY = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI"
VAPID_PRIVATE_KEY = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI"
