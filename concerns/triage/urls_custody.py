"""Addresses of what holds every concern, for those who answer for the whole."""

from django.urls import path

from concerns.triage import views_custody

app_name = "custody"
urlpatterns = [
    path("", views_custody.custody, name="sum"),
    path("statements/", views_custody.statements, name="statements"),
    path("statements/<str:day>/", views_custody.statement, name="statement"),
    path("statements/<str:day>/csv/", views_custody.statement_csv, name="statement_csv"),
]
