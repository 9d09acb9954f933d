"""Addresses of the leads' pages. A reference is no name; out of scope it does not exist."""

from django.urls import path

from concerns.triage import (
    views_access,
    views_acts,
    views_concern,
    views_conversation,
    views_custody,
    views_people,
    views_queue,
)

app_name = "triage"
urlpatterns = [
    path("", views_queue.queue, name="queue"),
    path("open-in-an-emergency/", views_access.break_glass, name="break_glass"),
    path("access-reviews/", views_access.access_reviews, name="access_reviews"),
    path("access-reviews/<int:pk>/", views_access.access_review, name="access_review"),
    path("<str:reference>/", views_concern.concern, name="concern"),
    path("<str:reference>/take/", views_acts.take, name="take"),
    path("<str:reference>/call/", views_acts.call, name="call"),
    path("<str:reference>/note/", views_acts.note, name="note"),
    path("<str:reference>/close/", views_acts.close, name="close"),
    path("<str:reference>/referral/<int:pk>/accepted/", views_acts.accepted, name="accepted"),
    path("<str:reference>/referral/<int:pk>/decide/", views_acts.decide, name="decide"),
    path("<str:reference>/referral/<int:pk>/done/", views_acts.done, name="done"),
    path("<str:reference>/clock/<int:pk>/met/", views_custody.met, name="met"),
    path("<str:reference>/hold/<int:pk>/", views_acts.hold, name="hold"),
    path("<str:reference>/access/grant/", views_access.grant, name="grant"),
    path("<str:reference>/access/revoke/<int:pk>/", views_access.revoke, name="revoke"),
    path("<str:reference>/access/exclude/", views_access.exclude, name="exclude"),
    path("<str:reference>/access/restrict/", views_access.restrict, name="restrict"),
    path("<str:reference>/match/<int:pk>/", views_people.match, name="match"),
    path("<str:reference>/link/", views_people.new_link, name="new_link"),
    path("<str:reference>/link/<int:pk>/", views_people.link, name="link"),
    path("<str:reference>/same-person/<str:other>/", views_people.same_person, name="same_person"),
    path("<str:reference>/tell/", views_conversation.tell, name="tell"),
    path("<str:reference>/danger-read/", views_conversation.danger_read, name="danger_read"),
    path("<str:reference>/contest/", views_conversation.contest, name="contest"),
    path("<str:reference>/contest/<int:pk>/outcome/", views_conversation.outcome, name="outcome"),
    path("<str:reference>/contest/<int:pk>/further/", views_conversation.further, name="further"),
    # Last: whatever is no act is a section.
    path("<str:reference>/<slug:section>/", views_concern.concern, name="section"),
]
