"""Addresses of ladders, cover and the duty rota."""

from django.urls import path

from concerns.triage import views_cover

app_name = "cover"
urlpatterns = [
    path("", views_cover.overview, name="overview"),
    path("duty/", views_cover.duty, name="duty"),
    path("duty/new/", views_cover.add_duty, name="add_duty"),
    path("duty/<int:pk>/cancel/", views_cover.cancel_duty, name="cancel_duty"),
    path("<slug:slug>/", views_cover.team_ladders, name="team"),
    path("<slug:slug>/<int:priority>/", views_cover.change_ladder, name="change"),
]
