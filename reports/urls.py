"""Addresses of the reports."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("spaces/<slug:space>/utilisation/", views.utilisation, name="utilisation"),
    path("spaces/<slug:space>/utilisation.csv", views.utilisation_export, name="export"),
    path(
        "spaces/<slug:space>/utilisation/<slug:chart>.<slug:width>.<slug:theme>.svg",
        views.utilisation_chart,
        name="chart",
    ),
    path("metrics/", views.metrics, name="metrics"),
]
