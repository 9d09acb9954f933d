"""Addresses of the leads' pages. A reference is no name; out of scope it does not exist."""

from django.urls import path

from concerns.triage import (
    queue_bulk,
    queue_filters,
    views_acts,
    views_concern,
    views_presence,
    views_queue,
    views_search,
)

app_name = "triage"
urlpatterns = [
    path("", views_queue.queue, name="queue"),
    path("search/", views_search.search, name="search"),
    path("filter/", queue_filters.choose, name="filter"),
    path("filter/save/", queue_filters.save, name="filter_save"),
    path("filters/", queue_filters.saved, name="filters"),
    path("filters/<int:pk>/", queue_filters.open_saved, name="filter_open"),
    path("filters/<int:pk>/watch/", queue_filters.watch, name="filter_watch"),
    path("filters/<int:pk>/remove/", queue_filters.remove, name="filter_remove"),
    path("preferences/", queue_filters.preferences, name="preferences"),
    path("bulk/", queue_bulk.act, name="bulk"),
    path("bundles/", queue_bulk.bundles, name="bundles"),
    path("<str:reference>/", views_concern.concern, name="concern"),
    path("<str:reference>/presence/", views_presence.presence, name="presence"),
    path("<str:reference>/take/", views_acts.take, name="take"),
    path("<str:reference>/call/", views_acts.call, name="call"),
    path("<str:reference>/note/", views_acts.note, name="note"),
    path("<str:reference>/close/", views_acts.close, name="close"),
    path("<str:reference>/referral/<int:pk>/accepted/", views_acts.accepted, name="accepted"),
    path("<str:reference>/referral/<int:pk>/decide/", views_acts.decide, name="decide"),
    path("<str:reference>/referral/<int:pk>/done/", views_acts.done, name="done"),
    path("<str:reference>/clock/<int:pk>/met/", views_acts.met, name="met"),
    path("<str:reference>/hold/<int:pk>/", views_acts.hold, name="hold"),
    # Last: whatever is no act is a section.
    path("<str:reference>/<slug:section>/", views_concern.concern, name="section"),
]
