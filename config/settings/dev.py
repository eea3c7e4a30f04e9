"""Development and the demo: plain HTTP on this machine."""

from config.settings.base import *

SECRET_KEY = SECRET_KEY or "only-for-development-and-the-demo"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
