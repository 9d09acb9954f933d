"""Addresses of accounts that are ours; sign-in is in `sign_in_urls`."""

from django.urls import path

from safeguarding_portal.accounts import (
    views,
    views_absences,
    views_factors,
    views_leavers,
    views_people,
    views_sign_in,
)

app_name = "accounts"
urlpatterns = [
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/new/", views.invite_one, name="invite_one"),
    path("invitations/many/", views.invite_many, name="invite_many"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("people/", views_people.people, name="people"),
    path("people/leavers/", views_leavers.leavers, name="leavers"),
    path("people/<int:pk>/", views_people.person, name="person"),
    path("people/<int:pk>/change/", views_people.change, name="change_person"),
    path("people/<int:pk>/roles/give/", views_people.give, name="give_role"),
    path("people/<int:pk>/roles/<int:number>/end/", views_people.end, name="end_role"),
    path("people/<int:pk>/close/", views_people.close, name="close_account"),
    path("people/<int:pk>/reopen/", views_people.reopen, name="reopen_account"),
    path("absences/", views_absences.absences, name="absences"),
    path("absences/new/", views_absences.add_absence, name="add_absence"),
    path("absences/<int:pk>/cancel/", views_absences.cancel, name="cancel_absence"),
    path("your-sign-in/", views_sign_in.your_sign_in, name="your_sign_in"),
    path("unlock/", views_sign_in.unlock, name="unlock"),
    path("active/", views_sign_in.active, name="active"),
    path("sign-out-everywhere/", views_sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("second-factor/", views_factors.second_factor, name="second_factor"),
    path("second-factor/set-up/", views_factors.set_up, name="set_up"),
    path("second-factor/set-up/app/", views_factors.set_up_app, name="set_up_app"),
    path("second-factor/set-up/passkey/", views_factors.set_up_passkey, name="set_up_passkey"),
    path("second-factor/recovery-codes/", views_factors.recovery_codes, name="recovery_codes"),
    path("second-factor/reset/", views_factors.reset, name="reset_factor"),
    path("second-factor/<int:pk>/remove/", views_factors.remove, name="remove_factor"),
]
