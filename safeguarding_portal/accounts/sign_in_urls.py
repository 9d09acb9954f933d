"""The pages of allauth that the portal has, under allauth's own names; the others do not exist.

There is no page to change one's e-mail address: an address is given by invitation, and records
name the person. Where allauth would lead there, it leads to the change of password.
"""

from allauth.account import views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.views_sign_in import reauthenticate

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    path(
        "email/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="account_email",
    ),
    path(
        "password/change/",
        fresh_sign_in_required(reads=True)(views.password_change),
        name="account_change_password",
    ),
    path(
        "password/set/",
        fresh_sign_in_required(reads=True)(views.password_set),
        name="account_set_password",
    ),
    path("passkey/", login_not_required(passkey_views.login_webauthn), name="mfa_login_webauthn"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "password/reset/confirm/",
        views.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/complete/",
        views.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
]
