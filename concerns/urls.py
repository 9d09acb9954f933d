"""Addresses of concerns."""

from django.urls import include, path

from concerns.journey import views_sent

app_name = "concerns"
urlpatterns = [
    path("", views_sent.home, name="home"),
    path("", include("concerns.journey.urls")),
    path("reports/", include("concerns.reporter.urls")),
    path("cover/", include("concerns.triage.urls_cover")),
    path("concerns/", include("concerns.triage.urls")),
    path("a/", include("concerns.agency.urls")),
]
