"""Addresses of accounts that are ours; sign-in is in `sign_in_urls`."""

from django.urls import path

from safeguarding_portal.accounts import views, views_absences

app_name = "accounts"
urlpatterns = [
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/new/", views.invite_one, name="invite_one"),
    path("invitations/many/", views.invite_many, name="invite_many"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("absences/", views_absences.absences, name="absences"),
    path("absences/new/", views_absences.add_absence, name="add_absence"),
    path("absences/<int:pk>/cancel/", views_absences.cancel, name="cancel_absence"),
]
