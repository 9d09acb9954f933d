"""Addresses of the editors' pages, under /directory/edit/."""

from django.urls import path

from contacts.editing import views, views_care, views_exchange, views_items, views_preview

app_name = "editing"
_CHANGE = "changes/<int:pk>/"
_CARE = "care/<slug:kind>/<slug:slug>/"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("versions/", views.versions, name="versions"),
    path("versions/<slug:slug>/", views.version, name="version"),
    path("versions/<slug:slug>/roll-back/", views.roll_back, name="roll_back"),
    path("schema.json", views_exchange.schema, name="schema"),
    path("care/", views_care.overview, name="care"),
    path("care/messages/<int:pk>/", views_care.confirm, name="confirm"),
    path(_CARE, views_care.channel, name="channel"),
    path(f"{_CARE}owner/", views_care.ownership, name="owner"),
    path(f"{_CARE}call/", views_care.call, name="call"),
    path("care-test/<slug:slug>/", views_care.canary, name="canary"),
    path(_CHANGE, views.change, name="change"),
    path(f"{_CHANGE}start/", views.change_start, name="change_start"),
    path(f"{_CHANGE}propose/", views.propose, name="propose"),
    path(f"{_CHANGE}approve/", views.approve, name="approve"),
    path(f"{_CHANGE}approve-afterwards/", views.approve_afterwards, name="approve_afterwards"),
    path(f"{_CHANGE}reject/", views.reject, name="reject"),
    path(f"{_CHANGE}reopen/", views.reopen, name="reopen"),
    path(f"{_CHANGE}discard/", views.discard, name="discard"),
    path(f"{_CHANGE}publish-urgently/", views.publish_urgently, name="publish_urgently"),
    path(f"{_CHANGE}agencies/new/", views_items.new_agency, name="new_agency"),
    path(f"{_CHANGE}agency/<slug:slug>/", views_items.agency, name="agency"),
    path(f"{_CHANGE}agency/<slug:slug>/remove/", views_items.remove_agency, name="remove_agency"),
    path(f"{_CHANGE}lines/new/", views_items.new_line, name="new_line"),
    path(f"{_CHANGE}line/<slug:slug>/", views_items.line, name="line"),
    path(f"{_CHANGE}line/<slug:slug>/remove/", views_items.remove_line, name="remove_line"),
    path(f"{_CHANGE}line/<slug:slug>/christmas/", views_items.christmas, name="christmas"),
    path(f"{_CHANGE}question/<slug:slug>/<slug:field>/", views_items.conflict, name="conflict"),
    path(f"{_CHANGE}cancel/", views.cancel, name="cancel"),
    path(f"{_CHANGE}line/<slug:slug>/question/", views_items.new_conflict, name="new_conflict"),
    path(f"{_CHANGE}preview/", views_preview.preview, name="preview"),
    path(f"{_CHANGE}week/<slug:slug>/", views_preview.week, name="week"),
    path(f"{_CHANGE}import/", views_exchange.bring_in, name="bring_in"),
    path(f"{_CHANGE}export/<slug:slug>/", views_exchange.export, name="export"),
]
