"""Addresses of those who keep records. A reference is no name."""

from django.urls import path

from concerns.records import views, views_batches, views_holds, views_schedule

app_name = "records"
urlpatterns = [
    path("", views.due, name="due"),
    path("record/<slug:reference>/", views.review, name="review"),
    path("record/<slug:reference>/hold/", views_holds.hold_record, name="hold_record"),
    path("batches/", views_batches.batches, name="batches"),
    path("batches/propose/", views_batches.propose, name="propose"),
    path("batches/<int:pk>/", views_batches.batch, name="batch"),
    path("batches/<int:pk>/answer/", views_batches.answer, name="answer"),
    path("batches/<int:pk>/stop/", views_batches.stop, name="stop"),
    path("batches/<int:pk>/certificate.pdf", views_batches.certificate, name="certificate"),
    path("register/", views_batches.register, name="register"),
    path("holds/", views_holds.holds, name="holds"),
    path("holds/find/", views_holds.find, name="find"),
    path("holds/inquiry/", views_holds.hold_inquiry, name="hold_inquiry"),
    path("holds/<int:pk>/lift/", views_holds.lift, name="lift"),
    path("schedule/", views_schedule.schedule, name="schedule"),
    path("schedule/proposals/<int:pk>/", views_schedule.proposal, name="proposal"),
    path("schedule/rows/<str:row>/", views_schedule.change, name="change"),
]
