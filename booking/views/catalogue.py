"""What visitors see: the front page, the catalogue and the page of a machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The spaces, and a way into the catalogue."""
    return render(request, "booking/home.html")


def catalogue(request: HttpRequest) -> HttpResponse:
    """The machines, filtered."""
    return render(request, "booking/catalogue.html")


def machine(request: HttpRequest, space: str, slug: str) -> HttpResponse:  # noqa: ARG001
    """One machine."""
    return render(request, "booking/machine.html")


def machine_qr(request: HttpRequest, space: str, slug: str) -> HttpResponse:  # noqa: ARG001
    """The QR code of a machine."""
    return HttpResponse(content_type="image/svg+xml")
