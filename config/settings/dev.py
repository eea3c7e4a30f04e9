"""Development and the demo: plain HTTP on this machine."""

from config.keys import kept_credential_key, kept_vapid_key
from config.settings.base import *

SECRET_KEY = SECRET_KEY or "only-for-development-and-the-demo"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# Measurements and races on this machine are not to be slowed down.
API_CALLS_PER_MINUTE = 1_000_000
# Whatever is tried out here listens here.
PRIVATE_NETWORKS_ALLOWED = (*PRIVATE_NETWORKS_ALLOWED, "127.0.0.0/8", "::1/128")
VAPID_PRIVATE_KEY = VAPID_PRIVATE_KEY or kept_vapid_key()
CREDENTIAL_PRIVATE_KEY = CREDENTIAL_PRIVATE_KEY or kept_credential_key()
