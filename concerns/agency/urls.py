"""Addresses for an agency's person, who has a link from a message and no account."""

from django.urls import path

from concerns.agency import views

app_name = "agency"
urlpatterns = [
    path("<str:secret>/", views.referral, name="referral"),
    path("<str:secret>/code/", views.code, name="code"),
    path("<str:secret>/accept/", views.accept, name="accept"),
    path("<str:secret>/return/", views.give_back, name="return"),
    path("<str:secret>/file/<uuid:file_id>", views.file, name="file"),
    path("<str:secret>/pack.<str:form>", views.pack, name="pack"),
]
