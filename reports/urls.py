"""Addresses of the reports."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("reports/utilisation/", views.utilisation, name="utilisation"),
    path("reports/utilisation/sessions/", views.sessions, name="sessions"),
    path("reports/utilisation.csv", views.utilisation_export, name="export"),
    path(
        "reports/utilisation/<slug:chart>.<slug:width>.<slug:theme>.svg",
        views.utilisation_chart,
        name="chart",
    ),
    path("spaces/<slug:space>/utilisation/", views.space_utilisation, name="space_utilisation"),
    path("metrics/", views.metrics, name="metrics"),
]
