"""Addresses of paper forms. A reference is no name."""

from django.urls import path

from concerns.paper import views

app_name = "paper"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("issue/", views.issue, name="issue"),
    path("enter/", views.enter, name="enter"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/pack.pdf", views.pack, name="pack"),
    path("<int:pk>/held/", views.held, name="held"),
    path("<int:pk>/void/<str:reference>/", views.void, name="void"),
]
