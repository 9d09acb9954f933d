"""Addresses of the reporter's journey. No name and no answer is ever in one."""

from django.urls import path

from concerns.journey import views, views_body_map, views_files, views_sent

app_name = "journey"
urlpatterns = [
    path("report/", views.start, name="start"),
    path("report/<uuid:draft_id>/", views.resume, name="resume"),
    path("report/<uuid:draft_id>/check/", views.check, name="check"),
    path("report/<uuid:draft_id>/send/", views.send, name="send"),
    path("report/<uuid:draft_id>/delete/", views.delete, name="delete"),
    # The page of files is one of the journey's pages, with an address like theirs.
    path("report/<uuid:draft_id>/page/files/", views_files.files, name="files"),
    path("report/<uuid:draft_id>/page/<str:key>/", views.step, name="step"),
    path("report/<uuid:draft_id>/remove/<str:key>/", views.remove, name="remove"),
    path("report/<uuid:draft_id>/body-map/<int:person>/", views_body_map.body_map, name="body_map"),
    path(
        "report/<uuid:draft_id>/body-map/<int:person>/<int:number>/",
        views_body_map.change,
        name="body_map_mark",
    ),
    path(
        "report/<uuid:draft_id>/body-map/<int:person>/<int:number>/remove/",
        views_body_map.remove,
        name="body_map_remove",
    ),
    path("sent/<str:reference>/", views_sent.sent, name="sent"),
]
