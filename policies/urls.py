"""Addresses of policies. Those of fixed words stand first: a document's slug may be anything else
(`services.drafts.RESERVED`)."""

from django.urls import path

from policies.views import confirming, desk, editing, importing, reading

app_name = "policies"
urlpatterns = [
    path("", reading.document_list, name="list"),
    path("to-confirm/", confirming.to_confirm, name="to_confirm"),
    path("confirmations/", confirming.confirmations, name="confirmations"),
    path("confirmations/export/", confirming.confirmations_csv, name="confirmations_csv"),
    path("as-kept/<slug:version>/", reading.as_kept, name="as_kept"),
    path("desk/", desk.desk, name="desk"),
    path("desk/new/", desk.new_document, name="new"),
    path("desk/sources/<slug:slug>/", desk.check_source, name="check_source"),
    path("desk/document/<slug:slug>/", desk.desk_document, name="desk_document"),
    path("desk/document/<slug:slug>/settings/", desk.change_document, name="settings"),
    path("desk/document/<slug:slug>/draft/", desk.begin_draft, name="begin_draft"),
    path("desk/document/<slug:slug>/import/", importing.import_text, name="import"),
    path("desk/document/<slug:slug>/retire/", desk.retire_document, name="retire"),
    path("desk/document/<slug:slug>/bring-back/", desk.bring_document_back, name="bring_back"),
    path("desk/version/<int:pk>/", editing.draft, name="draft"),
    path("desk/version/<int:pk>/changes/", editing.draft_changes, name="draft_changes"),
    path("desk/version/<int:pk>/add/", editing.edit_section, name="add_section"),
    path("desk/version/<int:pk>/discard/", editing.discard, name="discard"),
    path("desk/version/<int:pk>/submit/", editing.submit, name="submit"),
    path("desk/version/<int:pk>/approve/", editing.approve, name="approve"),
    path("desk/version/<int:pk>/return/", editing.return_version, name="return"),
    path("desk/version/<int:pk>/publish/", editing.publish_version, name="publish"),
    path("desk/version/<int:pk>/cancel/", editing.cancel, name="cancel"),
    path("desk/version/<int:pk>/section/<slug:anchor>/", editing.edit_section, name="edit_section"),
    path(
        "desk/version/<int:pk>/section/<slug:anchor>/remove/",
        editing.remove_section,
        name="remove_section",
    ),
    path(
        "desk/version/<int:pk>/section/<slug:anchor>/move/",
        editing.move_section,
        name="move_section",
    ),
    path("<slug:slug>/", reading.document, name="document"),
    path("<slug:slug>/confirm/", confirming.confirm_document, name="confirm"),
    path("<slug:slug>/versions/", reading.history, name="history"),
    path("<slug:slug>/versions/<int:number>/", reading.version, name="version"),
    path("<slug:slug>/versions/<int:number>/changes/", reading.changes, name="changes"),
    path("<slug:slug>/section/<slug:anchor>/", reading.section, name="section"),
]
