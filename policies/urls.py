"""Addresses of policies."""

from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("", views.document_list, name="list"),
    path("<slug:slug>/", views.document, name="document"),
]
