"""Addresses of the leads' pages. A reference is no name; out of scope it does not exist."""

from django.urls import path

from concerns.triage import views_acts, views_concern, views_decide, views_queue

app_name = "triage"
urlpatterns = [
    path("", views_queue.queue, name="queue"),
    path("work/", views_decide.my_work, name="work"),
    path("<str:reference>/", views_concern.concern, name="concern"),
    path("<str:reference>/take/", views_acts.take, name="take"),
    path("<str:reference>/call/", views_acts.call, name="call"),
    path("<str:reference>/note/", views_acts.note, name="note"),
    path("<str:reference>/close/", views_decide.close, name="close"),
    path("<str:reference>/referral/<int:pk>/accepted/", views_acts.accepted, name="accepted"),
    path("<str:reference>/referral/<int:pk>/decide/", views_decide.route, name="decide"),
    path("<str:reference>/referral/<int:pk>/done/", views_acts.done, name="done"),
    path("<str:reference>/clock/<int:pk>/met/", views_acts.met, name="met"),
    path("<str:reference>/hold/<int:pk>/", views_acts.hold, name="hold"),
    path("<str:reference>/closing/<int:pk>/", views_decide.answer_closing, name="answer_closing"),
    path("<str:reference>/keep-open/", views_decide.withdraw_closing, name="withdraw_closing"),
    path("<str:reference>/reopen/", views_decide.reopen, name="reopen"),
    path("<str:reference>/on-hold/", views_decide.on_hold, name="on_hold"),
    path("<str:reference>/resume/", views_decide.resume, name="resume"),
    path("<str:reference>/priority/", views_decide.priority, name="priority"),
    path("<str:reference>/agreement/", views_decide.agreement, name="agreement"),
    path("<str:reference>/facts/", views_decide.facts, name="facts"),
    path("<str:reference>/facts/<int:pk>/", views_decide.classify, name="classify"),
    path("<str:reference>/checklist/<slug:kind>/", views_decide.checklist, name="checklist"),
    path("<str:reference>/task/", views_decide.add_task, name="add_task"),
    path("<str:reference>/task/<int:pk>/<slug:how>/", views_decide.end_task, name="end_task"),
    # Last: whatever is no act is a section.
    path("<str:reference>/<slug:section>/", views_concern.concern, name="section"),
]
