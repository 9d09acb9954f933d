"""Addresses of contacts."""

from django.urls import include, path

from contacts import views

app_name = "contacts"
urlpatterns = [
    path("get-help-now/", views.get_help_now, name="get_help_now"),
    path("directory/", views.directory, name="directory"),
    path("directory/edit/", include("contacts.editing.urls")),
    path("directory/<slug:slug>/", views.agency, name="agency"),
]
