"""Addresses of concerns."""

from django.urls import include, path

from concerns.journey import views_sent

app_name = "concerns"
urlpatterns = [
    path("", views_sent.home, name="home"),
    path("", include("concerns.journey.urls")),
    path("concerns/", include("concerns.triage.urls")),
    path("paper/", include("concerns.paper.urls")),
    path("a/", include("concerns.agency.urls")),
]
