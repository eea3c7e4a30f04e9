"""Every address, by the app that answers it."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from config import icons, offline
from config.api import api
from config.health import health

# The admin has no door of its own: its form would ask for no second factor and count no tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    # First, because whoever calls it by program calls often.
    path("api/v1/", api.urls),
    path("", include("billing.urls")),
    path("", include("booking.urls")),
    path("", include("machines.urls")),
    path("", include("members.urls")),
    path("", include("notifications.urls")),
    path("", include("reports.urls")),
    path("health", health, name="health"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("offline/", offline.page, name="offline"),
    path("service-worker.js", offline.worker, name="service_worker"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
