"""Addresses of the auditors' pages. No name stands in an address, only ids and references."""

from django.urls import path

from concerns.assurance import views_check, views_export, views_findings, views_trail

app_name = "assurance"
urlpatterns = [
    path("", views_trail.home, name="home"),
    path("people/", views_trail.people, name="people"),
    path("people/<int:pk>/", views_trail.person, name="person"),
    path("records/", views_trail.records, name="records"),
    path("records/<str:reference>/", views_trail.record, name="record"),
    path("readers/", views_trail.readers, name="readers"),
    path("check/", views_check.check, name="check"),
    path("findings/", views_findings.findings, name="findings"),
    path("findings/<int:pk>/", views_findings.finding, name="finding"),
    path("export/", views_export.ask, name="export"),
    path("exports/<int:pk>/", views_export.export, name="exported"),
    path("exports/<int:pk>/file", views_export.file, name="export_file"),
]
