"""Addresses of contacts."""

from django.urls import path

from contacts import offline_views, views

app_name = "contacts"
urlpatterns = [
    path("get-help-now/", views.get_help_now, name="get_help_now"),
    path("get-help-now/offline/", offline_views.offline, name="offline"),
    path("get-help-now/bundle.json", offline_views.bundle, name="bundle"),
    path("get-help-now/worker.js", offline_views.worker, name="worker"),
    path("get-help-now/app.webmanifest", offline_views.app_manifest, name="manifest"),
]
