"""What the type checker loads: modeltranslation swaps managers for ones it cannot name."""

from config.settings.test import *

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "modeltranslation"]
# Registering with the admin asks modeltranslation; no page is served here, so none is registered.
INSTALLED_APPS[INSTALLED_APPS.index("django.contrib.admin")] = (
    "django.contrib.admin.apps.SimpleAdminConfig"
)
