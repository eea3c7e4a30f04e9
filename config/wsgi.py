"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()
# Loads every page now, once for all processes, instead of letting the first visitors wait.
get_resolver().url_patterns  # noqa: B018
