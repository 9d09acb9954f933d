"""Addresses of concerns."""

from django.urls import include, path

from concerns import metrics
from concerns.agency import views as agency_views
from concerns.journey import views_sent
from concerns.subject_access import views_answer, views_rights

app_name = "concerns"
urlpatterns = [
    path("", views_sent.home, name="home"),
    path("", include("concerns.journey.urls")),
    path("reports/", include("concerns.reporter.urls")),
    path("cover/", include("concerns.triage.urls_cover")),
    # Before the leads' pages, whose last address takes every word for a section.
    path("concerns/<str:reference>/right/", views_rights.record, name="record_right"),
    path("concerns/<str:reference>/right/<int:pk>/", views_rights.decide, name="decide_right"),
    path("concerns/<str:reference>/right/<int:pk>/end/", views_rights.end, name="end_restriction"),
    path("concerns/", include("concerns.triage.urls")),
    path("paper/", include("concerns.paper.urls")),
    path("records/", include("concerns.records.urls")),
    path("subject-access/", include("concerns.subject_access.urls")),
    path(
        "schemas/1/subject-access-answer.schema.json",
        views_answer.schema,
        name="subject_access_schema",
    ),
    path("files/", include("concerns.files.urls")),
    path("custody/", include("concerns.triage.urls_custody")),
    path("audit/", include("concerns.assurance.urls")),
    path("a/", include("concerns.agency.urls")),
    path(
        "schemas/1/referral-pack.schema.json", agency_views.pack_schema, name="referral_pack_schema"
    ),
    path("metrics", metrics.custody, name="metrics"),
]
