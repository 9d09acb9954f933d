"""Addresses to which other systems report what became of messages."""

from django.urls import path

from safeguarding_portal.outbox import callbacks

app_name = "outbox"
urlpatterns = [
    path("notify/", callbacks.notify, name="notify"),
    path("report/", callbacks.report, name="report"),
]
