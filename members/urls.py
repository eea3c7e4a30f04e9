"""Addresses of a member's own pages."""

from django.urls import path

from members.views import (
    badges,
    certificates,
    certifications,
    companies,
    messages,
    profile,
    texts,
)
from members.views.unsubscribing import unsubscribe

app_name = "members"

urlpatterns = [
    path("spaces/<slug:space>/messages/", messages.messages, name="messages"),
    path("spaces/<slug:space>/messages/templates/", texts.templates, name="message_templates"),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/",
        texts.template,
        name="message_template",
    ),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/words/",
        texts.text,
        name="message_text",
    ),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/reset/",
        texts.text_reset,
        name="message_text_reset",
    ),
    path("messages/<int:message_id>/", messages.message, name="message"),
    path("messages/<int:message_id>/html/", messages.message_html, name="message_html"),
    path("messages/unsubscribe/<str:key>/", unsubscribe, name="unsubscribe"),
    path("companies/", companies.companies, name="companies"),
    path(
        "companies/invitations/<int:pk>/accept/",
        companies.invitation_accept,
        name="invitation_accept",
    ),
    path(
        "companies/invitations/<int:pk>/decline/",
        companies.invitation_decline,
        name="invitation_decline",
    ),
    path("companies/<slug:company>/people/", companies.people, name="company_people"),
    path(
        "companies/<slug:company>/people/<int:pk>/",
        companies.delegate_change,
        name="delegate_change",
    ),
    path(
        "companies/<slug:company>/people/<int:pk>/remove/",
        companies.delegate_remove,
        name="delegate_remove",
    ),
    path(
        "companies/<slug:company>/invitations/<int:pk>/withdraw/",
        companies.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("profile/certifications/", certifications.certifications, name="certifications"),
    path(
        "profile/certifications/<int:pk>/name/",
        certifications.certificate_name,
        name="certificate_name",
    ),
    path("certificates/<str:key>/", certificates.certificate, name="certificate"),
    path(
        "certificates/<str:key>/certificate.pdf",
        certificates.certificate_pdf,
        name="certificate_pdf",
    ),
    path(
        "certificates/<str:key>/badge.json",
        certificates.certificate_badge,
        name="certificate_badge",
    ),
    path(
        "certificates/<str:key>/badge.jwt",
        certificates.certificate_token,
        name="certificate_token",
    ),
    path(
        "certificates/<str:key>/status.json",
        certificates.certificate_status,
        name="certificate_status",
    ),
    path("credentials/spaces/<slug:space>/", certificates.issuer, name="issuer"),
    path(
        "credentials/spaces/<slug:space>/skills/<slug:skill>/",
        certificates.achievement,
        name="achievement",
    ),
    path("credentials/keys/<str:kid>/", certificates.credential_key, name="credential_key"),
    path(".well-known/jwks.json", certificates.credential_keys, name="credential_keys"),
    path("profile/", profile.profile, name="profile"),
    path("profile/badges/", badges.badges, name="badges"),
    path("profile/badges/pin/", badges.pin, name="pin"),
    path("profile/badges/<int:pk>/confirm/", badges.badge_confirm, name="badge_confirm"),
    path("profile/badges/<int:pk>/revoke/", badges.badge_revoke, name="badge_revoke"),
    path("profile/tokens/", profile.token_create, name="token_create"),
    path("profile/tokens/<int:token_id>/revoke/", profile.token_revoke, name="token_revoke"),
]
