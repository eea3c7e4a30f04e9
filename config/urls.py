"""Every address, by the app that answers it."""

from django.contrib import admin
from django.urls import include, path

from config.api import api
from config.health import health

urlpatterns = [
    path("", include("billing.urls")),
    path("", include("booking.urls")),
    path("", include("machines.urls")),
    path("", include("members.urls")),
    path("", include("notifications.urls")),
    path("", include("reports.urls")),
    path("api/v1/", api.urls),
    path("health", health, name="health"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
