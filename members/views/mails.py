"""How pages of ours show a mail: its HTML may load nothing, run nothing and leave its frame."""

import base64
import hashlib
import re

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def alone(request: HttpRequest, html: str) -> HttpResponseBase:
    """A page of foreign make: its own style sheet, shown in a frame of ours, and nothing else."""
    policy = {
        "default-src": [NONE],
        "style-src": _hashes(html) or [NONE],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": True,
    }
    return csp_replace(policy)(lambda _request: HttpResponse(html))(request)


def within(request: HttpRequest, page: HttpResponse, html: str) -> HttpResponseBase:
    """A page of ours with a mail in a sandboxed `srcdoc` frame, which has the page's policy."""
    policy = {"style-src": [SELF, *_hashes(html)]}
    return csp_replace(policy)(lambda _request: page)(request)


def _hashes(html: str) -> list[str]:
    """The style sheets within a mail, as a policy names what it allows."""
    digests = (hashlib.sha256(style.encode()).digest() for style in STYLE.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
