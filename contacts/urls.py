"""Addresses of contacts."""

from django.urls import path

from contacts import views

app_name = "contacts"
urlpatterns = [path("get-help-now/", views.get_help_now, name="get_help_now")]
