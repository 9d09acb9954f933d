"""Addresses of requests for personal data. A reference is no name; out of scope none exists."""

from django.urls import path

from concerns.subject_access import views, views_answer, views_items, views_rights

app_name = "subject_access"
urlpatterns = [
    path("", views.requests, name="requests"),
    path("new/", views.new, name="new"),
    path("<str:reference>/", views.request_page, name="request"),
    path("<str:reference>/take/", views.take, name="take"),
    path("<str:reference>/ask-identity/", views.ask_identity, name="ask_identity"),
    path("<str:reference>/identity/", views.identity, name="identity"),
    path("<str:reference>/question/", views.question, name="question"),
    path("<str:reference>/extend/", views.extend, name="extend"),
    path("<str:reference>/refuse/", views.refuse, name="refuse"),
    path("<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:reference>/complaint/", views.complaint, name="complaint"),
    path("<str:reference>/complaint/<int:pk>/", views.complaint_answer, name="complaint_answer"),
    path("<str:reference>/gather/<slug:kind>/", views.gather, name="gather"),
    path("<str:reference>/progress/", views.progress, name="progress"),
    path("<str:reference>/found/", views_items.found, name="found"),
    path("<str:reference>/found/<int:pk>/", views_items.candidate, name="candidate"),
    path("<str:reference>/items/", views_items.items, name="items"),
    path("<str:reference>/items/<int:pk>/", views_items.item, name="item"),
    path("<str:reference>/ask-check/", views_answer.ask_check, name="ask_check"),
    path("<str:reference>/take-check/", views_answer.take_check, name="take_check"),
    path("<str:reference>/check/", views_answer.check, name="check"),
    path("<str:reference>/changes/", views_answer.changes, name="changes"),
    path("<str:reference>/answer.<slug:form>", views_answer.download, name="download"),
    path("<str:reference>/handed-over/", views_answer.handed_over, name="handed_over"),
    path("<str:reference>/right/<str:concern>/", views_rights.from_request, name="right"),
]
