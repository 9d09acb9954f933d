"""The addresses of SCIM, as the standard names them."""

from django.urls import path

from safeguarding_portal.accounts.scim import views

app_name = "scim"
urlpatterns = [
    path("Users", views.users, name="users"),
    path("Users/<int:pk>", views.user, name="user"),
    path("Groups", views.all_groups, name="groups"),
    path("Groups/<int:pk>", views.group, name="group"),
    path("ServiceProviderConfig", views.service_provider_config, name="config"),
    path("ResourceTypes", views.resource_types, name="resource_types"),
    path("Schemas", views.schemas, name="schemas"),
]
