"""Addresses of concerns."""

from django.urls import include, path

from concerns import metrics
from concerns.agency import views as agency_views
from concerns.journey import views_sent

app_name = "concerns"
urlpatterns = [
    path("", views_sent.home, name="home"),
    path("", include("concerns.journey.urls")),
    path("reports/", include("concerns.reporter.urls")),
    path("cover/", include("concerns.triage.urls_cover")),
    path("concerns/", include("concerns.triage.urls")),
    path("paper/", include("concerns.paper.urls")),
    path("files/", include("concerns.files.urls")),
    path("custody/", include("concerns.triage.urls_custody")),
    path("a/", include("concerns.agency.urls")),
    path(
        "schemas/1/referral-pack.schema.json", agency_views.pack_schema, name="referral_pack_schema"
    ),
    path("metrics", metrics.custody, name="metrics"),
]
