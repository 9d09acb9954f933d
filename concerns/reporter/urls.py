"""Addresses of a reporter's own reports. A reference is no name; another's does not exist."""

from django.urls import path

from concerns.reporter import views, views_body_map

app_name = "reporter"
urlpatterns = [
    path("<str:reference>/", views.report, name="report"),
    path("<str:reference>/message/", views.message, name="message"),
    path("<str:reference>/add/", views.add, name="add"),
    path("<str:reference>/call/", views.call, name="call"),
    path("<str:reference>/mark/<str:record>/", views_body_map.add, name="mark"),
    path("<str:reference>/danger/", views.danger, name="danger"),
    path("<str:reference>/nobody-told-me/", views.nobody_told_me, name="nobody_told_me"),
    path("<str:reference>/disagree/", views.disagree, name="disagree"),
    path("<str:reference>/disagree/<int:pk>/further/", views.further, name="further"),
]
