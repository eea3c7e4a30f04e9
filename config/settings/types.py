"""What the type checker loads: modeltranslation swaps managers for ones it cannot name."""

from config.settings.test import *

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "modeltranslation"]
