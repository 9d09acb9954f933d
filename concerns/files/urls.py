"""Addresses of files, apart from everything else. None holds a name; another's does not exist."""

from django.urls import path

from concerns.files import views, views_upload

app_name = "files"
urlpatterns = [
    path("add/<slug:part>/<str:of>/", views_upload.start, name="start"),
    path("add/<slug:part>/<str:of>/<uuid:upload_id>/", views_upload.upload, name="upload"),
    path("<uuid:file_id>/", views.page, name="page"),
    path("<uuid:file_id>/download", views.download, name="download"),
    path("<uuid:file_id>/picture", views.shown, name="picture"),
    path("<uuid:file_id>/page/<int:number>", views.shown, name="shown"),
    path("<uuid:file_id>/original/", views.original, name="original"),
]
