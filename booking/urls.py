"""Addresses of the catalogue, the machines and the reservations."""

from django.urls import path

from booking.views import catalogue

app_name = "booking"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("machines/", catalogue.catalogue, name="catalogue"),
    path("machines/<slug:space>/<slug:slug>/", catalogue.machine, name="machine"),
    path("machines/<slug:space>/<slug:slug>/qr.svg", catalogue.machine_qr, name="machine_qr"),
]
