"""Addresses of the reports."""

from django.urls import path

from reports.views import files, logo, open_data, proofs, saved, yearly
from reports.views import utilisation as views

app_name = "reports"

UTILISATION = "reports/utilisation"
FILES = "reports/files/"
SAVED = "reports/saved/"
SPACE = "spaces/<slug:space>/"

urlpatterns = [
    path(f"{UTILISATION}/", views.utilisation, name="utilisation"),
    path(f"{UTILISATION}/sessions/", views.sessions, name="sessions"),
    path(f"{UTILISATION}.<slug:form>", files.report_file, name="export"),
    path(
        f"{UTILISATION}/<slug:chart>.<slug:width>.<slug:theme>.<slug:form>",
        files.chart,
        name="chart",
    ),
    path(f"{UTILISATION}/sessions.<slug:form>", files.sessions_file, name="sessions_export"),
    path(FILES, files.files, name="files"),
    path(f"{FILES}<int:pk>/", files.file, name="file"),
    path(f"{FILES}<int:pk>/get/", files.file_get, name="file_get"),
    path(SAVED, saved.saved_reports, name="saved"),
    path(f"{SAVED}new/", saved.saved_new, name="saved_new"),
    path(f"{SAVED}<int:pk>/", saved.saved_edit, name="saved_edit"),
    path(f"{SAVED}<int:pk>/send/", saved.saved_send, name="saved_send"),
    path(f"{SAVED}<int:pk>/delete/", saved.saved_delete, name="saved_delete"),
    path(f"{SPACE}logo/", logo.logo, name="logo"),
    path(f"{SPACE}logo/picture/", logo.logo_picture, name="logo_picture"),
    path(f"{SPACE}utilisation/", views.space_utilisation, name="space_utilisation"),
    path("metrics/", views.metrics, name="metrics"),
    path("open-data/", open_data.overview, name="open_data"),
    path("open-data/<slug:space>/", open_data.of_space, name="open_data_of_space"),
    path(
        "spaces/<slug:space>/open-data/",
        open_data.OpenDataSetting.as_view(),
        name="open_data_setting",
    ),
    path("spaces/<slug:space>/year/", yearly.YearlyReport.as_view(), name="yearly"),
    path("spaces/<slug:space>/year.pdf", yearly.YearlyReportPdf.as_view(), name="yearly_pdf"),
    path(
        "spaces/<slug:space>/companies/<slug:company>/proof/",
        proofs.ProofBySpace.as_view(),
        name="proof_by_space",
    ),
    path("companies/<slug:company>/proof/", proofs.ProofOfCompany.as_view(), name="proof"),
    path("statements/<str:key>/", proofs.statement, name="statement"),
    path("statements/<str:key>/withdraw/", proofs.statement_withdraw, name="statement_withdraw"),
    path("statements/<str:key>/proof.pdf", proofs.statement_pdf, name="statement_pdf"),
    path("statements/<str:key>/proof.csv", proofs.statement_csv, name="statement_csv"),
]
