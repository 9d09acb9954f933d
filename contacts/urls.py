"""Addresses of contacts."""

from django.urls import include, path

from contacts import offline_views, poster_views, views

app_name = "contacts"
urlpatterns = [
    path("get-help-now/", views.get_help_now, name="get_help_now"),
    path("get-help-now/offline/", offline_views.offline, name="offline"),
    path("get-help-now/bundle.json", offline_views.bundle, name="bundle"),
    path("get-help-now/worker.js", offline_views.worker, name="worker"),
    path("get-help-now/app.webmanifest", offline_views.app_manifest, name="manifest"),
    path("get-help-now/posters/", poster_views.posters, name="posters"),
    path("get-help-now/posters/<slug:slug>/text/", poster_views.text, name="poster_text"),
    path("get-help-now/posters/<slug:slug>/<str:size>.pdf", poster_views.poster, name="poster"),
    # On paper: short enough to type.
    path("help/", poster_views.short, name="short"),
    path("directory/", views.directory, name="directory"),
    path("directory/edit/", include("contacts.editing.urls")),
    path("directory/<slug:slug>/", views.agency, name="agency"),
]
